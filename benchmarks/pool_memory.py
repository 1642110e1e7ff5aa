"""Print the memory that an account of a pool takes, beside accounts that are opened one by one.

    python -m benchmarks.pool_memory [ACCOUNTS]

Each account has a key of its own, at a venue that is served on this machine, and has listed its open orders once.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, serve

SECRET = "only-for-this"
WAYS = {"a pool": "pool", "one by one": "alone"}


def main(number: int) -> None:
    """Measure each way in a process of its own, against one served venue, and print a row each."""
    print(f"{'':12} {'accounts':>8} {'seconds':>8} {'KiB each':>9} {'sockets':>8}")
    with serve() as server:
        for one in range(number):
            server.control.open_account(f"key-{one}", SECRET)
        for told, way in WAYS.items():
            command = [sys.executable, "-m", "benchmarks.pool_memory", way, server.url, str(number)]
            print(f"{told:12} {subprocess.run(command, check=True, capture_output=True, text=True).stdout}", end="")


def measure(way: str, url: str, number: int) -> None:
    """Open so many accounts, let each send a request, and print what that took."""
    keys = [(f"key-{one}", SECRET) for one in range(number)]
    with hk.connect("hashkey", environment="sandbox", base_url=url, api_key=DEFAULT_API_KEY, secret="-") as first:
        first.fetch_time()  # what is imported once is no account's
    before, began = resident(), monotonic()
    with ExitStack() as stack:
        open_way = pooled if way == "pool" else alone
        open_way(keys, url, stack)
        seconds, kib = monotonic() - began, resident() - before
        print(f"{number:>8} {seconds:>8.2f} {kib / number:>9.1f} {sockets():>8}")


def resident() -> float:
    """Return the memory that this process holds, in KiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def sockets() -> int:
    """Return how many sockets this process has open."""
    links = (os.path.realpath(f"/proc/self/fd/{one}") for one in os.listdir("/proc/self/fd"))
    return sum("socket:" in link for link in links)


def pooled(keys: list[tuple[str, str]], url: str, stack: ExitStack) -> None:
    """Open all of them as a pool."""
    members = [
        hk.PoolAccount(key, "hashkey", environment="sandbox", base_url=url, api_key=key, secret=secret)
        for key, secret in keys
    ]
    pool = stack.enter_context(hk.VenuePool(members))
    assert all(found == [] for found in pool.call("fetch_open_orders").values())


def alone(keys: list[tuple[str, str]], url: str, stack: ExitStack) -> None:
    """Open each by itself, one after another."""
    for key, secret in keys:
        venue = hk.connect("hashkey", environment="sandbox", base_url=url, api_key=key, secret=secret)
        assert stack.enter_context(venue).fetch_open_orders() == []


if __name__ == "__main__":
    if len(sys.argv) == 4:
        measure(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
