"""The whole of exchangeInfo: every filter and field of a pair, coins, and what a site lists."""

import json
from typing import Any

from hk_adapter.simulator import SimRequest
from tests.cases import each

from .conftest import NOW, Client, speaking

INFO = "/api/v1/exchangeInfo"
SINCE_2026 = {"tradeStatus", "baseUcid", "quoteUcid"}
HK_PAIRS = {"ETHUSD", "BTCUSD", "ETHUSDT", "BTCUSDT", "BTCHKD"}


def info(client: Client, query: str = "") -> dict[str, Any]:
    """Ask without a key."""
    response = client.simulator.handle(SimRequest("GET", INFO, query), NOW)
    assert response.status == 200, response.body
    answer: dict[str, Any] = json.loads(response.body)
    return answer


def test_a_pair_has_every_documented_field(client: Client) -> None:
    """Names, step sizes, ids, who may trade it, and its site; booleans are JSON's."""
    pair = info(client, "symbol=BTCUSDT")
    filters = pair.pop("filters")
    assert len(filters) == 7
    assert pair == {
        "symbol": "BTCUSDT",
        "symbolName": "BTCUSDT",
        "status": "TRADING",
        "tradeStatus": "TRADABLE",
        "baseAsset": "BTC",
        "baseAssetName": "BTC",
        "baseAssetPrecision": "0.00001",
        "quoteAsset": "USDT",
        "quoteAssetName": "USDT",
        "quotePrecision": "0.0000001",
        "baseUcid": "1",
        "quoteUcid": "825",
        "retailAllowed": True,
        "piAllowed": True,
        "corporateAllowed": True,
        "omnibusAllowed": True,
        "icebergAllowed": False,
        "isAggregate": False,
        "allowMargin": False,
        "site": "HK",
    }


def test_a_filter_has_every_documented_field(client: Client) -> None:
    """All are text but for the count of orders that may be open."""
    filters = {one.pop("filterType"): one for one in info(client, "symbol=BTCUSDT")["filters"]}
    assert {name: set(one) for name, one in filters.items()} == {
        "PRICE_FILTER": {"minPrice", "maxPrice", "tickSize"},
        "LOT_SIZE": {"minQty", "maxQty", "stepSize", "marketOrderMinQty", "marketOrderMaxQty"},
        "MIN_NOTIONAL": {"minNotional"},
        "TRADE_AMOUNT": {"minAmount", "maxAmount", "minBuyPrice", "marketOrderMinAmount", "marketOrderMaxAmount"},
        "LIMIT_TRADING": {"maxSellPrice", "buyPriceUpRate", "sellPriceDownRate", "maxEntrustNum"},
        "MARKET_TRADING": {"buyPriceUpRate", "sellPriceDownRate"},
        "OPEN_QUOTE": {
            "noAllowMarketStartTime",
            "noAllowMarketEndTime",
            "limitOrderStartTime",
            "limitOrderEndTime",
            "limitMinPrice",
            "limitMaxPrice",
        },
    }
    assert filters["LIMIT_TRADING"].pop("maxEntrustNum") == 300
    assert all(isinstance(value, str) for one in filters.values() for value in one.values())


def test_the_filters_are_those_that_orders_meet(client: Client) -> None:
    """An order at the least and the greatest that the filters say is taken, one step beyond is not."""
    filters = {one["filterType"]: one for one in info(client, "symbol=ETHUSD")["filters"]}
    least, tick = filters["LOT_SIZE"]["minQty"], filters["PRICE_FILTER"]["tickSize"]
    assert client.create(quantity=least, price="100000")["origQty"] == least
    assert client.refused("POST", "/api/v1.1/spot/order", symbol="ETHUSD", side="BUY", type="LIMIT",
                          quantity=f"{least}5", price="100000") == "-1137"  # fmt: skip
    assert client.create(price=f"1900.{tick.removeprefix('0.')}")["price"] == "1900.01"
    notional = filters["MIN_NOTIONAL"]["minNotional"]
    assert client.create(quantity="1", price=notional)["price"] == notional


def test_older_answers_say_less() -> None:
    """What came in 2026 is not in those before."""
    newer, older = (info(speaking(symbol_fields=year), "symbol=BTCUSDT") for year in ("2026", "2025"))
    assert set(newer) - set(older) == SINCE_2026
    assert set(older) <= set(newer)


@each(
    ("query", "site", "pairs"),
    [
        ("", "HK", HK_PAIRS),
        ("site=HK", "HK", HK_PAIRS),
        ("site=hk", "HK", HK_PAIRS),
        ("site=MENA", "MENA", HK_PAIRS - {"BTCHKD"}),
        ("site=mena", "MENA", HK_PAIRS - {"BTCHKD"}),
    ],
)
@each("word", ["upper", "lower"])
def test_a_site_lists_its_own_pairs(query: str, site: str, pairs: set[str], word: str) -> None:
    """HK unless told; whatever the case asked in, the answer's is the dialect's."""
    answer = info(speaking(site_word=word), query)
    spelled = site if word == "upper" else site.lower()
    assert answer["site"] == spelled
    assert {pair["symbol"] for pair in answer["symbols"]} == pairs
    assert {pair["site"] for pair in answer["symbols"]} == {spelled}
    assert {coin["coinId"] for coin in answer["coins"]} == {"BTC", "ETH", "USDT", "USD"} | (
        {"HKD"} if site == "HK" else set()
    )


def test_a_pair_of_another_site_is_unknown(client: Client) -> None:
    """It is refused like one that nobody lists."""
    response = client.simulator.handle(SimRequest("GET", INFO, "symbol=BTCHKD&site=MENA"), NOW)
    assert (response.status, json.loads(response.body)["code"]) == (400, "0201")


def test_a_site_that_nobody_knows() -> None:
    """It is the default one, or refused, as the dialect has it."""
    assert info(Client(), "site=MOON")["site"] == "HK"
    refusing = speaking(unknown_site="refused")
    response = refusing.simulator.handle(SimRequest("GET", INFO, "site=MOON"), NOW)
    assert (response.status, json.loads(response.body)["code"]) == (400, "-1130")


def test_coins_have_their_chains(client: Client) -> None:
    """Fiat has none; the others the one they move on, with its limits."""
    coins = {coin["coinId"]: coin for coin in info(client)["coins"]}
    assert set(coins["BTC"]) == {
        "orgId", "coinId", "coinName", "coinFullName", "allowWithdraw", "allowDeposit", "tokenType", "chainTypes"
    }  # fmt: skip
    assert {coin_id: coin["tokenType"] for coin_id, coin in coins.items()} == {
        "BTC": "CHAIN_TOKEN",
        "ETH": "CHAIN_TOKEN",
        "USDT": "ERC20_TOKEN",
        "USD": "REAL_MONEY",
        "HKD": "REAL_MONEY",
    }
    assert coins["USD"]["chainTypes"] == []
    (chain,) = coins["USDT"]["chainTypes"]
    assert set(chain) == {
        "chainType",
        "withdrawFee",
        "minWithdrawQuantity",
        "maxWithdrawQuantity",
        "minDepositQuantity",
        "allowDeposit",
        "allowWithdraw",
    }
