"""The venues' own countdowns of a pool's accounts: kept running while bots are watched, and taken off at a goodbye."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from threading import Condition, Thread

from hk_adapter.errors import AdapterError
from hk_adapter.fleet.fan_out import Abandoned, in_threads
from hk_adapter.fleet.pool import VenuePool, unexpected
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.threads import started

_SHARE = 3
"""So many times it is set anew before it would be over."""
_LAST = 3.0
"""Seconds in which it is to be taken off where nobody will watch any more, and that setting it may take at least."""

Complain = Callable[[str, AdapterError | None], None]


class Countdown:
    """Sets it anew from a thread of its own. Nothing waits for it but the end, and what it raises is told.

    An account whose venue has none is left alone.
    """

    def __init__(self, pool: VenuePool, seconds: float, tell: Complain) -> None:
        """Set nothing yet.

        ``seconds``: after which a venue cancels, in whole ones. ``tell`` is given an account and why its countdown is
        not as it should be, None once it is; called from the thread.
        """
        self._pool, self._seconds, self._tell = pool, math.ceil(seconds), tell
        self._condition = Condition()
        self._wanted = self._runs = self._over = False
        self._faults: dict[str, AdapterError] = {}
        self._thread = Thread(target=self._keep, name="hk_adapter countdown", daemon=True)

    def begin(self) -> None:
        """Start the thread; it sets nothing before somebody is watched."""
        started(self._thread)

    def watches(self, somebody: bool) -> None:
        """Record whether a bot is watched: then it runs, else it is taken off. Returns at once."""
        with self._condition:
            self._wanted = somebody
            self._condition.notify()

    def leave_running(self) -> None:
        """Set it no more: what a stop leaves, the venue cancels."""
        with self._condition:
            self._over = True
            self._condition.notify()

    def take_off(self) -> None:
        """Set it no more, and take it off where it runs: nobody is watched any more."""
        self.leave_running()
        self._thread.join(_LAST)  # what it has under way would set it again
        if self._runs:
            self._set(0, _LAST)

    def _keep(self) -> None:
        told, pause = False, self._seconds / _SHARE
        while True:
            with self._condition:
                self._condition.wait_for(partial(self._is_news, told), pause if self._runs else None)
                if self._over:
                    return
                told = self._wanted
                self._runs |= told
            if self._runs:
                self._set(self._seconds if told else 0, max(pause, _LAST))
                self._runs = told or bool(self._faults)

    def _is_news(self, told: bool) -> bool:
        return self._over or self._wanted is not told

    def _set(self, seconds: int, patience: float) -> None:
        work = {name: partial(self._set_one, name, seconds, patience) for name in self._pool}
        came, began = in_threads(work, Abandoned(), patience), monotonic()
        for name in work:
            result = came.get(name, TimeoutError(f"it did not come back in {monotonic() - began + patience:.0f} s"))
            self._learn(name, result)

    def _set_one(self, name: str, seconds: int, patience: float) -> None:
        with self._pool.beside(name) as (venue, connection):
            if connection.has["cancelAllOrdersAfter"]:
                venue.cancel_all_orders_after(seconds * 1000, timeout=patience)

    def _learn(self, name: str, result: object) -> None:
        if isinstance(result, Exception):
            fault = result if isinstance(result, AdapterError) else unexpected(result)
            self._faults[name] = fault
            self._tell(name, fault)
        elif self._faults.pop(name, None) is not None:
            self._tell(name, None)
