"""Which texts of a venue's or a wrapper's settings are secret, by their names, so that no error shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SECRET_NAME = re.compile(r"(?i)key|secret|password|passphrase|token|login|uid|account|twofa|wallet")
"""Names of settings that say who somebody is, as ccxt's do."""


def secret_texts(settings: Mapping[str, Any]) -> Iterator[str]:
    """Return the texts under a name that says so, also within tables and lists, however deep.

    Looks into plain dicts, lists and tuples alone: another class of the caller's may have no end, or raise.
    """
    waiting: list[tuple[object, bool]] = [(dict(settings), False)]
    seen: set[tuple[int, bool]] = set()
    while waiting:
        value, is_secret = waiting.pop()
        if type(value) is str and is_secret:
            yield value
        if type(value) not in {dict, list, tuple} or (id(value), is_secret) in seen:
            continue
        seen.add((id(value), is_secret))
        waiting += _within(value, is_secret)


def _within(value: Any, is_secret: bool) -> list[tuple[object, bool]]:
    if type(value) is dict:
        return [(one, is_secret or _is_secret(name)) for name, one in value.copy().items()]
    return [(one, is_secret) for one in tuple(value)]


def _is_secret(name: object) -> bool:
    return type(name) is str and _SECRET_NAME.search(name) is not None
