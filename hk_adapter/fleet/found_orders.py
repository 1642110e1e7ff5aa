"""Everything that one account's stop knows of its orders: what each cancel came to, never hiding an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hk_adapter.errors import AdapterError
from hk_adapter.fleet.kill_report import KnownBy, StoppedOrder
from hk_adapter.model import CancelOutcome, CancelReport, Order
from hk_adapter.model.reports import leaves_doubt

_OF_OLD = (KnownBy.SEEN, KnownBy.JOURNAL)
"""Whose word may be from long ago: a list that has not such an order says that it ended since."""

_HAD_AN_EFFECT = (CancelOutcome.PENDING, CancelOutcome.OFF_BOOK)
"""What a cancel of ours came to that the venue took, or called late: that a list has the order no more proves no fills,
and may be that cancel's work. So it may be after one in doubt, until the venue answers that it knows no such order."""


class FoundOrders:
    """The orders that were found open so far, by their ids, and the rows that tell none. Read by other threads too."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoppedOrder] = {}
        self._nameless: tuple[CancelReport, ...] = ()
        self._unanswered: dict[str, StoppedOrder] = {}
        self._not_known: set[str] = set()
        self._listed_once = False

    @property
    def has_unanswered(self) -> bool:
        """Whether a create is known that was never answered, and whose order no list need show yet."""
        return bool(self._unanswered)

    def learn_listed(
        self, reports: Iterable[CancelReport], *, to_the_end: bool = True, arrived: bool = True
    ) -> set[str]:
        """Record what canceling a list came to, and return the ids that it showed.

        One that was not read ``to_the_end`` says of no order that it ended, or that it was not there yet. One begun
        before whatever had left had ``arrived`` says nothing of a create that was never answered.
        """
        told = list(reports)
        named = {report.order.id: report for report in told if report.order is not None and report.order.id is not None}
        for order_id, report in named.items():
            self.learn(order_id, report, known_by=KnownBy.LIST)
        self._nameless = tuple(one for one in told if one.order is None or one.order.id is None)
        if to_the_end:
            self._forget_unless(set(named))
            self._listed_once = True
            if arrived:
                self._unanswered.clear()
        return set(named)

    def learn_known(self, known_by: KnownBy, order: Order) -> None:
        """Record an order that is known to have been open, where no list is to be had, but for one that was found."""
        if order.id is not None:
            found = StoppedOrder(order_id=order.id, order=order, known_by=known_by)
            self._by_id.setdefault(order.id, found)
        elif order.client_order_id is not None:
            found = StoppedOrder(order_id=None, order=order, known_by=known_by)
            self._unanswered.setdefault(order.client_order_id, found)

    def _forget_unless(self, shown: Collection[str | None]) -> None:
        """Forget what was only known to have been open, now that a list shows what is."""
        gone = [one for one in list(self._by_id.values()) if not one.final and one.order_id not in shown]
        for one in gone:
            if self._may_have_had_an_effect(one):
                continue
            if one.known_by in _OF_OLD or (one.known_by is not KnownBy.LIST and one.report is None):
                self._by_id.pop(one.order_id or "", None)

    def _may_have_had_an_effect(self, order: StoppedOrder) -> bool:
        if order.report is None:
            return False
        if order.report.outcome is CancelOutcome.UNKNOWN:
            return order.report.attempts > 0 and order.order_id not in self._not_known
        return order.report.outcome in _HAD_AN_EFFECT

    def learn(
        self, order_id: str, report: CancelReport, before: Order | None = None, known_by: KnownBy | None = None
    ) -> None:
        """Record what one more cancel of an order came to; ``before`` is what was known of it."""
        known = self._by_id.get(order_id)
        known_by = known_by or (KnownBy.PLACED if known is None else known.known_by)
        late = self._listed_once if known is None else known.late
        earlier = None if known is None else known.report
        joined = report if earlier is None else joined_reports(earlier, report)
        order = joined.order or (before if known is None else known.order)
        if report.outcome is CancelOutcome.NOT_FOUND:
            self._not_known.add(order_id)
        self._by_id[order_id] = StoppedOrder(
            order_id=order_id, order=order, late=late, report=joined, known_by=known_by
        )

    def learn_open(self, orders: Iterable[Order]) -> None:
        """Record orders that are to be shown, and not canceled."""
        for order in orders:
            if order.id is not None:
                self._by_id[order.id] = StoppedOrder(order_id=order.id, order=order)

    def knows(self, order_id: str | None) -> bool:
        """Whether an order was found."""
        return order_id in self._by_id

    def unsettled(self) -> list[StoppedOrder]:
        """Return those that are not proven off the book, and have an id."""
        return [order for order in list(self._by_id.values()) if not order.final]

    def all(self) -> tuple[StoppedOrder, ...]:
        """Return everything that was found."""
        rows = (StoppedOrder(order_id=None, order=one.order, report=one) for one in self._nameless)
        return (*list(self._by_id.values()), *list(self._unanswered.values()), *rows)

    def counts(self) -> tuple[int, int]:
        """Return how many were found, and how many of them are proven off the book."""
        found = self.all()
        return len(found), sum(order.final for order in found)


def joined_reports(earlier: CancelReport, later: CancelReport) -> CancelReport:
    """Make one report of two cancels of one order, both ours."""
    stands = _standing(earlier, later)
    may_have_run = bool(earlier.attempts) and (leaves_doubt(earlier) or earlier.ambiguous_attempts > 0)
    if may_have_run and stands.outcome is CancelOutcome.ALREADY_CANCELED:
        # It ended before the later cancel, and what ended it may have been the earlier one.
        filled = stands.order is not None and bool(stands.order.filled)
        stands = stands.replace(outcome=CancelOutcome.PARTIALLY_CANCELED if filled else CancelOutcome.CANCELED)
    return stands.replace(
        order=stands.order or earlier.order or later.order,
        attempts=earlier.attempts + later.attempts,
        ambiguous_attempts=earlier.ambiguous_attempts + later.ambiguous_attempts,
        elapsed=earlier.elapsed + later.elapsed,
    )


def _standing(earlier: CancelReport, later: CancelReport) -> CancelReport:
    """Choose the one that says where the order stands: a proof, else a doubt before what was only refused since."""
    if earlier.final:
        return later if later.final and _filled_more(earlier, later) else earlier
    if leaves_doubt(earlier) and not (later.final or leaves_doubt(later)):
        return earlier
    return later


def _filled_more(earlier: CancelReport, later: CancelReport) -> bool:
    if earlier.order is None or later.order is None:
        return False
    return (later.order.filled or 0) > (earlier.order.filled or 0)


def why_not(order: StoppedOrder, error: AdapterError | None) -> str | None:
    """Return in words why an order is not proven off the book; ``error`` is the account's. None where it is."""
    if order.final:
        return None
    if order.report is None:
        because = "" if error is None else f": {type(error).__name__}: {error}"
        return f"no cancel of it was sent{because}"
    told = order.report.error
    return f"{order.report.outcome}" if told is None else f"{order.report.outcome}: {type(told).__name__}: {told}"
