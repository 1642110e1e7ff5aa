"""Write lines to the log, and let nothing that the program hung there decide a call."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

import msgspec

from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.flow.real_time import monotonic
from hk_adapter.true_class import class_name

MINUTE = 60.0


class Lines:
    """Writes to the logger of a name, as ``write`` does.

    ``most``: how many lines of the same words, whatever they are about, are written in a minute. The last of them says
    that more are left out, and the next one after that minute how many were. None writes all. Whoever may be loud has
    one of its own, so that one venue silences no other.
    """

    def __init__(self, name: str, most: int | None = None) -> None:
        self._log = logging.getLogger(name)
        self._most = most
        self._minutes: dict[str, _Minute] = {}

    def error(self, words: str, *about: object) -> None:
        """Write a line of level ERROR."""
        self._write(logging.ERROR, words, about)

    def warning(self, words: str, *about: object) -> None:
        """Write a line of level WARNING."""
        self._write(logging.WARNING, words, about)

    def info(self, words: str, *about: object) -> None:
        """Write a line of level INFO."""
        self._write(logging.INFO, words, about)

    def _write(self, level: int, words: str, about: tuple[object, ...]) -> None:
        more = "" if self._most is None else self._counted(words, self._most)
        if more is not None:
            write(self._log, level, words + more, *about)

    def _counted(self, words: str, most: int) -> str | None:
        """Return what a line says of those that are left out; None where it is left out itself."""
        now, minute = monotonic(), self._minutes.get(words)
        if minute is None or now - minute.begun >= MINUTE:
            self._minutes[words] = _Minute(now)
            left_out = 0 if minute is None else minute.lines - most
            return f" ({left_out} more such lines were left out)" if left_out > 0 else ""
        minute.lines += 1
        if minute.lines > most:
            return None
        return " (more of them within this minute are left out)" if minute.lines == most else ""


class _Minute(msgspec.Struct):
    """How many lines there were since it had ``begun``, in seconds of the monotonic clock; left out or not."""

    begun: float
    lines: int = 1


def write(log: logging.Logger, level: int, words: str, *about: object, exc_info: BaseException | None = None) -> None:
    """Write a line, as ``log.log`` does.

    A handler, filter or record factory of the program's that raises loses that line: not the report of a cancel, nor
    the order that was placed. It is told on stderr, by its kind, as Python tells of a handler that fails.
    """
    try:
        log.log(level, words, *about, exc_info=exc_info, stacklevel=2)
    except Exception as error:  # noqa: BLE001 - whatever the program's own logging does with a line
        raise_struck(error)
        _tell(log, error)


def _tell(log: logging.Logger, error: Exception) -> None:
    if logging.raiseExceptions and sys.stderr is not None:
        with suppress(OSError, ValueError):  # it may be closed
            sys.stderr.write(f"{log.name}: a line of the log was lost: {class_name(error)}\n")
