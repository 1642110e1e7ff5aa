"""Either facade against the simulator behind a socket that breaks on command."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import random
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import pytest
import trustme

import hk_adapter as hk
from hk_adapter.simulator import Simulator
from tests.lateness import Machine
from tests.simulator.conftest import Client
from tests.sockets.front import Front
from tests.sockets.judge import Case
from tests.sockets.mishaps import Framing, Mishap
from tests.sockets.relay import Relay

T = TypeVar("T")

EVERYTHING = os.environ.get("HK_ADAPTER_TEST_CUTS") == "all"
"""Every offset with every variant, instead of every offset once and a sample of the rest."""
SAMPLE = 6
"""Offsets of each test that must wait for a deadline, in a normal run."""
SEED = int(os.environ.get("HK_ADAPTER_TEST_SEED", "1"))


@dataclass
class Scene:
    """An open venue, and the server that it talks to."""

    venue: Any
    front: Front
    relay: Relay | None = None
    in_thread: bool = False

    async def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of either facade; the blocking one in a thread, so that scenes can go side by side."""
        method = getattr(self.venue, name)
        if self.in_thread:
            return await asyncio.to_thread(method, *args, **kwargs)
        result = method(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    def place(self) -> str:
        """Let an order to buy 1 ETH rest, and give its id."""
        return Client(self.front.simulator, now=int(time.time() * 1000)).rest()

    async def cancel(
        self, mishaps: Iterable[Mishap | None] = (), *, order_id: str = "", timeout: float = 20.0, blank: int = 0
    ) -> Case:
        """Cancel an order, a new one by default, while mishaps befall the exchanges."""
        order_id = order_id or self.place()
        self.front.arm(mishaps)
        begun = time.monotonic()
        with Machine() as machine:
            report = await self.call("try_cancel", order_id, timeout=timeout)
        took = time.monotonic() - begun
        if took >= timeout / 2:  # it may have given up before the server's thread had its turn
            await asyncio.sleep(0.05)
        truth, exchanges = self.front.control.truth(order_id), list(self.front.exchanges)
        return Case(report, truth, exchanges, took, timeout, blank, machine.took)

    async def cut_wire(self) -> None:
        """End every connection at both its ends: what was on its way is then no later case's."""
        await self.relay.cut_all()
        while self.front.listener.sockets:
            await asyncio.sleep(0.001)

    async def warm_up(self) -> None:
        """Learn how long the longest answer is, and leave a connection open that is kept alive."""
        await self.cancel([Mishap(framing=Framing.CHUNKED)])


OpenScene = Callable[..., Awaitable[Scene]]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Sign the server's certificate."""
    return trustme.CA()


@pytest.fixture(scope="session")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write down whom to trust."""
    path = tmp_path_factory.mktemp("authority") / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture(scope="session")
def server_context(authority: trustme.CA) -> ssl.SSLContext:
    """Be 127.0.0.1, by the authority's word."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest) -> bool:
    """Run the test over a plain socket, then over TLS."""
    return bool(request.param == "tls")


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat and look again at once: how long the pauses are matters to a venue, not to these tests."""
    monkeypatch.setattr("hk_adapter.execution.cancel.policy.FIRST_BACKOFF", 0.002)
    monkeypatch.setattr("hk_adapter.execution.cancel.policy.LOOK_PAUSES", (0.01, 0.02, 0.04, 0.08))


@pytest.fixture
def start_front(server_context: ssl.SSLContext) -> Iterator[Callable[..., Front]]:
    """Start servers: ``start_front(tls=False)``."""
    with contextlib.ExitStack() as stack:

        def start(*, tls: bool) -> Front:
            front = Front(Simulator(), server_context if tls else None)
            stack.callback(front.listener.close)
            return front

        yield start


@pytest.fixture
async def open_scene(
    facade: str,
    tls: bool,
    start_front: Callable[..., Front],
    authority_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    short_pauses: None,
) -> AsyncIterator[OpenScene]:
    """Open venues through the test's facade, each with a server of its own."""
    monkeypatch.setattr("certifi.where", lambda: str(authority_file))
    opened: list[Scene] = []

    async def open_one(
        *, host: str = "127.0.0.1", port: int | None = None, relayed: bool = False, in_thread: bool = False
    ) -> Scene:
        front = start_front(tls=tls)
        relay = Relay(front.listener.port) if relayed else None
        origin = f"{'https' if tls else 'http'}://{host}:{port or (relay or front).listener.port}"
        connect: Callable[..., Any] = hk.connect if facade == "blocking" else hk.connect_async
        venue = connect("hashkey", environment="simulator", base_url=origin, budget="unlimited")
        opened.append(Scene(venue, front, relay, in_thread and facade == "blocking"))
        return opened[-1]

    yield open_one
    for scene in opened:
        await scene.call("close")
        if scene.relay is not None:
            scene.relay.listener.close()


@pytest.fixture
async def scene(open_scene: OpenScene) -> Scene:
    """One venue behind one server, on a connection that is kept alive."""
    opened = await open_scene()
    await opened.warm_up()
    return opened


@pytest.fixture
def luck() -> random.Random:
    """Chance that repeats, from HK_ADAPTER_TEST_SEED."""
    return random.Random(SEED)


@pytest.fixture
def share_of(facade: str, tls: bool, luck: random.Random) -> Callable[..., list[Any]]:
    """Pair offsets with variants: those of this facade and socket, or all of them."""

    def share(offsets: Sequence[int], variants: Sequence[T], *, of: int = 1) -> list[tuple[int, T]]:
        if EVERYTHING:
            return list(product(offsets, variants))
        part = (2 * (facade == "asyncio") + tls + SEED) % 4
        return [(offset, luck.choice(variants)) for offset in offsets[part :: 4 * of]]

    return share


@pytest.fixture
def some_of(luck: random.Random) -> Callable[[Sequence[int]], list[int]]:
    """Draw some offsets, or take all of them: for what costs time."""
    return lambda offsets: list(offsets) if EVERYTHING else luck.sample(offsets, SAMPLE)
