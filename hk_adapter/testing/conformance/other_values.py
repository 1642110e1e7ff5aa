"""Writes a frame again, with each of its values in turn another one: JSON still, and nothing that is so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_OTHERS: tuple[Any, ...] = (None, 5, -1, 1.5, True, [], ["x"], {}, {"a": 1}, "", "x", "NaN", 10**400)


def with_other_values(text: str) -> list[str]:
    """Return the text with each value in turn another one, or missing, two levels deep; none of what is no JSON."""
    try:
        payload = json.loads(text)
    except ValueError:
        return []
    return [json.dumps(one) for one in _changed(payload, 2)]


def _changed(value: Any, levels: int) -> Iterator[Any]:
    if isinstance(value, list):
        for at, part in enumerate(value[:3]):
            yield from ([*value[:at], one, *value[at + 1 :]] for one in _changed(part, levels))
    if isinstance(value, dict) and levels:
        for name, part in value.items():
            yield {key: kept for key, kept in value.items() if key != name}
            yield from (value | {name: other} for other in _OTHERS)
            yield from (value | {name: one} for one in _changed(part, levels - 1))
