"""Strikes a call with KeyboardInterrupt at a line of our choice, in whatever file it is executed.

As a signal does: from that line on, Python raises it where it next looks for one. Raised by the tracer itself, in the
middle of a ``with`` or a handler, it would spoil the interpreter's own stack.
"""

from __future__ import annotations

import ctypes
import gc
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

Line = tuple[str, int]
Moment = tuple[Line, int]
"""A line, and how often it has been executed before."""


class Tracer:
    """Lists the lines that a call executes in this thread, or strikes at one moment of it, if the call comes there."""

    def __init__(self, strike_at: Moment | None = None) -> None:
        self.lines: list[Line] = []
        self.has_struck = False
        self._strike_at = strike_at
        self._times = 0

    def run(self, call: Callable[[], Any]) -> bool:
        """Call; say whether the strike came through to the caller."""
        before = sys.gettrace()
        gc.disable()  # a finalizer is no part of the call: Python swallows what is raised in one
        sys.settrace(self._list if self._strike_at is None else self._enter)
        try:
            call()
            for _ in range(100):  # what struck in the last line is raised here at the latest
                pass
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
            gc.enable()
        return False

    def _list(self, frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            self.lines.append((frame.f_code.co_filename, frame.f_lineno))
        return self._list

    def _enter(self, frame: FrameType, event: str, _: object) -> Any:
        # Only where the moment may come, lines are looked at: that costs a tenth of the time.
        assert self._strike_at is not None
        return self._strike if frame.f_code.co_filename == self._strike_at[0][0] else None

    def _strike(self, frame: FrameType, event: str, _: object) -> Any:
        assert self._strike_at is not None
        (_, number), earlier = self._strike_at
        if event == "line" and frame.f_lineno == number:
            if self._times == earlier:
                sys.settrace(None)
                self.has_struck = True
                _interrupt(threading.get_ident())
                return None
            self._times += 1
        return self._strike


def _interrupt(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(KeyboardInterrupt))


def in_time(call: Callable[[], Any], seconds: float) -> Any:
    """Return what a call gives in a thread of its own; fail rather than hang."""
    results: list[Any] = []
    errors: list[BaseException] = []

    def note() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            errors.append(error)

    thread = threading.Thread(target=note, daemon=True)
    thread.start()
    thread.join(seconds)
    for error in errors:
        raise error
    assert results, "the call after the interrupt hangs"
    return results[0]


class Hangs(BaseException):
    """What runs in the main thread is not over in its time; no error, so that nobody takes it for the call's own."""


@contextmanager
def watchdog(seconds: float) -> Iterator[None]:
    """Break off with Hangs what the main thread does for too long, be it within a lock. Needs a system's timer."""

    def bark(*_: object) -> None:
        raise Hangs(f"not over after {seconds} s")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, bark)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def every_time(lines: list[Line]) -> list[Moment]:
    """Return each line at each time that it is executed."""
    times: Counter[Line] = Counter()
    moments = []
    for line in lines:
        moments.append((line, times[line]))
        times[line] += 1
    return moments


def first_and_last(lines: list[Line]) -> list[Moment]:
    """Return each line at the first time that it is executed, and at the last one."""
    times = Counter(lines)
    return [(line, at) for line, at in every_time(lines) if at in {0, times[line] - 1}]


def first_times(lines: list[Line]) -> list[Moment]:
    """Return each line at the first time that it is executed."""
    return [(line, 0) for line in dict.fromkeys(lines)]
