"""What the documents leave open or contradict, each with its candidates: one setting per open question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TypeVar

Value = TypeVar("Value", str, int, bool)


def _one_of(default: Value, *others: Value) -> Value:
    answer: Value = field(default=default, metadata={"candidates": (default, *others)})
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

    create_status: str = _one_of("NEW", "PENDING_NEW", "as_matched")
    """The word in a create answer: NEW until 2025, PENDING_NEW in samples of 2026, both as if nothing had traded
    yet; or how the order stands after matching. While an order waits to be accepted it is always PENDING_NEW."""
    accept_delay_ms: tuple[int, int] = (0, 0)
    """How long an order stays PENDING_NEW: between these two, drawn per order."""
    reject_share: float = 0.0
    """How many of the orders taken in are REJECTED by matching in the end, from 0 to 1, drawn per order."""
    pending_new_shown: str = _one_of("everywhere", "query_only", "nowhere")
    """Where an order can be seen while PENDING_NEW; a query that must not see it says unknown."""
    post_only_crossing: str = _one_of("-2010", "-1156", "REJECTED")
    """How a LIMIT_MAKER that would trade is refused: by code, or taken in and then REJECTED. One that would trade
    only by the time it is accepted is REJECTED in any case."""

    cancel_delay_ms: tuple[int, int] = (0, 0)
    """How long an accepted cancel takes to have its effect: between these two, drawn per order and request."""
    cancel_answer: str = _one_of("as_before", "as_after", "CANCELED")
    """What an accepted cancel shows: the order as it was, as all samples since 2024 do; how it stands when the
    request was taken in; or CANCELED as on an older page, whether or not the cancel has had its effect yet."""
    cancel_in_flight: str = _one_of("as_before", "PENDING_CANCEL")
    """The word for an open order whose cancel is on its way; PENDING_CANCEL is known to other clients only."""
    cancel_again: str = _one_of("accepted", "-1144", "-2011", "-1024")
    """A further cancel while one is on its way."""
    cancel_pending_new: str = _one_of("applied_after", "-1144", "0211")
    """A cancel of an order that is still PENDING_NEW: accepted and applied once the order is, or refused."""
    cancel_filled: str = _one_of("-1139", "0212", "0211", "-1143", "-2011")
    cancel_canceled: str = _one_of("-1142", "0212", "0211", "-1143", "-2011")
    cancel_partially_canceled: str = _one_of("-1142", "-1138", "0212", "0211", "-1143", "-2011")
    cancel_rejected: str = _one_of("0212", "0211", "-1143", "-2011")
    cancel_unknown: str = _one_of("0211", "0212", "-1143", "-2013", "-2011")
    query_unknown: str = _one_of("0211", "-1143", "-2013")
    """0211 is the tabled text for an id without an order; no source shows the answer of a query."""
    both_ids: str = _one_of("order_id", "client_order_id")
    """Which id counts when a request carries both."""

    batch_failure: str = _one_of("0211", "-2013", "as_single")
    """The code of each id that cancelOrderByIds did not cancel: two documented examples, or the single cancel's."""
    batch_all_done: str = _one_of("empty_list", "null")
    """`result` when every id was canceled: the samples show a list, the note beside them says null."""
    batch_too_large: str = _one_of("-2022", "-2030")
    mass_cancel_cap: int = _one_of(200, 1000)
    """How many orders one DELETE openOrders takes, newest first: 200 in 2026, 1000 in Nov 2025."""
    mass_cancel_nothing: str = _one_of("success", "0211")
    """DELETE openOrders when there is nothing to cancel."""
    mass_cancel_pending_new: str = _one_of("spared", "canceled")
    """Whether a mass cancel also takes orders that are still PENDING_NEW."""
    cancel_all_served: bool = _one_of(True, False)
    """Whether the site has cancelAllOpenOrders; HK's pages of Nov 2025 do not list it. Without it: HTTP 404."""

    cursor_name: str = _one_of("fromOrderId", "orderId", "either")
    """What the lists call the id to go on from: 2026 and Nov 2025 differ. The other name means nothing."""
    open_orders_paging: str = _one_of("newest_first", "oldest_first")
    """From the cursor towards smaller ids, as order history, or towards greater ones."""
    history_time: str = _one_of("created", "updated")
    """Which of an order's times history holds against startTime, endTime and its 90 days."""
    history_rejected: str = _one_of("listed", "absent")
    """Whether order history, which also has orders canceled unfilled, has rejected ones."""

    limit_answer: str = _one_of("json", "empty", "html", "json_400")
    """The body of a 429 or 418. `json_400`: HTTP 400 instead of 429, as the error table has it."""
    retry_after: str = _one_of("absent", "seconds")
    """Whether a 429 or 418 says how long to wait; no such header is documented or was seen."""

    def __post_init__(self) -> None:
        for name, candidates in self.candidates().items():
            if (value := getattr(self, name)) not in candidates:
                raise ValueError(f"dialect {name}={value!r}: expected one of {', '.join(map(str, candidates))}")
        for name in ("accept_delay_ms", "cancel_delay_ms"):
            low, high = getattr(self, name)
            if not 0 <= low <= high:
                raise ValueError(f"dialect {name}={(low, high)!r}: expected 0 <= low <= high")
        if not 0 <= self.reject_share <= 1:
            raise ValueError(f"dialect reject_share={self.reject_share!r}: expected 0 to 1")

    @classmethod
    def candidates(cls) -> Mapping[str, tuple[str | int | bool, ...]]:
        """Name each setting that chooses between words, with its candidates, the default first."""
        return {item.name: item.metadata["candidates"] for item in fields(cls) if item.metadata}
