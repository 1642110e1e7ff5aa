"""The wrapper: it writes around every call that can change something, and around each of its requests."""

from __future__ import annotations

import logging
import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any, ClassVar

from hk_adapter.errors import AdapterError, ConfigurationError, PluginError, RequestState
from hk_adapter.flow.effects import MOST_BEHIND, UNMEASURED, Flow, Moment, Now
from hk_adapter.flow.log_line import write
from hk_adapter.flow.shielded import NotedFault
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model import JournalEntry, Order, Place, RecoveredOperation
from hk_adapter.plugins.journal import processes, sql
from hk_adapter.plugins.journal.clock import now
from hk_adapter.plugins.journal.entries import Call, Ending, ReadClock, ending_of, name_of, new_call
from hk_adapter.plugins.journal.file import JournalFile
from hk_adapter.plugins.journal.path import absolute_path
from hk_adapter.plugins.journal.queued_job import Job
from hk_adapter.plugins.journal.reading import in_flight, known_ids
from hk_adapter.plugins.journal.still_open import last_unanswered, still_open
from hk_adapter.plugins.journal.written import ANSWERED, LATEST_TIME
from hk_adapter.plugins.reads import READS

_COUNTDOWN = "cancel_all_orders_after"
"""A call that names no order, of which nothing could be looked up again."""

_LOG = logging.getLogger("hk_adapter.plugins")

CANCEL_PATIENCE = 0.2
"""Seconds; twice that is what a journal may add to the deadline of a cancel, which goes out in any case."""
OTHER_PATIENCE = 2.0
"""Seconds, or a cancel's where that is more; what is no cancel is not sent without its entry."""
READ_PATIENCE = 10.0


def _read(moment: Moment) -> ReadClock:
    behind = moment.doubt if moment.doubt < UNMEASURED else max(moment.doubt, MOST_BEHIND)
    ahead = max(moment.doubt, moment.ahead)
    if not moment.vouched:
        behind = ahead = LATEST_TIME
    return ReadClock(moment.timestamp - now(), ceil(behind), ceil(ahead))


def _no_call() -> None:
    return None


