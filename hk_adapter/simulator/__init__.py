"""HashKey as documented, offline: a pure core, a control handle, and an HTTP server around it.

It imports nothing else of this package, so that two readings of the documentation must agree.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hk_adapter.simulator.access.keys import Permission
from hk_adapter.simulator.control import SimulatorControl
from hk_adapter.simulator.core import DEFAULT_API_KEY, DEFAULT_SECRET, RecordedRequest, Simulator
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.http import NetworkFault, SimRequest, SimResponse
from hk_adapter.simulator.key_control import KeyControl
from hk_adapter.simulator.limits import Bans, Limits
from hk_adapter.simulator.stream_control import StreamControl, StreamView
from hk_adapter.simulator.streams.connection import StreamConnection
from hk_adapter.simulator.streams.faults import StreamFault
from hk_adapter.simulator.streams.server_connection import Closed
from hk_adapter.simulator.views import BalanceView, CancelSeen, FillView, OrderTruth, OrderView

if TYPE_CHECKING:
    from hk_adapter.simulator.server import Served

VENUE_ID = "hashkey"
"""What ``connect`` opens the simulated venue by."""
VENUE_NAME = "HashKey"

__all__ = [
    "DEFAULT_API_KEY",
    "DEFAULT_SECRET",
    "VENUE_ID",
    "VENUE_NAME",
    "BalanceView",
    "Bans",
    "CancelSeen",
    "Closed",
    "Dialect",
    "FillView",
    "KeyControl",
    "Limits",
    "NetworkFault",
    "OrderTruth",
    "OrderView",
    "Permission",
    "RecordedRequest",
    "SimRequest",
    "SimResponse",
    "Simulator",
    "SimulatorControl",
    "StreamConnection",
    "StreamControl",
    "StreamFault",
    "StreamView",
    "serve",
]


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    simulator: Simulator | None = None,
    clock: Callable[[], int] | None = None,
    allow_remote: bool = False,
) -> Served:
    """Serve a simulator over HTTP from a background thread, until closed; also a context manager.

    `port` 0 takes a free one. `simulator` None makes a new one. `clock` gives Unix ms, the machine's when None.
    Only a loopback `host` is accepted unless `allow_remote`. OSError when the port is taken. Needs aiohttp.
    """
    from hk_adapter.simulator import server  # noqa: PLC0415 - aiohttp is only for those who serve

    return server.serve(host, port, simulator=simulator, clock=clock, allow_remote=allow_remote)
