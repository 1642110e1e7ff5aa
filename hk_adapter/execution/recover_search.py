"""One entry of a journal: what look-ups prove of the order that its call was about."""

from __future__ import annotations

from hk_adapter.errors import AdapterError, OutcomeUnknown, PluginError, RequestState
from hk_adapter.execution.cancel.one import learn_result
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.lookups import Gone, LookupResult, Missed, Shown
from hk_adapter.execution.recover_match import began, existed, is_end_of, is_made_by
from hk_adapter.execution.send_times import SendTimes
from hk_adapter.execution.two_looks import MISSES_APART
from hk_adapter.model import CancelRequest, JournalEntry, Order, Place, RecoveredOperation, Wait

LOOK_PAUSE = 0.6
"""Seconds between look-ups that gave no answer; two queries a second is the lowest documented limit."""
NOT_KEPT = (
    "the journal does not have all params of the call, and they may say in which book its orders are: look there, and"
    " close the entry"
)
OTHER_VIEW = (
    "the call was made by a connection that was opened with other settings, or the journal does not say with which: its"
    " orders may be in a book that is not seen from here. Recover by a connection opened like that one, or look there,"
    " and close the entry"
)
OVER = 60_000
"""Ms after which a request whose lifetime is over counts as one that will not be looked at any more."""


class EntrySearch:
    """One entry, and what look-ups have shown of its order.

    Attributes:
        other: an order that a look showed under the entry's own id or client order id, and that is not the one.
    """

    def __init__(self, entry: JournalEntry, named: CancelRequest, lifetime: int, now: int, place: Place) -> None:
        self.entry = entry
        self.pause = 0.0
        self.other: Order | None = None
        self._lifetime = lifetime
        self._is_here = entry.place.sees_as(place)
        self._is_on_account = entry.place.is_on_account_of(place)
        self._over_since = now - (entry.latest + lifetime) if entry.latest else 0
        self._missed: list[float] = []
        self.case = CancelCase(named)
        if entry.answered and entry.operation == "cancel_order":
            self.case.learn_acceptance(1)
        else:
            # Whatever the journal says of earlier requests: one of them may have left, and its end is not known.
            self.case.learn_failure(1, OutcomeUnknown("the call was cut off before its end was noted"))
        if entry.operation.startswith("cancel") and entry.order_id is None:
            # What had ended before is another order with the client's id.
            self.case.times = SendTimes(began(entry), doubt=0.0)

    @property
    def is_about_an_order(self) -> bool:
        """Whether the venue can be asked about it."""
        return self._is_named and self._is_askable

    @property
    def is_about_a_scope(self) -> bool:
        """Whether it is a ``cancel_all_orders`` whose orders are not known."""
        return self.entry.operation == "cancel_all_orders" and not self._is_named and self._is_askable

    @property
    def _is_named(self) -> bool:
        return self.entry.order_id is not None or self.entry.client_order_id is not None

    @property
    def _is_askable(self) -> bool:
        return self._is_here and is_askable(self.entry)

    @property
    def _is_create(self) -> bool:
        return self.entry.operation.startswith("create")

    def learn(self, sight: LookupResult) -> bool:
        """Record what a look-up came to; False where another one may tell more."""
        if isinstance(sight, Shown) and not self._is_meant(sight.order):
            self.other = sight.order
            return True
        learn_result(self.case, sight)
        error = self.case.look_error
        if error is not None:
            self.pause = max(LOOK_PAUSE, error.retry_after or 0.0)
            return self.case.blocked or self.case.is_look_refused()
        self.pause = LOOK_PAUSE
        if isinstance(sight, Missed):
            self._missed.append(sight.at)
            self.pause = MISSES_APART
            return not self._is_create or self._over_since < OVER or self._is_missed_twice
        if isinstance(sight, Gone):
            return True
        return isinstance(sight, Shown) and (self._is_create or self.case.shown_open or self._is_ended())

    def result(self) -> RecoveredOperation:
        """Return what is known now."""
        entry, order = self.entry, self.case.last_seen
        if entry.fault is not None:
            fault = f"the journal's entry {entry.id!a} cannot be read: {entry.fault}"
            error: AdapterError | None = PluginError(fault, request_state=RequestState.UNKNOWN)
            return RecoveredOperation(entry=entry, settled=False, error=error)
        if not self._is_askable:
            return RecoveredOperation(entry=entry, settled=False, error=self._why_not_askable())
        if entry.operation.startswith("cancel"):
            report = verdict(self.case, Wait.FINAL, 0.0)
            settled = report.final
            error = None if settled else self._why_not()
            return RecoveredOperation(entry=entry, settled=settled, order=order, report=report, error=error)
        return RecoveredOperation(
            entry=entry,
            # Found, the order exists, whatever its state is. Not found proves nothing: it may have been too early.
            settled=self._is_create and order is not None,
            order=order,
            error=None if order else self._why_not(),
            advice=self._advice(),
        )

    def _is_meant(self, order: Order) -> bool:
        if self._is_create:
            return is_made_by(order, self.entry, self._lifetime)
        return existed(order, self.entry) and is_end_of(order, self.entry)

    @property
    def _name(self) -> str:
        return "client order id" if self.entry.order_id is None else "id"

    def _why_not(self) -> AdapterError | None:
        if self.other is None:
            return self.case.look_error
        return OutcomeUnknown(
            f"the venue shows order {self.other.id} with this {self._name}, but not the times or terms of the call",
            order=self.other,
        )

    def _why_not_askable(self) -> AdapterError | None:
        if self.entry.running:
            return None
        if not self._is_here:
            return OutcomeUnknown(OTHER_VIEW) if self._is_on_account else None
        return OutcomeUnknown(NOT_KEPT) if _is_hidden(self.entry) else None

    @property
    def _is_missed_twice(self) -> bool:
        return bool(self._missed) and self._missed[-1] - self._missed[0] >= MISSES_APART

    def _advice(self) -> str | None:
        if not self._is_create or self._over_since < OVER or not self._is_missed_twice or self.case.named:
            return None
        if self.entry.params_left_out:
            return None  # the looks may have been into another book
        return (
            f"two looks do not know the client order id, and for {self._over_since // 1000} s no request of this call"
            " has been good any more: most likely it never arrived. That is no proof; who believes it closes the entry"
        )

    def _is_ended(self) -> bool:
        return self.case.is_ended(Wait.FINAL)


def is_askable(entry: JournalEntry) -> bool:
    """Whether the venue can be asked about an entry: it can be read, its call is over, and its book can be named."""
    return entry.fault is None and not entry.running and not _is_hidden(entry)


def _is_hidden(entry: JournalEntry) -> bool:
    """Whether a cancel was about a book that nobody can name any more."""
    return entry.operation.startswith("cancel") and entry.params_left_out
