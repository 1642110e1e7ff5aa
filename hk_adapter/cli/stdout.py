"""Lets the command's results out whole, however slowly they are read and whatever letters they have."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from hk_adapter.cli.writable import is_writable


class _Patient(io.FileIO):
    """A file that waits for its reader, also where whoever has it open too made it one that does not wait.

    Of what such a one does not take at once Python drops the rest without a word.
    """

    def write(self, data: Any, /) -> int:
        while (taken := super().write(data)) is None:
            is_writable(self.fileno(), None)
        return taken


def let_stdout_tell() -> None:
    """Write all of it, and what stdout's encoding has no letter for as an escape: no word shall cost the report."""
    out = sys.stdout
    if not isinstance(out, io.TextIOWrapper):
        return
    if out is not sys.__stdout__ or os.name != "posix":  # the running program's own, or a console of Windows'
        out.reconfigure(errors="backslashreplace")
        return
    raw = io.BufferedWriter(_Patient(out.fileno(), "wb", closefd=False))
    sys.stdout = io.TextIOWrapper(raw, out.encoding, errors="backslashreplace", line_buffering=out.line_buffering)
