"""Settle what a journal still has in flight: look each order up, and believe nothing but what the venue shows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, ClockSkew, InvalidArgument, OutcomeUnknown
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.one import look_requests
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.create_lookup import no_params
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import report_cancel, report_cancels
from hk_adapter.execution.recover_match import existed
from hk_adapter.execution.recover_scope import ScopeRecovery, params_of
from hk_adapter.execution.recover_search import EntrySearch, is_askable
from hk_adapter.flow.effects import Flow, Now, Random, rest
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    CancelManyRequest,
    CancelReport,
    CancelRequest,
    CreateOrderRequest,
    JournalEntry,
    Operation,
    OrderSide,
    OrderType,
    Place,
    RecoveredOperation,
    Wait,
)
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.order import order_of
from hk_adapter.record import Record

RECOVER = "recover"
"""The operation's name by which wrappers of ``attempt`` see its looks."""
TIME_PER_ENTRY = 1.0
"""Seconds that the whole recovery may take for each entry, where nobody says how long."""
NOT_TOLD = "not sent anew: no look shows which order it was"


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
        client_ids: what the venue makes of the client's ids.
    """

    hooks: VenueHooks
    looks: SharedLookups
    sources: Sequence[RecoverySource]
    place: Place
    lifetime: int
    look_params: Callable[[CreateOrderRequest], Mapping[str, Any]] = no_params
    client_ids: ClientIds = ClientIds.SHOWN

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
        # One of another view of the account is told as well: nobody else may ever look into it.
        return entry.place.is_on_account_of(self.place) or (entry.fault is not None and not entry.place.venue_id)

    def _can_ask(self, entry: JournalEntry) -> bool:
        return entry.place.sees_as(self.place) and is_askable(entry)

    async def _look_into(
        self, hooks: OperationHooks, entries: list[JournalEntry], deadline: float
    ) -> list[RecoveredOperation]:
        now = (await Now()).timestamp
        searches = [
            EntrySearch(entry, self._cancel_to_look_up(entry), self.lifetime, now, self.place) for entry in entries
        ]
        await self._look_up(hooks, [search for search in searches if search.is_about_an_order], deadline)
        return [
            await ScopeRecovery(search.entry, self.client_ids).look(hooks, deadline)
            if search.is_about_a_scope
            else search.result()
            for search in searches
        ]

    async def _look_up(self, hooks: OperationHooks, searches: list[EntrySearch], deadline: float) -> None:
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

    async def _resent(self, found: RecoveredOperation, timeout: float) -> RecoveredOperation:
        """Cancel anew what is not proven off the book, by the venue's ids: of orders that its call can have met.

        Whatever was placed after the entry was written is left alone.
        """
        entry = found.entry
        if found.settled or not self._can_ask(entry) or not entry.operation.startswith("cancel"):
            return found
        try:
            if entry.order_id is None and entry.client_order_id is None:
                deadline = (await Now()).monotonic + timeout
                return await ScopeRecovery(entry, self.client_ids).send_anew(
                    self._hooks(timeout), deadline, lambda orders: self._cancel_anew(orders, timeout)
                )
            order_id = entry.order_id or (None if found.order is None else found.order.id)
            shown = None if found.error is None else order_of(found.error)
            if order_id is None or (shown is not None and shown.id == order_id and not existed(shown, entry)):
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

    async def _cancel_anew(self, orders: tuple[CancelRequest, ...], timeout: float) -> list[CancelReport]:
        operation = self._operation("cancel_orders", CancelManyRequest(orders=orders), timeout)
        return await report_cancels(self.hooks, operation, self.place.venue_id)

    def _cancel_to_look_up(self, entry: JournalEntry) -> CancelRequest:
        """Name an order with the params that its look-ups need: a cancel's own, or what a create's terms say."""
        request = _cancel_request(entry)
        if not entry.params or not entry.operation.startswith("create"):
            return request
        terms = CreateOrderRequest(
            symbol=entry.symbol or "",
            type=OrderType.LIMIT,  # in which book it is, its params say
            side=entry.side or OrderSide.BUY,
            client_order_id=entry.client_order_id or "",
            params=params_of(entry),
        )
        return replace(request, params=self.look_params(terms))

    def _hooks(self, timeout: float) -> OperationHooks:
        """Return the hooks for looks of no call but the recovery itself."""
        return OperationHooks(self.hooks, self._operation(RECOVER, None, timeout))

    def _operation(self, name: str, request: object, timeout: float) -> Operation:
        return Operation(name=name, request=request, timeout=timeout, wait=Wait.FINAL, place=self.place)


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
    params = {} if entry.operation.startswith("create") else params_of(entry)
    return CancelRequest(order_id=entry.order_id, client_order_id=own, symbol=entry.symbol, params=params)
