"""What the ``hk-adapter`` command starts with: it is there before the package is, whose import takes a while.

It stands beside the package, not in it: Python imports a package before any part of it.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

_INTERRUPTED = 130


def main() -> None:
    """Import the command and run it; Ctrl-C is one line, from the first moment on, unless it is ignored here."""
    heeded = signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
    if heeded:
        signal.signal(signal.SIGINT, _end)
    try:
        from hk_adapter.cli import main as command  # noqa: PLC0415 - slow: an interrupt of it is to be answered

        with suppress(ModuleNotFoundError):  # the command tells it itself
            import hk_adapter.cli.command  # noqa: F401, PLC0415 - the slower part

        if heeded:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        command()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("hk-adapter: interrupted\n")
        sys.exit(_INTERRUPTED)
    finally:
        if heeded:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # one while Python ends is answered by nobody: it ends it


def _end(*_: object) -> None:
    """End at once: nothing has begun, and an exception could be lost in a destructor that runs during an import."""
    with suppress(OSError):
        os.write(2, b"hk-adapter: interrupted\n")
    os._exit(_INTERRUPTED)
