"""A venue served over loopback by this process, and orders that rest there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

import hk_adapter
from hk_adapter.simulator import serve
from hk_adapter.simulator.server import Served


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a simulated HashKey."""
    with serve() as venue:
        yield venue


@pytest.fixture
def resting(served: Served) -> Callable[[int], list[str]]:
    """Let orders rest, and name them."""

    def place(number: int) -> list[str]:
        with hk_adapter.connect("hashkey", environment="simulator", base_url=served.url, budget="unlimited") as other:
            placed = [other.create_order("ETH/USD", "limit", "buy", "0.01", "1900") for _ in range(number)]
        return [str(order.id) for order in placed]

    return place
