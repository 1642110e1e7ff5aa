"""What must hold of every order, trade and fee, in one place. Nothing is repaired: a contradiction is an error.

Their fields are read by their names: records import this file, and it no record.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.model.decimals import exact_difference, is_plain, is_plainly_money
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
_ORDER_TIMES = ("timestamp", "last_trade_timestamp", "last_update_timestamp")
_ORDER_IDS = ("id", "client_order_id", "account_id")
_ENDED_UNFILLED = (OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED)
_LAST_MOMENT = 253_402_300_799_999
"""The end of the year 9999 in ms UTC: later times have no date to be written as."""


def remaining_of(order: Record) -> Decimal | None:
    """What is left of an order in base currency, where amount and filled are known."""
    if not issubclass(type(order.amount), Decimal) or not issubclass(type(order.filled), Decimal):
        return None
    try:
        return None if order.filled > order.amount else exact_difference(order.amount, order.filled)
    except ArithmeticError:  # of numbers that no order can have, and that are refused as such
        return None


def filled_of(order: Record) -> Decimal | None:
    """What is filled of an order in base currency, where amount and what remains are known.

    Of one that ended otherwise than filled, and of which nothing remains, nobody knows: many venues say that nothing is
    left to be filled, whatever was.
    """
    if not issubclass(type(order.amount), Decimal) or not issubclass(type(order.remaining), Decimal):
        return None
    try:
        if order.remaining > order.amount or (order.remaining == 0 and order.status in _ENDED_UNFILLED):
            return None
        return exact_difference(order.amount, order.remaining)
    except ArithmeticError:  # of numbers that no order can have, and that are refused as such
        return None


def check_order(order: Record) -> None:
    """Raise InvalidArgument unless the order's fields agree with each other."""
    _check_ids(order, _ORDER_IDS)
    _check_numbers(order, _ORDER_NUMBERS, may_be_negative=False)
    _check_times(order, _ORDER_TIMES)
    _check_side(order.side)
    if order.status is not None and type(order.status) is not OrderStatus:
        raise InvalidArgument(f"status must be an OrderStatus, not {shown(order.status)}")
    if order.id is None and order.client_order_id is None:
        raise InvalidArgument("an order needs an id or a client_order_id")
    _check_amounts(order)


def _check_amounts(order: Record) -> None:
    if order.amount is not None and order.filled is not None:
        if order.filled > order.amount:
            raise InvalidArgument(f"filled {order.filled} is above the amount {order.amount}")
        if order.remaining != exact_difference(order.amount, order.filled):
            raise InvalidArgument(f"remaining {order.remaining} is not amount minus filled")
    if order.amount is not None and order.remaining is not None and order.remaining > order.amount:
        raise InvalidArgument(f"remaining {order.remaining} is above the amount {order.amount}")
    if order.average is not None and order.filled is not None and order.filled == 0:
        raise InvalidArgument("an average price without a fill")


def check_trade(trade: Record) -> None:
    """Raise InvalidArgument unless the fill's fields are of their kind."""
    _check_ids(trade, ("id", "order_id"))
    _check_numbers(trade, ("price", "amount", "cost"), may_be_negative=False)
    _check_times(trade, ("timestamp",))
    _check_side(trade.side)


def check_fee(fee: Record) -> None:
    """Raise InvalidArgument unless the fee's numbers are finite Decimals."""
    _check_numbers(fee, ("cost", "rate"), may_be_negative=True)


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


def _check_numbers(record: object, names: tuple[str, ...], *, may_be_negative: bool) -> None:
    for name in names:
        value = getattr(record, name)
        if value is None or (type(value) is Decimal and is_plainly_money(value)):
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
