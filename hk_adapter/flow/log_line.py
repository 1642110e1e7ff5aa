"""Write lines to the log, and let nothing that the program hung there decide a call."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

from hk_adapter.flow.interrupts import raise_struck
from hk_adapter.true_class import class_name


class Lines:
    """Writes to the logger of a name, as ``write`` does."""

    def __init__(self, name: str) -> None:
        self._log = logging.getLogger(name)

    def error(self, words: str, *about: object) -> None:
        """Write a line of level ERROR."""
        write(self._log, logging.ERROR, words, *about)

    def warning(self, words: str, *about: object) -> None:
        """Write a line of level WARNING."""
        write(self._log, logging.WARNING, words, *about)

    def info(self, words: str, *about: object) -> None:
        """Write a line of level INFO."""
        write(self._log, logging.INFO, words, *about)


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
