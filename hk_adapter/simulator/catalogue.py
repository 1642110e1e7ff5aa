"""What can be traded here: a handful of spot pairs and coins, and how exchangeInfo shows them.

Field names are the documentation's (2026); the numbers are ours, of the size the venue uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from hk_adapter.simulator.money import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Hold one spot pair and its limits: amounts in base currency, prices and costs in quote currency."""

    base: str
    quote: str
    tick: Decimal
    step: Decimal
    min_amount: Decimal
    max_amount: Decimal
    max_price: Decimal
    min_cost: Decimal
    max_cost: Decimal

    @property
    def symbol(self) -> str:
        """Write the pair as the venue does, without a separator."""
        return self.base + self.quote


def _market(base: str, quote: str, *, step: str, max_amount: int, min_cost: int, max_cost: int) -> Market:
    return Market(
        base=base,
        quote=quote,
        tick=Decimal("0.01"),
        step=Decimal(step),
        min_amount=Decimal(step),
        max_amount=Decimal(max_amount),
        max_price=Decimal(10_000_000),
        min_cost=Decimal(min_cost),
        max_cost=Decimal(max_cost),
    )


_SPOT = (
    _market("ETH", "USD", step="0.0001", max_amount=1_000, min_cost=10, max_cost=5_000_000),
    _market("BTC", "USD", step="0.00001", max_amount=100, min_cost=10, max_cost=10_000_000),
    _market("ETH", "USDT", step="0.0001", max_amount=1_000, min_cost=10, max_cost=5_000_000),
    _market("BTC", "USDT", step="0.00001", max_amount=100, min_cost=10, max_cost=10_000_000),
    _market("BTC", "HKD", step="0.00001", max_amount=100, min_cost=100, max_cost=80_000_000),
)
MARKETS: Mapping[str, Market] = MappingProxyType({market.symbol: market for market in _SPOT})

# coin id -> (full name, token type, chain); fiat has no chain.
_COINS = {
    "BTC": ("Bitcoin", "CHAIN_TOKEN", "Bitcoin"),
    "ETH": ("Ethereum", "CHAIN_TOKEN", "ETH"),
    "USDT": ("Tether", "ERC20_TOKEN", "ETH"),
    "USD": ("US Dollar", "REAL_MONEY", None),
    "HKD": ("Hong Kong Dollar", "REAL_MONEY", None),
}


def exchange_info(markets: Iterable[Market], now: int) -> dict[str, object]:
    """Show the whole catalogue, as exchangeInfo answers without a symbol."""
    return {
        "timezone": "UTC",
        "serverTime": now,
        "brokerFilters": [],
        "symbols": [symbol_info(market) for market in markets],
        "options": [],
        "contracts": [],
        "coins": [_coin_info(coin_id) for coin_id in _COINS],
        "site": "HK",
    }


def symbol_info(market: Market) -> dict[str, object]:
    """Show one pair, as exchangeInfo answers with a symbol. Precisions are step sizes, not digit counts."""
    return {
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
        "retailAllowed": True,
        "piAllowed": True,
        "corporateAllowed": True,
        "omnibusAllowed": True,
        "icebergAllowed": False,
        "isAggregate": False,
        "allowMargin": False,
        "filters": _filters(market),
        "site": "HK",
    }


def _filters(market: Market) -> list[dict[str, object]]:
    tick, step, most = plain(market.tick), plain(market.step), plain(market.max_amount)
    least_cost, most_cost = plain(market.min_cost), plain(market.max_cost)
    band: dict[str, object] = {"buyPriceUpRate": "0.2", "sellPriceDownRate": "0.2"}
    windows = ("noAllowMarketStartTime", "noAllowMarketEndTime", "limitOrderStartTime", "limitOrderEndTime")
    return [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": tick,
            "maxPrice": plain(market.max_price),
            "tickSize": tick,
        },
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
            "minBuyPrice": "0",
            "marketOrderMinAmount": least_cost,
            "marketOrderMaxAmount": most_cost,
        },
        {"filterType": "LIMIT_TRADING", "maxSellPrice": "0", **band, "maxEntrustNum": 300},
        {"filterType": "MARKET_TRADING", **band},
        {"filterType": "OPEN_QUOTE", **dict.fromkeys((*windows, "limitMinPrice", "limitMaxPrice"), "0")},
    ]


def _coin_info(coin_id: str) -> dict[str, object]:
    full_name, token_type, chain = _COINS[coin_id]
    return {
        "orgId": "9001",
        "coinId": coin_id,
        "coinName": coin_id,
        "coinFullName": full_name,
        "allowWithdraw": True,
        "allowDeposit": True,
        "tokenType": token_type,
        "chainTypes": [] if chain is None else [_chain_info(chain)],
    }


def _chain_info(chain: str) -> dict[str, object]:
    return {
        "chainType": chain,
        "withdrawFee": "0",
        "minWithdrawQuantity": "0.001",
        "maxWithdrawQuantity": "0",
        "minDepositQuantity": "0.0001",
        "allowDeposit": True,
        "allowWithdraw": True,
    }
