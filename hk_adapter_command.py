"""What the ``hk-adapter`` command starts with: it is there before the package is, whose import takes a while.

It stands beside the package, not in it: Python imports a package before any part of it.
"""

from __future__ import annotations

import signal
import sys

_INTERRUPTED = 130


def main() -> None:
    """Import the command and run it; Ctrl-C is one line, from the first moment on."""
    try:
        from hk_adapter.cli import main as command  # noqa: PLC0415 - slow: an interrupt of it is to be answered

        command()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("hk-adapter: interrupted\n")
        sys.exit(_INTERRUPTED)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # one while Python ends is answered by nobody: it ends it at once
