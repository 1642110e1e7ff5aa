"""Arguments that several calls share: ids, ccxt's spelling of them in ``params``, numbers, times and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeVar

from hk_adapter.errors import InvalidArgument
from hk_adapter.flow.effects import Now
from hk_adapter.model import arguments
from hk_adapter.model.numbers import to_decimal, whole

T = TypeVar("T")

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
    return spelled("client_order_id", keyword, rest, "clientOrderId", arguments.client_order_id)


def spelled(
    name: str,
    keyword: Any,
    params: Mapping[str, Any],
    spelling: str,
    take: Callable[[str, Any], T | None],
) -> tuple[T | None, Mapping[str, Any]]:
    """Take an argument by its keyword or by ccxt's spelling in ``params``, and what is left of these.

    Both may be given if they agree. Our own spelling in ``params`` is refused, pointing to the keyword: a venue would
    be sent, or silently not be sent, a word that it does not know.
    """
    if name in params and name != spelling:
        raise InvalidArgument(f"params: give {name!r} as the keyword {name}=, or as {spelling!r}")
    own = None if keyword is None else take(name, keyword)
    if spelling not in params:
        return own, params
    value = params[spelling]
    told = None if value is None else take(f"params[{spelling!r}]", value)
    if own is not None and told is not None and own != told:
        raise InvalidArgument(f"{name} {own!r} and params[{spelling!r}] {told!r} differ")
    rest = MappingProxyType({key: value for key, value in params.items() if key != spelling})
    return (told if own is None else own), rest


def partial(params: Mapping[str, Any] | None) -> tuple[bool, Mapping[str, Any]]:
    """Take whether what can be read of a list is wanted though not all can, and what is left of ``params``."""
    rest = arguments.params(params)
    if "partial" not in rest:
        return False, rest
    flag = arguments.flag("params['partial']", rest["partial"])
    return flag, MappingProxyType({key: value for key, value in rest.items() if key != "partial"})


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
    count = whole(value)
    if count is None or count < 1:
        raise InvalidArgument(f"limit must be an int from 1 on, not {value!r}")
    return count


async def since(value: Any) -> int | None:
    """Take a time in ms UTC that is not in the future; None stays None."""
    if value is None:
        return None
    moment = time("since", value)
    now = (await Now()).timestamp
    if moment > now + CLOCK_DOUBT:
        raise InvalidArgument(f"since must not be in the future: {moment} is {moment - now} ms ahead")
    return moment


def time(name: str, value: Any) -> int:
    """Take a time in ms UTC."""
    moment = whole(value)
    if moment is None or moment < 0:
        raise InvalidArgument(f"{name} must be an int of ms UTC, not {value!r}")
    return moment


def until(keyword: Any, params: Mapping[str, Any] | None, since: int | None) -> tuple[int | None, Mapping[str, Any]]:
    """Take the end of a list's span in ms UTC, by keyword or in ``params``, and what is left of these; None is no end.

    Raises InvalidArgument for one before ``since``.
    """
    value, rest = spelled("until", keyword, arguments.params(params), "until", time)
    if value is not None and since is not None and value < since:
        raise InvalidArgument(f"until must not be before since: {value} is {since - value} ms earlier")
    return value, rest
