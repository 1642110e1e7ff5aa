"""The catalogue: steps and limits from every filter, and names that make every symbol exact from then on."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import InvalidArgument, UnexpectedPayload
from hk_adapter.model import (
    Currency,
    FetchOrderRequest,
    Limits,
    ListOrdersRequest,
    ListTradesRequest,
    Market,
    MarketRequest,
    SymbolsRequest,
)
from tests.cases import each
from tests.venues.hashkey.driving import answered, is_whole, opened, sent

EVERYTHING = SymbolsRequest()

# The fields of HashKey's documentation of 2026; the numbers are ours.
FILTERS: dict[str, dict[str, Any]] = {
    "PRICE_FILTER": {"minPrice": "0.01", "maxPrice": "100000.00000000", "tickSize": "0.01"},
    "LOT_SIZE": {
        "minQty": "0.00001",
        "maxQty": "53",
        "stepSize": "0.0001",
        "marketOrderMinQty": "0.0002",
        "marketOrderMaxQty": "1000",
    },
    "MIN_NOTIONAL": {"minNotional": "10"},
    "TRADE_AMOUNT": {
        "minAmount": "1",
        "maxAmount": "10000000",
        "minBuyPrice": "0",
        "marketOrderMinAmount": "12",
        "marketOrderMaxAmount": "50000",
    },
    "LIMIT_TRADING": {
        "maxSellPrice": "0",
        "buyPriceUpRate": "0.1",
        "sellPriceDownRate": "0.1",
        "maxEntrustNum": 300,
    },
    "MARKET_TRADING": {"buyPriceUpRate": "0.1", "sellPriceDownRate": "0.1"},
    "OPEN_QUOTE": {
        "noAllowMarketStartTime": "0",
        "noAllowMarketEndTime": "0",
        "limitOrderStartTime": "0",
        "limitOrderEndTime": "0",
        "limitMinPrice": "0",
        "limitMaxPrice": "0",
    },
}
ETH: dict[str, Any] = {
    "symbol": "ETHUSD",
    "symbolName": "ETHUSD",
    "status": "TRADING",
    "tradeStatus": "TRADABLE",
    "baseAsset": "ETH",
    "baseAssetName": "ETH",
    "baseAssetPrecision": "0.0001",
    "quoteAsset": "USD",
    "quoteAssetName": "USD",
    "quotePrecision": "0.000001",
    "retailAllowed": True,
    "piAllowed": True,
    "corporateAllowed": True,
    "omnibusAllowed": True,
    "icebergAllowed": False,
    "isAggregate": False,
    "allowMargin": False,
    "filters": [{"filterType": name} | fields for name, fields in FILTERS.items()],
    "site": "HK",
}
FDUSD = ETH | {"symbol": "BTCFDUSD", "symbolName": "BTCFDUSD", "baseAsset": "BTC", "quoteAsset": "FDUSD"}
COIN: dict[str, Any] = {
    "orgId": "9001",
    "coinId": "BTC",
    "coinName": "BTC",
    "coinFullName": "Bitcoin",
    "allowWithdraw": True,
    "allowDeposit": True,
    "tokenType": "CHAIN_TOKEN",
    "chainTypes": [
        {
            "chainType": "Bitcoin",
            "withdrawFee": "0",
            "minWithdrawQuantity": "0.002",
            "maxWithdrawQuantity": "0",
            "minDepositQuantity": "0.0005",
            "allowDeposit": True,
            "allowWithdraw": True,
        }
    ],
}


def catalogue(*symbols: Any, coins: Any = ()) -> dict[str, Any]:
    """Write the answer of exchangeInfo."""
    return {
        "timezone": "UTC",
        "serverTime": "1764935787849",
        "brokerFilters": [],
        "symbols": list(symbols),
        "options": [],
        "contracts": [{"symbol": "ETHUSDT-PERPETUAL", "status": "TRADING"}],
        "coins": list(coins),
        "site": "HK",
    }


def market(**changes: Any) -> Market:
    """Give the market of a row with changes; None takes a field away."""
    row = {name: value for name, value in (ETH | changes).items() if value is not None}
    (found,) = answered(opened().fetch_markets(EVERYTHING), catalogue(row))
    return found


def filtered(**changes: dict[str, Any] | None) -> Market:
    """Give the market of filters with changes; None takes a filter away."""
    filters = {name: fields for name, fields in (FILTERS | changes).items() if fields is not None}
    return market(filters=[{"filterType": name} | fields for name, fields in filters.items()])


def test_every_filter_of_a_market() -> None:
    """Steps and limits exactly; the stricter of the two least costs; prices have a step and no limits."""
    assert market() == Market(
        id="ETHUSD",
        symbol="ETH/USD",
        base="ETH",
        quote="USD",
        active=True,
        type="spot",
        amount_step=Decimal("0.0001"),
        price_step=Decimal("0.01"),
        cost_step=Decimal("0.000001"),
        amount=Limits(min=Decimal("0.00001"), max=Decimal(53)),
        price=Limits(),
        cost=Limits(min=Decimal(10), max=Decimal(10000000)),
        market_amount=Limits(min=Decimal("0.0002"), max=Decimal(1000)),
        market_cost=Limits(min=Decimal(12), max=Decimal(50000)),
    )
    assert market().info == ETH


@pytest.mark.parametrize(("least", "notional", "expected"), [("1", "10", 10), ("10", "1", 10), ("0", "5", 5)])
def test_the_stricter_least_cost_holds(least: str, notional: str, expected: int) -> None:
    """Two filters set one; either may be the higher."""
    found = filtered(TRADE_AMOUNT={"minAmount": least}, MIN_NOTIONAL={"minNotional": notional})
    assert found.cost == Limits(min=Decimal(expected))


def test_the_misspelt_filter_is_the_same_one() -> None:
    """One row of the documentation says TRAD_AMOUNT."""
    assert filtered(TRADE_AMOUNT=None, TRAD_AMOUNT=FILTERS["TRADE_AMOUNT"]) == market()


def test_a_zero_is_no_rule() -> None:
    """The venue's 0 for "none" forbids nothing."""
    lot = dict.fromkeys(FILTERS["LOT_SIZE"], "0")
    found = filtered(LOT_SIZE=lot, PRICE_FILTER={"tickSize": "0"}, TRADE_AMOUNT=None, MIN_NOTIONAL=None)
    assert (found.amount_step, found.price_step) == (None, None)
    assert (found.amount, found.market_amount, found.cost) == (Limits(), Limits(), Limits())


