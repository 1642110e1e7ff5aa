"""Rows that could not be read, in an error's words."""

from __future__ import annotations

from collections.abc import Sequence

from hk_adapter.model import UnreadRow

MOST_TOLD = 20
"""Rows that an error's text names."""


def in_words(unread: Sequence[UnreadRow]) -> str:
    """Name rows, each with the reason, to follow what an error says of them all."""
    more = len(unread) - MOST_TOLD
    names = [f"{_name(row)}: {row.reason}" for row in unread[:MOST_TOLD]] + [f"{more} more"] * (more > 0)
    return "".join(f"; {name}" for name in names)


def _name(row: UnreadRow) -> str:
    if row.order is not None:
        return f"order {row.order.id}"
    return "a row without an id" if row.about is None else row.about
