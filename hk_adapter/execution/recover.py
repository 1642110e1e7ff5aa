"""Settle what a journal still has in flight: look each order up, and believe nothing but what the venue shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, ClockSkew, InvalidArgument, OutcomeUnknown, PluginError, RequestState
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.one import learn_result, look_requests
from hk_adapter.execution.cancel.outcome import verdict
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.cancel.two_looks import MISSES_APART
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.create_lookup import no_params
from hk_adapter.execution.lookups import Gone, LookupResult, Missed, SharedLookups, Shown
from hk_adapter.execution.meant import existed, is_end_of, is_made_by
from hk_adapter.execution.open_orders import list_open_orders
from hk_adapter.execution.operate import report_cancel, report_cancels
from hk_adapter.execution.send_times import SendTimes
from hk_adapter.flow.effects import Flow, Now, Random, rest
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelManyRequest,
    CancelReport,
    CancelRequest,
    CreateOrderRequest,
    JournalEntry,
    Operation,
    Order,
    OrderSide,
    OrderType,
    Place,
    RecoveredOperation,
    Wait,
)
from hk_adapter.record import Record

RECOVER = "recover"
"""The operation's name by which wrappers of ``attempt`` see its looks."""
LOOK_PAUSE = 0.6
"""Seconds between look-ups that gave no answer; two queries a second is the lowest documented limit."""
TIME_PER_ENTRY = 1.0
"""Seconds that the whole recovery may take for each entry, where nobody says how long."""
NOT_TOLD = "not sent anew: no look shows which order it was"
NOT_KEPT = (
    "the journal does not have all params of the call, and they may say in which book its orders are: look there, and"
    " close the entry"
)
OVER = 60_000
"""Ms after which a request whose lifetime is over counts as one that will not be looked at any more."""


@runtime_checkable
class RecoverySource(Protocol):
    """A wrapper that remembers what was in flight; the shipped journal is one."""

    def in_flight(self) -> Flow[list[JournalEntry]]:
        """Return everything that is not settled, of every venue and account, oldest first."""

    def settle(self, done: RecoveredOperation) -> Flow[None]:
        """Record what became of an entry; one that is neither ``settled`` nor ``closed`` stays in flight."""