def test_without_filters_nothing_is_known_of_them() -> None:
    """The market is there all the same."""
    found = market(filters=None, quotePrecision=None)
    assert found == replace(Market(id="ETHUSD", symbol="ETH/USD", base="ETH", quote="USD"), active=True)


@each(
    ("status", "trade_status", "active"),
    [
        ("TRADING", "TRADABLE", True),
        ("TRADING", None, True),
        ("TRADING", "SUSPENDED", False),
        ("HALT", "TRADABLE", False),
        ("IN_PREVIEW", None, False),
        ("RESUMING", None, False),
        ("BREAK", None, False),
    ],
)
def test_only_what_trades_is_active(status: str, trade_status: str | None, active: bool) -> None:
    """Of all words, old and new, one means that orders are taken."""
    assert market(status=status, tradeStatus=trade_status).active is active


@each(
    "row",
    [
        None,
        [],
        ETH | {"symbol": ""},
        ETH | {"status": None},
        ETH | {"baseAsset": ""},
        ETH | {"quoteAsset": "US/D"},
        ETH | {"filters": {}},
        ETH | {"filters": [{"filterType": "LOT_SIZE", "stepSize": "-1"}]},
        ETH | {"filters": [{"filterType": "LOT_SIZE", "minQty": "few"}]},
        ETH | {"filters": [{"filterType": "LOT_SIZE"}, {"filterType": "LOT_SIZE"}]},
        ETH | {"filters": [{"stepSize": "1"}]},
        ETH | {"filters": [None]},
    ],
)
def test_a_market_that_cannot_be_read_exactly_is_left_out(row: Any) -> None:
    """An order held against half a rule would be worse than a market that is not there."""
    assert [one.symbol for one in answered(opened().fetch_markets(EVERYTHING), catalogue(row, FDUSD))] == ["BTC/FDUSD"]


HALTED = ETH | {"symbol": "ETHUSD_OLD", "status": "HALT"}


