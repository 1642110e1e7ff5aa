"""Everything that one account's stop knows of its orders: what each cancel came to, never hiding an earlier one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from hk_adapter.errors import AdapterError
from hk_adapter.fleet.kill_report import KnownBy, StoppedOrder
from hk_adapter.model import CancelOutcome, CancelReport, Evidence, Order, UnreadRow
from hk_adapter.model.reports import leaves_doubt

_OF_OLD = (KnownBy.SEEN, KnownBy.JOURNAL)
"""Whose word may be from long ago: a list that has not such an order says that it ended since."""

_HAD_AN_EFFECT = (CancelOutcome.PENDING, CancelOutcome.OFF_BOOK)
"""What a cancel of ours came to that the venue took, or called late: that a list has the order no more proves no fills,
and may be that cancel's work. So it may be after one in doubt, until the venue answers that it knows no such order."""


OrderKey = tuple[str, str | None]
"""An order's id, and its symbol where one is said: ids may count by symbol."""


class FoundOrders:
    """The orders that were found open so far, by their ids, and the rows that tell none. Read by other threads too.

    An id is one order's, but for two symbols that are both said.
    """

    def __init__(self) -> None:
        self._by_key: dict[OrderKey, StoppedOrder] = {}
        self._symbols: dict[str, list[str | None]] = {}
        self._nameless: tuple[CancelReport, ...] = ()
        self._untold: tuple[StoppedOrder, ...] = ()
        self._unanswered: dict[str, StoppedOrder] = {}
        self._not_known: set[OrderKey] = set()
        self._listed_once = False

    @property
    def has_unanswered(self) -> bool:
        """Whether a create is known that was never answered, and whose order no list need show yet."""
        return bool(self._unanswered)

    def learn_listed(
        self, reports: Iterable[CancelReport], *, to_the_end: bool = True, arrived: bool = True
    ) -> set[OrderKey]:
        """Record what canceling a list came to, and return the orders that it showed.

        One that was not read ``to_the_end`` says of no order that it ended, or that it was not there yet. One begun
        before whatever had left had ``arrived`` says nothing of a create that was never answered.
        """
        told = list(reports)
        named: dict[OrderKey, CancelReport] = {}
        for report in told:
            if report.order is not None and report.order.id is not None:
                named[self._key(report.order.id, report.order.symbol)] = report
        for (order_id, symbol), report in named.items():
            self._learn(self._key(order_id, symbol), report, known_by=KnownBy.LIST)
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
            self._by_key.setdefault(self._key(order.id, order.symbol), found)
        elif order.client_order_id is not None:
            found = StoppedOrder(order_id=None, order=order, known_by=known_by)
            self._unanswered.setdefault(order.client_order_id, found)

    def _forget_unless(self, shown: Collection[OrderKey]) -> None:
        """Forget what was only known to have been open, now that a list shows what is."""
        gone = [(key, one) for key, one in list(self._by_key.items()) if not one.final and key not in shown]
        for key, one in gone:
            if self._may_have_had_an_effect(key, one):
                continue
            if one.known_by in _OF_OLD or (one.known_by is not KnownBy.LIST and one.report is None):
                self._by_key.pop(key, None)

    def _may_have_had_an_effect(self, key: OrderKey, order: StoppedOrder) -> bool:
        if order.report is None:
            return False
        if order.report.outcome is CancelOutcome.UNKNOWN:
            return order.report.attempts > 0 and key not in self._not_known
        return order.report.outcome in _HAD_AN_EFFECT

    def learn(self, order: Order, report: CancelReport) -> None:
        """Record what one more cancel of an order came to, of which that much was known before."""
        if order.id is not None:
            self._learn(self._key(order.id, order.symbol), report, order)

    def _learn(
        self, key: OrderKey, report: CancelReport, before: Order | None = None, known_by: KnownBy | None = None
    ) -> None:
        known = self._by_key.get(key)
        known_by = known_by or (KnownBy.PLACED if known is None else known.known_by)
        late = self._listed_once if known is None else known.late
        earlier = None if known is None else known.report
        joined = report if earlier is None else joined_reports(earlier, report)
        order = joined.order or (before if known is None else known.order)
        if report.outcome is CancelOutcome.NOT_FOUND:
            self._not_known.add(key)
        self._by_key[key] = StoppedOrder(order_id=key[0], order=order, late=late, report=joined, known_by=known_by)

    def learn_open(self, orders: Iterable[Order]) -> None:
        """Record orders that are to be shown, and not canceled."""
        for order in orders:
            if order.id is not None:
                self._by_key[self._key(order.id, order.symbol)] = StoppedOrder(order_id=order.id, order=order)

    def learn_untold(self, rows: Iterable[UnreadRow]) -> None:
        """Record rows that leave open whether they are meant, to be shown: nothing would be sent for them."""
        for row in rows:
            order_id = None if row.order is None else row.order.id
            found = StoppedOrder(order_id=order_id, order=row.order, why=row.reason)
            if row.order is None or order_id is None:
                self._untold = (*self._untold, found)
            else:
                self._by_key[self._key(order_id, row.order.symbol)] = found

    def knows(self, order: Order) -> bool:
        """Whether an order was found."""
        return order.id is not None and self._key(order.id, order.symbol) in self._by_key

    def unsettled(self, shown: Collection[OrderKey]) -> list[Order]:
        """Return those that are not proven off the book, have an id, and are none of those ``shown``."""
        left = [(key, one) for key, one in list(self._by_key.items()) if not one.final and key not in shown]
        # By the symbol that it was found by: a venue may call it another one since.
        return [(one.order or Order(id=key[0])).replace(**({"symbol": key[1]} if key[1] else {})) for key, one in left]

    def _key(self, order_id: str, symbol: str | None) -> OrderKey:
        """Return what an order is found under; one that says no symbol is the first of its id, and the other way."""
        symbols = self._symbols.setdefault(order_id, [])
        if symbol in symbols:
            return order_id, symbol
        if symbols and (symbol is None or None in symbols):
            return order_id, None if None in symbols else symbols[0]
        symbols.append(symbol)
        return order_id, symbol

    def all(self) -> tuple[StoppedOrder, ...]:
        """Return everything that was found."""
        rows = (StoppedOrder(order_id=None, order=one.order, report=one) for one in self._nameless)
        return (*list(self._by_key.values()), *list(self._unanswered.values()), *self._untold, *rows)

    def counts(self) -> tuple[int, int]:
        """Return how many were found, and how many of them are proven off the book."""
        found = self.all()
        return len(found), sum(order.final for order in found)


