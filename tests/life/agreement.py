"""Two answers in ccxt's structures, held against each other field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ABSENT = "absent"


def differences(ours: Any, theirs: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    """Name each field in which they differ, by its path without places in lists; ``info`` is each side's own."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        found: dict[str, tuple[Any, Any]] = {}
        for key in sorted({*ours, *theirs} - {"info"}, key=str):
            found |= differences(ours.get(key, ABSENT), theirs.get(key, ABSENT), f"{path}.{key}" if path else str(key))
        return found
    if isinstance(ours, list | tuple) and isinstance(theirs, list | tuple) and len(ours) == len(theirs):
        found = {}
        for one, other in zip(ours, theirs, strict=True):
            found |= differences(one, other, path)
        return found
    return {} if ours == theirs else {path: (ours, theirs)}
