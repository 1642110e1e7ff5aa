"""Tickers, books, trades, candles, clock and status: exact numbers in the promised order, or a doubt."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import AdapterError, BadRequest, InvalidArgument, UnexpectedPayload, VenueUnavailable
from hk_adapter.model import (
    BookLevel,
    Candle,
    MarketRequest,
    OrderSide,
    SymbolsRequest,
    Ticker,
    Trade,
    VenueStatus,
)
from tests.cases import each
from tests.venues.hashkey.driving import answered, opened, sent

ALL = SymbolsRequest()

# The fields of HashKey's documentation; the numbers are ours.
TICKER: dict[str, Any] = {
    "t": 1722256487996,
    "s": "ETHUSD",
    "c": "3375.23",
    "h": "3400.5",
    "l": "3233.65",
    "o": "3264.33",
    "b": "3375.22",
    "a": "3375.24",
    "v": "28.0",
    "qv": "92000.12",
    "it": "SPOT",
}
BOOK: dict[str, Any] = {
    "t": 1721681436393,
    "b": [["67902.49", "0.00112"], ["67901.08", "0.01014"], ["67900.00", "1"]],
    "a": [["67905.99", "0.87134"], ["67906.10", "0.57361"], ["67907.00", "2"]],
}
TRADES: list[dict[str, Any]] = [
    {"t": 1721682745779, "p": "67835.99", "q": "0.00017", "ibm": True},
    {"t": 1721682745780, "p": "67836.00", "q": "0.5", "ibm": False},
    {"t": 1721682745780, "p": "67836.01", "q": "1", "ibm": False},
]
KLINES: list[list[Any]] = [
    [1721684280000, "67832.49", "67862.50", "67832.48", "67861.44", "0.01", 0, "678.5", 9, "0", "0"],
    [1721684340000, "67861.44", "67861.44", "67840", "67840", "0.5", 0, "33000", 3, "0", "0"],
    [1721684400000, "67840", "67850", "67840", "67850", "0", 0, "0", 0, "0", "0"],
]
QUOTE_ERRORS = [-100002, -10009, -100010, -100011, -100012]


def tickers(*rows: Any, **asked: Any) -> tuple[Ticker, ...]:
    """Give the tickers that an answer makes."""
    return answered(opened().fetch_tickers(SymbolsRequest(**asked)), list(rows))


def test_every_field_of_a_ticker() -> None:
    """Exactly; what the venue does not say, such as the amounts at the best prices, is None."""
    assert tickers(TICKER) == (
        Ticker(
            symbol="ETH/USD",
            venue_symbol="ETHUSD",
            timestamp=1722256487996,
            bid=Decimal("3375.22"),
            ask=Decimal("3375.24"),
            open=Decimal("3264.33"),
            high=Decimal("3400.5"),
            low=Decimal("3233.65"),
            last=Decimal("3375.23"),
            base_volume=Decimal("28.0"),
            quote_volume=Decimal("92000.12"),
        ),
    )


def test_a_price_of_zero_is_none() -> None:
    """The venue writes 0 where nobody bids or asks; nothing traded is a volume all the same."""
    (found,) = tickers(TICKER | {"b": "0", "a": "0", "v": "0", "qv": "0"})
    assert (found.bid, found.ask, found.base_volume, found.quote_volume) == (None, None, 0, 0)


def test_one_ticker_is_asked_for_by_its_symbol() -> None:
    """The answer is a list all the same; a pair that is not in it is not given."""
    asked = {"symbols": ("ETH/USD",)}
    assert sent(opened().fetch_tickers(SymbolsRequest(**asked))).params == {"symbol": "ETHUSD"}
    assert len(tickers(TICKER, **asked)) == 1
    assert tickers(TICKER | {"s": "BTCUSD"}, **asked) == ()


def test_several_tickers_are_picked_from_all() -> None:
    """One request; the caller's symbol settles an ambiguous word."""
    asked = {"symbols": ("ETH/USD", "BTC/FDUSD")}
    assert sent(opened().fetch_tickers(SymbolsRequest(**asked))).params == {}
    rows = [TICKER, TICKER | {"s": "BTCUSD"}, TICKER | {"s": "BTCFDUSD"}]
    assert [one.symbol for one in tickers(*rows, **asked)] == ["ETH/USD", "BTC/FDUSD"]


