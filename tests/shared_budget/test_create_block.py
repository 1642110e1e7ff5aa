"""The create block in Redis: whoever has a budget there places nothing while it is up; cancels and reads pass."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.fleet import AsyncVenuePool, PoolAccount
from hk_adapter.flow.effects import Lane
from hk_adapter.hooks import RateLimit
from hk_adapter.transport.shared_budget import address as address_module
from hk_adapter.transport.shared_budget import block_flag
from hk_adapter.transport.shared_budget import client as client_module
from hk_adapter.transport.shared_budget import link as link_module
from hk_adapter.transport.shared_budget.address import read_address
from hk_adapter.transport.shared_budget.block_flag import BlockFlag
from tests.conftest import SkippedTime

from .conftest import Process, Server, wait_until

ONE = {"orders": RateLimit(amount=3, window=60.0), "free": ()}


@pytest.fixture(autouse=True)
def block_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key of this test's own."""
    key = f"block:{server.new_key(settled=False)}"
    for module in (address_module, client_module, link_module, block_flag):
        monkeypatch.setattr(module, "BLOCK_KEY", key)
    return key


def test_nothing_is_placed(server: Server, block_key: str) -> None:
    """From the moment it is there, by no process; not even by one that waits, or whose group has no limit."""
    one, other = (Process(server, server.new_key(), ONE) for _ in range(2))
    waiting = one.enter()
    sent = [one.goes() for _ in range(3)]
    assert all(sent)
    BlockFlag(read_address(server.url())).put_up("by the desk")
    told = f"new orders are blocked by the desk (by {block_key} in {one.link._address.place})"
    assert one.refusal(waiting) == told
    assert other.refusal(other.enter()) == told
    assert other.refusal(other.enter(group="free")) == told
    assert other.goes(Lane.CANCEL)
    assert other.goes(reads=True)


def test_it_is_removed(server: Server, block_key: str) -> None:
    """Then orders are placed again."""
    process = Process(server, server.new_key(), ONE)
    flag = BlockFlag(read_address(server.url()))
    assert flag.reason() is None
    flag.put_up("first")
    flag.put_up("second")
    assert flag.reason() == process.refusal(process.enter()).removeprefix("new orders are blocked ")
    assert "first" in str(flag.reason())
    with server.client() as client:
        client.delete(block_key)
    assert process.goes()


@pytest.mark.parametrize("content", ["", "two\nlines", "größer", b"\xff\x88", None])
def test_whatever_is_there(server: Server, block_key: str, content: str | bytes | None) -> None:
    """A text that gives no reason, and what is no text, block as well."""
    with server.client() as client:
        if content is None:
            client.rpush(block_key, "x")
        else:
            client.set(block_key, content)
    process = Process(server, server.new_key(), ONE)
    assert process.refusal(process.enter()).startswith(f"new orders are blocked by {block_key} in redis://")


def test_it_outlives_redis_where_creates_go_on(own_server: Server, patience: None) -> None:
    """Also by ``without_redis=all`` nothing is placed that Redis had blocked when it was last heard."""
    process = Process(own_server, own_server.new_key(), ONE, without_redis="all")
    BlockFlag(read_address(own_server.url())).put_up("by the desk")
    process.refusal(process.enter())
    own_server.stop()
    assert "by the desk" in process.refusal(process.enter())


def test_redis_forgot_it(server: Server, block_key: str) -> None:
    """Who had heard of it puts it up again, where Redis lost it with all the rest."""
    process = Process(server, server.new_key(), ONE)
    flag = BlockFlag(read_address(server.url()))
    flag.put_up("by the desk")
    process.refusal(process.enter())
    with server.client() as client:
        client.delete(block_key, process.budget.key)
    assert process.goes() is None
    wait_until(lambda: flag.reason() is not None)
    assert "by the desk" in process.refusal(process.enter())


def pool_of(server: Server) -> AsyncVenuePool:
    """Two simulated accounts of bots that have their budget there."""
    return AsyncVenuePool([PoolAccount(name, "hashkey", environment="simulator", budget=server.url()) for name in "ab"])


async def test_the_kill_switch_puts_it_up(server: Server, skipped_time: SkippedTime) -> None:
    """Before it cancels; and it waits for what others may have sent just before."""
    async with pool_of(server) as pool:
        order = await pool["a"].create_order("ETH/USD", "limit", "buy", "0.1", "1900")
        begun = skipped_time.monotonic()
        report = await hk.kill_switch_async(pool, reason="by the desk")
        assert report.complete
        assert skipped_time.monotonic() - begun >= 5
        assert [one.order.id for stop in report.accounts for one in stop.orders] == [order.id]
    assert "by the desk" in str(BlockFlag(read_address(server.url())).reason())


async def test_it_cannot_be_put_up(own_server: Server, skipped_time: SkippedTime, patience: None) -> None:
    """Everything is canceled all the same, and the stop is not complete and says why."""
    own_server.stop()
    async with pool_of(own_server) as pool:
        await pool["a"].create_order("ETH/USD", "limit", "buy", "0.1", "1900")
        report = await hk.kill_switch_async(pool)
    assert not report.complete
    assert all(stop.complete for stop in report.accounts)
    assert "block:test:" in report.block_error
    assert "ConnectionError" in report.block_error
