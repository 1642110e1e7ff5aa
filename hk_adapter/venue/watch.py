"""What a watch is: an iterator for threads, and one for asyncio, over the stream that a venue shares."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeVar

from hk_adapter.errors import ConfigurationError, NotSent
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.log_line import Lines
from hk_adapter.record import Record
from hk_adapter.venue.api import arguments

if TYPE_CHECKING:
    from hk_adapter.execution.streams.waiting import Waiting
    from hk_adapter.flow.async_runner import AsyncRunner
    from hk_adapter.flow.blocking_runner import BlockingRunner

_LOG = Lines("hk_adapter.streams", most=20)

U = TypeVar("U")


class WatchRequest(Record, Generic[U], frozen=True, kw_only=True):
    """What is to be watched.

    Attributes:
        consumer: makes the one who is told.
        symbol: the only one; None: all.
        what: in one word.
        finish: puts into an update what only the connection knows; None has nothing to put in.
        timeout: seconds for the stream to be open.
        check: asks the venue whether it has that symbol; None where that is known.
    """

    consumer: Callable[[], Waiting[U]]
    symbol: str | None
    timeout: float
    check: Callable[[], Flow[object]] | None = None
    what: str = "orders"
    finish: Callable[[U], U] | None = None


class Streams(Protocol):
    """Where the stream of one opened venue lives."""

    @property
    def is_live(self) -> bool:
        """Whether the stream is open, heard of late, and without a gap."""

    def join(self, consumer: Waiting[Any]) -> None:
        """Add somebody who watches; the first one opens the stream. Raises NotSent once the venue is closed."""

    def leave(self, consumer: Waiting[Any]) -> None:
        """Remove somebody who watches, from any thread; the last one closes the stream. It does not wait for that."""


class _Watching(Generic[U]):
    """Who watches: begun by the first use, ended by ``close``, by the venue's, or when nothing holds it any more."""

    def __init__(self, streams: Streams, request: WatchRequest[U]) -> None:
        self._streams = streams
        self._consumer = request.consumer()
        self._timeout = request.timeout
        self._check = request.check
        self._symbol = request.symbol
        self._what = request.what
        self._finish = request.finish
        self._begun = self._left = False
        self._process = os.getpid()

    @property
    def is_live(self) -> bool:
        """Whether the stream is open and tells everything as it happens; False: what happens now is told later.

        Never in a child after a fork: the stream is its parent's.
        """
        if not self._begun or self._left or self._is_of_the_parent():
            return False
        return self._streams.is_live and self._consumer.is_whole

    def _is_of_the_parent(self) -> bool:
        """Whether this is a child's copy of a watch that goes on in its parent."""
        return self._begun and self._process != os.getpid()

    def _begin(self) -> None:
        if self._is_of_the_parent():
            raise ConfigurationError("this watch is the parent process's; begin another one")
        if not self._begun:
            self._streams.join(self._consumer)
            self._begun, self._process = True, os.getpid()

    def _leave(self) -> None:
        if not self._left:
            self._left = True
            self._consumer.leave()
            if self._begun:
                self._streams.leave(self._consumer)

    def _check_begun_anew(self) -> None:
        if self._left:
            raise ConfigurationError("this watch has ended; begin another one")

    def _check_caught_up(self) -> None:
        consumer = self._consumer
        if consumer.is_caught_up:
            return
        if consumer.has_ended:
            raise NotSent("the watch, or its connection to the venue, was closed before the stream was open")
        why = "" if consumer.trouble is None else f": {consumer.trouble}"
        raise NotSent(f"the stream was not open in time{why}") from consumer.trouble

    def __reduce__(self) -> NoReturn:
        raise TypeError("a watch is neither copied nor pickled: begin another one")

    def __repr__(self) -> str:
        begun = "the parent process's" if self._is_of_the_parent() else "begun"
        state = "ended" if self._left else begun if self._begun else "not begun"
        return f"<{type(self).__name__} of {self._symbol or f'all {self._what}'}, {state}>"

    def __del__(self) -> None:
        try:
            self._leave()
        except Exception as error:  # noqa: BLE001 - whoever drops it must not be disturbed
            _LOG.warning("a watch could not be ended: %s", type(error).__name__)


class Watch(_Watching[U]):
    """Updates, for a thread: an iterator, and a context manager.

    Iterating waits for the next update, ``get`` for so long at most; it ends when the watch or its venue is closed.
    ``with`` begins it: within, the stream is open and what there is to begin with can be read. A watch is one thread's;
    each thread has one of its own.
    """

    def __init__(self, streams: Streams, runner: BlockingRunner, request: WatchRequest[U]) -> None:
        super().__init__(streams, request)
        self._runner = runner

    def __iter__(self) -> Watch[U]:
        return self

    def __next__(self) -> U:
        update = self._next(None)
        if update is None:
            raise StopIteration
        return update

    def get(self, timeout: float | None = None) -> U | None:
        """Return the next update, as ``next`` does, or None once the watch has ended.

        ``timeout``: seconds to wait for it, 0 not at all; None waits for as long as it takes. TimeoutError where none
        has come by then: the watch goes on, and nothing is lost. Where this is the first use, the stream is begun
        beside that time, and a symbol that the venue must be asked for takes the connection's ``timeout`` at the most.

        Raises InvalidArgument for what is no such number; else as iterating.
        """
        if timeout is not None:
            timeout = arguments.seconds("timeout", timeout, or_none=True)
        return self._next(timeout)

    def _next(self, timeout: float | None) -> U | None:
        """Return the next update; None at the end."""
        if self._left:
            return None
        try:
            self._check_symbol()
            self._begin()
            update = self._consumer.take() or self._runner.run(self._consumer.next(timeout))
        except TimeoutError:
            raise
        except Exception:
            self._leave()
            raise
        if update is None:
            self._leave()
            return None
        return update if self._finish is None else self._finish(update)

    def _check_symbol(self) -> None:
        if self._check is not None:
            self._runner.run(self._check())
            self._check = None

    def __enter__(self) -> Watch[U]:
        self._check_begun_anew()
        try:
            self._check_symbol()
            self._begin()
            self._runner.run(self._consumer.caught_up(self._timeout))
            self._check_caught_up()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it; the last one of a venue closes the stream. Idempotent."""
        self._leave()


class AsyncWatch(_Watching[U]):
    """As ``Watch``, for asyncio: an asynchronous iterator and context manager, used in the loop that it began in.

    Raises ConfigurationError in another loop than the one in which this venue's stream is open.
    """

    def __init__(self, streams: Streams, runner: AsyncRunner, request: WatchRequest[U]) -> None:
        super().__init__(streams, request)
        self._runner = runner

    def __aiter__(self) -> AsyncWatch[U]:
        return self

    async def __anext__(self) -> U:
        if self._left:
            raise StopAsyncIteration
        try:
            await self._check_symbol()
            self._begin()
            update = self._consumer.take() or await self._runner.run(self._consumer.next())
        except Exception:
            self._leave()
            raise
        if update is None:
            self._leave()
            raise StopAsyncIteration
        return update if self._finish is None else self._finish(update)

    async def _check_symbol(self) -> None:
        if self._check is not None:
            await self._runner.run(self._check())
            self._check = None

    async def __aenter__(self) -> AsyncWatch[U]:
        self._check_begun_anew()
        try:
            await self._check_symbol()
            self._begin()
            await self._runner.run(self._consumer.caught_up(self._timeout))
            self._check_caught_up()
        except BaseException:
            self._leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End it; the last one of a venue closes the stream. Idempotent."""
        self._leave()
