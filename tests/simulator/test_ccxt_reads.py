"""What ccxt's own HashKey client reads from the served simulator agrees with the simulator's truth."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.simulator.exchange.fees import FeeRates
from hk_adapter.simulator.server import Served

from .conftest import NOW

ccxt = pytest.importorskip("ccxt")

PAIRS = {"ETH/USD", "BTC/USD", "ETH/USDT", "BTC/USDT", "BTC/HKD"}
DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a fresh venue whose clock stands still, at a time that is ccxt's too."""
    with serve(clock=lambda: NOW) as server:
        yield server


@pytest.fixture
def exchange(served: Served) -> Iterator[Any]:
    """Point ccxt's client at the served venue, and set its clock; nothing else is changed."""
    client = ccxt.hashkey(
        {
            "apiKey": DEFAULT_API_KEY,
            "secret": DEFAULT_SECRET,
            "enableRateLimit": False,
            "urls": {"api": {"public": served.url, "private": served.url}},
        }
    )
    client.milliseconds = lambda: NOW
    yield client
    if client.session is not None:
        client.session.close()


@pytest.fixture
def traded(served: Served, exchange: Any) -> list[str]:
    """Trade 0.3 ETH at 1900 and 0.2 at 1950 USD, and leave 0.7 ETH to buy at 1900 and 0.5 to sell at 2000."""
    bought = exchange.create_order("ETH/USD", "limit", "buy", 1, 1900)["id"]
    served.control.counter_order("ETHUSD", "SELL", "0.3", "1900")
    sold = exchange.create_order("ETH/USD", "limit", "sell", 0.2, 1950)["id"]
    served.control.counter_order("ETHUSD", "BUY", "0.2", "1950")
    exchange.create_order("ETH/USD", "limit", "sell", 0.5, 2000)
    return [bought, sold]


def test_markets(exchange: Any) -> None:
    """Every pair is a spot market that trades, with its steps and least and greatest amounts."""
    markets = {market["symbol"]: market for market in exchange.fetch_markets()}
    assert set(markets) == PAIRS
    market = markets["ETH/USD"]
    assert (market["spot"], market["active"], market["id"]) == (True, True, "ETHUSD")
    assert market["precision"] == {"amount": 0.0001, "price": 0.01} | {
        name: value for name, value in market["precision"].items() if name not in {"amount", "price"}
    }
    assert (market["limits"]["amount"]["min"], market["limits"]["amount"]["max"]) == (0.0001, 1000)


def test_currencies(exchange: Any) -> None:
    """Every coin of the pairs is there, with its kind and its chain."""
    currencies = exchange.fetch_currencies()
    assert {code: currency["type"] for code, currency in currencies.items()} == {
        "BTC": "crypto",
        "ETH": "crypto",
        "USDT": "crypto",
        "USD": "fiat",
        "HKD": "fiat",
    }
    assert currencies["BTC"]["name"] == "Bitcoin"
    assert len(currencies["BTC"]["networks"]) == 1
    assert currencies["USD"]["networks"] == {}


def test_time_and_status(exchange: Any) -> None:
    """The venue tells its clock, and that all is well."""
    assert exchange.fetch_time() == NOW
    assert exchange.fetch_status()["status"] == "ok"


def test_order_book(exchange: Any, traded: list[str]) -> None:
    """Both sides show what rests: the buy order's 0.7 ETH and the sell order's 0.5."""
    book = exchange.fetch_order_book("ETH/USD")
    assert book["bids"] == [[1900, 0.7]]
    assert book["asks"] == [[2000, 0.5]]
    assert book["timestamp"] == NOW
    exchange.create_order("ETH/USD", "limit", "buy", 1, 1890)
    assert exchange.fetch_order_book("ETH/USD", 1)["bids"] == [[1900, 0.7]]
    assert exchange.fetch_order_book("ETH/USD")["bids"] == [[1900, 0.7], [1890, 1]]


def test_trades(exchange: Any, traded: list[str]) -> None:
    """The public sees both trades, and on which side the taker was."""
    trades = exchange.fetch_trades("ETH/USD")
    assert [(trade["price"], trade["amount"], trade["side"]) for trade in trades] == [
        (1900, 0.3, "sell"),
        (1950, 0.2, "buy"),
    ]
    assert [trade["price"] for trade in exchange.fetch_trades("ETH/USD", None, 1)] == [1950]
    assert exchange.fetch_trades("BTC/USD") == []


