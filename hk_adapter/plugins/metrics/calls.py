"""The wrapper: it stands around whole calls, and tells a recorder what each came to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, RequestState
from hk_adapter.flow.effects import Flow, Foreign, Now
from hk_adapter.flow.own_io import within
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model import Operation
from hk_adapter.model.reports import end_of, leaves_doubt
from hk_adapter.plugins.reads import READS
from hk_adapter.record import Record

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Bounds of the histograms, in seconds."""
PATIENCE = 0.05
"""Seconds that a call waits for the metrics' library: its locks may be held beneath a signal handler."""


class End(Record, frozen=True):
    """What became of a call, or of one order of a call of several. Each field is one of a few words.

    Attributes:
        outcome: a cancel's; ``created``, ``refused`` or ``unknown`` of a create; ``done`` of a read; of a call that
            raised what is known of its request.
        error: the class of its error; empty without one.
        in_doubt: whether something may have run that is not settled.
    """

    outcome: str
    error: str
    in_doubt: bool


class Recorder(Protocol):
    """Where the numbers go; called in any thread."""

    def record(self, venue: str, operation: str, seconds: float, ends: Sequence[End]) -> None:
        """Count a call that took ``seconds`` and came to ``ends``."""


class CallMetrics:
    """Counts calls, and times them. It looks at no request, so that a look-up may serve other connections too."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    @wraps_flow
    async def operate(self, flow: Flow[Any], operation: Any) -> Any:
        """Count a call when it has ended; one that an interrupt has ended is not counted."""
        begun = (await Now()).monotonic
        try:
            result = await flow
        except AdapterError as error:
            await self._record(operation, begun, [_end_by_error(error)])
            raise
        await self._record(operation, begun, _ends(operation, result))
        return result

    async def _record(self, operation: Operation, begun: float, ends: Sequence[End]) -> None:
        seconds = (await Now()).monotonic - begun
        venue = "" if operation.place is None else operation.place.venue_id

        def record() -> None:
            self._recorder.record(venue, operation.name, seconds, ends)

        effect = Foreign(record, lambda: asyncio.to_thread(record), reaches_venue=False)
        await replace(within(effect, PATIENCE, type(self).__name__), bounded=True)


def _end_by_error(error: AdapterError) -> End:
    return End(str(error.request_state), type(error).__name__, error.request_state is RequestState.UNKNOWN)


def _ends(operation: Operation, result: Any) -> list[End]:
    if operation.name.startswith(READS):
        return [End("done", "", in_doubt=False)]
    return [
        End(end_of(one), _class_of(getattr(one, "error", None)), leaves_doubt(one))
        for one in (result if isinstance(result, list) else [result])
    ]


def _class_of(error: AdapterError | None) -> str:
    return "" if error is None else type(error).__name__
