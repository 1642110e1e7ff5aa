"""One answer of the venue read twice, by our parser and by ccxt's own, and what may then differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).with_name("payloads")
ABSENT = "absent"
"""Stands for the value of a key that one of the two does not have."""

Pair = tuple[Any, Any]
Number = Callable[[Decimal], Any]


def payloads(file: str) -> dict[str, Any]:
    """Load the answers of one file by name, anew for each reader: a parser may change what it reads."""
    loaded: dict[str, Any] = json.loads((PAYLOADS / file).read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One deliberate difference, as the reference page words it, and every payload that shows it: (ours, ccxt's)."""

    keys: str
    when: str
    ours: str
    theirs: str
    reason: str
    shown_by: Mapping[str, Mapping[str, Pair]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of answer: what ``payloads`` holds of it, and how each side reads one of them into ccxt's structure.

    Attributes:
        title: as the reference page calls it.
        ours: from a payload, writing numbers as asked.
        theirs: from ccxt's client and a payload.
    """

    title: str
    file: str
    ours: Callable[[Any, Number], Any]
    theirs: Callable[[Any, Any], Any]
    differences: tuple[Difference, ...] = ()

    @property
    def payloads(self) -> dict[str, Any]:
        """The answers by name."""
        return payloads(self.file)

    def by_us(self, name: str, number: Number = float) -> Any:
        """Read a payload with our parser."""
        return self.ours(self.payloads[name], number)

    def by_ccxt(self, exchange: Any, name: str) -> Any:
        """Read a payload with ccxt's parser."""
        return self.theirs(exchange, self.payloads[name])

    def listed(self, name: str) -> dict[str, Pair]:
        """Give what the differences say of a payload."""
        pairs: dict[str, Pair] = {}
        for difference in self.differences:
            pairs |= difference.shown_by.get(name, {})
        return pairs


def differing(ours: Any, theirs: Any, path: str = "") -> dict[str, Pair]:
    """Give the keys whose values differ, in kind too: 1 is not 1.0, and not True. ``limits.price`` is a key's key."""
    if not (isinstance(ours, dict) and isinstance(theirs, dict)):
        return {} if same(ours, theirs) else {path: (ours, theirs)}
    found: dict[str, Pair] = {}
    for key in ours.keys() | theirs.keys():
        found |= differing(ours.get(key, ABSENT), theirs.get(key, ABSENT), f"{path}.{key}" if path else key)
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the last part, in kind too."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Walk every number of an answer but times and flags, each with the way to it; ``info`` is not ours."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key != "info":
                yield from numbers(part, f"{path}.{key}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from numbers(part, f"{path}.{place}")
    elif isinstance(value, float | Decimal):
        yield path, value
