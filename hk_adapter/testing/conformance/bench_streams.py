"""The private stream of a bench: its hooks, each as a whole call of the host's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hk_adapter.execution.streams.asking import Asking
from hk_adapter.flow.effects import Flow
from hk_adapter.model import StreamPlan
from hk_adapter.venue.connection import Connection
from hk_adapter.venue.stream_signing import SignFirst

_SECONDS = 10.0


class BenchStreams:
    """Opens, renews and closes streams; no connection is made. ``run`` runs a flow to its end.

    Attributes:
        sign: writes what is signed of a plan, at the venue's time in ms UTC; None where nothing is.
    """

    def __init__(self, connection: Connection, run: Callable[[Flow[Any]], Any]) -> None:
        calls = connection.calls
        self.sign: SignFirst | None = connection.sign_stream
        self._asking = Asking(
            hooks=calls.hooks, venue_id=calls.venue_id, place=calls.place, timeout=_SECONDS, sign=self.sign
        )
        self._run = run

    def open(self) -> StreamPlan:
        """Ask for a plan."""
        plan: StreamPlan = self._run(self._asking.open_stream())
        return plan

    def first(self, plan: StreamPlan) -> tuple[str, ...]:
        """Write what goes out once it is open."""
        texts: tuple[str, ...] = self._run(self._asking.first_texts(plan))
        return texts

    def renew(self, plan: StreamPlan) -> bool:
        """Prolong a plan's life."""
        done: bool = self._run(self._asking.renew_stream(plan))
        return done

    def close(self, plan: StreamPlan) -> bool:
        """Release what a plan took."""
        done: bool = self._run(self._asking.close_stream(plan, _SECONDS))
        return done
