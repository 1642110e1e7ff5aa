"""What one hook call has met so far, kept apart from every other call of the same exchange."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any

from hk_adapter.errors import AdapterError
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.venues.ccxt_bridge.row_limits import OF_A_LIST
from hk_adapter.venues.ccxt_bridge.terms import Terms

ORDERS, READS = "orders", "reads"
"""The groups that a venue's 429 pauses: one on a look-up holds no cancel back."""
PACED = "paced"
"""The group of a budget that processes share: all that a key sends, in milliseconds of ccxt's throttle."""
THROTTLED = frozenset({418, 429})
"""HTTP statuses that are taken at their word, whatever the body says."""


@dataclass(slots=True, eq=False)
class CallRecord:
    """What one hook call has met so far.

    Attributes:
        group: what its requests are counted as.
        now: the venue's time in ms UTC, for what ccxt signs.
        rows: the most that a list in an answer may have; a longer one is not read.
        is_create: whether it is a create, some of whose requests only ask.
        asked: requests of it that only ask, whether answered or not.
        answers: its other requests that were answered, well or badly.
        broken: our own error that kept a request from being answered, or its answer from being believed.
        refusal: what ccxt's own check of an answer raised.
        response: the last answer; ``request`` is what it answered.
        pages: the requests that were answered well, and their answers, parsed.
        orders: the markets of the orders that ccxt read of answers, those that it left out afterwards too; None where
            it knows none. ``fills`` likewise.
        text: the last answer's text, as ccxt's code may read it again.
        sent: what was let go out, whether answered or not.
        check: raises for a request that shall not leave; an order may be placed by a GET.
        terms: what the arguments say; ``replaced`` is the one of the params by which a request says another thing.
        cost: of the next request, in milliseconds of ccxt's throttle.
    """

    group: str = READS
    now: int = 0
    rows: int = OF_A_LIST
    is_create: bool = False
    asked: int = 0
    answers: int = 0
    broken: AdapterError | None = None
    refusal: Exception | None = None
    response: Response | None = None
    request: HttpRequest | None = field(default=None, repr=False)
    pages: list[tuple[HttpRequest, Any]] = field(default_factory=list, repr=False)
    orders: list[str | None] = field(default_factory=list)
    fills: list[str | None] = field(default_factory=list)
    text: str | None = None
    sent: list[HttpRequest] = field(default_factory=list, repr=False)
    check: Callable[[HttpRequest], None] | None = None
    terms: Terms | None = None
    replaced: str | None = None
    cost: int = 0


_current: ContextVar[CallRecord | None] = ContextVar("hk_adapter_ccxt_call", default=None)


class RecordedFlow(Coroutine[Any, Any, Any]):
    """A flow whose requests are noted in one CallRecord, whoever drives it and whatever runs in between.

    Each step runs in a context of its own: what is noted of one call is never seen by another one, of the same
    thread or task either.
    """

    def __init__(self, flow: Flow[Any], record: CallRecord | None = None) -> None:
        self._flow = flow
        self._context = copy_context()
        if record is not None:
            self._context.run(_current.set, record)

    def send(self, value: Any) -> Any:
        """Answer the last effect; return the next, or raise StopIteration with the result."""
        return self._context.run(self._flow.send, value)

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        """Raise an exception where the flow waits."""
        return self._context.run(self._flow.throw, typ if val is None else val)

    def close(self) -> None:
        """End the flow."""
        self._context.run(self._flow.close)

    def __await__(self) -> Generator[Any, Any, Any]:
        return self  # it has what 'await' needs: __next__, send, throw and close

    def __iter__(self) -> RecordedFlow:
        return self

    def __next__(self) -> Any:
        return self.send(None)


@contextmanager
def noting(record: CallRecord) -> Iterator[None]:
    """Record what this task asks meanwhile in a record of its own."""
    before = _current.set(record)
    try:
        yield
    finally:
        _current.reset(before)


def current() -> CallRecord | None:
    """Return what the running call notes things in; None outside one."""
    return _current.get()
