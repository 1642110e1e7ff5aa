"""A new process until its first order is canceled: wall time, and the memory that it has taken by then."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence

from benchmarks.answers import fresh_id
from benchmarks.bare import HEADERS, cancel_url
from benchmarks.clients import MARKET, ccxt_config
from benchmarks.compiled import compiled
from benchmarks.served import fast_server
from benchmarks.table import Row

_OURS = """
import hk_adapter as hk
with hk.connect("hashkey", api_key=given["key"], secret=given["secret"], base_url=given["url"]) as venue:
    venue.cancel_order(given["order"], wait="ack")
    told()
"""
_CCXT = """
import ccxt
exchange = ccxt.hashkey(given["config"])
exchange.set_markets([given["market"]])
exchange.cancel_order(given["order"])
told()
"""
_FLOOR = """
import hashlib, hmac, urllib3
hmac.new(b"secret", given["target"].encode(), hashlib.sha256).hexdigest()
json.loads(urllib3.PoolManager().request("DELETE", given["url"] + given["target"], headers=given["headers"]).data)
told()
"""
_FRAME = """
import json, sys, time
given = json.loads(sys.argv[1])
def told():
    ended = time.time()
    try:
        with open("/proc/self/status") as status:
            peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        import resource
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> (10 if sys.platform == "darwin" else 0)
    print(ended, peak)
"""


def cold_start(rounds: int) -> Sequence[Row]:
    """Measure the three in turns; ccxt is given its markets, and none of the three asks for more than one cancel."""
    times: dict[str, list[tuple[float, float]]] = {"ours": [], "ccxt": [], "floor": []}
    with fast_server() as url, compiled() as environment:
        for _ in range(max(3, rounds // 3) + 1):
            for name, program in (("ours", _OURS), ("ccxt", _CCXT), ("floor", _FLOOR)):
                times[name].append(_first_cancel(program, url, environment))
    warm = {name: rows[1:] for name, rows in times.items()}  # the first one of each compiles
    return [
        _row(warm, 0, "new process to the first order canceled", "ms", 0.45),
        _row(warm, 1, "its memory", "MB", 0.5),
    ]


def _row(times: dict[str, list[tuple[float, float]]], place: int, what: str, unit: str, target: float) -> Row:
    medians = {name: statistics.median(row[place] for row in rows) for name, rows in times.items()}
    pairs = zip(times["ours"], times["ccxt"], strict=True)
    return Row(
        what=what, unit=unit, ours=medians["ours"], ccxt=medians["ccxt"], floor=medians["floor"],
        held=statistics.median(one[place] / other[place] for one, other in pairs), target=target, of="of ccxt",
    )  # fmt: skip


def _first_cancel(program: str, url: str, environment: dict[str, str]) -> tuple[float, float]:
    """Run a program in a new process: ms until it had canceled, and its largest memory in MB."""
    config, order_id = ccxt_config(url), fresh_id()
    given = {
        "url": url, "key": config["apiKey"], "secret": config["secret"], "config": config, "market": MARKET,
        "order": order_id, "target": cancel_url(order_id), "headers": HEADERS,
    }  # fmt: skip
    started = time.time()
    command = [sys.executable, "-c", _FRAME + program, json.dumps(given)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    ended, peak = ran.stdout.split()
    return (float(ended) - started) * 1000, int(peak) / 1024
