"""A simulated venue with many open orders, for what would take too long, or too many requests, over a socket."""

from __future__ import annotations

from benchmarks.answers import CREATE_PATH, LIMIT_ORDER
from benchmarks.bare import HEADERS, signed
from hk_adapter.simulator import SimRequest, Simulator


def place_orders(simulator: Simulator, count: int, now: int) -> list[str]:
    """Place orders, one each millisecond up to ``now``; give their ids."""
    ids: list[str] = []
    for number in range(count):
        at = now - count + number
        text = signed({**LIMIT_ORDER, "newClientOrderId": f"bench-{number}"}, at)
        made = simulator.handle(SimRequest("POST", CREATE_PATH, "", HEADERS, text.encode()), at)
        ids.append(made.body.partition(b'"orderId":"')[2].partition(b'"')[0].decode())
    return ids
