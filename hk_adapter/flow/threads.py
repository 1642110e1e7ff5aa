"""Threads, and an interpreter that ends: it starts no more of them, and those that it has do not run on."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable
from typing import Any


def started(thread: threading.Thread) -> bool:
    """Start a thread, or say that there can be no more of them: the caller must do its work then."""
    if ending():
        return False  # before 3.12 it would be made, never run, and be waited for for ever
    try:
        thread.start()
    except RuntimeError as error:
        if "shutdown" not in str(error):
            raise
        return False
    return True


def started_bare(work: Callable[..., object], *arguments: Any) -> bool:
    """As ``started``, for work in a thread that nobody joins or names.

    Starting one takes no lock that an interrupt could leave taken, as the event that ``Thread.start`` waits for has.
    """
    if ending():
        return False
    try:
        _thread.start_new_thread(work, arguments)
    except RuntimeError as error:
        if "shutdown" not in str(error):
            raise
        return False
    return True


def ending() -> bool:
    """Whether the interpreter is so far gone that no other thread runs any more."""
    return sys.is_finalizing()
