"""Who called for a flow, and whether he can go on: what others wait for must not depend on somebody who is gone."""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar
from threading import get_ident
from types import FrameType
from typing import TYPE_CHECKING

from msgspec import Struct, field

from hk_adapter.flow.guard import is_on_stack

if TYPE_CHECKING:
    import asyncio


class Caller(Struct, eq=False):
    """One run of a runner.

    Attributes:
        loop: the event loop that it lives in; None for one that blocks its thread.
        frame: of one that blocks: what is on its thread's stack until it is over.
        handled: what its caller was handling as it began, such as the Ctrl-C after which a bot cancels; None without.
        over: whether it came to its end, whatever an interrupt kept it from giving back.
    """

    loop: asyncio.AbstractEventLoop | None = None
    frame: FrameType | None = None
    thread: int = field(default_factory=get_ident)
    process: int = field(default_factory=os.getpid)
    handled: BaseException | None = field(default_factory=sys.exception)
    over: bool = False

    def blocks_here(self) -> bool:
        """Whether it blocks the calling thread."""
        return self.loop is None and self.thread == get_ident()

    def can_go_on(self) -> bool:
        """Whether it will do what it is at, seen from another run that waits for it.

        No: it is over, its process forked, its thread left it, its loop stopped; or it is frozen beneath the caller,
        who blocks its thread as a signal handler does.
        """
        if self.over or self.process != os.getpid():
            return False
        if self.loop is not None:
            return self.loop.is_running() and not (self.thread == get_ident() and _is_blocking())
        if self.thread == get_ident() or self.frame is None:
            return False
        return is_on_stack(self.frame, self.thread) or _has_other_threads(self.thread)


calling: ContextVar[Caller | None] = ContextVar("hk_adapter_caller", default=None)
"""Who drives the flow that is running now; None where it is none of the runners for real time."""


def handled_before() -> BaseException | None:
    """Return what the caller was handling already when the call began; None where it was nothing, or none is driven.

    Python makes it the context of whatever is raised meanwhile. It says nothing of the call, and is not ours to change.
    """
    here = calling.get()
    return None if here is None else here.handled


def _is_blocking() -> bool:
    here = calling.get()
    return here is not None and here.blocks_here()


def _has_other_threads(thread: int) -> bool:
    """Whether threads are greenlets, whose stacks the interpreter does not tell."""
    return "gevent.monkey" in sys.modules and thread not in sys._current_frames()
