"""Time one cancel beside ccxt's own HashKey client, in the same run and against the same served simulator.

    python benchmarks/cancel_beside_ccxt.py [--orders 400] [--rounds 5]

Both place the same orders first and then cancel them one after another; only the cancels are timed. Our `wait="ack"`
sends what ccxt sends, one DELETE; our `wait="final"` adds the query that proves the end, which ccxt leaves to its
caller, so ccxt is also timed with a `fetch_order` after each cancel. Printed are medians over the rounds, in
microseconds a cancel, and ratios to ccxt.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import ccxt

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET

_SERVER = """
import sys
from hk_adapter.simulator import serve
with serve() as served:
    print(served.url, flush=True)
    sys.stdin.read()
"""

Cancel = Callable[[str], Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    server = subprocess.Popen([sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        compare(server.stdout.readline().strip(), options.orders, options.rounds)
    finally:
        server.terminate()
        server.wait()


def compare(url: str, orders: int, rounds: int) -> None:
    exchange = ccxt.hashkey({"apiKey": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "enableRateLimit": False})
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], url)
    exchange.load_markets()
    with hk.connect("hashkey", environment="simulator", base_url=url, budget="unlimited") as venue:
        contenders: dict[str, Cancel] = {
            "ccxt cancel": exchange.cancel_order,
            "ours, wait='ack'": lambda order_id: venue.cancel_order(order_id, wait="ack"),
            "ccxt cancel + fetch": lambda order_id: (exchange.cancel_order(order_id), exchange.fetch_order(order_id)),
            "ours, wait='final'": venue.cancel_order,
        }
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(rounds):
            for name, cancel in contenders.items():
                ids = [venue.create_order("ETH/USD", "limit", "buy", "0.01", "1900").id for _ in range(orders)]
                times[name].append(timed(cancel, [str(order_id) for order_id in ids]))
    show({name: statistics.median(rows) for name, rows in times.items()})


def timed(cancel: Cancel, order_ids: list[str]) -> float:
    started = time.perf_counter()
    for order_id in order_ids:
        cancel(order_id)
    return (time.perf_counter() - started) / len(order_ids) * 1e6


def show(medians: dict[str, float]) -> None:
    pairs = [("ours, wait='ack'", "ccxt cancel"), ("ours, wait='final'", "ccxt cancel + fetch")]
    for name, median in medians.items():
        print(f"{name:22} {median:8.0f} us")
    for ours, theirs in pairs:
        print(f"{ours} takes {medians[ours] / medians[theirs]:.2f} of {theirs}")


if __name__ == "__main__":
    main()
