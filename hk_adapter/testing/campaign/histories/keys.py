"""When two positions are the same: what the call knows, decides by, and what is true, told as a value."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from decimal import Decimal
from enum import Enum

from hk_adapter.errors import AdapterError
from hk_adapter.model import Order
from hk_adapter.record import field_names
from hk_adapter.testing.campaign.histories.play import Position

_PLAIN = (str, int, float, bool, Decimal, Enum, type(None))
_NOT_KNOWLEDGE = frozenset({"hooks", "looks", "operation"})


def key_of(position: Position) -> Hashable:
    """Return everything of a position that its future depends on."""
    call = position.call
    known = tuple(_told(getattr(call, name)) for name in field_names(type(call)) if name not in _NOT_KNOWLEDGE)
    return known, position.world


def _told(value: object) -> Hashable:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Order):
        return value.id, value.client_order_id, value.status, value.price, value.filled, value.last_update_timestamp
    if isinstance(value, AdapterError):
        details = tuple((name, _told(one)) for name, one in sorted(vars(value).items()) if one is not None)
        return type(value), str(value), details
    return tuple(_told(one) for one in _parts(value))


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return tuple(value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return value
    return tuple(getattr(value, name) for name in field_names(type(value)))