def test_a_pair_beside_the_catalogue_is_no_market() -> None:
    """The venue's list has pairs that cannot be traded; once the catalogue is known they are left out."""
    venue = opened()
    rows = [TICKER, TICKER | {"s": "GONEUSD", "b": "0", "a": "0"}]
    assert len(answered(venue.fetch_tickers(ALL), rows)) == 2
    market = {"symbol": "ETHUSD", "status": "TRADING", "baseAsset": "ETH", "quoteAsset": "USD"}
    answered(venue.fetch_markets(ALL), {"symbols": [market]})
    assert [one.symbol for one in answered(venue.fetch_tickers(ALL), rows)] == ["ETH/USD"]


@each("bad", [{"c": "dear"}, {"b": "-1"}, {"v": "NaN"}, {"t": "now"}, {"t": 999_999_999_999_999}])
def test_a_ticker_that_cannot_be_read(bad: dict[str, Any]) -> None:
    """It is told, whether all are asked for or it by its name."""
    broken = TICKER | bad
    found = tickers(broken, TICKER | {"s": "BTCUSD"})
    assert [one.symbol for one in found] == ["BTC/USD"]
    assert [row.about for row in found.unread] == ["ETHUSD"]
    assert [row.about for row in tickers(broken, symbols=("ETH/USD",)).unread] == ["ETHUSD"]


@pytest.mark.parametrize("rows", [[1], [None], [{}, {}]])
def test_no_tickers_are_not_an_empty_list_of_them(rows: list[Any]) -> None:
    """Rows of which none can be read are told; a list without rows is one."""
    assert len(tickers(*rows).unread) == len(rows)
    assert tickers() == ()


def test_a_book_is_exact_and_best_first() -> None:
    """Prices and amounts exactly, best first, at the venue's time."""
    book = answered(opened().fetch_order_book(MarketRequest(symbol="BTC/USD")), BOOK)
    assert (book.symbol, book.timestamp, book.nonce) == ("BTC/USD", 1721681436393, None)
    assert book.bids[:2] == (
        BookLevel(Decimal("67902.49"), Decimal("0.00112")),
        BookLevel(Decimal("67901.08"), Decimal("0.01014")),
    )
    assert book.asks[0] == BookLevel(Decimal("67905.99"), Decimal("0.87134"))


@pytest.mark.parametrize(("limit", "text"), [(None, None), (1, "1"), (200, "200")])
def test_as_much_of_a_book_is_asked_for_as_is_wanted(limit: int | None, text: str | None) -> None:
    """200 prices are the documented most; without a limit the venue's default is asked for."""
    call = sent(opened().fetch_order_book(MarketRequest(symbol="BTC/USD", limit=limit)))
    assert (call.path, call.params.get("limit")) == ("/quote/v1/depth", text)


def test_a_book_is_cut_to_what_was_asked_for() -> None:
    """However much the venue gives, and in whatever order."""
    turned = BOOK | {"b": BOOK["b"][::-1], "a": BOOK["a"][::-1]}
    book = answered(opened().fetch_order_book(MarketRequest(symbol="BTC/USD", limit=1)), turned)
    assert [level.price for level in book.bids + book.asks] == [Decimal("67902.49"), Decimal("67905.99")]


def test_a_side_may_be_empty_but_not_missing() -> None:
    """Nobody asks, or the answer is half written."""
    asked = MarketRequest(symbol="BTC/USD")
    assert answered(opened().fetch_order_book(asked), BOOK | {"a": []}).asks == ()
    for bad in ({"b": BOOK["b"]}, BOOK | {"a": None}, BOOK | {"a": {}}, BOOK | {"a": [["1"]]}, BOOK | {"b": ["1"]}):
        with pytest.raises(UnexpectedPayload):
            answered(opened().fetch_order_book(asked), bad)


