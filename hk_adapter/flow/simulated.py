"""What ``environment="simulator"`` talks to instead of a network: the contract of ``hk_adapter.simulators``.

A simulator imports nothing of ours: it has these names, and no base class.
"""

from __future__ import annotations

from collections.abc import Mapping
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