@pytest.mark.parametrize("rows", [[ETH, HALTED], [HALTED, ETH]])
def test_of_two_markets_of_one_symbol_the_one_that_trades_is_taken(rows: list[Any]) -> None:
    """Orders go to it, in whatever order the two stand; the other one's rows are of no known symbol."""
    venue = opened()
    (found,) = answered(venue.fetch_markets(EVERYTHING), catalogue(*rows))
    assert (found.id, found.active) == ("ETHUSD", True)
    assert sent(venue.fetch_order_book(MarketRequest(symbol="ETH/USD"))).params["symbol"] == "ETHUSD"


@pytest.mark.parametrize("status", ["TRADING", "HALT"])
def test_two_markets_of_one_symbol_that_are_alike_are_neither(status: str) -> None:
    """Which of them is meant cannot be told; the others are there."""
    rows = [ETH | {"status": status}, HALTED | {"status": status}, FDUSD]
    assert [one.symbol for one in answered(opened().fetch_markets(EVERYTHING), catalogue(*rows))] == ["BTC/FDUSD"]


def test_two_markets_of_one_id_are_neither() -> None:
    """An order names its market by the id alone: one for ETH/USD was placed at BTC/USD."""
    venue, eth = opened(), ETH | {"symbol": "BTCUSD"}
    rows = [eth, eth | {"baseAsset": "BTC"}, FDUSD]
    found = answered(venue.fetch_markets(EVERYTHING), catalogue(*rows))
    assert [one.symbol for one in found] == ["BTC/FDUSD"]
    assert [one.about for one in found.unread] == ["ETH/USD", "BTC/USD"]
    assert sent(venue.fetch_order_book(MarketRequest(symbol="ETH/USD"))).params["symbol"] == "ETHUSD"


@each(
    "payload",
    [{}, [], {"symbols": {}}, {"symbols": None}, {"symbols": [None]}, ETH, catalogue({}, {}), b"<html></html>"],
)
def test_no_catalogue_is_no_empty_one(payload: Any) -> None:
    """A doubt, unless the answer is what was promised and something in it can be read."""
    assert not is_whole(opened().fetch_markets(EVERYTHING), payload)


def test_a_venue_may_have_no_markets() -> None:
    """An empty list is an answer."""
    assert answered(opened().fetch_markets(EVERYTHING), catalogue()) == ()


def test_one_market_is_answered_without_an_envelope() -> None:
    """With a symbol the answer is that market's object itself."""
    asked = SymbolsRequest(symbols=("ETH/USD",))
    assert sent(opened().fetch_markets(asked)).params == {"symbol": "ETHUSD"}
    assert [one.symbol for one in answered(opened().fetch_markets(asked), ETH)] == ["ETH/USD"]
    for other in (FDUSD, ETH | {"symbol": "BTCUSD"}, ETH | {"baseAsset": ""}):
        venue = opened()
        with pytest.raises(UnexpectedPayload):
            answered(venue.fetch_markets(asked), other)
        assert sent(venue.fetch_order_book(MarketRequest(symbol="ETH/USD"))).params["symbol"] == "ETHUSD"


def test_several_markets_are_picked_from_all() -> None:
    """One request; those asked for."""
    asked = SymbolsRequest(symbols=("BTC/FDUSD", "BTC/USD"))
    assert sent(opened().fetch_markets(asked)).params == {}
    assert [one.symbol for one in answered(opened().fetch_markets(asked), catalogue(ETH, FDUSD))] == ["BTC/FDUSD"]


@pytest.mark.parametrize(("site", "word"), [("hk", None), ("global", None), ("mena", "MENA")])
def test_each_site_asks_for_its_own_markets(site: str, word: str | None) -> None:
    """MENA shares a host with Hong Kong, whose markets are the default there: it names itself, on all market data."""
    venue = opened(site)
    one = MarketRequest(symbol="ETH/USD", timeframe="1m")
    flows = [
        venue.fetch_markets(EVERYTHING),
        venue.fetch_currencies(EVERYTHING),
        venue.fetch_tickers(EVERYTHING),
        venue.fetch_order_book(one),
        venue.fetch_trades(one),
        venue.fetch_ohlcv(one),
    ]
    for flow in flows:
        call = sent(flow)
        assert call.params.get("site") == word
        assert (call.group, call.signed) == ("public", False)