class Journal:
    """Writes each cancel and create to a file before it is sent, and what became of it after.

    One object serves any number of connections, threads and loops; any number of processes share one file. The file
    is opened by the first call.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, cancel_patience: float = CANCEL_PATIENCE) -> None:
        """Keep the journal in ``path``; None: ``HK_ADAPTER_JOURNAL``, else the user's state directory.

        Args:
            path: of the file; it and its directory are made where they are missing.
            cancel_patience: seconds that a cancel waits for the file before it goes out without its entry; a create
                waits for two, or as long, and is not sent then.

        Raises ConfigurationError for what is no path, and where there is none and no home directory.
        """
        self.path = absolute_path(path)
        self._file = JournalFile(self.path)
        processes.this_process()  # once, while an ending interpreter can still be asked
        self._cancel_patience = cancel_patience
        # Weak: an interrupt may keep a call from telling its end, and it must not seem to run for ever.
        self._under_way: dict[int, weakref.ref[Call]] = {}

    shares_looks = True
    """Around a look it asks nobody but itself, so a look that it is around may serve other connections too."""
    hk_adapter_settings: ClassVar[Mapping[str, Any]] = {"path": str, "cancel_patience": float}
    """What a profile may say of it."""

    @wraps_flow
    async def operate(self, flow: Flow[Any], operation: Any) -> Any:
        """Write the intent before a call, and its outcome after."""
        if operation.name.startswith(READS) or getattr(operation.request, "test", False):
            return await flow
        if operation.name == _COUNTDOWN:
            return await flow
        call = new_call(operation)
        try:
            self._under_way[operation.id] = weakref.ref(call)
            processes.begin(call.id, call)
            return await self._to_its_end(call, flow)
        finally:
            self._under_way.pop(operation.id, None)
            processes.end(call.id)

    @wraps_flow
    async def attempt(self, flow: Flow[Any], operation: Any, request: Any, hook: str) -> Any:
        """Write around each request of such a call that can change something."""
        call = self._under_way.get(operation.id, _no_call)()
        if call is None:
            return await flow
        if not hook.startswith(READS):
            return await self._attempt(call, flow, hook, request)
        answer = await flow
        if hook == "fetch_open_orders":  # a cancel_all_orders is about them: its requests name no orders
            call.learn_listed(answer)
        return answer

    async def in_flight(self) -> list[JournalEntry]:
        """Read everything that is not settled, of every venue and account, oldest first.

        Raises ConfigurationError or PluginError where the file cannot be used.
        """
        return await self._file.perform(in_flight(), patience=READ_PATIENCE)

    async def order_ids_of(self, client_order_ids: Sequence[str], place: Place) -> frozenset[str]:
        """Read which orders of a place the journal has known under client order ids.

        Raises PluginError where the file cannot be used: the create that is to come would not be written either.
        """
        try:
            return await self._file.perform(known_ids(client_order_ids, place), patience=OTHER_PATIENCE)
        except ConfigurationError as error:
            raise PluginError(str(error), request_state=RequestState.NOT_SENT) from error

    async def still_open(self, place: Place) -> list[Order]:
        """Read which orders of a place may be open, as far as the journal was told; newest first, 1,000 at most.

        One whose create was never answered has no ``id``. Raises as ``in_flight``.
        """
        return await self._file.perform(still_open(place), patience=OTHER_PATIENCE)

    async def last_unanswered(self, place: Place) -> float | None:
        """Read how many seconds ago a create of a place that was never answered may have left at the latest.

        None where all were answered. Raises as ``in_flight``.
        """
        return await self._file.perform(last_unanswered(place), patience=OTHER_PATIENCE)

    def read_in_flight(self) -> list[JournalEntry]:
        """Do as ``in_flight``, in the calling thread and for no connection."""
        return self._file.perform(in_flight(), patience=READ_PATIENCE).blocking()

    async def settle(self, done: RecoveredOperation) -> None:
        """Write what became of an entry. Raises as ``in_flight``."""
        entry_id = done.entry.id
        job = sql.close(entry_id) if done.closed else sql.settle(entry_id, ending_of(done))
        await self._file.perform(job, patience=READ_PATIENCE, durable=True)

    async def _read_clock(self, call: Call) -> None:
        if call.is_told_by_times:
            call.clock = _read(await Now())

    async def _to_its_end(self, call: Call, flow: Flow[Any]) -> Any:
        try:
            if not call.names_one:
                await self._read_clock(call)
                await self._write_before(call, lambda: sql.intent(call))
            result = await flow
        except AdapterError as error:
            await self._write_after(call, call.endings_by_error(error))
            raise
        await self._write_after(call, call.endings(result))
        return result

    async def _attempt(self, call: Call, flow: Flow[Any], hook: str, request: Any) -> Any:
        number = call.begin_attempt()
        about = call.rows_of(request)
        await self._read_clock(call)
        await self._write_before(call, lambda: sql.attempt_begins(call, number, hook, about))
        try:
            answer = await flow
        except AdapterError as error:
            call.note_attempt(number, str(error.request_state), name_of(error))
            raise
        call.note_attempt(number, ANSWERED)
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
        patience = self._cancel_patience if call.is_cancel else max(OTHER_PATIENCE, self._cancel_patience)
        try:
            await self._file.perform(job, patience=patience, durable=durable)
        except AdapterError as error:
            if call.is_cancel:
                await self._complain(call, error)
                return
            call.troubled = True  # the file may still take it later: then its end, too, must be written
            raise
        call.on_disk = written
        while call.left_out:
            await self._tell(call, call.left_out.pop())

    async def _write_after(self, call: Call, ended: list[tuple[str, Ending]]) -> None:
        if not (call.on_disk or call.troubled):
            return  # no request of it was about to leave, so it has no entry
        job = sql.endings(call, ended)
        if call.troubled:
            self._file.submit(job)
            return
        try:
            await self._file.perform(job, patience=self._cancel_patience)
        except AdapterError as error:
            await self._complain(call, error)

    async def _complain(self, call: Call, error: AdapterError) -> None:
        """Report the first failure of a call; after it nothing of the call is waited for, and nothing more is told."""
        call.troubled = True
        await self._tell(call, error)

    async def _tell(self, call: Call, why: AdapterError | str) -> None:
        """Report in the log, and in the reports of a cancel, that the call is not fully in the journal."""
        write(_LOG, logging.ERROR, "%s is not fully in the journal: %s", call.operation.name, why)
        fault = PluginError(f"{call.operation.name} is not fully in the journal: {why}")
        fault.__cause__ = why if isinstance(why, AdapterError) else None
        await NotedFault(fault)
