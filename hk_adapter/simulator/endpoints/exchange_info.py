"""exchangeInfo: every pair with all its filters, and the coins.

Sources: HashKey documentation 2025/2026 and calls seen live in Sept 2026. Precisions are step sizes, not digit counts.
"""

from __future__ import annotations

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.filters import BAND, OPEN_ORDERS_MOST
from hk_adapter.simulator.exchange.markets import COINS, DEFAULT_SITE, SITES, Market, coin_info
from hk_adapter.simulator.exchange.money import plain
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal

_NOT_USED = "0"
_WINDOWS = (
    "noAllowMarketStartTime",
    "noAllowMarketEndTime",
    "limitOrderStartTime",
    "limitOrderEndTime",
    "limitMinPrice",
    "limitMaxPrice",
)


def exchange_info(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """Show what a site lists; with `symbol`, that pair's object itself without an envelope."""
    site = _site(venue.dialect, parameters)
    symbol = parameters.get("symbol")
    if symbol is not None:
        market = venue.markets.get(symbol)
        if market is None or site not in market.sites:
            raise Refusal("0201", "symbol")
        return symbol_info(market, venue.dialect, site)
    listed = [market for market in venue.markets.values() if site in market.sites]
    assets = {asset for market in listed for asset in (market.base, market.quote)}
    return {
        "timezone": "UTC",
        "serverTime": now,
        "brokerFilters": [],
        "symbols": [symbol_info(market, venue.dialect, site) for market in listed],
        "options": [],
        "contracts": [],
        "coins": [coin_info(coin_id) for coin_id in COINS if coin_id in assets],
        "site": _word(venue.dialect, site),
    }


def symbol_info(market: Market, dialect: Dialect, site: str) -> dict[str, object]:
    """Show one pair, as exchangeInfo answers with a symbol."""
    answer: dict[str, object] = {
        "symbol": market.symbol,
        "symbolName": market.symbol,
        "status": "TRADING",
        "tradeStatus": "TRADABLE",
        "baseAsset": market.base,
        "baseAssetName": market.base,
        "baseAssetPrecision": plain(market.step),
        "quoteAsset": market.quote,
        "quoteAssetName": market.quote,
        "quotePrecision": plain(market.tick * market.step),
        "baseUcid": COINS[market.base].ucid,
        "quoteUcid": COINS[market.quote].ucid,
        "retailAllowed": True,
        "piAllowed": True,
        "corporateAllowed": True,
        "omnibusAllowed": True,
        "icebergAllowed": False,
        "isAggregate": False,
        "allowMargin": False,
        "filters": _filters(market),
        "site": _word(dialect, site),
    }
    if dialect.symbol_fields == "2025":
        for name in ("tradeStatus", "baseUcid", "quoteUcid"):
            del answer[name]
    return answer


def _site(dialect: Dialect, parameters: Parameters) -> str:
    given = parameters.get("site", DEFAULT_SITE).upper()
    if given in SITES:
        return given
    if dialect.unknown_site == "refused":
        raise Refusal("-1130", "site")
    return DEFAULT_SITE


def _word(dialect: Dialect, site: str) -> str:
    return site if dialect.site_word == "upper" else site.lower()


def _filters(market: Market) -> list[dict[str, object]]:
    tick, step, most = plain(market.tick), plain(market.step), plain(market.max_amount)
    least_cost, most_cost = plain(market.min_cost), plain(market.max_cost)
    band: dict[str, object] = {"buyPriceUpRate": plain(BAND), "sellPriceDownRate": plain(BAND)}
    return [
        {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": plain(market.max_price), "tickSize": tick},
        {
            "filterType": "LOT_SIZE",
            "minQty": plain(market.min_amount),
            "maxQty": most,
            "stepSize": step,
            "marketOrderMinQty": plain(market.min_amount),
            "marketOrderMaxQty": most,
        },
        {"filterType": "MIN_NOTIONAL", "minNotional": least_cost},
        {
            "filterType": "TRADE_AMOUNT",
            "minAmount": least_cost,
            "maxAmount": most_cost,
            "minBuyPrice": _NOT_USED,
            "marketOrderMinAmount": least_cost,
            "marketOrderMaxAmount": most_cost,
        },
        {"filterType": "LIMIT_TRADING", "maxSellPrice": _NOT_USED, **band, "maxEntrustNum": OPEN_ORDERS_MOST},
        {"filterType": "MARKET_TRADING", **band},
        {"filterType": "OPEN_QUOTE", **dict.fromkeys(_WINDOWS, "0")},
    ]
