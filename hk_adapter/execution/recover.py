"""Settle what a journal still has in flight: look each order up, and believe nothing but what the venue shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hk_adapter.errors import AdapterError, ClockSkew, OutcomeUnknown
from hk_adapter.execution.cancel import learn_sight, look_requests
from hk_adapter.execution.cancel_case import CancelCase
from hk_adapter.execution.clock import measure_clock
from hk_adapter.execution.looks import Gone, Looks, Missed, Shown, Sight
from hk_adapter.execution.open_orders import list_open_orders
from hk_adapter.execution.whole_call import report_cancel, run_operation
from hk_adapter.flow.effects import Flow, Now, Random, Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelAllRequest,
    CancelReport,
    CancelRequest,
    JournalEntry,
    Operation,
    Order,
    Place,
    RecoveredOperation,
    Wait,
)

LOOK_PAUSE = 0.6
"""Seconds between look-ups that gave no answer; two queries a second is the lowest documented limit."""
TIME_PER_ENTRY = 1.0
"""Seconds that the whole recovery may take for each entry, where nobody says how long."""
CLOCK_DOUBT = 60_000
"""Milliseconds by which an order may seem older than the call that placed it: the clock was another process's."""


@runtime_checkable
class RecoverySource(Protocol):
    """A wrapper that remembers what was in flight; the shipped journal is one."""

    def in_flight(self) -> Flow[list[JournalEntry]]:
        """Give everything that is not settled, of every venue and account, oldest first."""

    def settle(self, done: RecoveredOperation) -> Flow[None]:
        """Take what became of an entry; one that is not ``settled`` stays in flight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What recovering needs of one connection."""

    hooks: VenueHooks
    looks: Looks
    sources: Sequence[RecoverySource]
    place: Place

    async def run(self, *, resend: bool, timeout: float | None, least: float) -> list[RecoveredOperation]:
        """Settle the entries of this place, as far as the venue proves what became of them.

        Args:
            resend: whether to cancel anew what is still open.
            timeout: seconds for all of it; None takes a second for each entry, and ``least`` at least.
            least: seconds; also the time limit of a cancel that is sent anew.

        Raises what the journal raises when it cannot be read.
        """
        done = []
        for source in self.sources:
            entries = [entry for entry in await source.in_flight() if entry.place == self.place]
            seconds = max(least, TIME_PER_ENTRY * len(entries)) if timeout is None else timeout
            for found in await self._look_into(entries, (await Now()).monotonic + seconds):
                ended = await self._resent(found, least) if resend else found
                done.append(await _noted(source, ended))
        return done

    async def _look_into(self, entries: list[JournalEntry], deadline: float) -> list[RecoveredOperation]:
        searches = [_Search(entry) for entry in entries]
        await self._look_up([search for search in searches if search.is_about_an_order], deadline)
        return [
            await self._scope(search.entry, deadline) if search.is_about_a_scope else search.result()
            for search in searches
        ]

    async def _look_up(self, searches: list[_Search], deadline: float) -> None:
        waiting = searches
        measured = False
        while waiting:
            names = [look_requests(search.case) for search in waiting]
            sights = await self.looks.look(self.hooks, names, deadline)
            if not measured and any(isinstance(sight, ClockSkew) for sight in sights):
                measured = True
                await measure_clock(self.hooks, deadline)
                continue
            waiting = [search for search, sight in zip(waiting, sights, strict=True) if not search.learn(sight)]
            pauses = [search.pause for search in waiting]
            pause = max(pauses, default=0.0) * (1 + await Random() / 4)
            if (await Now()).monotonic + pause >= deadline:
                return
            await Sleep(pause)

    async def _scope(self, entry: JournalEntry, deadline: float) -> RecoveredOperation:
        """Settle a ``cancel_all_orders`` that was cut off before it named its orders: is anything of it open?"""
        try:
            listed = await list_open_orders(self.hooks, entry.symbol, deadline)
        except AdapterError as error:
            return RecoveredOperation(entry=entry, settled=False, error=error)
        return RecoveredOperation(entry=entry, settled=not any(_is_in_scope(order, entry) for order in listed))

    async def _resent(self, found: RecoveredOperation, timeout: float) -> RecoveredOperation:
        entry = found.entry
        if found.settled or entry.running or not entry.operation.startswith("cancel"):
            return found
        try:
            if entry.order_id is None and entry.client_order_id is None:
                return await self._scope_resent(entry, timeout)
            operation = self._operation("cancel_order", _cancel_request(entry), timeout)
            report = await report_cancel(self.hooks, operation, self.place.venue_id)
        except AdapterError as error:
            return RecoveredOperation(entry=entry, settled=False, error=error)
        return RecoveredOperation(
            entry=entry, settled=report.final, order=report.order, report=report, error=report.error
        )

    async def _scope_resent(self, entry: JournalEntry, timeout: float) -> RecoveredOperation:
        request = CancelAllRequest(symbol=entry.symbol, side=entry.side, client_id_prefix=entry.client_id_prefix)
        operation = self._operation("cancel_all_orders", request, timeout)
        reports: list[CancelReport] = await run_operation(self.hooks, operation, list, self.place.venue_id)
        return RecoveredOperation(entry=entry, settled=all(report.final for report in reports))

    def _operation(self, name: str, request: object, timeout: float) -> Operation:
        return Operation(name=name, request=request, timeout=timeout, wait=Wait.FINAL, place=self.place)


