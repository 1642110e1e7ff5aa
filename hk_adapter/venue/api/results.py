"""From the rows that an operation gave to the list or dict that a call gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hk_adapter.model import PartialDict, PartialList

T = TypeVar("T")


def listed(rows: tuple[T, ...], *, partial: bool) -> list[T]:
    """Make a list; one that tells what could not be read, where the caller asked for such."""
    return PartialList(rows, getattr(rows, "unread", ())) if partial else list(rows)


def keyed(rows: tuple[T, ...], key: Callable[[T], str], *, partial: bool) -> dict[str, T]:
    """Make a dict; as ``listed``."""
    found = {key(row): row for row in rows}
    return PartialDict(found, getattr(rows, "unread", ())) if partial else found