def test_once_the_catalogue_is_read_every_symbol_is_exact() -> None:
    """BTCFDUSD alone fits two quote currencies; the catalogue says which, for orders, fills and fees alike."""
    venue = opened()
    order = {
        "orderId": "1",
        "symbol": "BTCFDUSD",
        "status": "NEW",
        "side": "BUY",
        "type": "LIMIT",
        "origQty": "1",
        "executedQty": "0",
    }
    fill = {
        "id": "1",
        "orderId": "1",
        "symbol": "BTCFDUSD",
        "price": "1",
        "qty": "1",
        "time": "1",
        "isBuyer": True,
        "isMaker": True,
    }

    def symbols(asked: str | None = None) -> list[str | None]:
        page = answered(venue.fetch_orders(ListOrdersRequest()), [order])
        fills = answered(venue.fetch_my_trades(ListTradesRequest()), [fill])
        single = answered(venue.fetch_order(FetchOrderRequest(order_id="1", symbol=asked)), order)
        return [page.orders[0].symbol, fills.trades[0].symbol, single.symbol]

    assert symbols() == [None, None, None]
    answered(venue.fetch_markets(EVERYTHING), catalogue(ETH, FDUSD))
    assert symbols() == ["BTC/FDUSD"] * 3
    # The caller's own symbol fits the letters, and is still another market.
    assert symbols(asked="BTCFD/USD") == ["BTC/FDUSD"] * 3


def test_names_stay_known() -> None:
    """Reading one market does not forget the others."""
    venue = opened()
    answered(venue.fetch_markets(EVERYTHING), catalogue(FDUSD))
    answered(venue.fetch_markets(SymbolsRequest(symbols=("ETH/USD",))), ETH)
    (ticker,) = answered(venue.fetch_tickers(EVERYTHING), [{"s": "BTCFDUSD"}])
    assert ticker.symbol == "BTC/FDUSD"


def test_a_market_is_asked_for_by_the_catalogues_word() -> None:
    """Were the venue's word not the two currencies joined, the catalogue would still be right."""
    venue = opened()
    answered(venue.fetch_markets(EVERYTHING), catalogue(ETH | {"symbol": "ETHUSDX"}))
    assert sent(venue.fetch_order_book(MarketRequest(symbol="ETH/USD"))).params == {"symbol": "ETHUSDX"}


def test_coins_have_their_chains() -> None:
    """Coins with their chains; active where they can go in and out."""
    (found,) = answered(opened().fetch_currencies(EVERYTHING), catalogue(coins=[COIN]))
    assert found == Currency(
        code="BTC",
        id="BTC",
        name="Bitcoin",
        type="crypto",
        active=True,
        deposit=True,
        withdraw=True,
        networks=("Bitcoin",),
    )
    closed = COIN | {"allowWithdraw": False}
    assert answered(opened().fetch_currencies(EVERYTHING), catalogue(coins=[closed]))[0].active is False
    money = COIN | {"tokenType": "REAL_MONEY", "chainTypes": []}
    assert answered(opened().fetch_currencies(EVERYTHING), catalogue(coins=[money]))[0].type == "fiat"
    silent = {"coinId": "usd"}
    assert answered(opened().fetch_currencies(EVERYTHING), catalogue(coins=[silent])) == (
        Currency(code="USD", id="usd"),
    )


@each("coin", [None, {}, COIN | {"coinId": ""}, COIN | {"chainTypes": [{}]}, COIN | {"allowDeposit": 1}])
def test_a_coin_that_cannot_be_read_is_left_out(coin: Any) -> None:
    """The others are given; without the list there is no answer."""
    assert len(answered(opened().fetch_currencies(EVERYTHING), catalogue(coins=[coin, COIN]))) == 1
    with pytest.raises(UnexpectedPayload):
        answered(opened().fetch_currencies(EVERYTHING), {"symbols": []})


def test_what_hashkey_does_not_take_is_refused_before_it_is_sent() -> None:
    """Params, symbols that are none, and symbols where coins are asked for."""
    venue = opened()
    for flow in (
        venue.fetch_markets(SymbolsRequest(params={"x": 1})),
        venue.fetch_markets(SymbolsRequest(symbols=("ETHUSD",))),
        venue.fetch_currencies(SymbolsRequest(symbols=("ETH/USD",))),
        venue.fetch_currencies(SymbolsRequest(params={"x": 1})),
    ):
        with pytest.raises(InvalidArgument):
            sent(flow)
