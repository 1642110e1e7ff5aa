"""The ``hk-adapter`` command. click and rich come with the extra ``cli``; without them it says how to get them."""

from __future__ import annotations

import os
import sys

from hk_adapter.cli.exit_codes import ExitCode

_EXTRA = {"click", "rich"}


def main() -> None:
    """Run the command with the process's arguments and exit; the codes are in ``exit_codes.py``."""
    try:
        from hk_adapter.cli.command import command  # noqa: PLC0415 - click may be missing

        command(prog_name="hk-adapter")
    except KeyboardInterrupt:
        sys.stderr.write("hk-adapter: interrupted\n")
        sys.exit(ExitCode.INTERRUPTED)
    except OSError as error:  # a full disk or the like where our output should go; the venue's errors are none
        sys.stderr.write(f"hk-adapter: {error.strerror or error}\n")
        # What is still buffered would fail again when Python ends, with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.FAULT)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        sys.stderr.write(f"hk-adapter: needs {error.name}, which is not installed: pip install 'hk-adapter[cli]'\n")
        sys.exit(ExitCode.USAGE)
