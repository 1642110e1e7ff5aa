"""The audit's file: a line at a time, at its end, each in one write, and found by its path each time."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from threading import Lock
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import ConfigurationError, OutcomeUnknown, PluginError, RequestState, shown
from hk_adapter.flow.effects import Foreign
from hk_adapter.flow.own_io import within

PATH_VARIABLE = "HK_ADAPTER_AUDIT"


class AuditFile:
    """Appends lines to a file. Thread-safe, and safe to keep over a fork.

    It is opened for each line, so that whatever rotates it may move it away at any time.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turns: dict[int, Lock] = {}

    async def append(self, line: bytes, patience: float) -> None:
        """Append a line, and wait for it for ``patience`` seconds at most.

        Raises PluginError for a file that fails or is late; a line that is waited for no longer may still be written.
        """

        def blocking() -> None:
            self._write(line, patience)

        effect = Foreign(blocking, lambda: asyncio.to_thread(blocking), reaches_venue=False)
        try:
            await replace(within(effect, patience, "Audit"), bounded=True)
        except OSError as error:
            raise self._failed(error.strerror or str(error) or type(error).__name__) from error
        except OutcomeUnknown as error:
            raise self._failed(f"a line took longer than {patience:g} s") from error

    def _failed(self, reason: str) -> PluginError:
        return PluginError(f"{self.path}: {reason}", request_state=RequestState.NOT_SENT)

    def _write(self, line: bytes, patience: float) -> None:
        turn = self._turns.setdefault(os.getpid(), Lock())  # a child has none of its parent's threads to wait for
        if not turn.acquire(timeout=patience):
            raise TimeoutError("an earlier line is not written yet")
        try:
            with open(self.path, "ab+", buffering=0, opener=_private) as file:
                whole = b"\n" + line if _is_torn(file) else line
                if file.write(whole) != len(whole):
                    raise OSError("there was room for a part of the line only")
        finally:
            turn.release()


def audit_path(given: object) -> Path:
    """Return the absolute path of an audit; None is ``$HK_ADAPTER_AUDIT``, ``~`` the home directory.

    Raises ConfigurationError for none.
    """
    named: Any = os.environ.get(PATH_VARIABLE) if given is None else given
    try:
        text = os.fspath(named)
    except TypeError:
        text = None
    if not isinstance(text, str) or not text or "\0" in text:
        told = "" if named is None else f", not {shown(named)}"
        raise ConfigurationError(f"audit needs the path of a file: as its argument, or in {PATH_VARIABLE}{told}")
    return Path(os.path.expanduser(text)).absolute()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _is_torn(file: Any) -> bool:
    """Whether the last line was cut by a crash or a full disk; one that another program is writing is over at once."""
    for nap in (0.0, 0.002, 0.02):
        time.sleep(nap)
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        if file.read(1) == b"\n":
            return False
    return True
