"""The same stop as ``benchmarks.kill_switch``, by a process of its own, over sockets and with the budgets in Redis.

    python -m benchmarks.kill_switch_in_redis [ACCOUNTS-OF-A-VENUE [ORDERS]]

Five venues are served by this process, each with its accounts and its limits; another one stops them all. One venue
hangs, one answers each account's first request with a 429, a key is revoked, and a bot with a connection of its own
goes on placing orders until the block in Redis reaches it. A bot of each account has placed two orders with a journal,
which is all that the process that stops knows where no list answers. Time is real. Needs redis-server.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlencode

import hk_adapter as hk
from benchmarks.answers import CREATE_PATH, LIMIT_ORDER
from benchmarks.kill_switch import VENUES
from benchmarks.shared_budget import Redis
from hk_adapter.cli.kill_output import kill_data
from hk_adapter.plugins.journal import Journal
from hk_adapter.simulator import Limits, SimRequest, SimResponse, Simulator, SimulatorControl, serve
from hk_adapter.simulator.limits import Limiter

TIMEOUT = 90.0
BAN = 20
"""Seconds."""
BEGUN = 2.5
"""Seconds after which no budget is new any more."""
FOR_EVER = 10**9
PATIENCE = 20.0
"""Seconds that a cancel waits for the journal."""
MOST = 1.1
"""Times as long as one account alone."""
OPEN = {"NEW", "PARTIALLY_FILLED"}


class Venue(Simulator):
    """A venue with many accounts, which may refuse the next request of each key."""

    def __init__(self, name: str, accounts: int, orders: int) -> None:
        super().__init__(keep_requests=0)
        self.name = name
        self.keys_of = [f"{name}-{number}" for number in range(accounts)]
        self.bans: set[str] = set()
        control = SimulatorControl(self)
        owners = {control.open_account(key, key): key for key in self.keys_of}
        for key in self.keys_of:
            for number in range(orders):
                self._place(key, number)
        self.owner_of = owners
        self.limiter = Limiter(Limits())

    def _place(self, key: str, number: int) -> None:
        now = time.time_ns() // 1_000_000
        text = urlencode({**LIMIT_ORDER, "newClientOrderId": f"{key}-{number}", "timestamp": now})
        signature = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
        body = f"{text}&signature={signature}".encode()
        answer = self.handle(SimRequest("POST", CREATE_PATH, "", {"X-HK-APIKEY": key}, body), now)
        assert answer.status == 200, answer

    def handle(self, request: SimRequest, now: int) -> SimResponse:
        """Answer, or refuse whom it is to ban."""
        key = next((value for name, value in request.headers.items() if name.lower() == "x-hk-apikey"), "")
        if key in self.bans:
            self.bans.discard(key)
            return SimResponse(429, headers={"Retry-After": str(BAN)})
        return super().handle(request, now)


def main(accounts: int, orders: int) -> int:
    """Play it, print what came of it, and return the number of wrong words."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        redis = Redis(folder)
        stack.callback(redis.stop)
        venues = [Venue(name, accounts, orders) for name in (*VENUES, "alone")]
        urls = {one.name: stack.enter_context(serve(simulator=one)).url for one in venues}
        journal = f"{folder}/journal"
        written = begin_budgets(venues, urls, redis.url, accounts, Journal(journal, cancel_patience=PATIENCE))
        alone = killed({"alone-0": urls["alone"]}, redis.url, journal)
        free(redis.port)
        make_trouble(venues)
        with placing(urls["three"], redis.url) as placed_late:
            names = {key: urls[one.name] for one in venues[:-1] for key in one.keys_of}
            report = killed(names, redis.url, journal)
    return told(report, venues[:-1], alone["accounts"][0]["elapsed"], placed_late, written)


def begin_budgets(
    venues: list[Venue], urls: dict[str, str], budget: str, accounts: int, journal: Journal
) -> dict[str, set[str]]:
    """Place two orders by every key, as bots have that trade for long; return the ids of each account."""
    written: dict[str, set[str]] = {}
    for venue in venues:
        for key in venue.keys_of[: accounts if venue.name != "alone" else 1]:
            with connected(urls[venue.name], key, budget, journal) as one:
                orders = [one.create_order("ETH/USD", "limit", "buy", "0.1", "1000") for _ in range(2)]
            written[key] = {str(order.id) for order in orders}
    time.sleep(BEGUN)
    return written


def connected(url: str, key: str, budget: str, *plugins: object) -> hk.Venue:
    return hk.connect(
        "hashkey", environment="sandbox", base_url=url, api_key=key, secret=key, budget=budget, plugins=plugins
    )


def make_trouble(venues: list[Venue]) -> None:
    """Let one venue hang, one ban, and one key be revoked."""
    by_name = {one.name: one for one in venues}
    SimulatorControl(by_name["hung"]).fail_next("stall", times=FOR_EVER)
    by_name["banned"].bans.update(by_name["banned"].keys_of)
    SimulatorControl(by_name["two"]).keys.disable("two-0")


def free(port: int) -> None:
    """Take away the block that the first stop has put up."""
    import redis  # noqa: PLC0415 - only this needs it

    with redis.Redis(port=port) as client:
        client.delete("hk-adapter:create-block")


