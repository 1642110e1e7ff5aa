"""What the documents leave open or contradict, each with its candidates: one setting per open question."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


def _one_of(default: str, *others: str) -> str:
    answer: str = field(default=default, metadata={"candidates": (default, *others)})
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Choose how the venue behaves where its documents do not say; ValueError for a word no source knows.

    The defaults are the codes whose tabled text says most exactly what happened. `0212`, which cannot tell a
    finished order from one that never existed, is a candidate for every cancel that comes too late.
    """

    wrong_signature: str = _one_of("0001", "0002")
    """The table lists a wrong signature as a second 0001; ccxt knows it as 0002."""
    unknown_key: str = _one_of("0102", "-1002")
    """For a key that is missing or not ours."""
    cancel_filled: str = _one_of("-1139", "0212", "0211", "-1143", "-2011")
    cancel_canceled: str = _one_of("-1142", "0212", "0211", "-1143", "-2011")
    cancel_partially_canceled: str = _one_of("-1142", "-1138", "0212", "0211", "-1143", "-2011")
    cancel_unknown: str = _one_of("0211", "0212", "-1143", "-2013", "-2011")
    query_unknown: str = _one_of("0211", "-1143", "-2013")
    """0211 is the tabled text for an id without an order; no source shows the answer of a query."""
    create_status: str = _one_of("NEW", "PENDING_NEW")
    """The word in a create answer: NEW until 2025, PENDING_NEW in samples of 2026."""
    both_ids: str = _one_of("order_id", "client_order_id")
    """Which id counts when a request carries both."""

    def __post_init__(self) -> None:
        for setting in fields(self):
            value, candidates = getattr(self, setting.name), setting.metadata["candidates"]
            if value not in candidates:
                raise ValueError(f"dialect {setting.name}={value!r}: expected one of {', '.join(candidates)}")
