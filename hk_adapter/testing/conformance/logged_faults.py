"""What the host logs of a plugin that broke, told so that its author finds the line: what was raised, and where."""

from __future__ import annotations

import logging
import traceback
from pathlib import PurePath

_HOST = f"{PurePath(__file__).parents[2]}/"


def told_fault(record: logging.LogRecord) -> str:
    """Write a line of the log, with what was raised first, and the last line of the plugin's own that it came by."""
    told = record.getMessage()
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return told
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    steps = [step for step in traceback.extract_tb(error.__traceback__) if not step.filename.startswith(_HOST)]
    where = f", {PurePath(steps[-1].filename).name}:{steps[-1].lineno}" if steps else ""
    return f"{told} ({type(error).__name__}: {error}{where})"
