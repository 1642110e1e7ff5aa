"""A real Redis of the tests' own; no fake stands in for it anywhere."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from hk_adapter.errors import NotSent
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.transport.shared_budget import client as client_module
from hk_adapter.transport.shared_budget import link as link_module
from hk_adapter.transport.shared_budget.address import read_address
from hk_adapter.transport.shared_budget.admission import SharedBudget, SharedTicket
from hk_adapter.transport.shared_budget.link import Link

SERVER = shutil.which("redis-server")
SETTLED = """
redis.call('SET', KEYS[1], cmsgpack.pack({
  epoch = 1, at = 1, from = 0, charges = {}, waiting = {}, pauses = {}, buckets = {}, keep = {}}))
"""
"""What a budget's state is long after it was begun, with nothing sent since."""
PATIENT = 5.0
"""Seconds in which what a test waits for must have come."""


def library() -> Any:
    """Return the Redis library."""
    return pytest.importorskip("redis", reason="needs the Redis library: pip install 'hk-adapter[redis]'")


@dataclass
class Server:
    """A redis-server at a free port of this machine."""

    folder: Path
    port: int
    password: str = ""
    host: str = "127.0.0.1"
    process: subprocess.Popen[bytes] | None = None
    keys: Iterator[int] = field(default_factory=itertools.count)

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        command = [SERVER, "--port", str(self.port), "--bind", self.host, "--save", "", "--dir", str(self.folder)]
        if self.password:
            command += ["--requirepass", self.password]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except library().ConnectionError:
            return False

    def stop(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.wait()

    @property
    def lives(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def freeze(self) -> None:
        """Let it hang."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def client(self) -> Any:
        """Open a client of its own."""
        return library().Redis(host=self.host, port=self.port, password=self.password or None)

    def url(self, **params: object) -> str:
        """Say where it is."""
        who = f":{self.password}@" if self.password else ""
        query = "&".join(f"{name}={value}" for name, value in params.items())
        return f"redis://{who}{self.host}:{self.port}/0" + (f"?{query}" if query else "")

    def new_key(self, *, settled: bool = True) -> str:
        """Return the key of a budget of which nothing was sent for long; or of one that nobody began."""
        key = f"test:{os.getpid()}:{next(self.keys)}"
        if settled:
            self.settle(key)
        return key

    def settle(self, key: str) -> None:
        """Let a budget be as if its state had been there for long."""
        with self.client() as client:
            client.eval(SETTLED, 1, key)


def free_port() -> int:
    """Find a port that nobody listens at, below those of which the system gives one to whoever connects."""
    while True:
        port = 15_000 + secrets.randbelow(15_000)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def wait_until(holds: Callable[[], bool], seconds: float = 4 * PATIENT) -> None:
    """Look until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.001)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that do not hurt it."""
    yield from served_redis(tmp_path_factory.mktemp("redis"))


@pytest.fixture
def server(running: Server) -> Server:
    """The server that all such tests share."""
    return running


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that the test may stop, freeze and start again."""
    yield from served_redis(tmp_path)


def need_server() -> None:
    """Skip the test where there is no redis-server or no library for it; fail it where it must run."""
    if SERVER is None:
        give_up = pytest.fail if os.environ.get("HK_ADAPTER_TEST_REDIS") else pytest.skip
        give_up("needs redis-server, which is not installed: apt-get install redis-server")
    library()


def served_redis(folder: Path, *, password: str = "") -> Iterator[Server]:
    """Start a server, for a fixture to hand on; where there is none, tests are skipped, or fail where they must run."""
    need_server()
    server = Server(folder, free_port(), password)
    server.start()
    yield server
    server.thaw()
    end_links()
    server.stop()


OPENED: list[Link] = []


@pytest.fixture(autouse=True)
def _nobody_tries_on() -> Iterator[None]:
    """End the threads of this test, which would go on looking for a Redis that is gone."""
    yield
    end_links()


def end_links() -> None:
    """Have the threads of all links end, and wait until none of them speaks to a server any more.

    Before a server ends: whom it leaves in the middle of a TLS handshake, ``ssl`` may leave with an open socket.
    """
    links = [*OPENED, *link_module._links.values()]
    OPENED.clear()
    link_module._links.clear()

    def ended() -> bool:
        for link in links:  # again, too: what one heard last may have started another
            inbox = link._inbox
            link.renew_in_child()
            inbox.put(None)
        return not any(map(_is_of_a_link, sys._current_frames().values()))

    wait_until(ended, 10 * PATIENT)


def _is_of_a_link(frame: FrameType | None) -> bool:
    """Whether a thread is in a link's work, or in the question whether its Redis refuses."""
    while frame is not None:
        if frame.f_code in {Link._run.__code__, link_module._tell_refusal.__code__}:
            return True
        frame = frame.f_back
    return False


class Process:
    """One process' budget of a key, with a link of its own: what another process would have."""

    def __init__(self, server: Server, key: str, limits: Any, **params: object) -> None:
        address = read_address(server.url(**params))
        self.link = Link(address)
        OPENED.append(self.link)
        self.budget = SharedBudget(self.link, key, address.processes, address.without_redis)
        self.budget.adopt(limits)

    def enter(self, lane: Lane = Lane.NORMAL, *, left: float = PATIENT, **call: Any) -> SharedTicket:
        """Queue a call that has so many seconds left."""
        wanted = {"group": "orders", "lane": lane, "timeout": 1.0, **call}
        return self.budget.enter(HttpCall("POST", "/x", **wanted), time.monotonic() + left)

    def answer(self, ticket: SharedTicket) -> float:
        """Ask, and look until there is more of an answer than that there is none yet."""
        end = time.monotonic() + PATIENT
        while True:
            seconds = self.budget.ask(ticket, time.monotonic())
            if ticket.question is None:
                return seconds
            assert time.monotonic() < end
            time.sleep(seconds)

    def goes(self, lane: Lane = Lane.NORMAL, **call: Any) -> SharedTicket | None:
        """Queue a call and let it out if it may go at once; None if not, and it waits no more."""
        ticket = self.enter(lane, **call)
        if self.answer(ticket) == 0:
            return ticket
        self.leave(ticket)
        return None

    def leave(self, ticket: SharedTicket, **ends: float) -> None:
        """End an exchange now."""
        self.budget.leave(ticket, time.monotonic(), **ends)

    def waits(self, ticket: SharedTicket) -> float:
        """Let a call out as a runner does, and return after how many seconds it went."""
        begun = time.monotonic()
        while (seconds := self.budget.ask(ticket, time.monotonic())) > 0:
            assert time.monotonic() - begun < PATIENT
            time.sleep(min(seconds, PATIENT))
        return time.monotonic() - begun

    def refusal(self, ticket: SharedTicket) -> str:
        """Return in which words a call is refused."""
        try:
            while (seconds := self.budget.ask(ticket, time.monotonic())) > 0:
                time.sleep(min(seconds, 0.01))
        except NotSent as error:
            return str(error)
        raise AssertionError(f"it went, and Redis was {self.link.gone or 'there'}")


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a Redis that hangs up sooner than bots do."""
    monkeypatch.setattr(client_module, "PATIENCE", 0.15)
