"""Whether an order was read as it is: what was not read says nothing, and what was read is true."""

from __future__ import annotations

from decimal import Decimal

from hk_adapter.model import Order, OrderType
from hk_adapter.model.decimals import exact_sum
from hk_adapter.testing.conformance.promises import require
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder

LONG = Decimal("9007199254740993.000000000000000001")
"""More digits than a float, or a decimal of Python's usual precision, holds, on either side of the point."""
FINE = Decimal("0.000000000000000001")
_EXACT = Decimal("1e-20")
"""Of a product: scripts may write those with the digits that Python's decimals usually have."""
_SECOND = 1000
"""Milliseconds: some venues tell whole seconds."""


def require_as_it_is(order: Order, true: ScriptedOrder) -> None:
    """Raise BrokenPromise for the first field of an order that was read as what it is not."""
    told: dict[str, tuple[object, object]] = {
        "symbol": (order.symbol, true.symbol),
        "side": (order.side, true.side),
        "price": (order.price, true.price if true.type is OrderType.LIMIT else order.price),
        "amount": (order.amount, true.amount),
        "filled": (order.filled, true.filled),
        "remaining": (order.remaining, exact_sum(true.amount, true.filled.copy_negate())),
        "type": (order.type, true.type),
        "time_in_force": (order.time_in_force, "GTC" if true.type is OrderType.LIMIT else order.time_in_force),
        "post_only": (order.post_only, False),
    }
    if true.word is None:
        told["status"] = (order.status, true.status)
    if true.client_order_id is not None:
        told["client_order_id"] = (order.client_order_id, true.client_order_id)
    require(order.id == true.id, f"the order {true.id} was read as {order.id}")
    for name, (read, is_so) in told.items():
        require(read is None or read == is_so, f"{name} of the order {true.id} is {is_so}, and was read as {read}")
    for name, number, is_so in (("average", order.average, true.price), ("cost", order.cost, true.filled * true.price)):
        told_number = f"{name} of the order {true.id} is {is_so}, and was read as {number}"
        require(not number or abs(number - is_so) <= is_so * _EXACT, told_number)
    times = {
        "timestamp": (order.timestamp, true.created),
        "last_update_timestamp": (order.last_update_timestamp, true.updated),
    }
    for name, (at, when) in times.items():
        told_when = f"{name} of the order {true.id} is {when}, and was read as {at}"
        require(at is None or abs(at - when) <= _SECOND, told_when)
