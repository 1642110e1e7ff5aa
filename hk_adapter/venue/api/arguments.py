"""Arguments of calls, checked before anything is sent: ids, words, numbers, times, counts, and ccxt's ``params``."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.flow.effects import Now
from hk_adapter.model.decimals import FIRST_MOMENT, to_decimal, whole
from hk_adapter.model.enums import Wait
from hk_adapter.model.ids import check_client_order_id, check_order_id, is_plain_number
from hk_adapter.model.order import Order
from hk_adapter.true_class import class_name, is_a
from hk_adapter.venue.api.copies import frozen_copy, several

T = TypeVar("T")
W = TypeVar("W", bound=StrEnum)

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_WAITS = {str(word): word for word in Wait}
_ID_LIMIT = 10**60
"""Python refuses to write far longer ints; venues' ids have 20 digits."""
LONGEST_TIMEOUT = 3600.0
"""Seconds that a call may be given."""
_LONGEST_SPAN = 86_400_000
_LARGEST_LIMIT = 10**18
_END_OF_TIME = 253_402_300_800_000
"""The first millisecond of the year 10000, in ms UTC."""
CLOCK_DOUBT = 60_000
"""Milliseconds that a caller's clock may be ahead of ours before a ``since`` counts as the future."""


def order_id(name: str, value: Any) -> str | None:
    """Read an id given as str, or as a non-negative int; None stays None.

    Refused too is what a venue could read as another id, or as several (``ids.py``).
    """
    if type(value) is str and is_plain_number(value):
        return value
    number = whole(value)
    if number is not None:
        if not 0 <= number < _ID_LIMIT:
            raise InvalidArgument(f"{name} must not be negative, nor longer than 60 digits")
        return str(number)
    if is_a(value, Order):
        raise InvalidArgument(f"{name} must be a str, not Order; give the order's id")
    text = printable_text(name, value)
    if text is not None:
        check_order_id(name, text)
    return text


def client_order_id(name: str, value: Any) -> str | None:
    """Read a client's id, unless a venue could read it as another, or as several (``ids.py``); None stays None."""
    text = printable_text(name, value)
    if text is not None:
        check_client_order_id(name, text)
    return text


def printable_text(name: str, value: Any) -> str | None:
    """Read non-blank printable ASCII text without blanks at its ends; None stays None."""
    if value is None:
        return None
    if not issubclass(type(value), str):
        raise InvalidArgument(f"{name} must be a str, not {class_name(value)}")
    text: str = str.__str__(value)  # the text itself, whatever a class of the caller's makes of it
    if not text.strip():
        raise InvalidArgument(f"{name} is empty")
    if not text.isascii() or not text.isprintable():
        raise InvalidArgument(f"{name} must be printable ASCII: {text[:40]!r}")
    if text != text.strip():
        raise InvalidArgument(f"{name} has blanks around it: {text[:40]!r}")
    if text.startswith("-") and text[1:].isdigit():
        raise InvalidArgument(f"{name} must not be negative: {text[:40]!r}")
    return text


def is_one_of(words: Iterable[str], value: Any) -> bool:
    """Whether a value is one of some words, whatever its own class makes of being compared."""
    return issubclass(type(value), str) and str.__str__(value) in list(words)


def path(value: Any) -> str | None:
    """Return a path's text; None for what is no path."""
    try:
        text = os.fspath(value)
    except Exception:  # noqa: BLE001 - an object of the caller's raises what it will, and is no path then
        return None
    return str.__str__(text) if issubclass(type(text), str) else None


def wait(value: Any) -> Wait:
    """Read ``final`` or ``ack``."""
    if issubclass(type(value), str) and str.__str__(value) in _WAITS:
        return _WAITS[str.__str__(value)]
    raise InvalidArgument(f"wait must be 'final' or 'ack', not {shown(value)}")


def timeout(value: Any, default: float) -> float:
    """Read a positive number of seconds, up to an hour, for ccxt's are ms; None is the default, whatever it is."""
    if value is None:
        return default
    read = seconds("timeout", value)
    if read > LONGEST_TIMEOUT:
        most = f"up to {LONGEST_TIMEOUT:g}"
        raise InvalidArgument(f"timeout is in seconds, {most}: if these are ccxt's ms, give {read / 1000:g}")
    return read


def seconds(name: str, value: Any, *, or_none: bool = False) -> float:
    """Read a positive number of seconds; with ``or_none``, or 0."""
    counted = whole(value)
    if counted is None and not issubclass(type(value), float):
        raise InvalidArgument(f"{name} must be a number of seconds, not {shown(value)}")
    try:
        read = float.__float__(value) if counted is None else float(counted)
    except OverflowError:
        read = math.inf
    if not math.isfinite(read) or read < 0 or (read == 0 and not or_none):
        least = "from 0 up" if or_none else "above 0"
        raise InvalidArgument(f"{name} must be a finite number of seconds {least}")
    return read


def frozen_params(value: Any) -> Mapping[str, Any]:
    """Read ccxt's ``params`` mapping, frozen all the way down (``copies.py``); None is empty."""
    if value is None:
        return _NOTHING
    taken = frozen_copy("params", value)
    if taken is None:
        raise InvalidArgument(f"params must be a mapping, not {class_name(value)}")
    return taken


def word(name: str, value: Any, words: type[W]) -> W:
    """Read one of an enum's words, in any case."""
    if issubclass(type(value), str):
        text = str.__str__(value).lower()
        for known in words:
            if text == known.value.lower():
                return known
    raise InvalidArgument(f"{name} must be one of {', '.join(known.value for known in words)}, not {shown(value)}")


