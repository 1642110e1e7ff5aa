"""What every bot goes through: an order at the simulator, the ways for its cancel to go, and no other network.

The bots are installed from the package registry, each in an environment of its own: see ``noxfile.py``.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from hk_adapter.simulator import serve
from hk_adapter.simulator.server import Served

Arrange = Callable[[Any, str], object]


@dataclass(frozen=True)
class Scenario:
    """One way for a cancel to go.

    Attributes:
        arrange: what happens at the venue after the bot last looked at its order, which it names.
        filled: how much of the order, of amount 1, truly trades.
        is_known: whether the venue knows the order that the bot cancels.
    """

    name: str
    arrange: Arrange = lambda control, order_id: None
    filled: float = 0.0
    is_known: bool = True

    @property
    def venue_status(self) -> str:
        """How the order truly stands in the end, in the venue's word."""
        return {0.0: "CANCELED", 0.4: "PARTIALLY_CANCELED", 1.0: "FILLED"}[self.filled]


UNKNOWN_ID = "1563291927536863744"

SCENARIOS = (
    Scenario("plain cancel"),
    Scenario("partly filled, then canceled", lambda control, order_id: control.fill(order_id, "0.4"), filled=0.4),
    Scenario("filled first", lambda control, order_id: control.fill(order_id), filled=1.0),
    Scenario("unknown id", is_known=False),
    Scenario(
        "acknowledged, but the answer never comes",
        lambda control, order_id: control.fail_next("stall", method="DELETE", acted=True),
    ),
    Scenario("the venue's 5xx", lambda control, order_id: control.fail_next(status=503, method="DELETE")),
    Scenario(
        "the venue's 5xx, though the cancel ran",
        lambda control, order_id: control.fail_next(status=500, method="DELETE", acted=True),
    ),
)


@pytest.fixture(params=SCENARIOS, ids=lambda one: one.name)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """One of them."""
    assert isinstance(request.param, Scenario)
    return request.param


@pytest.fixture(params=["raise", "return"])
def filled_first(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give each word of the option, set as a bot's user would where the bot has no place for options."""
    monkeypatch.setenv("HK_ADAPTER_CCXT_FILLED_FIRST", request.param)
    return str(request.param)


@pytest.fixture
def unknown_id() -> str:
    """An order id that the venue never gave."""
    return UNKNOWN_ID


@pytest.fixture
def venue() -> Iterator[Served]:
    """The simulator over HTTP, on loopback."""
    with serve() as served:
        yield served


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def checked(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1"}:
            raise ConnectionRefusedError(f"no network in this test: {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)
