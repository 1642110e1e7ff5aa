"""Files that hold keys: they are never read if others may read them too."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hk_adapter.errors import ConfigurationError


def path_of(text: str) -> Path:
    """Read a text as a path; ``~`` is the home directory, and stays where there is none."""
    return Path(os.path.expanduser(text))


def read_private_file(path: Path, called: str, *, or_pipe: bool = False) -> bytes:
    """Read a file that nobody else can reach; errors name it as it is ``called``, and never tell its content.

    Raises ConfigurationError if it cannot be read, belongs to another user, is open to group or others, or is no plain
    file. With ``or_pipe`` a pipe is read, too, to its end, for as long as its writer takes. A file of root's may be
    open to its group, as a secret is that a container is given: who is in that, root says.
    """
    try:
        with path.open("rb") if or_pipe else open(path, "rb", opener=_at_once) as file:
            status = os.fstat(file.fileno())
            if not (stat.S_ISREG(status.st_mode) or (or_pipe and stat.S_ISFIFO(status.st_mode))):
                raise ConfigurationError(f"{called} is no plain file")
            fault = _access_fault(status)
            if fault:
                from shlex import quote  # noqa: PLC0415 - only for this message

                raise ConfigurationError(f"{called} {fault}: chmod 600 {quote(str(path))}")
            return file.read()
    except OSError as error:
        raise ConfigurationError(f"{called} cannot be read: {error.strerror}") from error
    except ValueError as error:  # a null byte, or half a surrogate pair
        raise ConfigurationError(f"{called} cannot be read: its name can be no path") from error


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for anybody to write into a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _access_fault(status: os.stat_result) -> str | None:
    if os.name != "posix":
        return None
    user = os.geteuid()
    if status.st_uid not in {0, user}:
        return "belongs to another user; make it your own, and run"
    others = 0o077 if status.st_uid == user else 0o037
    return "is open to others; run" if status.st_mode & others else None