def optional_word(name: str, value: Any, words: type[W]) -> W | None:
    """Read one of an enum's words, in any case; None stays None."""
    return None if value is None else word(name, value, words)


def flag(name: str, value: Any) -> bool:
    """Read True or False."""
    if type(value) is not bool:
        raise InvalidArgument(f"{name} must be True or False, not {shown(value)}")
    return value


def order_ids(
    venues: Any, clients: Any, params: Mapping[str, Any] | None
) -> tuple[str | None, str | None, Mapping[str, Any]]:
    """Read the venue's and the client's id of one order, at least one, and what is left of ``params``."""
    known = order_id("order_id", venues)
    own, rest = client_id(clients, params)
    if known is None and own is None:
        raise InvalidArgument("order_id or client_order_id is needed")
    return known, own, rest


def client_id(keyword: Any, params: Mapping[str, Any] | None) -> tuple[str | None, Mapping[str, Any]]:
    """Read the keyword, or ccxt's spelling of it in ``params``; both may be given if they agree."""
    rest = frozen_params(params)
    return spelled("client_order_id", keyword, rest, "clientOrderId", client_order_id)


def spelled(
    name: str,
    keyword: Any,
    params: Mapping[str, Any],
    spelling: str,
    take: Callable[[str, Any], T | None],
) -> tuple[T | None, Mapping[str, Any]]:
    """Read an argument by its keyword or by ccxt's spelling in ``params``, and what is left of these.

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
        raise InvalidArgument(f"{name} {shown(own)} and params[{spelling!r}] {shown(told)} differ")
    rest = MappingProxyType({key: value for key, value in params.items() if key != spelling})
    return (told if own is None else own), rest


def partial(params: Mapping[str, Any] | None) -> tuple[bool, Mapping[str, Any]]:
    """Read whether what can be read of a list is wanted though not all can, and what is left of ``params``."""
    rest = frozen_params(params)
    if "partial" not in rest:
        return False, rest
    wanted = flag("params['partial']", rest["partial"])
    return wanted, MappingProxyType({key: value for key, value in rest.items() if key != "partial"})


def positive(name: str, value: Any) -> Decimal | None:
    """Read an exact number above 0; None stays None."""
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


def each(name: str, values: Any, take: Callable[[str, Any], str | None]) -> list[str]:
    """Read several values, one by one; an error names the place of the one that is wrong."""
    places = ((f"{name}[{place}]", value) for place, value in enumerate(several(name, values)))
    return [required(place, take(place, value)) for place, value in places]


def symbol(value: Any) -> str:
    """Read a unified symbol."""
    return required("symbol", printable_text("symbol", value))


def symbols(values: Any) -> tuple[str, ...] | None:
    """Read several unified symbols, at least one; None means all."""
    if values is None:
        return None
    chosen = tuple(each("symbols", values, printable_text))
    if not chosen:
        raise InvalidArgument("symbols: an empty list asks for nothing; None asks for all")
    if len(set(chosen)) < len(chosen):
        raise InvalidArgument("symbols must not name one twice")
    return chosen


def limit(value: Any) -> int | None:
    """Read a count of rows from 1 on; None stays None."""
    if value is None:
        return None
    count = whole(value)
    if count is None or not 1 <= count <= _LARGEST_LIMIT:
        raise InvalidArgument(f"limit must be an int from 1 on, not {shown(value)}")
    return count


def milliseconds(name: str, value: Any) -> int:
    """Read a span of whole milliseconds, from 0 to a day."""
    span = whole(value)
    if span is None or not 0 <= span <= _LONGEST_SPAN:
        raise InvalidArgument(f"{name} must be an int of milliseconds, from 0 to a day of them, not {shown(value)}")
    return span


async def since(value: Any) -> int | None:
    """Read a time in ms UTC that is not in the future; None stays None, and 0 is from the first on.

    Raises InvalidArgument for one in seconds, too: everything is younger than that, so a list with a ``limit`` would be
    of the oldest.
    """
    if value is None:
        return None
    moment = time("since", value)
    if 0 < moment < FIRST_MOMENT:
        raise InvalidArgument(f"since must be in ms UTC: {moment} is long before there was anything to list")
    now = (await Now()).timestamp
    if moment > now + CLOCK_DOUBT:
        raise InvalidArgument(f"since must not be in the future: {moment} is {moment - now} ms ahead")
    return moment


def time(name: str, value: Any) -> int:
    """Read a time in ms UTC."""
    moment = whole(value)
    if moment is None or not 0 <= moment < _END_OF_TIME:
        raise InvalidArgument(f"{name} must be an int of ms UTC, up to the year 9999, not {shown(value)}")
    return moment


def until(keyword: Any, params: Mapping[str, Any] | None, since: int | None) -> tuple[int | None, Mapping[str, Any]]:
    """Read the end of a list's span in ms UTC, by keyword or in ``params``, and what is left of these; None is no end.

    Raises InvalidArgument for one before ``since``, and for one in seconds: nothing is older than that, so a list would
    be empty.
    """
    value, rest = spelled("until", keyword, frozen_params(params), "until", time)
    if value is not None and value < FIRST_MOMENT:
        raise InvalidArgument(f"until must be in ms UTC: {value} is long before there was anything to list")
    if value is not None and since is not None and value < since:
        raise InvalidArgument(f"until must not be before since: {value} is {since - value} ms earlier")
    return value, rest
