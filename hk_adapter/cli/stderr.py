"""Lets the command do its work where nobody takes what it writes to stderr: a kill switch ends for want of no log."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from hk_adapter.cli.writable import is_writable

_STDERR = 2
_AT_ONCE = 512
"""Bytes of a piece: what a pipe of any system takes whole, or not yet."""
_PATIENCE = 0.5
"""Seconds that a piece may wait for a reader who has taken all before it."""


class _Heedless(io.FileIO):
    """A file that drops what cannot be written, or what nobody reads."""

    _is_read = True

    def write(self, data: Any, /) -> int:
        whole = memoryview(data).cast("B")
        try:
            self._is_read = is_writable(self.fileno(), _PATIENCE if self._is_read else 0.0)
            if self._is_read:
                return super().write(whole[:_AT_ONCE]) or whole.nbytes
        except OSError:
            pass
        return whole.nbytes


def let_stderr_fail() -> None:
    """Drop what stderr does not take, from now on.

    It may be closed, a full disk, a pipe whose reader is gone, or one whose reader has stopped reading.
    """
    if sys.stderr is not sys.__stderr__:  # the program that runs the command has one of its own
        return
    number = _taken() if sys.stderr is None else _STDERR
    raw = io.BufferedWriter(_Heedless(number, "wb", closefd=False))
    encoding = getattr(sys.stderr, "encoding", None)
    sys.stderr = io.TextIOWrapper(raw, encoding, errors="backslashreplace", line_buffering=True)


def say_at_once(line: str) -> None:
    """Write a line to stderr past all buffers, if it is taken at once. Raises OSError."""
    if is_writable(_STDERR, 0.0):
        os.write(_STDERR, line.encode(errors="replace")[:_AT_ONCE])


def _taken() -> int:
    """Open nothing under a closed stderr's number: the next connection would get it, and what a signal tells there."""
    while (number := os.open(os.devnull, os.O_RDWR)) < _STDERR:
        pass
    return number
