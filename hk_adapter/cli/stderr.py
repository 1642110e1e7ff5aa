"""Lets the command do its work where nobody takes what it writes to stderr: a kill switch ends for want of no log."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

_STDERR = 2


class _Heedless(io.FileIO):
    """A file that drops what cannot be written."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data) or 0
        except OSError:
            return memoryview(data).nbytes


def let_stderr_fail() -> None:
    """Drop what stderr does not take, from now on: it may be closed, a full disk, or a pipe whose reader is gone."""
    if sys.stderr is not sys.__stderr__:  # the program that runs the command has one of its own
        return
    number = _taken() if sys.stderr is None else _STDERR
    raw = io.BufferedWriter(_Heedless(number, "wb", closefd=False))
    encoding = getattr(sys.stderr, "encoding", None)
    sys.stderr = io.TextIOWrapper(raw, encoding, errors="backslashreplace", line_buffering=True)


def _taken() -> int:
    """Open nothing under a closed stderr's number: the next connection would get it, and what a signal tells there."""
    while (number := os.open(os.devnull, os.O_RDWR)) < _STDERR:
        pass
    return number