def joined_reports(earlier: CancelReport, later: CancelReport) -> CancelReport:
    """Make one report of two cancels of one order, both ours."""
    stands = _standing(earlier, later)
    ended = earlier.final and earlier.outcome is not CancelOutcome.ALREADY_CANCELED
    may_have_run = bool(earlier.attempts) and (ended or leaves_doubt(earlier) or earlier.ambiguous_attempts > 0)
    if may_have_run and stands.outcome is CancelOutcome.ALREADY_CANCELED:
        # It ended before the later cancel, and what ended it may have been the earlier one.
        filled = stands.order is not None and bool(stands.order.filled)
        stands = stands.replace(outcome=CancelOutcome.PARTIALLY_CANCELED if filled else CancelOutcome.CANCELED)
    return stands.replace(
        order=stands.order or earlier.order or later.order,
        attempts=earlier.attempts + later.attempts,
        ambiguous_attempts=earlier.ambiguous_attempts + later.ambiguous_attempts,
        accepted=earlier.accepted or later.accepted,
        ended_before=earlier.ended_before or (later.ended_before and not earlier.attempts),
        elapsed=earlier.elapsed + later.elapsed,
    )


def _standing(earlier: CancelReport, later: CancelReport) -> CancelReport:
    """Choose the one that says where the order stands: a proof, else a doubt before what was only refused since."""
    if earlier.final and not _filled_more(earlier, later):
        return earlier
    if earlier.final:  # an end with less than was filled is none
        earlier = earlier.replace(outcome=CancelOutcome.UNKNOWN, evidence=Evidence.NONE, order=later.order)
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
