"""What `environment="simulator"` opens: a simulator of its own, called in process."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.simulator.control import SimulatorControl
from hk_adapter.simulator.core import DEFAULT_API_KEY, DEFAULT_SECRET, Simulator
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.http import SimRequest, SimResponse
from hk_adapter.simulator.streams.connection import StreamConnection

VENUE_ID = "hashkey"
"""The venue that is simulated, as users name it."""


class InProcess:
    """One simulator, and the handle that arranges its state."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    @property
    def control(self) -> SimulatorControl:
        """The handle that arranges its state."""
        return SimulatorControl(self._simulator)

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, timestamp: int
    ) -> SimResponse:
        """Answer one request, at the time `timestamp` in ms UTC."""
        return self._simulator.handle(SimRequest(method, path, query, headers, body), timestamp)

    def open_stream(self, path: str, timestamp: int) -> StreamConnection:
        """Open a stream, at the time `timestamp` in ms UTC."""
        return self._simulator.open_stream(path, timestamp)


class HashKeySimulator:
    """The entry point of the group `hk_adapter.simulators`."""

    api_key = DEFAULT_API_KEY
    secret = DEFAULT_SECRET

    def open_simulator(self, *, api_key: str, secret: str | None, public_key: str | None) -> InProcess:
        """Open a simulator that knows one key, by its secret or by its public half as PEM text."""
        # Sites differ in what they call the cursor of the order lists; this simulator stands for all of them.
        dialect = Dialect(cursor_name="either")
        return InProcess(
            Simulator(api_key=api_key, secret=secret or DEFAULT_SECRET, public_key=public_key, dialect=dialect)
        )
