"""The stream of one opened venue in an event loop: opened by the first who watches, closed with the last."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hk_adapter.errors import AdapterError, ConfigurationError, NotSent, PluginError
from hk_adapter.execution.streams.keeper_protocol import StreamKeeper
from hk_adapter.execution.streams.waiting import Waiting
from hk_adapter.flow.async_runner import AsyncRunner
from hk_adapter.venue.hinting import Hinting, Listening, Woken


class LoopStreams:
    """Made anywhere, and used in one loop from the first ``join`` on.

    Args:
        keeper: makes what keeps one stream.
        runner: drives it.
        hinting: listens beside it, where the venue's library does so; None: nothing does.
    """

    def __init__(self, keeper: Callable[[], StreamKeeper], runner: AsyncRunner, hinting: Hinting | None = None) -> None:
        self._make = keeper
        self._runner = runner
        self._hinting = hinting
        self._listening: Listening | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = os.getpid()
        self._keeper: StreamKeeper | None = None
        self._task: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._closed = False

    @property
    def is_live(self) -> bool:
        """As Streams.is_live."""
        return self._keeper is not None and self._process == os.getpid() and self._keeper.is_live

    def join(self, consumer: Waiting[Any]) -> None:
        """As Streams.join, in the loop. Raises ConfigurationError in another loop than the stream's."""
        if self._closed:
            raise NotSent("the connection to the venue is closed; open another one")
        self._enter(_running_loop())
        if self._keeper is None:
            self._keeper = self._make()
            self._task = asyncio.ensure_future(self._keep(self._keeper, self._ending))
        self._keeper.feed.join(consumer)
        self._has_changed()

    def leave(self, consumer: Waiting[Any]) -> None:
        """As Streams.leave."""
        loop = self._loop
        if loop is None or self._process != os.getpid():
            return
        with suppress(RuntimeError):  # the loop is closed, and what was open with it
            loop.call_soon_threadsafe(self._leave, consumer)

    async def close(self) -> None:
        """End every watch, and close what is open. Idempotent."""
        self._closed = True
        if self._process != os.getpid():  # all of it goes on in the parent
            return
        if self._loop is not None and self._loop is not asyncio.get_running_loop():
            if self._loop.is_running():
                asyncio.run_coroutine_threadsafe(self.close(), self._loop)
            return
        if self._keeper is not None:
            self._keeper.feed.end()
            self._stop()
        if self._ending is not None:
            await asyncio.wait([self._ending])

    def _enter(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._loop is loop and self._process == os.getpid():
            return
        if self._loop is not None and not self._loop.is_closed() and self._process == os.getpid():
            raise ConfigurationError("this venue's stream is another event loop's; open a venue in each loop")
        self._loop, self._process = loop, os.getpid()
        self._keeper = self._task = self._ending = self._listening = (
            None  # they ended with their loop, or are the parent's
        )

    def _leave(self, consumer: Waiting[Any]) -> None:
        if self._keeper is not None and self._keeper.feed.leave(consumer):
            self._stop()
        self._has_changed()

    def _has_changed(self) -> None:
        if self._listening is not None:
            self._listening.has_changed()

    def _stop(self) -> None:
        self._keeper = None
        if self._task is not None:
            self._ending, self._task = self._task, None
            self._ending.cancel()

    async def _keep(self, keeper: StreamKeeper, before: asyncio.Task[None] | None) -> None:
        """Keep one stream to its end, whatever ends it; the one before gives its key back first."""
        error: AdapterError | None = None
        listening: Listening | None = None
        try:
            if before is not None:
                await asyncio.wait([before])
            if self._hinting is not None and isinstance(keeper, Woken):
                self._listening = listening = self._hinting.begin(keeper)
            await self._runner.run(keeper.run())
        except AdapterError as raised:
            error = raised
        except asyncio.CancelledError:
            pass  # by ``_stop``, or by the loop that ends: this task is nobody else's
        except Exception as raised:  # noqa: BLE001 - a fault of ours or a library's ends the watch, and is told there
            error = PluginError(f"the stream broke with {type(raised).__name__}")
            error.__cause__ = raised
        finally:
            if self._keeper is keeper:  # it has ended by itself, and gives its key back before another one begins
                self._keeper, self._task, self._ending = None, None, self._task
            keeper.feed.end(error)
            if before is not None:
                await asyncio.wait([before])  # also where this one was stopped while it waited for that
            if listening is not None:
                self._listening = None if self._listening is listening else self._listening
                await listening.end()
            with suppress(AdapterError):
                await self._runner.run(keeper.finish())


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("a watch needs a running asyncio loop; in a thread, use connect()") from None
