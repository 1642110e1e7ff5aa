"""What must hold of every order, trade and fee, in one place. Nothing is repaired: a contradiction is an error.

Their fields are read by their names: records import this file, and it no record.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from msgspec.structs import force_setattr

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.model.decimals import are_plainly_money, exact_difference, is_plain
from hk_adapter.model.enums import OrderSide, OrderStatus

Record = Any
"""An object with the fields that the function's name says."""

_ORDER_NUMBERS = (
    "price",
    "trigger_price",
    "take_profit_price",
    "stop_loss_price",
    "average",
    "amount",
    "filled",
    "remaining",
    "cost",
)
_numbers_of = attrgetter(*_ORDER_NUMBERS)
_ORDER_TIMES = ("timestamp", "last_trade_timestamp", "last_update_timestamp")
_ORDER_IDS = ("id", "client_order_id", "account_id")
_ENDED_UNFILLED = (OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED)
_LAST_MOMENT = 253_402_300_799_999
"""The end of the year 9999 in ms UTC: later times have no date to be written as."""


def settle_order(order: Record) -> None:
    """Raise InvalidArgument unless the order's fields agree, and set what is filled or remains where that follows."""
    _check_ids(order, _ORDER_IDS)
    _check_numbers(_ORDER_NUMBERS, _numbers_of(order))
    _check_times(order, _ORDER_TIMES)
    _check_side(order.side)
    if order.status is not None and type(order.status) is not OrderStatus:
        raise InvalidArgument(f"status must be an OrderStatus, not {shown(order.status)}")
    if order.id is None and order.client_order_id is None:
        raise InvalidArgument("an order needs an id or a client_order_id")
    if order.filled is None and order.remaining is not None and not order.remaining and order.status in _ENDED_UNFILLED:
        # Nobody knows what was filled: many venues say of any such order that nothing is left to be filled. A copy with
        # another status would read from it that all was.
        force_setattr(order, "remaining", None)
    if order.amount is not None:
        _settle_amounts(order, order.amount, order.filled, order.remaining)
    if order.average is not None and order.filled is not None and not order.filled:
        raise InvalidArgument("an average price without a fill")


def _settle_amounts(order: Record, amount: Decimal, filled: Decimal | None, remaining: Decimal | None) -> None:
    if remaining is not None and remaining > amount:
        raise InvalidArgument(f"remaining {remaining} is above the amount {amount}")
    if filled is None:
        if remaining is None:
            return
        filled, remaining = exact_difference(amount, remaining), None
        force_setattr(order, "filled", filled)
    if filled > amount:
        raise InvalidArgument(f"filled {filled} is above the amount {amount}")
    left = exact_difference(amount, filled)
    if remaining is None:
        force_setattr(order, "remaining", left)  # in the same digits, whichever of the two was said
    elif remaining != left:
        raise InvalidArgument(f"remaining {remaining} is not amount minus filled")


def check_trade(trade: Record) -> None:
    """Raise InvalidArgument unless the fill's fields are of their kind."""
    _check_ids(trade, ("id", "order_id"))
    _check_numbers(("price", "amount", "cost"), (trade.price, trade.amount, trade.cost))
    _check_times(trade, ("timestamp",))
    _check_side(trade.side)


def check_fee(fee: Record) -> None:
    """Raise InvalidArgument unless the fee's numbers are finite Decimals."""
    _check_numbers(("cost", "rate"), (fee.cost, fee.rate), may_be_negative=True)


def _check_side(side: object) -> None:
    if side is not None and type(side) is not OrderSide:
        raise InvalidArgument(f"side must be an OrderSide, not {shown(side)}")


def _check_ids(record: object, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(record, name)
        if value is None or (type(value) is str and value):
            continue
        if not issubclass(type(value), str) or not value:
            raise InvalidArgument(f"{name} must be a non-empty str, not {shown(value)}")


def _check_numbers(names: Sequence[str], numbers: Sequence[Any], *, may_be_negative: bool = False) -> None:
    if are_plainly_money(numbers):
        return
    for name, value in zip(names, numbers, strict=True):
        if value is None:
            continue
        if not issubclass(type(value), Decimal) or not is_plain(value):
            raise InvalidArgument(f"{name} must be a finite Decimal, not {shown(value)}")
        if value < 0 and not may_be_negative:
            raise InvalidArgument(f"{name} is negative: {value}")


def _check_times(record: object, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(record, name)
        if value is None or (type(value) is int and 0 <= value <= _LAST_MOMENT):
            continue
        if issubclass(type(value), bool) or not issubclass(type(value), int):
            raise InvalidArgument(f"{name} must be an int of ms UTC, not {shown(value)}")
        if not 0 <= value <= _LAST_MOMENT:
            raise InvalidArgument(f"{name} is outside the years 1970 to 9999")
