"""What the ``hk-adapter`` command starts with: it is there before the package is, whose import takes a while.

It stands beside the package, not in it: Python imports a package before any part of it.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what ``signal`` is made of: that one is slow to import, too
import os

_INTERRUPTED = 130


def main() -> None:
    """Import the command and run it; Ctrl-C is one line, from the first moment on, unless it is ignored here."""
    if _signal.getsignal(_signal.SIGINT) != _signal.SIG_IGN:
        _signal.signal(_signal.SIGINT, _end)
    from hk_adapter.cli import main as command  # noqa: PLC0415 - slow: an interrupt of it is to be answered

    command()


def _end(*_: object) -> None:
    """End at once: nothing has begun, and an exception could be lost in a destructor that runs during an import."""
    try:
        os.write(2, b"hk-adapter: interrupted\n")
    finally:
        os._exit(_INTERRUPTED)


if __name__ == "__main__":
    main()
