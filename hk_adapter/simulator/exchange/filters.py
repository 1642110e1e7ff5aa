"""Which prices, amounts and costs a pair takes: the filters that exchangeInfo shows, each with its documented code.

Where several tabled codes fit, the more exact one is given: -1200 to -1203 name limit orders and their side, -1135 and
-1136 do not. The value of a market order by quantity is not known beforehand, and not checked.
"""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.simulator.exchange.markets import Market
from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.exchange.orders import OrderTerms
from hk_adapter.simulator.refusals import Refusal

BAND = Decimal("0.2")
"""How far from the reference an order may be: buyPriceUpRate and sellPriceDownRate of every pair here."""
OPEN_ORDERS_MOST = 300
"""How many open orders of a pair an account may have: maxEntrustNum of every pair here."""

# side -> (quantity below minimum, quantity above maximum)
_LIMIT_CODES = {"BUY": ("-1200", "-1201"), "SELL": ("-1202", "-1203")}
_MARKET_CODES = ("-1136", "-1135")


def check_filters(terms: OrderTerms) -> None:
    """Raise Refusal for the first filter that an order breaks, of those that need no look at the book."""
    if terms.type != "MARKET":
        _check_price(terms)
        _check_amount(terms, _LIMIT_CODES[terms.side])
        _check_cost(terms.market, terms.amount * terms.price)
    elif terms.cash:
        _check_cost(terms.market, terms.cash)
        if terms.cash % (terms.market.tick * terms.market.step) != ZERO:
            raise Refusal("-1148")
    else:
        _check_amount(terms, _MARKET_CODES)


def worst_price(side: str, reference: Decimal) -> Decimal:
    """Return the highest price of a buy, or the lowest of a sell, that the band around a reference lets through."""
    return reference * (1 + BAND if side == "BUY" else 1 - BAND)


def is_worse(side: str, price: Decimal, than: Decimal) -> bool:
    """Return whether a price is worse for an order of a side than another: higher for a buy, lower for a sell."""
    return price > than if side == "BUY" else price < than


def _check_price(terms: OrderTerms) -> None:
    if terms.price > terms.market.max_price:
        raise Refusal("-1132")
    if terms.price < terms.market.tick:
        raise Refusal("-1133")
    if terms.price % terms.market.tick != ZERO:
        raise Refusal("0209")


def _check_amount(terms: OrderTerms, codes: tuple[str, str]) -> None:
    below, above = codes
    if terms.amount < terms.market.min_amount:
        raise Refusal(below)
    if terms.amount > terms.market.max_amount:
        raise Refusal(above)
    if terms.amount % terms.market.step != ZERO:
        raise Refusal("-1137")


def _check_cost(market: Market, cost: Decimal) -> None:
    if cost < market.min_cost:
        raise Refusal("-1140")
    if cost > market.max_cost:
        raise Refusal("-1206")
