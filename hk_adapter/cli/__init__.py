"""The ``hk-adapter`` command. click and rich come with the extra ``cli``; without them it says how to get them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from typing import Any

from hk_adapter.cli.exit_codes import ExitCode
from hk_adapter.cli.stderr import let_stderr_fail
from hk_adapter.cli.stdout import let_stdout_tell

_EXTRA = {"click", "rich"}
_NOBODY_TAKES_IT = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}


def main() -> None:
    """Run the command with the process's arguments and exit; the codes are in ``exit_codes.py``."""
    let_stderr_fail()
    if sys.stdout is None:
        _say("stdout is closed, so that nothing could be told; nothing was sent")
        sys.exit(ExitCode.USAGE)
    let_stdout_tell()
    try:
        from hk_adapter.cli.command import command  # noqa: PLC0415 - click may be missing
        from hk_adapter.cli.interruption import Interrupted, tell  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        _say_what_is_missing(error)
    except KeyboardInterrupt:
        _say("interrupted")
        sys.exit(ExitCode.INTERRUPTED)
    try:
        _heeding_signals(command)
    except Interrupted:  # one that came as the command ended
        sys.exit(tell())


def _heeding_signals(command: Callable[..., Any]) -> None:
    from hk_adapter.cli import interruption  # noqa: PLC0415 - as above

    try:
        interruption.heed()
        _run(command)
    except interruption.Interrupted:
        sys.exit(interruption.tell())
    finally:
        interruption.leave()


def _run(command: Callable[..., Any]) -> None:
    try:
        command(prog_name="hk-adapter")
    except OSError as error:  # a full disk or the like where our output should go; the venue's errors are none
        where = "the output cannot be written: " if error.errno in _NOBODY_TAKES_IT and not error.filename else ""
        _say(f"{where}{error.strerror or error}")
        # What is still buffered would fail again when Python ends, with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FAULT)
    except ModuleNotFoundError as error:
        _say_what_is_missing(error)


def _say_what_is_missing(error: ModuleNotFoundError) -> None:
    if (error.name or "").partition(".")[0] not in _EXTRA:
        raise error
    _say(f"needs {error.name}, which is not installed: pip install 'hk-adapter[cli]'")
    sys.exit(ExitCode.USAGE)


def _say(line: str) -> None:
    sys.stderr.write(f"hk-adapter: {line}\n")
