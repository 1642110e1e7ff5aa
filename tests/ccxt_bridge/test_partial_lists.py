"""What ccxt's rows do not say exactly is named, and keeps nobody from the others."""

from __future__ import annotations

from hk_adapter.venues.ccxt_bridge import parse, parse_account, parse_markets
from tests.cases import each

FILL = {"id": "1", "order": "7", "symbol": "ETH/USD", "side": "buy", "price": 1900.0, "amount": 1.0, "timestamp": 1}
NAN = float("nan")
CASES = {
    "fill": (parse.trade, FILL, {"id": "2", "price": NAN}, "id", "2"),
    "fee": (
        parse_account.trading_fee,
        {"symbol": "ETH/USD", "maker": 0.1},
        {"symbol": "BTC/USD", "maker": NAN},
        "symbol",
        "BTC/USD",
    ),
    "account": (parse_account.account, {"id": "1"}, {"name": "x"}, "name", "x"),
    "ticker": (
        parse_markets.ticker,
        {"symbol": "ETH/USD", "last": 1.0},
        {"symbol": "BTC/USD", "last": NAN},
        "symbol",
        "BTC/USD",
    ),
}


@each("what", CASES)
def test_a_row_is_named(what):
    """Each row that cannot be read is told by its name."""
    read, good, bad, naming, about = CASES[what]
    row = bad if what == "account" else good | bad
    found = parse.readable(read, [good, row, None], what, naming)
    assert (len(found), [one.about for one in found.unread]) == (1, [about, None])


def test_balances_are_named():
    """A currency whose balance is no number is told; the others are there."""
    found = parse_account.balances(
        {"total": {"USD": 1.0, "ETH": NAN, "BTC": 1}, "USD": {"total": 1.0}, "ETH": {"total": NAN}, "BTC": "one"}
    )
    assert (list(found), [one.about for one in found.unread]) == (["USD"], ["ETH", "BTC"])


def test_candles_are_named():
    """A candle that cannot be read is told by its time, if it has one."""
    found = parse_markets.candles([[2, 1.0, 1.0, 1.0, 1.0, 1.0], [1, NAN, 1.0, 1.0, 1.0, 1.0], None])
    assert ([one.timestamp for one in found], [one.about for one in found.unread]) == ([2], ["1", None])
