"""Order book, last trades and tickers: what everybody may read, made of what happened at this venue."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import SimRequest, SimResponse
from tests.cases import each

from .conftest import NOW, Client, speaking

HOUR_MS = 3600 * 1000
DEPTH = "/quote/v1/depth"
MERGED = "/quote/v1/depth/merged"
TRADES = "/quote/v1/trades"
KLINES = "/quote/v1/klines"
DAY = "/quote/v1/ticker/24hr"
PRICE = "/quote/v1/ticker/price"
BOOK = "/quote/v1/ticker/bookTicker"
HK_PAIRS = ["ETHUSD", "BTCUSD", "ETHUSDT", "BTCUSDT", "BTCHKD"]


def ask(client: Client, path: str, query: str) -> SimResponse:
    """Ask without a key."""
    return client.simulator.handle(SimRequest("GET", path, query), client.now)


def get(client: Client, path: str, query: str = "symbol=ETHUSD") -> Any:
    """Ask without a key for what must be there."""
    response = ask(client, path, query)
    assert response.status == 200, response.body
    return json.loads(response.body)


def refusal(client: Client, path: str, query: str) -> int:
    """Give the code of a refusal: HTTP 400, a bare number, and a msg."""
    response = ask(client, path, query)
    assert response.status == 400
    body = json.loads(response.body)
    assert set(body) == {"code", "msg"}
    assert body["msg"]
    assert type(body["code"]) is int
    code: int = body["code"]
    return code


def test_depth_shows_what_rests_best_first(client: Client) -> None:
    """Each price once, with all that is open there; both sides from the best price on."""
    for price, quantity in (("1900", "1"), ("1890", "2"), ("1900", "0.5"), ("1895.5", "1")):
        client.create(price=price, quantity=quantity)
    for price in ("2010", "2000"):
        client.create(side="SELL", price=price)
    assert get(client, DEPTH) == {
        "t": NOW,
        "b": [["1900", "1.5"], ["1895.5", "1"], ["1890", "2"]],
        "a": [["2000", "1"], ["2010", "1"]],
    }
    assert get(client, DEPTH, "symbol=ETHUSD&limit=1") == {"t": NOW, "b": [["1900", "1.5"]], "a": [["2000", "1"]]}


def test_depth_of_an_empty_book(client: Client) -> None:
    """A pair without orders has two empty sides."""
    assert get(client, DEPTH) == {"t": NOW, "b": [], "a": []}


def test_depth_follows_fills_and_cancels(client: Client) -> None:
    """What was filled or canceled is on the book no more, nor is what waits to be taken in."""
    first, second = client.rest(), client.rest(price="1890")
    client.control.fill(first, "0.4")
    client.ok("DELETE", "/api/v1/spot/order", orderId=second)
    assert get(client, DEPTH)["b"] == [["1900", "0.6"]]
    waiting = speaking(accept_delay_ms=(1000, 1000))
    waiting.create()
    assert get(waiting, DEPTH)["b"] == []
    waiting.now += 1000
    assert get(waiting, DEPTH)["b"] == [["1900", "1"]]


def test_the_books_time_is_that_of_its_last_change(client: Client) -> None:
    """On a quiet pair it is long past, as seen live; other pairs do not move it."""
    order_id = client.rest()
    client.now += 5_000
    client.create(symbol="BTCUSD", quantity="0.1", price="30000")
    client.now += HOUR_MS
    assert get(client, DEPTH)["t"] == get(client, BOOK)[0]["t"] == NOW
    client.control.fill(order_id, "0.4", now=client.now)
    client.now += 1
    assert get(client, DEPTH)["t"] == client.now - 1


@pytest.mark.parametrize("most", [100, 200])
def test_depth_has_a_most(most: int) -> None:
    """100 prices of a side when nobody says; more only where the dialect has more."""
    client = speaking(depth_most=most)
    for cents in range(210):
        client.create(price=f"19{cents // 100:02}.{cents % 100:02}", quantity="0.01")
    assert len(get(client, DEPTH)["b"]) == 100
    assert len(get(client, DEPTH, "symbol=ETHUSD&limit=1000")["b"]) == most
    assert len(get(client, DEPTH, "symbol=ETHUSD&limit=0")["b"]) == 1


@pytest.mark.parametrize(
    ("scale", "bids", "asks"),
    [
        ("", [["1900.37", "1"], ["1900.31", "2"], ["1899", "4"]], [["2000.12", "1"], ["2000.19", "2"], ["2011", "4"]]),
        ("&scale=0", [["1900.37", "1"], ["1900.31", "2"], ["1899", "4"]], [["2000.12", "1"], ["2000.19", "2"],
                                                                          ["2011", "4"]]),
        ("&scale=1", [["1900.3", "3"], ["1899", "4"]], [["2000.2", "3"], ["2011", "4"]]),
        ("&scale=-1", [["1900", "3"], ["1890", "4"]], [["2010", "3"], ["2020", "4"]]),
        ("&scale=-2", [["1900", "3"], ["1800", "4"]], [["2100", "7"]]),
        ("&scale=1&limit=1", [["1900.3", "3"]], [["2000.2", "3"]]),
    ],
)  # fmt: skip
def test_merged_depth_is_coarser(client: Client, scale: str, bids: list[list[str]], asks: list[list[str]]) -> None:
    """Positive scales are decimals, negative ones tens; amounts are summed up, none is lost."""
    for price, quantity in (("1900.37", "1"), ("1900.31", "2"), ("1899", "4")):
        client.create(price=price, quantity=quantity)
    for price, quantity in (("2000.12", "1"), ("2000.19", "2"), ("2011", "4")):
        client.create(side="SELL", price=price, quantity=quantity)
    assert get(client, MERGED, f"symbol=ETHUSD{scale}") == {"t": NOW, "b": bids, "a": asks}


def test_trades_are_told_oldest_first(client: Client) -> None:
    """Time, price, amount and whether the buyer was the maker; no id; ours and those of others."""
    order_id = client.rest()
    client.control.fill(order_id, "0.4")
    client.now += 10
    client.control.counter_order("ETHUSD", "SELL", "0.1", "1850", now=client.now)
    client.control.trade("ETHUSD", "3", "1910", "BUY", now=client.now)
    assert get(client, TRADES) == [
        {"t": NOW, "p": "1900", "q": "0.4", "ibm": True},
        {"t": NOW + 10, "p": "1900", "q": "0.1", "ibm": True},
        {"t": NOW + 10, "p": "1910", "q": "3", "ibm": False},
    ]
    assert [trade["p"] for trade in get(client, TRADES, "symbol=ETHUSD&limit=2")] == ["1900", "1910"]
    assert get(client, TRADES, "symbol=BTCUSD") == []


def test_at_most_100_trades_are_told(client: Client) -> None:
    """The last 100, whatever is asked for."""
    for number in range(103):
        client.control.trade("ETHUSD", "1", 1900 + number, now=NOW)
    for query in ("symbol=ETHUSD", "symbol=ETHUSD&limit=500"):
        assert [trade["p"] for trade in get(client, TRADES, query)] == [str(1900 + number) for number in range(3, 103)]


def test_a_day_ticker_sums_up_24_hours(client: Client) -> None:
    """Open, high, low, last, volumes of the last 24 hours, and the best prices that rest now."""
    for hours, price, amount in ((0, "5000", "9"), (1, "2000", "1"), (2, "2100", "2"), (3, "1950.5", "3")):
        client.control.trade("ETHUSD", amount, price, now=NOW + hours * HOUR_MS)
    client.now = NOW + 24 * HOUR_MS
    client.create(price="1900")
    client.create(side="SELL", price="2000.5", quantity="2")
    assert get(client, DAY) == [
        {
            "t": client.now,
            "s": "ETHUSD",
            "c": "1950.5",
            "h": "2100",
            "l": "1950.5",
            "o": "2000",
            "b": "1900",
            "a": "2000.5",
            "v": "6",
            "qv": "12051.5",
            "it": "SPOT",
        }
    ]


def test_a_day_without_trades_shows_the_last_price(client: Client) -> None:
    """Nothing was traded for a day: prices stay where they were, volumes are 0."""
    client.control.trade("ETHUSD", "1", "2000", now=NOW)
    client.now += 25 * HOUR_MS
    (ticker,) = get(client, DAY)
    assert [ticker[key] for key in ("o", "h", "l", "c", "v", "qv")] == ["2000"] * 4 + ["0", "0"]


def test_a_pair_that_never_traded_shows_zeros(client: Client) -> None:
    """Its prices are 0, as are best prices of an empty book."""
    (ticker,) = get(client, DAY)
    assert {ticker[key] for key in ("o", "h", "l", "c", "b", "a", "v", "qv")} == {"0"}
    assert get(client, PRICE) == [{"s": "ETHUSD", "p": "0"}]
    assert get(client, BOOK) == [{"s": "ETHUSD", "b": "0", "bq": "0", "a": "0", "aq": "0", "t": NOW}]


@pytest.mark.parametrize("path", [DAY, PRICE, BOOK])
def test_tickers_of_all_pairs(client: Client, path: str) -> None:
    """Without a symbol a ticker for each pair of the site; with one, a list of that one."""
    assert [row["s"] for row in get(client, path, "")] == HK_PAIRS
    assert [row["s"] for row in get(client, path, "site=mena")] == HK_PAIRS[:-1]
    assert [row["s"] for row in get(client, path, "symbol=BTCHKD&site=HK")] == ["BTCHKD"]


def test_price_and_book_tickers(client: Client) -> None:
    """The last price, and the best bid and ask with their amounts."""
    client.create(price="1900")
    client.create(price="1900", quantity="2")
    client.create(side="SELL", price="2000.5")
    client.control.trade("ETHUSD", "1", "1950", now=NOW)
    assert get(client, PRICE) == [{"s": "ETHUSD", "p": "1950"}]
    assert get(client, BOOK) == [{"s": "ETHUSD", "b": "1900", "bq": "3", "a": "2000.5", "aq": "1", "t": NOW}]


def test_book_tickers_may_need_a_symbol() -> None:
    """Where the dialect says so, all at once are refused."""
    client = speaking(book_ticker_symbol_required=True)
    assert refusal(client, BOOK, "") == -100012
    assert [row["s"] for row in get(client, BOOK)] == ["ETHUSD"]


def test_the_kind_of_instrument(client: Client) -> None:
    """Spot is the default and part of any; there are no futures here; older tickers do not say."""
    assert len(get(client, DAY, "instType=SPOT")) == len(get(client, DAY, "instType=ANY")) == len(HK_PAIRS)
    assert get(client, DAY, "instType=FUTURES") == []
    assert refusal(client, DAY, "instType=OPTIONS") == -100002
    (older,) = get(speaking(ticker_inst_type=False), DAY)
    assert set(older) == {"t", "s", "c", "h", "l", "o", "b", "a", "v", "qv"}


@each("path", [DEPTH, MERGED, TRADES, KLINES])
@each("code", [-100011, -100010])
def test_a_symbol_is_needed_and_must_be_listed(path: str, code: int) -> None:
    """The venue's integers: -100012 without a symbol, the dialect's for one that nobody or another site lists."""
    client = speaking(quoted_unknown=code)
    assert refusal(client, path, "interval=1m") == refusal(client, path, "symbol=&interval=1m") == -100012
    assert refusal(client, path, "symbol=DOGEUSD&interval=1m") == code
    assert refusal(client, path, "symbol=BTCHKD&interval=1m&site=MENA") == code
    assert refusal(client, DAY, "symbol=DOGEUSD") == code


@pytest.mark.parametrize("path", [DEPTH, MERGED, TRADES, KLINES])
@pytest.mark.parametrize("limit", ["ten", "1.5", "1e3"])
def test_a_limit_is_a_whole_number(client: Client, path: str, limit: str) -> None:
    """Anything else is of the wrong type: -100002."""
    assert refusal(client, path, f"symbol=ETHUSD&interval=1m&limit={limit}") == -100002


@pytest.mark.parametrize("scale", ["x", "0.5", "99", "-99"])
def test_a_scale_is_a_small_whole_number(client: Client, scale: str) -> None:
    """Anything else is of the wrong type: -100002."""
    assert refusal(client, MERGED, f"symbol=ETHUSD&scale={scale}") == -100002


def test_a_site_that_nobody_knows() -> None:
    """It is the default one, or refused, as the dialect has it."""
    assert len(get(Client(), PRICE, "site=MOON")) == len(HK_PAIRS)
    assert refusal(speaking(unknown_site="refused"), PRICE, "site=MOON") == -100002


def test_market_data_needs_no_key_and_uses_up_no_limit(client: Client) -> None:
    """A key or signature that is there is not looked at."""
    request = SimRequest("GET", PRICE, "symbol=ETHUSD&signature=00", {"X-HK-APIKEY": "stranger"})
    assert client.simulator.handle(request, NOW).status == 200
