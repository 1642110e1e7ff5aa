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
    thread = Thread(target=_tell_all, args=(words, progress), name="hk_adapter progress", daemon=True)
    runs = _is_begun(thread)
    try:
        yield words.put
    finally:
        words.put(None)
        if runs:
            thread.join(PATIENCE)


def _tell_all(words: SimpleQueue[StopProgress | None], progress: Callable[[StopProgress], None]) -> None:
    while (told := words.get()) is not None:
        tell(progress, told)


def tell(progress: Callable[[StopProgress], None] | None, told: StopProgress) -> None:
    """Show how far an account is; who cannot show it keeps no order from being canceled."""
    try:
        if progress is not None:
            progress(told)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller's way to show things stops nothing
        write(_LOG, logging.ERROR, "the progress of a kill switch could not be shown", exc_info=error)


def _is_begun(thread: Thread) -> bool:
    try:
        return started(thread)
    except RuntimeError:  # the system gives no more threads: nothing is shown
        return False
