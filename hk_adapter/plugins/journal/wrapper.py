"""The wrapper: it writes around every call that can change something, and around each of its requests."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hk_adapter.errors import AdapterError, PluginError
from hk_adapter.flow.driver import Answer
from hk_adapter.flow.effects import Effect, Flow, Foreign, Now
from hk_adapter.flow.wrapper import Noted, answering, wraps_flow
from hk_adapter.model import JournalEntry, Place, RecoveredOperation
from hk_adapter.plugins.journal import processes, sql
from hk_adapter.plugins.journal.clock import now
from hk_adapter.plugins.journal.entries import READS, Call, ending_of, name_of, new_call
from hk_adapter.plugins.journal.file import JournalFile
from hk_adapter.plugins.journal.path import default_path
from hk_adapter.plugins.journal.reading import in_flight, known_ids
from hk_adapter.plugins.journal.ticket import Job
from hk_adapter.plugins.journal.written import ANSWERED

_LOG = logging.getLogger("hk_adapter.plugins")

CANCEL_PATIENCE = 0.2
"""Seconds; twice that is what a journal may add to the deadline of a cancel, which goes out in any case."""
OTHER_PATIENCE = 2.0
"""Seconds; what is no cancel is not sent without its entry."""
READ_PATIENCE = 10.0


async def _nobody() -> None:
    return None


class _CallAround(Foreign["Call | None"], frozen=True, kw_only=True):
    """Asked by a request's wrapper: the wrapper around the whole call answers, or else the runner, with None."""

    journal: Journal


class _Answering:
    """Watches a whole call, and tells its requests which call they belong to."""

    def __init__(self, journal: Journal, call: Call) -> None:
        self._journal = journal
        self._call = call

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        """Answer what is asked of this journal; let everything else pass."""
        if isinstance(effect, _CallAround) and effect.journal is self._journal:
            return Foreign(lambda: self._call, self._answer, reaches_venue=False, bounded=True)
        return effect

    def after(self, effect: Effect[Any], answer: Answer) -> None:
        """Learn nothing."""

    async def _answer(self) -> Call:
        return self._call


