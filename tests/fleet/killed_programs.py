"""A process that forks a bot or a watchdog at each line of stdin, and says its number; the tests kill them.

Forking spares each of them the imports: hundreds take minutes, not hours.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any

import redis  # noqa: F401 - imported once, before the forks
import requests  # noqa: F401 - as above

import hk_adapter as hk
from hk_adapter.cli.command import command
from hk_adapter.fleet import Heartbeat, arrivals
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.venues.hashkey import plugin

LIFETIME = 500
"""Milliseconds after which the venue takes a request no more; the watchdog waits for that."""
LAG = 0.1
SOCKET = "watchdog"
STOP_TIMEOUT = 30.0


def trade(url: str, budget: str, orders: int) -> None:
    """Place so many orders, as soon as somebody watches, and beat; SIGTERM ends it with a goodbye."""
    over: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: over.append(number))
    with (
        hk.connect("hashkey", environment="sandbox", base_url=url, budget=budget, timeout=2.0, **_key()) as venue,
        Heartbeat(SOCKET) as heart,
    ):
        while not over:
            heart.beat()
            if orders and heart.is_heard:
                try:
                    venue.create_order("ETH/USD", "limit", "buy", "0.01", "1100")
                except hk.NotSent:  # Redis is away, or creates are blocked
                    time.sleep(0.01)
                except hk.AdapterError as error:
                    sys.stderr.write(f"{error!r}\n")
                else:
                    orders -= 1
            else:
                time.sleep(0.01)


def watch(url: str, budget: str, silence: float) -> None:
    """Run the command that watches, and stops what ``url`` has."""
    os.environ |= {f"HK_ADAPTER_HASHKEY_{name.upper()}": text for name, text in _key().items()}
    where = ["--venue", "hashkey", "--environment", "sandbox", "--base-url", url, "--budget", budget]
    how = ["--timeout", f"{silence}s", "--socket", SOCKET, "--stop-timeout", f"{STOP_TIMEOUT}", "--json"]
    command(["watchdog", *where, *how], prog_name="hk-adapter")


def _key() -> dict[str, str]:
    return {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET}


_PROGRAMS = {"bot": trade, "watchdog": watch}


def _begin(wanted: dict[str, Any]) -> int:
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.chdir(wanted["folder"])
        for stream, end in ((1, "out"), (2, "err")):
            made = os.open(f"{wanted['name']}.{end}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(made, stream)
        _PROGRAMS[wanted["program"]](*wanted["arguments"])
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _ended(child: int, seconds: float) -> int | None:
    """Return the code in which a child ended, minus the signal's number for one that was killed; None: it lives."""
    end = time.monotonic() + seconds
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            return None
        time.sleep(0.002)


def main() -> None:
    """Do what each line says: begin a program and tell its number, or tell in which code it ended."""
    plugin.DEFAULT_RECV_WINDOW = LIFETIME
    arrivals.LAG = LAG
    for line in sys.stdin:
        wanted = json.loads(line)
        told = _ended(wanted["wait"], wanted["seconds"]) if "wait" in wanted else _begin(wanted)
        sys.stdout.write(f"{json.dumps(told)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
