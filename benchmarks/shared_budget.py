"""Four processes on one key at its full limit, over a budget in Redis, while things break; no 429 may come of it.

    python -m benchmarks.shared_budget [--seconds 600] [--kill-every 30]

The venue is the simulator, served, which bans for a minute as HashKey does. Each process places orders as fast as its
budget lets it, and cancels one every two seconds, in turn with the others. One has a wall clock that is 0.7 s ahead,
another is killed and started again and again, Redis loses its scripts after a third of the time and is killed, empty,
after two thirds.
Needs redis-server and the libraries redis and limits.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import msgspec

import hk_adapter as hk
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.hooks import RateLimit
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.transport.shared_budget.address import read_address
from hk_adapter.transport.shared_budget.admission import SharedBudget
from hk_adapter.transport.shared_budget.link import Link

PROCESSES = 4
A_SECOND = 10
CANCEL_EVERY = 2.08
AHEAD = 0.7
SETTLED = 2.1
"""Seconds after which the first budget may know that nobody was before it."""


def main(seconds: float, kill_every: float) -> int:
    """Run it, print the figures, and return how many of them are not what is promised."""
    with tempfile.TemporaryDirectory() as folder, serve() as venue:
        redis = Redis(folder)
        bots = [Bot(number, venue.url, redis.port) for number in range(PROCESSES)]
        for bot in bots:
            bot.up.wait(60)
        time.sleep(SETTLED)
        before, begun = orders_at(venue), time.monotonic()
        flushed = restarted = False
        killed, gaps = begun, 0.0
        while (passed := time.monotonic() - begun) < seconds:
            time.sleep(0.05)
            if time.monotonic() - killed > kill_every:
                killed = time.monotonic()
                bots[-1].restart()
            if not flushed and passed > seconds / 3:
                flushed = True
                redis.flush_scripts()
            if not restarted and passed > seconds * 2 / 3:
                restarted = True
                gaps = redis.restart()
        used, took = orders_at(venue) - before, time.monotonic() - begun
        waits = sorted(wait for bot in bots for wait in bot.end())
        bans = venue.control.bans
        share = used / (A_SECOND * took)
        worst = waits[int(len(waits) * 0.99)] if waits else float("inf")
        print(f"{took:.0f} s, {used} order calls, {bots[-1].restarts} kills, Redis away for {gaps * 1000:.0f} ms")
        print(f"429s: {bans.orders_refused + bans.queries_refused}, blocks: {bans.blocks}")
        print(f"share of the limit used: {share:.3f}")
        middle = waits[len(waits) // 2] if waits else worst
        print(f"a cancel's wait: median {middle * 1000:.1f} ms, 99 % {worst * 1000:.1f} ms, of {len(waits)}")
        costs(redis)
        redis.stop()
    return sum((bool(bans), share < 0.9, worst > 0.2))


def orders_at(venue: Any) -> int:
    """Count the order calls that the venue let through."""
    return sum(one.path.endswith("/order") and one.method != "GET" for one in venue.control.requests)


class Redis:
    """A redis-server of this run, which keeps nothing on disk."""

    def __init__(self, folder: str) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise SystemExit("needs redis-server: apt-get install redis-server")
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port: int = one.getsockname()[1]
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        self._process = self._started()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0?processes={PROCESSES}"

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdout=subprocess.DEVNULL)

    def restart(self) -> float:
        """Kill it, wait, start it empty, and return how long it was away."""
        begun = time.monotonic()
        self.stop()
        time.sleep(0.5)
        self._process = self._started()
        return time.monotonic() - begun

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def flush_scripts(self) -> None:
        import redis  # noqa: PLC0415 - only this needs it

        redis.Redis(port=self.port).script_flush()


class Bot:
    """One process that trades, and what it told of its cancels' waits."""

    def __init__(self, number: int, url: str, port: int) -> None:
        ahead = AHEAD if number == 1 else 0.0
        module = ["-m", "benchmarks.shared_budget", "--bot", url, "--redis-port", str(port), "--ahead", str(ahead)]
        module += ["--number", str(number)]
        self._command = [sys.executable, *module]
        self._waits: list[float] = []
        self.up = threading.Event()
        self.restarts = 0
        self._process = self._started()

    def restart(self) -> None:
        """Kill it, and start it again."""
        self.end()
        self.restarts += 1
        self._process = self._started()

    def _started(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, args=(process.stdout,), daemon=True).start()
        return process

    def _listen(self, lines: Any) -> None:
        for line in lines:
            self.up.set()
            try:
                self._waits += json.loads(line)
            except ValueError:
                return  # it was killed within a line

    def end(self) -> list[float]:
        self._process.kill()
        self._process.wait()
        return self._waits


