"""Spreads work over processes, which leave without a word when the one who began it is interrupted."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_workers(work: Callable[[Item], Result], items: Iterable[Item], jobs: int) -> Iterator[Result]:
    """Return the results in the order of the items; ``work`` and both must be picklable.

    An interrupt, or whatever else ends this early, ends the processes at once: they have nothing to lose.
    """
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    with _interrupts_held() as let_in, ProcessPoolExecutor(jobs, context, initializer=_live_with_parent) as pool:
        try:
            futures = deque(pool.submit(work, item) for item in items)
            let_in()
            while futures:
                yield futures.popleft().result()
        except BaseException:
            # The futures are left as they are: the pool complains of those canceled when it sees its processes gone.
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
            raise


def _live_with_parent() -> None:
    """Leave Ctrl-C, which goes to every process of a terminal, to the one that began the work; and end with that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _end_with_parent() -> None:
    """End with the parent, whatever ended it: a pool's processes would else wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _interrupts_held() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back while a pool and its processes begin, until the function that this gives is called.

    The processes inherit that, and would else be struck before they could ignore it; and a pool struck half made leaves
    semaphores behind, of which Python complains at its end.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield lambda: None
        return
    resource_tracker.ensure_running()  # which would let signals in again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def let_in() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield let_in
    finally:
        let_in()