@each("level", [["-1", "1"], ["1", "-1"], ["NaN", "1"], ["1", None], [True, "1"], ["1", "1_0"]])
def test_a_level_that_is_no_price_and_amount(level: list[Any]) -> None:
    """The whole book is a doubt: without one of its prices it would be another book."""
    with pytest.raises(UnexpectedPayload):
        answered(opened().fetch_order_book(MarketRequest(symbol="BTC/USD")), BOOK | {"b": [level]})


def test_public_trades_are_oldest_first_by_the_takers_side() -> None:
    """Oldest first, each on the side of who took; they have no ids here."""
    found = answered(opened().fetch_trades(MarketRequest(symbol="BTC/USD")), TRADES)
    assert found[0] == Trade(
        id=None,
        symbol="BTC/USD",
        side=OrderSide.SELL,
        taker_or_maker="taker",
        price=Decimal("67835.99"),
        amount=Decimal("0.00017"),
        cost=Decimal("11.5321183"),
        timestamp=1721682745779,
    )
    assert [trade.side for trade in found] == [OrderSide.SELL, OrderSide.BUY, OrderSide.BUY]


def test_public_trades_are_oldest_first_whichever_way_they_come() -> None:
    """The way of the list is not documented; trades of one ms keep the order in which they were made."""
    for rows in (TRADES, TRADES[::-1]):
        found = answered(opened().fetch_trades(MarketRequest(symbol="BTC/USD")), rows)
        assert [trade.price for trade in found] == [Decimal(row["p"]) for row in TRADES]


def test_which_public_trades() -> None:
    """The newest, or from a time on the first: what the venue cannot be asked for is cut."""
    venue = opened()
    asked = MarketRequest(symbol="BTC/USD", limit=1)
    assert sent(venue.fetch_trades(asked)).params == {"symbol": "BTCUSD", "limit": "1"}
    assert [trade.amount for trade in answered(venue.fetch_trades(asked), TRADES)] == [1]
    asked = MarketRequest(symbol="BTC/USD", limit=1, since=1721682745780)
    assert sent(venue.fetch_trades(asked)).params == {"symbol": "BTCUSD"}
    assert [trade.amount for trade in answered(venue.fetch_trades(asked), TRADES)] == [Decimal("0.5")]


@each("since", [None, 1721682745780])
@each(("hook", "most"), [("fetch_order_book", 200), ("fetch_trades", 100), ("fetch_ohlcv", 1000)])
def test_more_rows_than_the_venue_gives_are_refused(hook: str, most: int, since: int | None) -> None:
    """Before anything is sent, by name and number: a list cut short in silence would look whole."""
    asked = MarketRequest(symbol="BTC/USD", timeframe="1m", since=since, limit=most + 1)
    with pytest.raises(InvalidArgument, match=f"limit.* {most} .*{most + 1}"):
        sent(getattr(opened(), hook)(asked))
    sent(getattr(opened(), hook)(replace(asked, limit=most)))


@each("bad", [None, {"t": None}, {"p": "NaN"}, {"q": "-1"}, {"ibm": "true"}])
def test_a_trade_that_cannot_be_read(bad: Any) -> None:
    """A list with a hole tells it."""
    row = bad if bad is None else TRADES[0] | bad
    found = answered(opened().fetch_trades(MarketRequest(symbol="BTC/USD")), [row, *TRADES])
    assert (len(found), len(found.unread)) == (len(TRADES), 1)


def test_candles_are_oldest_first_from_their_opening() -> None:
    """Oldest first, each from its opening time; volume in base currency."""
    asked = MarketRequest(symbol="BTC/USD", timeframe="1m")
    for rows in (KLINES, KLINES[::-1]):
        found = answered(opened().fetch_ohlcv(asked), rows)
        assert [candle.timestamp for candle in found] == [row[0] for row in KLINES]
    assert found[0] == Candle(
        1721684280000,
        Decimal("67832.49"),
        Decimal("67862.50"),
        Decimal("67832.48"),
        Decimal("67861.44"),
        Decimal("0.01"),
    )