class Recovery(Record, frozen=True, kw_only=True):
    """What recovering needs of one connection.

    Attributes:
        lifetime: ms for which a request is good at the venue.
        look_params: gives what of an order's terms its look-ups have to say, as of a conditional one.
    """

    hooks: VenueHooks
    looks: SharedLookups
    sources: Sequence[RecoverySource]
    place: Place
    lifetime: int
    look_params: Callable[[CreateOrderRequest], Mapping[str, Any]] = no_params

    async def run(
        self, *, resend: bool, timeout: float | None, least: float, close: Collection[str] = ()
    ) -> list[RecoveredOperation]:
        """Settle the entries of this place, as far as the venue proves what became of them.

        Args:
            resend: whether to cancel anew what is still open.
            timeout: seconds for all of it; None takes a second for each entry, and ``least`` at least.
            least: seconds; also the time limit of a cancel that is sent anew.
            close: entries, of any place, that are in flight no more after this, whatever became of them.

        Raises InvalidArgument for what cannot be closed, and what the journal raises when it cannot be read.
        """
        listed = [(source, await source.in_flight()) for source in self.sources]
        _check_closable(close, [entry for _, entries in listed for entry in entries])
        done = []
        for source, in_flight in listed:
            entries = [entry for entry in in_flight if self._is_here(entry) or entry.id in close]
            seconds = max(least, TIME_PER_ENTRY * len(entries)) if timeout is None else timeout
            deadline = (await Now()).monotonic + seconds
            for found in await self._look_into(self._hooks(seconds), entries, deadline):
                ended = found
                if found.entry.id in close:
                    ended = replace(found, closed=not found.settled)
                elif resend:
                    ended = await self._resent(found, least)
                done.append(await _noted(source, ended))
        return done

    def _is_here(self, entry: JournalEntry) -> bool:
        # One that cannot be read may not even say where its call went: then everybody is told.
        return entry.place == self.place or (entry.fault is not None and not entry.place.venue_id)

    async def _look_into(
        self, hooks: OperationHooks, entries: list[JournalEntry], deadline: float
    ) -> list[RecoveredOperation]:
        now = (await Now()).timestamp
        searches = [
            _Search(entry, self._named(entry), self.lifetime, now, is_here=entry.place == self.place)
            for entry in entries
        ]
        await self._look_up(hooks, [search for search in searches if search.is_about_an_order], deadline)
        return [
            await self._scope(hooks, search.entry, deadline) if search.is_about_a_scope else search.result()
            for search in searches
        ]

    async def _look_up(self, hooks: OperationHooks, searches: list[_Search], deadline: float) -> None:
        waiting = searches
        measured = False
        while waiting:
            names = [look_requests(search.case) for search in waiting]
            sights = await self.looks.look(hooks, names, deadline)
            if not measured and any(isinstance(sight, ClockSkew) for sight in sights):
                measured = True
                await measure_clock(hooks, deadline)
                continue
            waiting = [search for search, sight in zip(waiting, sights, strict=True) if not search.learn(sight)]
            pauses = [search.pause for search in waiting]
            pause = max(pauses, default=0.0) * (1 + await Random() / 4)
            if (await Now()).monotonic + pause >= deadline:
                return
            await rest(pause)

    async def _scope(self, hooks: OperationHooks, entry: JournalEntry, deadline: float) -> RecoveredOperation:
        """Settle a ``cancel_all_orders`` that was cut off before it named its orders: is any of them open?"""
        try:
            listed = await self._open_of(hooks, entry, deadline)
        except AdapterError as error:
            return RecoveredOperation(entry=entry, settled=False, error=error)
        # One that does not say when it was placed may be one of them.
        met = [order for order in listed if order.timestamp is None or existed(order, entry)]
        return RecoveredOperation(entry=entry, settled=not met)

    async def _open_of(self, hooks: OperationHooks, entry: JournalEntry, deadline: float) -> list[Order]:
        listed = await list_open_orders(hooks, entry.symbol, deadline, entry.params)
        return [order for order in listed if _is_in_scope(order, entry)]

    async def _resent(self, found: RecoveredOperation, timeout: float) -> RecoveredOperation:
        """Cancel anew what is not proven off the book, by the venue's ids: of orders that its call can have met.

        Whatever was placed after the entry was written is left alone.
        """
        entry = found.entry
        if found.settled or not _is_askable(entry) or not entry.operation.startswith("cancel"):
            return found
        try:
            if entry.order_id is None and entry.client_order_id is None:
                return await self._scope_resent(entry, timeout)
            order_id = entry.order_id or (None if found.order is None else found.order.id)
            if order_id is None:
                return replace(found, error=found.error or OutcomeUnknown(NOT_TOLD))
            request = replace(_cancel_request(entry), order_id=order_id)
            report = await report_cancel(
                self.hooks, self._operation("cancel_order", request, timeout), self.place.venue_id
            )
        except AdapterError as error:
            return RecoveredOperation(entry=entry, settled=False, error=error)
        return RecoveredOperation(
            entry=entry, settled=report.final, order=report.order, report=report, error=report.error
        )

    async def _scope_resent(self, entry: JournalEntry, timeout: float) -> RecoveredOperation:
        listed = await self._open_of(self._hooks(timeout), entry, (await Now()).monotonic + timeout)
        unclear = [order for order in listed if order.timestamp is None or order.id is None]
        orders = tuple(
            CancelRequest(order_id=order.id, symbol=order.symbol or entry.symbol, params=entry.params)
            for order in listed
            if order not in unclear and existed(order, entry)
        )
        reports: list[CancelReport] = []
        if orders:
            operation = self._operation("cancel_orders", CancelManyRequest(orders=orders), timeout)
            reports = await report_cancels(self.hooks, operation, self.place.venue_id)
        return RecoveredOperation(entry=entry, settled=not unclear and all(report.final for report in reports))

    def _named(self, entry: JournalEntry) -> CancelRequest:
        """Name an order with the params that its look-ups need: a cancel's own, or what a create's terms say."""
        request = _cancel_request(entry)
        if not entry.params or not entry.operation.startswith("create"):
            return request
        terms = CreateOrderRequest(
            symbol=entry.symbol or "",
            type=OrderType.LIMIT,  # in which book it is, its params say
            side=entry.side or OrderSide.BUY,
            client_order_id=entry.client_order_id or "",
            params=entry.params,
        )
        return replace(request, params=self.look_params(terms))

    def _hooks(self, timeout: float) -> OperationHooks:
        """Return the hooks for looks of no call but the recovery itself."""
        return OperationHooks(self.hooks, self._operation(RECOVER, None, timeout))

    def _operation(self, name: str, request: object, timeout: float) -> Operation:
        return Operation(name=name, request=request, timeout=timeout, wait=Wait.FINAL, place=self.place)