class Journal:
    """Writes each cancel and create to a file before it is sent, and what became of it after.

    One object serves any number of connections, threads and loops; any number of processes share one file. The file
    is opened by the first call.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, cancel_patience: float = CANCEL_PATIENCE) -> None:
        """Keep the journal in ``path``; None: ``HK_ADAPTER_JOURNAL``, else the user's state directory.

        Args:
            path: of the file; it and its directory are made where they are missing.
            cancel_patience: seconds that a cancel waits for the file before it goes out without its entry.

        Raises ConfigurationError where there is no path and no home directory.
        """
        self.path = (default_path() if path is None else Path(path)).absolute()
        self._file = JournalFile(self.path)
        processes.this_process()  # once, while an ending interpreter can still be asked
        self._cancel_patience = cancel_patience

    shares_looks = True
    """Around a look it asks nobody but itself, so a look that it is around may serve other connections too."""

    @wraps_flow
    async def operate(self, flow: Flow[Any], operation: Any) -> Any:
        """Write the intent before a call, and its outcome after."""
        if operation.name.startswith(READS) or getattr(operation.request, "test", False):
            return await flow
        call = new_call(operation)
        try:
            processes.begin(call.id, call)
            await self._read_clock(call)
            await self._write_before(call, lambda: sql.intent(call))
            try:
                result = await answering(flow, _Answering(self, call))
            except AdapterError as error:
                await self._write_after(call, sql.endings(call.endings_by_error(error)))
                raise
            await self._write_after(call, sql.endings(call.endings(result)))
            return result
        finally:
            processes.end(call.id)

    @wraps_flow
    async def cancel_order(self, flow: Flow[Any], request: Any) -> Any:
        """Write around one request that cancels an order."""
        return await self._attempt(flow, "cancel_order", request)

    @wraps_flow
    async def cancel_orders(self, flow: Flow[Any], request: Any) -> Any:
        """Write around one request that cancels several orders."""
        return await self._attempt(flow, "cancel_orders", request)

    @wraps_flow
    async def cancel_all_orders(self, flow: Flow[Any], request: Any) -> Any:
        """Write around one request that cancels whatever is open."""
        return await self._attempt(flow, "cancel_all_orders", request)

    @wraps_flow
    async def create_order(self, flow: Flow[Any], request: Any) -> Any:
        """Write around one request that places an order."""
        return await self._attempt(flow, "create_order", request)

    @wraps_flow
    async def create_orders(self, flow: Flow[Any], request: Any) -> Any:
        """Write around one request that places several orders."""
        return await self._attempt(flow, "create_orders", request)

    @wraps_flow
    async def fetch_open_orders(self, flow: Flow[Any], request: Any) -> Any:
        """Remember what a ``cancel_all_orders`` is about to cancel: its requests name no orders."""
        page = await flow
        call = await self._call_around()
        if call is not None:
            call.learn_listed(page.orders)
        return page

    async def in_flight(self) -> list[JournalEntry]:
        """Read everything that is not settled, of every venue and account, oldest first.

        Raises ConfigurationError or PluginError where the file cannot be used.
        """
        return await self._file.perform(in_flight(), patience=READ_PATIENCE)

    async def order_ids_of(self, client_order_ids: Sequence[str], place: Place) -> frozenset[str]:
        """Read which orders of a place the journal has known under client order ids. Raises as ``in_flight``."""
        return await self._file.perform(known_ids(client_order_ids, place), patience=OTHER_PATIENCE)

    def read_in_flight(self) -> list[JournalEntry]:
        """Do as ``in_flight``, in the calling thread and for no connection."""
        return self._file.perform(in_flight(), patience=READ_PATIENCE).blocking()

    async def settle(self, done: RecoveredOperation) -> None:
        """Write what became of an entry. Raises as ``in_flight``."""
        entry_id = done.entry.id
        job = sql.close(entry_id) if done.closed else sql.endings([(entry_id, ending_of(done))])
        await self._file.perform(job, patience=READ_PATIENCE, durable=True)

    async def _read_clock(self, call: Call) -> None:
        call.clock_offset = (await Now()).timestamp - now()

    async def _call_around(self) -> Call | None:
        return await _CallAround(lambda: None, _nobody, reaches_venue=False, bounded=True, journal=self)

    async def _attempt(self, flow: Flow[Any], hook: str, request: Any) -> Any:
        call = await self._call_around()
        if call is None:
            return await flow
        number = call.begin_attempt()
        about = call.rows_of(request)
        await self._read_clock(call)
        await self._write_before(call, lambda: sql.attempt_begins(call, number, hook, about))
        try:
            answer = await flow
        except AdapterError as error:
            state = str(error.request_state)
            await self._write_after(call, sql.attempt_ends(call, number, state, name_of(error)))
            raise
        await self._write_after(call, sql.attempt_ends(call, number, ANSWERED, None))
        return answer

    async def _write_before(self, call: Call, make: Callable[[], Job[None]]) -> None:
        """Write what is about to be sent. Only what is no cancel is kept from being sent by a failure.

        Names of orders are on the disk when this returns. That a request for them begins is worth no second wait for
        the disk: an entry is looked into whether or not it says so.
        """
        written = len(call.rows)
        durable = call.on_disk < written
        job = make()
        if call.troubled:
            self._file.submit(job, durable=durable)
            return
        patience = self._cancel_patience if call.is_cancel else OTHER_PATIENCE
        try:
            await self._file.perform(job, patience=patience, durable=durable)
        except AdapterError as error:
            if call.is_cancel:
                await self._complain(call, error)
                return
            # The file may still take the intent later: then it must say as well that nothing was sent.
            call.troubled = True
            self._file.submit(sql.endings(call.endings_by_error(error)))
            raise
        call.on_disk = written
        while call.left_out:
            await self._tell(call, call.left_out.pop())

    async def _write_after(self, call: Call, job: Job[None]) -> None:
        if call.troubled:
            self._file.submit(job)
            return
        try:
            await self._file.perform(job, patience=self._cancel_patience)
        except AdapterError as error:
            await self._complain(call, error)

    async def _complain(self, call: Call, error: AdapterError) -> None:
        """Tell the first failure of a call; after it nothing of the call is waited for, and nothing more is told."""
        call.troubled = True
        await self._tell(call, error)

    async def _tell(self, call: Call, why: AdapterError | str) -> None:
        """Say in the log, and in the reports of a cancel, that the call is not fully in the journal."""
        _LOG.error("%s is not fully in the journal: %s", call.operation.name, why)
        fault = PluginError(f"{call.operation.name} is not fully in the journal: {why}")
        fault.__cause__ = why if isinstance(why, AdapterError) else None
        await Noted(fault)