def test_interval_start_and_number_are_held_to() -> None:
    """Interval, start and number are asked for, and held to: the first from then on, or the newest."""
    venue = opened()
    asked = MarketRequest(symbol="BTC/USD", timeframe="1M", since=1721684340000, limit=1000)
    assert sent(venue.fetch_ohlcv(asked)).params == {
        "symbol": "BTCUSD",
        "interval": "1M",
        "startTime": "1721684340000",
        "limit": "1000",
    }
    asked = MarketRequest(symbol="BTC/USD", timeframe="1m", since=1721684340000, limit=1)
    assert [one.timestamp for one in answered(venue.fetch_ohlcv(asked), KLINES)] == [1721684340000]
    asked = MarketRequest(symbol="BTC/USD", timeframe="1m", limit=1)
    assert [one.timestamp for one in answered(venue.fetch_ohlcv(asked), KLINES)] == [1721684400000]


@each("timeframe", ["1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w", "1M"])
def test_every_documented_timeframe(timeframe: str) -> None:
    """The venue's words are ccxt's."""
    asked = MarketRequest(symbol="BTC/USD", timeframe=timeframe)
    assert sent(opened().fetch_ohlcv(asked)).params["interval"] == timeframe


@each("timeframe", ["1s", "45m", "1y", "1D", "", None])
def test_a_timeframe_that_hashkey_has_not(timeframe: str | None) -> None:
    """Refused before it is sent, with those that there are."""
    with pytest.raises(InvalidArgument, match=r"timeframe.*1m.*1M"):
        sent(opened().fetch_ohlcv(MarketRequest(symbol="BTC/USD", timeframe=timeframe)))


@each("row", [None, [], {}, KLINES[0][:5], ["now", *KLINES[0][1:]], [*KLINES[0][:4], "NaN", "1"]])
def test_a_candle_that_cannot_be_read(row: Any) -> None:
    """A list with a hole tells it."""
    found = answered(opened().fetch_ohlcv(MarketRequest(symbol="BTC/USD", timeframe="1m")), [*KLINES, row])
    assert (len(found), len(found.unread)) == (len(KLINES), 1)


@each("code", QUOTE_ERRORS)
@each("status", [200, 400])
def test_market_datas_own_errors(code: int, status: int) -> None:
    """They are whole numbers; whatever the status beside them, the question was refused."""
    venue = opened()
    one = MarketRequest(symbol="BTC/USD", timeframe="1m")
    for flow in (
        venue.fetch_order_book(one),
        venue.fetch_trades(one),
        venue.fetch_ohlcv(one),
        venue.fetch_tickers(ALL),
    ):
        with pytest.raises(BadRequest) as caught:
            answered(flow, {"code": code, "msg": "no"}, status=status)
        assert (caught.value.code, caught.value.venue) == (str(code), "hashkey")


def test_the_venue_answers() -> None:
    """An empty object is all that ping says; closed by its own word, the venue is unavailable."""
    assert sent(opened().fetch_status()).path == "/api/v1/ping"
    assert answered(opened().fetch_status(), {}) == VenueStatus(status="ok")
    with pytest.raises(VenueUnavailable):
        answered(opened().fetch_status(), {"code": "-2001", "msg": "not open"}, status=400)
    for body in (b"<html></html>", b"", b"[]"):
        with pytest.raises(AdapterError):
            answered(opened().fetch_status(), body)


def test_what_hashkey_does_not_take_is_refused_before_it_is_sent() -> None:
    """Params, and symbols that are none."""
    venue = opened()
    for asked in (
        MarketRequest(symbol="BTCUSD", timeframe="1m"),
        MarketRequest(symbol="BTC/USD", params={"scale": "1"}),
    ):
        for hook in (venue.fetch_order_book, venue.fetch_trades, venue.fetch_ohlcv):
            with pytest.raises(InvalidArgument):
                sent(hook(asked))
    for several in (SymbolsRequest(symbols=("BTCUSD",)), SymbolsRequest(params={"instType": "ANY"})):
        with pytest.raises(InvalidArgument):
            sent(venue.fetch_tickers(several))