class _Search:
    """One entry, and what look-ups have shown of its order.

    Attributes:
        other: an order that a look showed under the entry's client order id, and that is not the one.
    """

    def __init__(self, entry: JournalEntry, named: CancelRequest, lifetime: int, now: int, *, is_here: bool) -> None:
        self.entry = entry
        self.pause = 0.0
        self.other: Order | None = None
        self._lifetime = lifetime
        self._is_here = is_here
        self._over_since = now - (entry.latest + lifetime) if entry.latest else 0
        self._missed: list[float] = []
        self.case = CancelCase(named)
        if entry.answered and entry.operation == "cancel_order":
            self.case.learn_acceptance(1)
        else:
            # Whatever the journal says of earlier requests: one of them may have left, and its end is not known.
            self.case.learn_failure(1, OutcomeUnknown("the call was cut off before its end was noted"))
        if entry.operation.startswith("cancel"):
            # What had ended before is another order with the client's id.
            self.case.times = SendTimes(entry.started, doubt=0.0)

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
        return self._is_here and _is_askable(self.entry)

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

    def _why_not(self) -> AdapterError | None:
        if self.other is None:
            return self.case.look_error
        return OutcomeUnknown(
            f"the venue shows order {self.other.id} with this client order id, but not the times or terms of the call",
            order=self.other,
        )

    def _why_not_askable(self) -> AdapterError | None:
        return OutcomeUnknown(NOT_KEPT) if self._is_here and _is_hidden(self.entry) else None

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


def _check_closable(close: Collection[str], entries: list[JournalEntry]) -> None:
    in_flight = {entry.id: entry for entry in entries}
    for entry_id in close:
        if entry_id not in in_flight:
            raise InvalidArgument(f"close: no entry in flight has the id {entry_id[:40]!a}")
        if in_flight[entry_id].running:
            raise InvalidArgument(f"close: the call of entry {entry_id!a} may still be under way")


async def _noted(source: RecoverySource, done: RecoveredOperation) -> RecoveredOperation:
    """Write a result back; where that fails the entry stays in flight, and the result says so."""
    if not done.closed and (done.entry.running or done.entry.fault is not None):
        return done
    try:
        await source.settle(done)
    except AdapterError as error:
        return replace(done, settled=False, closed=False, error=error)
    return done


def _cancel_request(entry: JournalEntry) -> CancelRequest:
    own = entry.client_order_id
    params = {} if entry.operation.startswith("create") else entry.params
    return CancelRequest(order_id=entry.order_id, client_order_id=own, symbol=entry.symbol, params=params)


def _is_askable(entry: JournalEntry) -> bool:
    return entry.fault is None and not entry.running and not _is_hidden(entry)


def _is_hidden(entry: JournalEntry) -> bool:
    """Whether a cancel was about a book that nobody can name any more."""
    return entry.operation.startswith("cancel") and entry.params_left_out


def _is_in_scope(order: Order, entry: JournalEntry) -> bool:
    prefix = entry.client_id_prefix
    return entry.side in {None, order.side} and (prefix is None or (order.client_order_id or "").startswith(prefix))
