"""Files that hold keys: they are never read if others may read them too."""

from __future__ import annotations

import os
from pathlib import Path

from hk_adapter.errors import ConfigurationError


def read_private_file(path: Path, called: str) -> bytes:
    """Read a file that nobody else can reach; errors name it as it is ``called``, and never tell its content.

    Raises ConfigurationError if it cannot be read, belongs to another user, or is open to group or others.
    """
    try:
        with path.open("rb") as file:
            fault = _access_fault(os.fstat(file.fileno()))
            if fault:
                from shlex import quote  # noqa: PLC0415 - only for this message

                raise ConfigurationError(f"{called} {fault}: chmod 600 {quote(str(path))}")
            return file.read()
    except OSError as error:
        raise ConfigurationError(f"{called} cannot be read: {error.strerror}") from error
    except ValueError as error:  # a null byte, or half a surrogate pair
        raise ConfigurationError(f"{called} cannot be read: its name can be no path") from error


def _access_fault(status: os.stat_result) -> str | None:
    if os.name != "posix":
        return None
    if status.st_uid not in {0, os.geteuid()}:
        return "belongs to another user; make it your own, and run"
    return "is open to others; run" if status.st_mode & 0o077 else None
