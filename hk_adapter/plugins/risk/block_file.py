"""The file by which processes tell each other that nothing new may be placed: while it is there, it is so."""

from __future__ import annotations

import json
import os
import stat
from contextlib import suppress
from pathlib import Path

from hk_adapter.errors import ConfigurationError, shown

MOST_READ = 4096
"""Bytes of the file that are read for its reason."""
_UNTOLD = "by {path}"


class BlockFile:
    """One path. Creates are blocked while anything is there, or while it cannot be known whether anything is.

    What is in the file tells people why, and decides nothing: an empty one made by ``touch`` blocks as well.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        text: object = os.fspath(path)
        if not isinstance(text, str) or not text or not text.isprintable():
            raise ConfigurationError(f"the path of a create block must be text that names a file, not {shown(path)}")
        self.path = Path(os.path.abspath(text))
        if not self.path.parent.is_dir():
            raise ConfigurationError(f"there is no directory {self.path.parent} for the create block {self.path.name}")

    def reason(self) -> str | None:
        """Return in words why nothing may be placed; None where the file is provably not there."""
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            # A directory that is gone, as of a disk that is no longer mounted, says nothing about its files.
            return None if self.path.parent.is_dir() else f"for the directory of {self.path} is gone"
        except OSError as error:
            return f"for it cannot be known whether {self.path} is there: {error.strerror}"
        return self._told() if stat.S_ISREG(found.st_mode) else _UNTOLD.format(path=self.path)

    def put_up(self, reason: str) -> None:
        """Write the file, whole or not at all, and wait until it is on the disk. Raises OSError.

        One that is there already stays as it is: who put it up first has said why.
        """
        text = json.dumps({"reason": reason, "pid": os.getpid()}) + "\n"
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with open(draft, "x", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(draft, self.path)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(draft)
        self._sync_directory()

    def take_down(self) -> None:
        """Remove the file, whoever put it up. Raises OSError, but not where there is none."""
        with suppress(FileNotFoundError):
            os.unlink(self.path)
        self._sync_directory()

    def _told(self) -> str:
        unread = _UNTOLD.format(path=self.path)
        try:
            with open(self.path, "rb") as file:
                told = json.loads(file.read(MOST_READ))
            reason = told["reason"]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return unread
        return f"{reason} ({unread})" if isinstance(reason, str) and reason.isprintable() else unread

    def _sync_directory(self) -> None:
        with suppress(OSError):  # not every system lets a directory be opened
            handle = os.open(self.path.parent, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