def test_ticker(exchange: Any, traded: list[str]) -> None:
    """A ticker tells the day's prices and volumes, and the best prices now."""
    ticker = exchange.fetch_ticker("ETH/USD")
    assert (ticker["open"], ticker["high"], ticker["low"], ticker["last"]) == (1900, 1950, 1900, 1950)
    assert (ticker["bid"], ticker["ask"]) == (1900, 2000)
    assert (ticker["baseVolume"], ticker["quoteVolume"]) == (0.5, 0.3 * 1900 + 0.2 * 1950)


def test_tickers(exchange: Any, traded: list[str]) -> None:
    """All pairs have a ticker, also those that never traded."""
    tickers = exchange.fetch_tickers()
    assert set(tickers) == PAIRS
    assert tickers["ETH/USD"]["last"] == 1950
    assert tickers["BTC/HKD"]["baseVolume"] == 0
    assert set(exchange.fetch_tickers(["BTC/USD"])) == {"BTC/USD"}
    prices = exchange.fetch_last_prices()
    assert prices["ETH/USD"]["price"] == 1950
    assert prices["BTC/USD"]["price"] is None


def test_klines(exchange: Any, traded: list[str]) -> None:
    """The day's kline sums both trades up, at whatever length."""
    assert exchange.fetch_ohlcv("ETH/USD", "1d") == [[NOW - NOW % DAY_MS, 1900, 1950, 1900, 1950, 0.5]]
    for length in exchange.timeframes:
        (kline,) = exchange.fetch_ohlcv("ETH/USD", length)
        assert kline[0] <= NOW
        assert kline[1:] == [1900, 1950, 1900, 1950, 0.5]
    assert exchange.fetch_ohlcv("ETH/USD", "1m", NOW + DAY_MS) == []


def test_balance(served: Served, exchange: Any, traded: list[str]) -> None:
    """Free, used and total of every coin are the venue's own."""
    balance = exchange.fetch_balance()
    for code in ("USD", "ETH", "BTC", "USDT", "HKD"):
        truth = served.control.balance(code)
        assert Decimal(str(balance[code]["free"])) == truth.free
        assert Decimal(str(balance[code]["used"])) == truth.locked
        assert Decimal(str(balance[code]["total"])) == truth.total
    assert balance["USD"]["used"] == 0.7 * 1900
    assert balance["ETH"]["total"] == 1000.1


def test_my_trades(served: Served, exchange: Any, traded: list[str]) -> None:
    """Our fills carry order, side, price, amount and role; they can be narrowed by pair, time and number."""
    trades = exchange.fetch_my_trades("ETH/USD")
    assert [(one["order"], one["side"], one["price"], one["amount"], one["takerOrMaker"]) for one in trades] == [
        (traded[0], "buy", 1900, 0.3, "maker"),
        (traded[1], "sell", 1950, 0.2, "maker"),
    ]
    for order_id in traded:
        filled = sum(Decimal(str(one["amount"])) for one in trades if one["order"] == order_id)
        assert filled == served.control.order(order_id).filled
    assert len({one["id"] for one in trades}) == 2
    assert [one["order"] for one in exchange.fetch_my_trades("ETH/USD", None, 1)] == [traded[1]]
    assert exchange.fetch_my_trades("BTC/USD") == []
    assert exchange.fetch_my_trades(None, NOW + DAY_MS) == []


def test_fees_of_my_trades(served: Served, exchange: Any) -> None:
    """A fee is charged at the account's rate, and in the asset that its kind of pair charges."""
    served.simulator.account.fees = FeeRates(maker=Decimal("0.001"), taker=Decimal("0.002"))
    for symbol, fee_code, cost in (("ETH/USD", "USD", 0.95), ("ETH/USDT", "ETH", 0.0005)):
        exchange.create_order(symbol, "limit", "buy", 0.5, 1900)
        served.control.counter_order(symbol.replace("/", ""), "SELL", "0.5", "1900")
        (trade,) = exchange.fetch_my_trades(symbol)
        assert (trade["fee"]["currency"], trade["fee"]["cost"]) == (fee_code, cost)


def test_trading_fees(served: Served, exchange: Any) -> None:
    """Every pair shows the account's rates."""
    served.simulator.account.fees = FeeRates(maker=Decimal("0.0025"), taker=Decimal("0.0029"))
    fees = exchange.fetch_trading_fees()
    assert set(fees) == PAIRS
    assert {(fee["maker"], fee["taker"]) for fee in fees.values()} == {(0.0025, 0.0029)}


def test_accounts(served: Served, exchange: Any) -> None:
    """A main account's key sees its own account and its sub-accounts'."""
    main = served.simulator.account
    sub = served.simulator.open_account("sub-key", "sub-secret", {}, parent=main)
    assert [(account["id"], account["type"]) for account in exchange.fetch_accounts()] == [
        (main.account_id, "main spot account"),
        (sub.account_id, "sub spot account"),
    ]
