"""The stream of one opened venue for threads: in a background thread with a loop of its own, while anybody watches."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from hk_adapter.errors import AdapterError, NotSent
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.http import AsyncTransport
from hk_adapter.flow.runtime import Runtime
from hk_adapter.flow.streams import StreamTransport
from hk_adapter.flow.threads import started
from hk_adapter.record import Record
from hk_adapter.transport.redaction import stand_in

if TYPE_CHECKING:
    import asyncio

    from hk_adapter.execution.streams.keeper_protocol import StreamKeeper
    from hk_adapter.execution.streams.waiting import Waiting
    from hk_adapter.flow.async_runner import AsyncRunner
    from hk_adapter.venue.hinting import Hinting
    from hk_adapter.venue.loop_streams import LoopStreams

LONGEST_END = 8.0
"""Seconds that closing a venue waits for its stream's end: its own bounds are below that."""


class Making(Record, frozen=True):
    """What a background loop is made with; transports are made within it. ``name`` is its thread's.

    ``hinting`` makes what listens beside a poll; None where nothing does.
    """

    keeper: Callable[[], StreamKeeper]
    runtime: Runtime
    transport: Callable[[], AsyncTransport]
    streams: Callable[[], StreamTransport]
    name: str = "hk_adapter stream"
    hinting: Callable[[AsyncRunner], Hinting] | None = None


_BEGUN: WeakSet[_Background] = WeakSet()
"""Those whose thread was begun."""


def end_all() -> None:
    """End every stream that this process's threads watch, and release what it took, within seconds."""
    begun = [one for one in list(_BEGUN) if one.is_own()]
    for background in begun:
        background.end()
    for background in begun:
        background.wait()


atexit.register(end_all)  # a background thread does not outlive the interpreter, and would leave its listen key


class ThreadStreams:
    """Used from any thread. Nothing runs until the first ``join``, nor after the last ``leave``."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self._lock = Guard()
        self._background: _Background | None = None
        self._process = os.getpid()
        self._closed = False

    @property
    def is_live(self) -> bool:
        """As Streams.is_live."""
        background = self._background
        return background is not None and background.is_own() and background.is_live

    def join(self, consumer: Waiting[Any]) -> None:
        """As Streams.join."""
        if self._process != os.getpid():  # a child has no thread of its parent's
            self._background, self._process = None, os.getpid()
        while not self._closed:
            before = self._background
            if before is not None and before.let_in(consumer):
                return
            if before is not None:
                before.wait()
            with self._lock:
                if self._background is not before or self._closed:
                    continue
                self._background = _Background(self._making)
                self._background.start()
        raise NotSent("the connection to the venue is closed; open another one")

    def leave(self, consumer: Waiting[Any]) -> None:
        """As Streams.leave."""
        background = self._background
        if background is not None and self._process == os.getpid():
            background.let_out(consumer)

    def close(self) -> None:
        """End every watch and the thread, and wait for that. Idempotent."""
        self._closed = True
        background = self._background
        if background is not None and self._process == os.getpid():
            background.end()
            background.wait()


class _Background:
    """One thread with one loop, from the first consumer to the last."""

    def __init__(self, making: Making) -> None:
        self._making = making
        self._lock = Guard()
        self._inside: list[Waiting[Any]] = []
        self._is_begun = self._is_ending = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._streams: LoopStreams | None = None
        self._ready = threading.Event()
        self._process = os.getpid()
        self._thread = threading.Thread(target=self._run, name=making.name, daemon=True)

    @property
    def is_live(self) -> bool:
        return self._streams is not None and self._streams.is_live

    def is_own(self) -> bool:
        """Whether it is this process's, and no parent's."""
        return self._process == os.getpid()

    def start(self) -> None:
        try:
            self._is_begun = started(self._thread)
        except RuntimeError as error:  # the machine, or a limit of it, has no thread left
            raise NotSent("there is no thread to be had for a stream") from error
        finally:
            if not self._is_begun:
                self._is_ending = True
                self._ready.set()
        if not self._is_begun:
            raise NotSent("the interpreter is ending: there is no thread for a stream any more")
        _BEGUN.add(self)

    def let_in(self, consumer: Waiting[Any]) -> bool:
        """Add somebody who watches; False where it is ending already."""
        with self._lock:
            if self._is_ending:
                return False
            self._inside.append(consumer)
        self._ready.wait()
        self._call(consumer)
        return True

    def let_out(self, consumer: Waiting[Any]) -> None:
        with self._lock:
            self._inside = [one for one in self._inside if one is not consumer]
            last = not self._inside
        if last:
            self.end()
        elif self._streams is not None:
            self._streams.leave(consumer)

    def end(self) -> None:
        """Begin to end; it does not wait."""
        with self._lock:
            self._is_ending = True
        self._ready.wait()
        if self._loop is not None and self._end is not None:
            self._in_loop(self._end.set)

    def wait(self) -> None:
        if self._is_begun and self._thread is not threading.current_thread():
            self._thread.join(LONGEST_END)

    def _call(self, consumer: Waiting[Any]) -> None:
        def join() -> None:
            if self._streams is not None:
                try:
                    self._streams.join(consumer)
                except NotSent as error:
                    consumer.end(error)

        self._in_loop(join)

    def _in_loop(self, call: Callable[[], object]) -> None:
        if self._loop is not None:
            try:
                self._loop.call_soon_threadsafe(call)
            except RuntimeError:  # it has just been closed, and everybody was told
                return

    def _run(self) -> None:
        import asyncio  # noqa: PLC0415 - only where somebody watches

        fault: AdapterError | None = None
        try:
            with asyncio.Runner() as loop:
                loop.run(self._live())
        except AdapterError as error:
            fault = error
        except Exception as error:  # noqa: BLE001 - such as no file or memory left for a loop: who watches is told
            fault = NotSent(f"no stream could be begun: {stand_in(error)}")
        finally:
            self._ready.set()
            with self._lock:
                self._is_ending, left = True, self._inside
            for consumer in left:
                consumer.end(fault)

    async def _live(self) -> None:
        import asyncio  # noqa: PLC0415 - as above

        from hk_adapter.flow.async_runner import AsyncRunner  # noqa: PLC0415 - as above
        from hk_adapter.venue.loop_streams import LoopStreams  # noqa: PLC0415 - as above

        transport = self._making.transport()
        runner = AsyncRunner(self._making.runtime, transport, self._making.streams())
        hinting = None if self._making.hinting is None else self._making.hinting(runner)
        self._streams, self._end, self._loop = LoopStreams(self._making.keeper, runner, hinting), asyncio.Event(), None
        self._loop = asyncio.get_running_loop()
        self._ready.set()
        try:
            await self._end.wait()
        finally:
            await self._streams.close()
            await transport.close()
