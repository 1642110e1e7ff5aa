"""Answers Ctrl-C while ``python -m hk_adapter.run`` is imported: Python imports the package before what it is to run.

The package imports this first, and it does nothing but in that one case.
"""

from __future__ import annotations

import os
import sys

_LAUNCHER = "hk_adapter.run"
_INTERRUPTED = 130


def is_launchers_start() -> bool:
    """Whether Python was started with ``-m hk_adapter.run``, and still looks for that."""
    arguments: list[str] = getattr(sys, "argv", [])  # an embedded Python may have none
    return arguments[:1] == ["-m"] and sys.orig_argv[-len(arguments)].endswith(_LAUNCHER)


def answer_interrupts() -> None:
    """Let Ctrl-C end the process at once, in a line, unless it is ignored here: no program has begun."""
    import _signal  # type: ignore[import-not-found]  # noqa: PLC0415 - what ``signal``, which is slow to import, is made of

    if _signal.getsignal(_signal.SIGINT) != _signal.SIG_IGN:
        _signal.signal(_signal.SIGINT, _end)


def leave_interrupts() -> None:
    """Leave Ctrl-C to Python again, for the program."""
    import signal  # noqa: PLC0415 - slow to import

    if signal.getsignal(signal.SIGINT) is _end:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _end(*_: object) -> None:
    try:
        os.write(2, b"hk_adapter.run: interrupted before the program ran\n")
    finally:
        os._exit(_INTERRUPTED)


if is_launchers_start():
    answer_interrupts()