class Timed:
    """A budget that tells how long cancels waited for it."""

    def __init__(self, admission: Any) -> None:
        self._admission = admission
        self.leave, self.pause, self.pause_left = admission.leave, admission.pause, admission.pause_left
        self._since: dict[int, float] = {}

    def enter(self, call: HttpCall, deadline: float) -> Any:
        ticket = self._admission.enter(call, deadline)
        if call.lane is Lane.CANCEL:
            self._since[id(ticket)] = time.monotonic()
        return ticket

    def ask(self, ticket: Any, now: float) -> float:
        seconds: float = self._admission.ask(ticket, now)
        if seconds == 0 and (since := self._since.pop(id(ticket), None)) is not None:
            print(json.dumps([time.monotonic() - since]), flush=True)
        return seconds


def trade(url: str, port: int, number: int, ahead: float) -> None:
    """Place orders as fast as may be, and cancel one every two seconds, until killed."""
    if ahead:
        told = time.time
        time.time = lambda: told() + ahead
        told_ns = time.time_ns
        time.time_ns = lambda: told_ns() + int(ahead * 1e9)
    budget = f"redis://127.0.0.1:{port}/0?processes={PROCESSES}"
    with hk.connect(
        "hashkey", environment="sandbox", base_url=url, api_key=DEFAULT_API_KEY, secret=DEFAULT_SECRET, budget=budget
    ) as venue:
        runtime: Any = venue._connection.runtime
        msgspec.structs.force_setattr(runtime, "admission", Timed(runtime.admission))
        venue.create_order("ETH/USD", "limit", "buy", "0.01", "1100")
        print("[]", flush=True)
        placed: list[str] = []
        for _ in range(3):
            threading.Thread(target=keep_placing, args=(venue, placed), daemon=True).start()
        while True:
            turn = number * CANCEL_EVERY / PROCESSES
            time.sleep(CANCEL_EVERY - (time.monotonic() - turn) % CANCEL_EVERY)
            if placed:
                venue.try_cancel(placed.pop(0), wait="ack")


def keep_placing(venue: hk.Venue, placed: list[str]) -> None:
    while True:
        try:
            order = venue.create_order("ETH/USD", "limit", "buy", "0.01", "1100")
        except hk.NotSent:
            time.sleep(0.05)  # Redis is away
        except hk.AdapterError as error:
            print(error, file=sys.stderr)
        else:
            if order.id is not None:
                placed.append(order.id)


def costs(redis: Redis) -> None:
    """Print what one admission costs, beside that of a library that counts in Redis with a moving window."""
    from limits import RateLimitItemPerSecond, storage, strategies  # noqa: PLC0415 - only this needs it

    address = read_address(redis.url)
    budget = SharedBudget(Link(address), "bench", address.processes, address.without_redis)
    budget.adopt({"orders": RateLimit(amount=1_000_000, window=0.001)})

    def ours() -> None:
        ticket = budget.enter(HttpCall("GET", "/x", group="orders", lane=Lane.CANCEL), time.monotonic() + 5)
        while (seconds := budget.ask(ticket, time.monotonic())) > 0:
            time.sleep(seconds)
        budget.leave(ticket, time.monotonic())

    limiter = strategies.MovingWindowRateLimiter(storage.RedisStorage(f"redis://127.0.0.1:{redis.port}/1"))
    item = RateLimitItemPerSecond(1_000_000)
    for name, admit in {"ours": ours, "limits": lambda: limiter.hit(item, "bench")}.items():
        print(f"one admission, {name:7}: {median_of(admit) * 1e6:.0f} us")


def median_of(admit: Callable[[], object]) -> float:
    took = []
    for _ in range(500):
        begun = time.perf_counter()
        admit()
        took.append(time.perf_counter() - begun)
    return median(took)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--kill-every", type=float, default=30.0)
    parser.add_argument("--bot")
    parser.add_argument("--redis-port", type=int)
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("--ahead", type=float, default=0.0)
    given = parser.parse_args()
    if given.bot:
        trade(given.bot, given.redis_port, given.number, given.ahead)
    else:
        raise SystemExit(main(given.seconds, given.kill_every))
