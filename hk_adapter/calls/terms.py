"""Arguments that several calls share: ids, ccxt's spelling of them in ``params``, numbers, times and counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from hk_adapter.errors import InvalidArgument
from hk_adapter.flow.effects import Now
from hk_adapter.model import arguments
from hk_adapter.model.numbers import to_decimal

CLOCK_DOUBT = 60_000
"""Milliseconds that a caller's clock may be ahead of ours before a ``since`` counts as the future."""


def ids(
    order_id: Any, client_order_id: Any, params: Mapping[str, Any] | None
) -> tuple[str | None, str | None, Mapping[str, Any]]:
    """Take the ids of one order, at least one, and what is left of ``params``."""
    known = arguments.order_id("order_id", order_id)
    own, rest = client_id(client_order_id, params)
    if known is None and own is None:
        raise InvalidArgument("order_id or client_order_id is needed")
    return known, own, rest


def client_id(keyword: Any, params: Mapping[str, Any] | None) -> tuple[str | None, Mapping[str, Any]]:
    """Take the keyword, or ccxt's spelling of it in ``params``; both may be given if they agree."""
    rest = arguments.params(params)
    own = arguments.client_order_id("client_order_id", keyword)
    if "clientOrderId" in rest:
        spelled = arguments.client_order_id("params['clientOrderId']", rest["clientOrderId"])
        rest = MappingProxyType({key: value for key, value in rest.items() if key != "clientOrderId"})
        if own is not None and spelled is not None and own != spelled:
            raise InvalidArgument(f"client_order_id {own!r} and params['clientOrderId'] {spelled!r} differ")
        own = own or spelled
    return own, rest


def items(name: str, values: Any) -> list[Any]:
    """Take several values; a str is one, and refused."""
    if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
        raise InvalidArgument(f"{name} must be several, such as a list, not {type(values).__name__}")
    return list(values)


def positive(name: str, value: Any) -> Decimal | None:
    """Take an exact number above 0; None stays None."""
    if value is None:
        return None
    number = to_decimal(name, value)
    if number <= 0:
        raise InvalidArgument(f"{name} must be above 0, not {number}")
    return number


def required(name: str, value: str | None) -> str:
    """Refuse None."""
    if value is None:
        raise InvalidArgument(f"{name} is needed")
    return value


def symbol(value: Any) -> str:
    """Take a unified symbol."""
    return required("symbol", arguments.printable_text("symbol", value))


def symbols(values: Any) -> tuple[str, ...] | None:
    """Take several unified symbols, at least one; None means all."""
    if values is None:
        return None
    chosen = tuple(symbol(value) for value in items("symbols", values))
    if not chosen:
        raise InvalidArgument("symbols: an empty list asks for nothing; None asks for all")
    if len(set(chosen)) < len(chosen):
        raise InvalidArgument("symbols must not name one twice")
    return chosen


def limit(value: Any) -> int | None:
    """Take a count of rows from 1 on; None stays None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidArgument(f"limit must be an int from 1 on, not {value!r}")
    return value


async def since(value: Any) -> int | None:
    """Take a time in ms UTC that is not in the future; None stays None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InvalidArgument(f"since must be an int of ms UTC, not {value!r}")
    now = (await Now()).timestamp
    if value > now + CLOCK_DOUBT:
        raise InvalidArgument(f"since must not be in the future: {value} is {value - now} ms ahead")
    return value
