"""The file by which processes tell each other that nothing new may be placed: while it is there, it is so."""

from __future__ import annotations

import errno
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

    What is in the file tells people why, and decides nothing: an empty one made by ``touch`` blocks as well. A path
    where no file can be is no error here either: it blocks creates, and keeps nobody from canceling.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        """Record a path as it is; nothing is looked at. Raises ConfigurationError for what is no text."""
        text: object = os.fspath(path)
        if not isinstance(text, str):
            raise ConfigurationError(f"the path of a create block must be text that names a file, not {shown(path)}")
        self._fault = None if text and "\0" not in text else "it names no file"
        if self._fault is None and text != text.strip():  # as of a variable from a file with other line ends
            self._fault = "the path has blanks around it"
        self.path = Path(text)
        try:
            self.path = self.path if self._fault else Path(os.path.abspath(os.path.expanduser(text)))
        except OSError as error:  # a relative path, where the working directory has been removed
            self._fault = f"the working directory cannot be found: {error.strerror}"
        shown_path = text if self._fault else str(self.path)
        self.name = shown_path if shown_path and shown_path.isprintable() else repr(shown_path)
        """The path as it is shown."""

    def reason(self) -> str | None:
        """Return in words why nothing may be placed; None where the file is provably not there."""
        if self._fault is not None:
            return f"for it cannot be known whether {self.name} is there: {self._fault}"
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            # A directory that is gone, as of a disk that is no longer mounted, says nothing about its files.
            return None if os.path.isdir(self.path.parent) else f"for the directory of {self.name} is not there"
        except OSError as error:
            return f"for it cannot be known whether {self.name} is there: {error.strerror}"
        return self._told() if stat.S_ISREG(found.st_mode) else _UNTOLD.format(path=self.name)

    def put_up(self, reason: str) -> None:
        """Write the file, whole or not at all, and wait until it is on the disk. Raises OSError.

        One that is there already stays as it is: who put it up first has said why.
        """
        if self._fault is not None:
            raise OSError(errno.EINVAL, self._fault)
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
        unread = _UNTOLD.format(path=self.name)
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
