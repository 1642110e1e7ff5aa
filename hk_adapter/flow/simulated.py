"""What ``environment="simulator"`` talks to instead of a network: the contract of ``hk_adapter.simulators``.

A simulator imports nothing of ours: it has these names, and no base class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol


class SimulatedAnswer(Protocol):
    """What a simulated venue answers.

    Attributes:
        network: what becomes of the connection instead of a whole answer: ``refuse`` (no byte arrives), ``stall``
            (no answer before the caller gives up), ``cut`` (it arrives, then the connection closes), ``truncate`` (it
            closes within the answer); None for a whole answer.
    """

    @property
    def status(self) -> int:
        """HTTP status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """By name, in any case."""

    @property
    def body(self) -> bytes:
        """As it goes out."""

    @property
    def network(self) -> str | None:
        """See above."""


class SimulatedVenue(Protocol):
    """One simulated venue, called in process; from several threads at once, too.

    Attributes:
        control: the handle that arranges its state, which ``venue.simulator`` gives.
    """

    @property
    def control(self) -> object:
        """See above."""

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, timestamp: int
    ) -> SimulatedAnswer:
        """Answer one request; ``query`` is the raw text after the ``?``, ``timestamp`` the machine's ms UTC."""


class SimulatedEnd(Protocol):
    """How a simulated stream ended."""

    @property
    def code(self) -> int:
        """WebSocket's code; 1006 where the connection was cut."""


class SimulatedStream(Protocol):
    """One stream of a simulated venue, called in process; from several threads at once, too.

    What a simulated venue gives whose method ``open_stream(path, timestamp)`` it has; one without has no streams.
    Times are ms UTC.

    Attributes:
        on_ready: called, from any thread, whenever somebody's request puts something in. It must ask nothing.
    """

    on_ready: Callable[[], None] | None

    @property
    def status(self) -> int:
        """101 where it is open; else the HTTP status with which it was refused, 0 where there is no connection."""

    @property
    def closed(self) -> SimulatedEnd | None:
        """How it ended, once what arrived before that was given."""

    def receive(self, timestamp: int) -> list[str]:
        """Return the frames that arrived by then, each once."""

    def next_at(self) -> int | None:
        """Return when to look again if nothing else happens; None where nothing will come by itself."""

    def send(self, text: str, timestamp: int) -> None:
        """Receive a frame of the client's."""

    def close(self, timestamp: int) -> None:
        """Close it."""


class SimulatorPlugin(Protocol):
    """What an entry point of the group ``hk_adapter.simulators`` names; the entry point's name is an exchange's.

    Attributes:
        api_key: signs, with ``secret``, where the caller gives no key of its own. It opens nothing else.
    """

    @property
    def api_key(self) -> str:
        """See above."""

    @property
    def secret(self) -> str:
        """See above."""

    def open_simulator(self, *, api_key: str, secret: str | None, public_key: str | None) -> SimulatedVenue:
        """Open a venue of its own that knows one key: by its secret, or by its public half as PEM text."""
