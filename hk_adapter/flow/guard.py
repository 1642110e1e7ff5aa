"""A mutex that no dead frame keeps: an exception from outside (Ctrl-C) may strike its holder at any line.

``threading.Lock`` stays taken when its holder is struck between taking it and being bound to give it back. And it
hangs a signal handler for ever that needs what the frozen frame beneath it holds.
"""

from __future__ import annotations

import sys
import time
from itertools import accumulate, repeat
from threading import get_ident
from types import FrameType

import msgspec

_NAP = 0.0005
"""Seconds between two looks at who holds a guard; what is done under one takes microseconds."""


class _Turn(msgspec.Struct, frozen=True, eq=False):
    thread: int
    frame: FrameType


class Guard:
    """Lets one thread at a time into a ``with`` block, in the order of asking.

    A turn whose ``with`` block is on no stack any more is taken from the queue by whoever waits. A thread that comes
    again, above a frame of its own that is within, is let in at once: what is guarded must be left usable between any
    two lines. Neither await nor wait within the block.
    """

    def __init__(self) -> None:
        # Each operation on the list is one step of the interpreter: copying, appending, removing by identity.
        self._turns: list[_Turn] = []

    def __enter__(self) -> None:
        turn = _Turn(get_ident(), sys._getframe(1))
        self._turns.append(turn)
        while self._turns[:1] != [turn] and not self._may_go(turn):
            time.sleep(_NAP)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        frame = sys._getframe(1)
        for turn in reversed(self._turns.copy()):
            if turn.frame is frame:
                self._drop(turn)
                return

    def _may_go(self, own: _Turn) -> bool:
        turns = self._turns.copy()
        if own not in turns:  # taken for dead, where threads are not what the interpreter knows as such
            self._turns.append(own)
            return False
        for turn in turns:
            if turn is own:
                return True
            if is_on_stack(turn.frame, turn.thread):
                return turn.thread == own.thread
            self._drop(turn)
        return False

    def _drop(self, turn: _Turn) -> None:
        try:
            self._turns.remove(turn)
        except ValueError:
            return  # somebody else has seen it dead


def is_on_stack(frame: FrameType, thread: int) -> bool:
    """Whether a thread is in a frame still, however deep beneath what it does now.

    The stack is walked in one step of the interpreter: line by line, a thread that runs on would leave some meanwhile,
    and early releases of Python 3.11 show something else in their place.
    """
    top = sys._getframe() if thread == get_ident() else sys._current_frames().get(thread)
    if top is None:
        return False  # the thread is over, or another process's
    try:
        return frame in accumulate(repeat("f_back"), getattr, initial=top)
    except AttributeError as end:
        return end.obj is not None  # what is no frame stands where one was: the thread is busy
