"""``connect(..., budget="redis://...")``, by both facades, against a venue that is served."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.fleet import PoolAccount
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.simulator.server import Served
from hk_adapter.transport.shared_budget.address import read_address
from hk_adapter.transport.shared_budget.admission import SharedBudget
from hk_adapter.transport.shared_budget.client import refusal_by

from .conftest import Server, served_redis, wait_until

LIMIT = ("ETH/USD", "limit", "buy", "1", "1900")


@pytest.fixture
def venue_server() -> Iterator[Served]:
    """A venue over HTTP."""
    with serve() as served:
        yield served


class Shared:
    """An open venue of either facade, whose budget is shared and has been for long."""

    def __init__(self, facade: str, served: Served, redis: Server) -> None:
        self._connect = hk.connect if facade == "blocking" else hk.connect_async
        self._options = {
            "api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "environment": "sandbox", "base_url": served.url,
            "budget": redis.url(),
        }  # fmt: skip
        self._redis = redis

    async def open(self) -> Any:
        """Open it."""
        venue: Any = self._connect("hashkey", **self._options)
        budget = venue._connection.runtime.admission
        assert isinstance(budget, SharedBudget)
        self._redis.settle(budget.key)
        return venue


async def done(result: Any) -> Any:
    """Wait where there is something to wait for."""
    return await result if inspect.isawaitable(result) else result


async def test_creates_and_cancels(facade: str, venue_server: Served, server: Server) -> None:
    """All goes out by Redis' word; a loop is not held up while one waits for its slot."""
    venue = await Shared(facade, venue_server, server).open()
    orders = [await done(venue.create_order(*LIMIT)) for _ in range(8)]
    if facade == "asyncio":
        waiting = asyncio.ensure_future(venue.create_order(*LIMIT))
        turns = 0
        while not waiting.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 100
        orders.append(waiting.result())
    canceled = await done(venue.cancel_order(orders[0].id))
    assert canceled.status == "canceled"
    assert not venue_server.control.bans
    await done(venue.close())


async def test_redis_is_gone(facade: str, venue_server: Served, own_server: Server, patience: None) -> None:
    """An order is canceled and looked at all the same; a new one is refused in words, and nothing of it was sent."""
    venue = await Shared(facade, venue_server, own_server).open()
    order = await done(venue.create_order(*LIMIT))
    own_server.freeze()
    begun = time.monotonic()
    assert (await done(venue.cancel_order(order.id))).status == "canceled"
    assert time.monotonic() - begun < 3.0
    sent = len(venue_server.control.requests)
    with pytest.raises(hk.NotSent, match="no new order goes out without the shared rate budget"):
        await done(venue.create_order(*LIMIT))
    assert len(venue_server.control.requests) == sent
    await done(venue.close())


async def test_a_watch_while_redis_is_gone(
    facade: str, venue_server: Served, own_server: Server, patience: None
) -> None:
    """What asks for a stream places nothing: it is opened, and what is open is told."""
    venue = await Shared(facade, venue_server, own_server).open()
    order = await done(venue.create_order(*LIMIT))
    own_server.stop()
    if facade == "asyncio":
        async with venue.watch_orders() as updates:
            assert (await anext(updates)).order.id == order.id
    else:
        with venue.watch_orders() as updates:
            assert next(updates).order.id == order.id
    methods = [request.method for request in venue_server.control.requests if request.path.endswith("userDataStream")]
    assert methods[0] == "POST"
    await done(venue.close())


async def test_where_it_changes_nothing(server: Server) -> None:
    """A simulator in process, and public calls without a key, are counted as they always are."""
    for options in ({"environment": "simulator"}, {}):
        venue = hk.connect("hashkey", budget=server.url(), **options)  # type: ignore[arg-type]
        assert not isinstance(venue._connection.runtime.admission, SharedBudget)
        venue.close()


@pytest.fixture
def profile(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A profile that names this Redis."""
    file = tmp_path / "config.toml"
    key = f'api_key = "{DEFAULT_API_KEY}"\nsecret = "{DEFAULT_SECRET}"'
    text = f'[profiles.desk]\nvenue = "hashkey"\nenvironment = "sandbox"\nbudget = "{server.url()}"\n{key}\n'
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    monkeypatch.setenv("HK_ADAPTER_CONFIG", str(file))
    return "desk"


def test_a_profile_names_it(venue_server: Served, server: Server, profile: str) -> None:
    """Every connection of the profile has it, unless it says otherwise; the kill switch finds its create block."""
    options: Any = {"environment": "sandbox", "base_url": venue_server.url, "profile": profile}
    with hk.connect("hashkey", **options) as venue:
        assert isinstance(venue._connection.runtime.admission, SharedBudget)
    with hk.connect("hashkey", **options, budget="unlimited") as venue:
        assert not isinstance(venue._connection.runtime.admission, SharedBudget)
    flag = PoolAccount.of_profile(profile).block_flag
    assert flag is not None
    assert str(server.port) in flag.name
    assert PoolAccount.of_profile(profile, budget="unlimited").block_flag is None
    assert PoolAccount("desk", "ccxt:kraken", profile=profile).block_flag is None


def test_a_wrong_password_is_told_as_a_connection_is_opened(
    venue_server: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so, and shows none of it; orders can be canceled all the same."""
    options: Any = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "environment": "sandbox"}
    with hk.connect("hashkey", base_url=venue_server.url, budget="unlimited", **options) as venue:
        order = venue.create_order(*LIMIT)
    for redis in served_redis(tmp_path, password="right"):
        url = redis.url().replace("right", "very-wrong")
        with hk.connect("hashkey", base_url=venue_server.url, budget=url, **options) as venue:
            wait_until(lambda: "refuses what is asked" in caplog.text)
            assert venue.cancel_order(order.id).status == "canceled"
    assert "very-wrong" not in caplog.text


def test_a_redis_that_is_away_is_not_told_as_a_refusal(own_server: Server) -> None:
    """Nor does anything wait for it: it may be there by the first call."""
    address = read_address(own_server.url())
    assert refusal_by(address) is None
    own_server.stop()
    assert refusal_by(address) is None
