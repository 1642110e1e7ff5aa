"""Told in a thread of its own, how far things are keeps no order from being canceled, however slowly it is shown."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from threading import Thread

from hk_adapter.fleet.kill_report import StopProgress
from hk_adapter.flow.log_line import write
from hk_adapter.flow.threads import started

_LOG = logging.getLogger("hk_adapter")

PATIENCE = 1.0
"""Seconds for which the last words are waited for, once all is done."""


@contextmanager
def telling(progress: Callable[[StopProgress], None] | None) -> Iterator[Callable[[StopProgress], None]]:
    """Yield a function that returns at once; what it is given reaches ``progress`` in the order of asking.

    A ``progress`` that does not come back is left behind, in a thread that keeps no process alive.
    """
    if progress is None:
        yield lambda told: None
        return
    words: SimpleQueue[StopProgress | None] = SimpleQueue()
    thread = Thread(target=_tell_all, args=(words, Teller(progress)), name="hk_adapter progress", daemon=True)
    runs = _is_begun(thread)
    try:
        yield words.put
    finally:
        words.put(None)
        if runs:
            thread.join(PATIENCE)


def _tell_all(words: SimpleQueue[StopProgress | None], tell: Callable[[StopProgress], None]) -> None:
    while (told := words.get()) is not None:
        tell(told)


class Teller:
    """Shows how far an account is, here and now; who cannot show it keeps no order from being canceled.

    What ``progress`` raises is logged once: it is called at each step of each account, and a log that is full of it
    hides what else is told of a stop.
    """

    def __init__(self, progress: Callable[[StopProgress], None] | None) -> None:
        self._progress = progress
        self._has_failed = False

    def __call__(self, told: StopProgress) -> None:
        """Call ``progress``; None shows nothing."""
        try:
            if self._progress is not None:
                self._progress(told)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller's way to show things stops nothing
            if not self._has_failed:
                self._has_failed = True
                write(_LOG, logging.ERROR, "the progress of a kill switch could not be shown", exc_info=error)


def _is_begun(thread: Thread) -> bool:
    try:
        return started(thread)
    except RuntimeError:  # the system gives no more threads: nothing is shown
        return False
