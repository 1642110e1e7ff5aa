"""What there is against an order, by the limits; pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hk_adapter.model import CreateOrderRequest, OrderType
from hk_adapter.model.decimals import exact_product, number_text
from hk_adapter.plugins.risk.limits import Bound, RiskLimits

HARMLESS = frozenset(
    {
        "clientOrderId",
        "timeInForce",
        "postOnly",
        "reduceOnly",
        "triggerPrice",
        "stopPrice",
        "stopLossPrice",
        "takeProfitPrice",
    }
)
"""Params by which an order does not become larger or another one."""


def objection(order: CreateOrderRequest, limits: RiskLimits) -> str | None:
    """Return in words why an order is beyond the limits; None where it is within all of them."""
    if not limits.any:
        return None
    if limits.symbols is not None and order.symbol not in limits.symbols:
        return f"symbols: {order.symbol} is not among those allowed"
    if limits.refuses_unknown and (odd := sorted(set(order.params) - HARMLESS - limits.known_params)):
        told = f"params: what {', '.join(map(repr, odd))} may make of the order is not known"
        return f"{told}; known_params names what is harmless"
    amount = amount_of(order, limits.max_amount, limits)
    return _beyond("max_cost", limits.max_cost, cost_of(order), order, limits) or _beyond(
        "max_amount", limits.max_amount, amount, order, limits
    )


def is_spot(symbol: str) -> bool:
    """Whether it is a unified spot symbol: the amount of its orders is in base currency, and counts no contracts."""
    base, slash, quote = symbol.partition("/")
    return bool(base and slash and quote) and ":" not in quote


def amount_of(order: CreateOrderRequest, bound: Bound | None, limits: RiskLimits) -> Decimal | None:
    """Return what is held to ``bound``; None where it is not known in base currency: of contracts.

    Where the limit is this symbol's own it was made for its contracts, and is a number of them.
    """
    own = isinstance(bound, Mapping) or not limits.refuses_unknown
    return order.amount if own or is_spot(order.symbol) else None


def cost_of(order: CreateOrderRequest) -> Decimal | None:
    """Return what an order is worth, in quote currency: the most that it costs, at its limit the least that it brings.

    None where that is not known beforehand: of a market order by amount, and of contracts, whose size is untold here,
    or what may be contracts: a venue's own word for a market.
    """
    if not is_spot(order.symbol):
        return None
    if order.cost is not None:
        return order.cost
    if order.type != OrderType.LIMIT or order.amount is None or order.price is None:
        return None
    return exact_product(order.amount, order.price)


def _beyond(
    name: str, bound: Bound | None, value: Decimal | None, order: CreateOrderRequest, limits: RiskLimits
) -> str | None:
    if bound is None:
        return None
    most = bound if isinstance(bound, Decimal) else bound.get(order.symbol)
    if most is None:
        return f"{name}: there is none for {order.symbol}"
    what = "worth" if name == "max_cost" else "amount"
    if value is None:
        told = f"{name}: the {what} of this {order.type} order of {order.symbol} is not known beforehand"
        return f"{told}; unknown='pass' would let it go" if limits.refuses_unknown else None
    if value > most:
        return f"{name}: {order.symbol}, {what} {number_text(value)}, is above {number_text(most)}"
    return None
