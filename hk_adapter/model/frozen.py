"""JSON-like values that cannot change: copied at the door, so that nobody changes them under way."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


def frozen(value: Any) -> Any:
    """Copy JSON-like values so that nothing in them can change: mappings read-only, sequences as tuples."""
    if type(value) is str or value is None:
        return value
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(part) for key, part in value.items()})
    if isinstance(value, list | tuple):
        return tuple([frozen(part) for part in value])
    if isinstance(value, set | frozenset):
        return frozenset([frozen(part) for part in value])
    return bytes(value) if isinstance(value, bytearray) else value


def thawed(value: Any) -> Any:
    """Copy what ``frozen`` made into dicts and lists, for a library that wants those."""
    if isinstance(value, Mapping):
        return {key: thawed(part) for key, part in value.items()}
    return [thawed(part) for part in value] if isinstance(value, tuple) else value
