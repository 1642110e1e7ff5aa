"""Copies of what a caller's mappings and lists hold: read once, within bounds, whatever their classes do meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from itertools import islice
from types import MappingProxyType, UnionType
from typing import Any, TypeVar

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.true_class import class_name, is_a, says_another

T = TypeVar("T")

DEEPEST_PARAMS = 16
"""Levels of nesting that ``params`` may have; one that holds itself has no end."""
MOST_PARAMS = 100_000
"""Values that ``params`` may hold in all, at every place where they stand."""
MOST_ITEMS = 100_000
"""Values that a list, or another iterable, of ids, orders or symbols may give: one that has no end is refused."""


def several(name: str, values: Any) -> list[Any]:
    """Read several values; a str is one, and refused, as are bytes, whose numbers would be ids.

    What an iterable of the caller's raises is the caller's own.
    """
    if _is(values, str | bytes | bytearray | memoryview | Mapping) or not _is(values, Iterable):
        raise InvalidArgument(f"{name} must be several, such as a list, not {class_name(values)}")
    try:
        reading = iter(values)
    except TypeError:  # its class is not what it says
        raise InvalidArgument(f"{name} must be several, such as a list, not {class_name(values)}") from None
    found = list(islice(reading, MOST_ITEMS + 1))
    if len(found) > MOST_ITEMS:
        raise InvalidArgument(f"{name} must not be more than {MOST_ITEMS}")
    return found


def named(name: str, values: Any) -> dict[str, Any] | None:
    """Copy a mapping by its names, which must be text; None for what is no mapping. Its values are not looked at."""
    if not _is(values, Mapping):
        return None
    return _read(name, lambda: _by_name(name, values))


def frozen_copy(name: str, values: Any) -> Mapping[str, Any] | None:
    """Copy a mapping all the way down, so that nothing in it can change; None for what is no mapping.

    Texts and numbers of the caller's own classes are copied as what they are. Raises InvalidArgument for more than the
    bounds above, and for an object that passes itself off as another class's.
    """
    if not _is(values, Mapping):
        return None
    copied: Mapping[str, Any] = _read(name, lambda: _Copying(name).copy(values, 1))
    return copied


class _Copying:
    def __init__(self, name: str) -> None:
        self._name = name
        self._left = MOST_PARAMS

    def copy(self, value: Any, level: int) -> Any:
        self._left -= 1
        if self._left < 0:
            raise InvalidArgument(f"{self._name} must not hold more than {MOST_PARAMS} values")
        if is_a(value, str):
            return _sendable(self._name, str.__str__(value))
        if type(value) in _PLAIN:
            return value
        for known, plain in _CLASSES:
            if is_a(value, known):
                return plain(value)
        if isinstance(value, Mapping):
            self._check_level(level)
            pairs = _by_name(self._name, value) if level == 1 else _pairs(self._name, value)
            return MappingProxyType({key: self.copy(part, level + 1) for key, part in pairs.items()})
        if isinstance(value, list | tuple | set | frozenset):
            self._check_level(level)
            parts = [self.copy(part, level + 1) for part in iter(value)]
            return frozenset(parts) if isinstance(value, set | frozenset) else tuple(parts)
        if says_another(value):
            raise InvalidArgument(f"{self._name} has a {class_name(value)} that says it is something else")
        return value

    def _check_level(self, level: int) -> None:
        if level > DEEPEST_PARAMS:
            raise InvalidArgument(f"{self._name} must not be nested more than {DEEPEST_PARAMS} levels deep")


_HALVES = re.compile(r"[\ud800-\udfff]")
_PLAIN = frozenset({type(None), bool, int, float, Decimal, bytes})
_CLASSES: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (int, lambda value: int(int.__index__(value))),
    (float, float.__float__),
    (Decimal, Decimal),
    (bytes, bytes),
    (bytearray, bytes),
)


def _plain_key(name: str, key: Any) -> Any:
    return _sendable(name, str.__str__(key)) if is_a(key, str) else key


def _sendable(name: str, text: str) -> str:
    """Refuse half of a character, which no request can carry."""
    if not text.isascii() and _HALVES.search(text):
        raise InvalidArgument(f"{name} has a text with half a character: {text[:40]!r}")
    return text


def _pairs(name: str, values: Mapping[Any, Any]) -> dict[Any, Any]:
    pairs: dict[Any, Any] = {}
    for key, value in islice(values.items(), MOST_PARAMS + 1):
        plain = _plain_key(name, key)
        if plain in pairs:
            raise InvalidArgument(f"{name} must not say {shown(plain)} twice")
        pairs[plain] = value
    return pairs


def _by_name(name: str, values: Mapping[Any, Any]) -> dict[str, Any]:
    pairs = _pairs(name, values)
    for key in pairs:
        if type(key) is not str:
            raise InvalidArgument(f"{name}: keys must be str, not {shown(key)}")
    if len(pairs) > MOST_PARAMS:
        raise InvalidArgument(f"{name} must not hold more than {MOST_PARAMS} values")
    return pairs


def _is(value: Any, kind: type | UnionType) -> bool:
    """Whether a value is of a kind; not one whose own class raises where it is asked."""
    try:
        return isinstance(value, kind)
    except Exception:  # noqa: BLE001 - an object of the caller's raises what it will, and is nothing then
        return False


def _read(name: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except InvalidArgument:
        raise
    except Exception as error:
        raise InvalidArgument(f"{name} cannot be read: {class_name(error)}") from error