class _Search:
    """One entry, and what look-ups have shown of its order."""

    def __init__(self, entry: JournalEntry) -> None:
        self.entry = entry
        self.pause = 0.0
        self.case = CancelCase(_cancel_request(entry))
        if entry.answered and entry.operation == "cancel_order":
            self.case.learn_acceptance(1)
        else:
            # Whatever the journal says of earlier requests: one of them may have left, and its end is not known.
            self.case.learn_failure(1, OutcomeUnknown("the call was cut off before its end was noted"))

    @property
    def is_about_an_order(self) -> bool:
        """Whether the venue can be asked about it."""
        named = self.entry.order_id is not None or self.entry.client_order_id is not None
        return named and not self.entry.running

    @property
    def is_about_a_scope(self) -> bool:
        """Whether it is a ``cancel_all_orders`` whose orders are not known."""
        named = self.entry.order_id is not None or self.entry.client_order_id is not None
        return self.entry.operation == "cancel_all_orders" and not named and not self.entry.running

    def learn(self, sight: Sight) -> bool:
        """Take what a look-up came to; False where another one may tell more."""
        learn_sight(self.case, sight)
        error = self.case.look_error
        if error is not None:
            self.pause = max(LOOK_PAUSE, error.retry_after or 0.0)
            return self.case.blocked or self.case.is_look_refused()
        self.pause = LOOK_PAUSE
        if isinstance(sight, Missed | Gone):
            return True
        return isinstance(sight, Shown) and (
            self.entry.operation.startswith("create") or self.case.shown_open or self._is_ended()
        )

    def result(self) -> RecoveredOperation:
        """Say what is known now."""
        entry, order = self.entry, self.case.last_seen
        if entry.operation.startswith("cancel"):
            report = None if entry.running else self.case.report(Wait.FINAL, 0.0)
            settled = report is not None and report.final
            error = None if settled else self.case.look_error
            return RecoveredOperation(entry=entry, settled=settled, order=order, report=report, error=error)
        return RecoveredOperation(
            entry=entry, settled=self._is_created(), order=order, error=None if order else self.case.look_error
        )

    def _is_created(self) -> bool:
        # Found, the order exists, whatever its state is. Not found proves nothing: it may have been too early.
        # One that is older than the call had the client's id before it, and is another one.
        order = self.case.last_seen
        if order is None or not self.entry.operation.startswith("create"):
            return False
        return order.timestamp is None or order.timestamp >= self.entry.started - CLOCK_DOUBT

    def _is_ended(self) -> bool:
        return self.case.is_ended(Wait.FINAL)


async def _noted(source: RecoverySource, done: RecoveredOperation) -> RecoveredOperation:
    """Write a result back; where that fails the entry stays in flight, and the result says so."""
    if done.entry.running:
        return done
    try:
        await source.settle(done)
    except AdapterError as error:
        return RecoveredOperation(entry=done.entry, settled=False, order=done.order, report=done.report, error=error)
    return done


def _cancel_request(entry: JournalEntry) -> CancelRequest:
    return CancelRequest(order_id=entry.order_id, client_order_id=entry.client_order_id, symbol=entry.symbol)


def _is_in_scope(order: Order, entry: JournalEntry) -> bool:
    prefix = entry.client_id_prefix
    return entry.side in {None, order.side} and (prefix is None or (order.client_order_id or "").startswith(prefix))