@contextmanager
def placing(url: str, budget: str) -> Iterator[set[str]]:
    """Place orders on an account until that is blocked."""
    placed: set[str] = set()
    blocked = threading.Event()

    def place() -> None:
        with connected(url, "three-0", budget) as venue:
            while not blocked.is_set():
                try:
                    placed.add(str(venue.create_order("ETH/USD", "limit", "buy", "0.1", "1000").id))
                except hk.NotSent as error:
                    if "blocked" in str(error):
                        blocked.set()

    thread = threading.Thread(target=place, daemon=True)
    thread.start()
    time.sleep(1.0)
    yield placed
    assert blocked.wait(10), "nothing has blocked the bot"
    thread.join()


def killed(accounts: dict[str, str], budget: str, journal: str) -> dict[str, Any]:
    """Stop accounts by a process of its own, and return its report."""
    command = [sys.executable, "-m", "benchmarks.kill_switch_in_redis", "--kill"]
    given = json.dumps({"accounts": accounts, "budget": budget, "journal": journal})
    done = subprocess.run(command, input=given, stdout=subprocess.PIPE, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def kill() -> None:
    given = json.loads(sys.stdin.read())
    plugins = [Journal(given["journal"])]
    members = [
        hk.PoolAccount(
            name,
            "hashkey",
            environment="sandbox",
            base_url=url,
            api_key=name,
            secret=name,
            budget=given["budget"],
            plugins=plugins,
        )
        for name, url in given["accounts"].items()
    ]
    with hk.VenuePool(members) as pool:
        print(json.dumps(kill_data(hk.kill_switch(pool, timeout=TIMEOUT))))


def told(
    report: dict[str, Any], venues: list[Venue], alone: float, placed_late: set[str], written: dict[str, set[str]]
) -> int:
    """Print a row for each venue, and what is not so; return how much that is."""
    wrong: list[str] = []
    slowest_healthy = 0.0
    print(
        f"{'venue':8} {'accounts':>8} {'orders':>7} {'named':>7} {'proven':>7} {'late':>5} {'slowest':>8}"
        f" {'of one alone':>13}"
    )
    for venue in venues:
        stops = [one for one in report["accounts"] if one["account"].startswith(f"{venue.name}-")]
        rows = SimulatorControl(venue).orders()
        proven = late = told_of = 0
        for stop in stops:
            owned = {one.order_id for one in rows if venue.owner_of.get(one.account_id) == stop["account"]}
            still = {one.order_id for one in rows if one.status in OPEN} & owned
            final = {one["order_id"] for one in stop["orders"] if one["final"]}
            named = {one["order_id"] for one in stop["orders"]}
            told_of += len(named)
            proven, late = proven + len(final), late + sum(one["late"] for one in stop["orders"])
            faults = {
                "final, and open": bool(final & still),
                "complete, and something is open": stop["complete"] and bool(still),
                "complete, and an order is not reported": stop["complete"] and named != owned,
                "not complete, and nobody says why": not stop["complete"] and not stop["error"] and named == final,
                "not listed, and an order of the journal is not named": not written[stop["account"]] <= named,
                "not proven, and nobody says why": any(not one["final"] and not one["why"] for one in stop["orders"]),
                "healthy, and not complete": not stop["complete"] and not in_trouble(stop["account"]),
            }
            wrong += [f"WRONG: {stop['account']}: {fault}" for fault, is_so in faults.items() if is_so]
        slowest = max(one["elapsed"] for one in stops if one["account"] != "two-0")
        if venue.name in {"one", "two", "three"}:
            slowest_healthy = max(slowest_healthy, slowest)
        print(
            f"{venue.name:8} {len(stops):>8} {len(rows):>7} {told_of:>7} {proven:>7} {late:>5} {slowest:>7.1f}s"
            f" {slowest / alone:>12.2f}x"
        )
    bans = [one.limiter.bans for one in venues if one.limiter is not None]
    print(f"one alone takes {alone:.1f} s; complete: {report['complete']}; placed meanwhile: {len(placed_late)}")
    print(f"429s: {sum(one.orders_refused + one.queries_refused for one in bans)}")
    for stop in report["accounts"]:
        if not stop["complete"]:
            left = sum(not one["final"] for one in stop["orders"])
            print(f"  {stop['account']}: {left} orders, {stop['error'] and stop['error']['message']}")
            for one in stop["orders"][:1]:
                print(f"    {one['order_id']} ({one['known_by']}), not proven: {one['why']}")
    if report["complete"]:
        wrong.append("WRONG: complete")
    if slowest_healthy > MOST * alone:
        wrong.append(f"WRONG: a healthy account took {slowest_healthy:.1f} s")
    print(*wrong, sep="\n")
    return len(wrong)


def in_trouble(account: str) -> bool:
    return account == "two-0" or account.startswith("hung-")


if __name__ == "__main__":
    logging.getLogger("hk_adapter").addHandler(logging.NullHandler())
    if sys.argv[1:] == ["--kill"]:
        kill()
    else:
        numbers = [int(one) for one in sys.argv[1:3]]
        accounts, orders = numbers + [20, 100][len(numbers) :]
        began = time.monotonic()
        wrong = main(accounts, orders)
        print(f"{wrong} wrong words; {time.monotonic() - began:.1f} s")
        sys.exit(min(1, wrong))
