"""A Redis with a replica, which sentinels promote when the primary is killed: what holds over that."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.errors import NotSent
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.hooks import RateLimit
from hk_adapter.transport.shared_budget.address import read_address
from hk_adapter.transport.shared_budget.admission import SharedBudget
from hk_adapter.transport.shared_budget.block_flag import BlockFlag
from hk_adapter.transport.shared_budget.link import Link

from .conftest import OPENED, SERVER, Server, free_port, library, served_redis, wait_until

WINDOW = 0.5
PATIENT = 20.0
"""Seconds in which a sentinel has found a replica, or promoted it: it looks every ten."""
LIMITS = {"orders": RateLimit(amount=2, window=WINDOW)}


@dataclass
class Watched:
    """A primary, its replica, and a sentinel that watches them."""

    primary: Server
    replica: Server
    sentinel: int

    @property
    def url(self) -> str:
        """Where the budget is, whichever Redis has it."""
        return f"redis+sentinel://127.0.0.1:{self.sentinel}/desk/0"

    def replicate(self) -> None:
        """Wait until the replica has everything."""
        with self.primary.client() as client:
            client.set("here", "1")
            client.wait(1, 5000)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """Start all three."""
    folders = [tmp_path / name for name in ("primary", "replica", "sentinel")]
    for folder in folders:
        folder.mkdir()
    started = contextmanager(served_redis)
    with started(folders[0]) as primary, started(folders[1]) as replica:
        with replica.client() as client:
            client.replicaof("127.0.0.1", primary.port)
        port, config = free_port(), folders[2] / "sentinel.conf"
        lines = [
            f"port {port}",
            "bind 127.0.0.1",
            f"dir {folders[2]}",
            f"sentinel monitor desk 127.0.0.1 {primary.port} 1",
            "sentinel down-after-milliseconds desk 100",
            "sentinel failover-timeout desk 2000",
        ]
        config.write_text("\n".join(lines), encoding="utf-8")
        process = subprocess.Popen([str(SERVER), str(config), "--sentinel"], stdout=subprocess.DEVNULL)
        try:
            made = Watched(primary, replica, port)
            wait_until(lambda: knows_the_replica(made), PATIENT)
            yield made
        finally:
            process.kill()
            process.wait()


def knows_the_replica(watched: Watched) -> bool:
    """Whether the sentinel could promote it, and it has all that the primary has."""
    with library().Redis(port=watched.sentinel) as client, watched.replica.client() as replica:
        try:
            [known] = client.sentinel_slaves("desk") or [{}]
            synced: Any = replica.info("replication")["master_link_status"]
        except library().RedisError:
            return False
        return "slave" in known.get("flags", ()) and synced == "up"


def budget_at(url: str, key: str) -> SharedBudget:
    """Make what a process has."""
    address = read_address(url)
    link = Link(address)
    OPENED.append(link)
    made = SharedBudget(link, key, address.processes, address.without_redis)
    made.adopt(LIMITS)
    return made


def sent(budget: SharedBudget, seconds: float = PATIENT) -> float:
    """Send a call as soon as Redis says that it may go, and return when its exchange ended."""
    end = time.monotonic() + seconds
    while True:
        ticket = budget.enter(HttpCall("POST", "/x", group="orders", lane=Lane.NORMAL, timeout=1.0), end)
        try:
            while (wait := budget.ask(ticket, time.monotonic())) > 0:
                time.sleep(min(wait, 0.01))
        except NotSent:
            budget.leave(ticket, time.monotonic())
            assert time.monotonic() < end
            time.sleep(0.01)
            continue
        now = time.monotonic()
        budget.leave(ticket, now)
        return now


def test_the_primary_is_killed(watched: Watched) -> None:
    """The limit holds over it, whatever the replica had not heard of; what it had, such as the block, stays."""
    one, other = (budget_at(watched.url, "test:failover") for _ in range(2))
    watched.primary.settle("test:failover")
    ends = [sent(one), sent(other)]
    watched.replicate()
    ends = [sent(one), sent(other)]  # which the replica may not know of
    watched.primary.stop()
    assert sent(one) - min(ends) >= WINDOW
    assert sent(other) - min(ends) >= WINDOW
    flag = BlockFlag(read_address(watched.url))
    flag.put_up("by the desk")
    assert "by the desk" in str(BlockFlag(read_address(watched.replica.url())).reason())
