"""Watches what a plugin's code calls while it runs, by whatever name it has it: no name is patched."""

from __future__ import annotations

import _thread
import builtins
import os
import queue
import random
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from types import CodeType, FrameType
from typing import Any

from hk_adapter.testing.conformance.guarded import SPEAKING
from hk_adapter.testing.conformance.promises import BrokenPromise

_OPENED, _SLEPT, _STARTED = "opened a socket", "slept", "started a thread"
_CODE: Mapping[CodeType, str] = {
    socket.socket.__init__.__code__: _OPENED,
    threading.Thread.start.__code__: _STARTED,
    threading.Condition.wait.__code__: _SLEPT,
    subprocess.Popen.__init__.__code__: "started a process",
}
_DONE: Mapping[Any, str] = {
    time.sleep: _SLEPT,
    select.select: _SLEPT,
    _thread.start_new_thread: _STARTED,
    os.system: "started a process",
    builtins.open: "opened a file",
    os.open: "opened a file",
}
_READ: Mapping[Any, str] = dict.fromkeys((time.time, time.time_ns, time.monotonic, time.monotonic_ns), "read a clock")
_TODAY = frozenset({"now", "utcnow", "today"})
_CHANCE = "drew a random number"
_BESIDE = frozenset({"logging", "warnings", "importlib", "hypothesis", "pytest", "_pytest"})
"""What may run while a plugin does, and is none of its doing: a line of a log has its time."""
_HOST, _PLUGINS = "hk_adapter", "hk_adapter.venues."


@contextmanager
def watched(*, clocks: bool = False) -> Iterator[list[str]]:
    """Yield what a plugin does that hooks may not do; nothing of it happens. ``clocks``: and what it may not read."""
    found: list[str] = []
    speaking = 0

    def watch(frame: FrameType, event: str, called: Any) -> None:
        nonlocal speaking
        if frame.f_code is SPEAKING:
            speaking += {"call": 1, "return": -1}.get(event, 0)
        if speaking or event not in ("call", "c_call"):
            return
        what = _CODE.get(frame.f_code) if event == "call" else _deed_of(called, clocks)
        if what is not None and _is_a_plugins(frame.f_back if event == "call" else frame):
            found.append(what)
            raise BrokenPromise(f"a hook {what}")

    before: Callable[..., object] | None = sys.getprofile()
    sys.setprofile(watch)
    try:
        yield found
    finally:
        sys.setprofile(before)


def _deed_of(called: Any, clocks: bool) -> str | None:
    """Describe what a function of C does that hooks may not do."""
    try:
        known = _DONE.get(called) or (_READ.get(called) if clocks else None)
    except TypeError:
        return None
    owner = getattr(called, "__self__", None)
    if known is not None or owner is None:
        return known
    name = getattr(called, "__name__", "")
    if type(owner).__module__ == "select" or (isinstance(owner, queue.SimpleQueue) and name == "get"):
        return _SLEPT
    if not clocks:
        return None
    if name in _TODAY and isinstance(owner, type) and issubclass(owner, date):
        return "read a clock"
    return _CHANCE if isinstance(owner, random.Random) or called is os.urandom else None


def _is_a_plugins(frame: FrameType | None) -> bool:
    """Whether a call is a plugin's doing: who of those that are no part of Python made it."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        family = name.partition(".")[0]
        if family in _BESIDE or (family == _HOST and not name.startswith(_PLUGINS)):
            return False
        if family not in sys.stdlib_module_names:
            return True
        frame = frame.f_back
    return False
