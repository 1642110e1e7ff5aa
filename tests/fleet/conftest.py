"""Pools of simulated accounts that keep the venue's limits, where nobody waits for time to pass."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

import hk_adapter as hk
from hk_adapter.fleet import AsyncVenuePool, PoolAccount, VenuePool
from hk_adapter.simulator import SimulatorControl
from hk_adapter.simulator.core import Simulator
from hk_adapter.simulator.limits import Limits
from tests.conftest import FastTime, SkippedTime

OpenPool = Callable[..., AsyncVenuePool]


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the machine's keys, profiles and blocks out of every test."""
    for name in [name for name in os.environ if name.startswith(("HK_ADAPTER_", "XDG_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every simulator that is opened ban who asks too often, as HashKey does."""
    monkeypatch.setattr(
        "hk_adapter.simulator.opening.Simulator", lambda **given: Simulator(**given, limits=Limits(), keep_requests=0)
    )


@pytest.fixture
async def open_pool(skipped_time: SkippedTime, limited: None) -> AsyncIterator[OpenPool]:
    """Make pools of simulated accounts by their names; closed at the end."""
    pools: list[AsyncVenuePool] = []

    def make(*names: str, **options: object) -> AsyncVenuePool:
        members = [PoolAccount(name, "hashkey", environment="simulator") for name in names]
        pools.append(AsyncVenuePool(members, **options))
        return pools[-1]

    yield make
    for pool in pools:
        await pool.close()


@pytest.fixture
def pool(fast_time: FastTime) -> Iterator[VenuePool]:
    """Open a pool for threads of two simulated accounts, without limits, where time passes faster."""
    members = [PoolAccount(name, "hashkey", environment="simulator", budget="unlimited") for name in ("a", "b")]
    with VenuePool(members) as opened:
        yield opened


async def rest(venue: hk.AsyncVenue, number: int, *, prefix: str = "bot") -> list[str]:
    """Let so many orders rest on an account, five of each batch; returns their ids."""
    orders = [
        {"symbol": "ETH/USD", "type": "limit", "side": "buy" if one % 2 else "sell", "amount": "0.1",
         "price": "1000" if one % 2 else "9000", "client_order_id": f"{prefix}-{one}"}
        for one in range(number)
    ]  # fmt: skip
    reports = await venue.create_orders(orders, timeout=600)
    return [str(report.order_or_raise().id) for report in reports]


def open_at(control: SimulatorControl) -> list[str]:
    """Return the ids of the orders that are truly on the book."""
    return [order.order_id for order in control.orders() if order.status in {"NEW", "PARTIALLY_FILLED", "PENDING_NEW"}]
