"""Cancels by threads' facade over loopback, one after another, beside ccxt and a signed call on bare urllib3."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import urllib3

from benchmarks.answers import fresh_id
from benchmarks.bare import HEADERS, ORDER_PATH, cancel_url, signed
from benchmarks.clients import ccxt_blocking, ours_blocking
from benchmarks.rounds import repeated, timed
from benchmarks.served import fast_server
from benchmarks.table import Row

_CALLS = 20


def blocking_ack(rounds: int) -> Sequence[Row]:
    """Measure one DELETE."""
    with fast_server() as url, ours_blocking(url) as venue, urllib3.PoolManager() as pool:
        exchange = ccxt_blocking(url)

        def bare() -> None:
            msgspec.json.decode(pool.request("DELETE", url + cancel_url(fresh_id()), headers=HEADERS).data)

        contenders = {
            "ours": lambda: venue.cancel_order(fresh_id(), wait="ack"),
            "ccxt": lambda: exchange.cancel_order(fresh_id()),
            "floor": bare,
        }
        times = timed({name: repeated(call, _CALLS) for name, call in contenders.items()}, calls=_CALLS, rounds=rounds)
        exchange.session.close()
    return [
        Row(
            what='blocking cancel, `wait="ack"`', unit="µs", ours=times.median("ours"), ccxt=times.median("ccxt"),
            floor=times.median("floor"), held=times.ratio("ours", "ccxt"), target=0.50, of="of ccxt",
        )
    ]  # fmt: skip


def blocking_final(rounds: int) -> Sequence[Row]:
    """Measure a DELETE and the GET that proves it; with ccxt that is two calls."""
    with fast_server() as url, ours_blocking(url) as venue, urllib3.PoolManager() as pool:
        exchange = ccxt_blocking(url)

        def theirs() -> None:
            order_id = fresh_id()
            exchange.cancel_order(order_id)
            exchange.fetch_order(order_id)

        def bare() -> None:
            order_id = fresh_id()
            msgspec.json.decode(pool.request("DELETE", url + cancel_url(order_id), headers=HEADERS).data)
            query = f"{ORDER_PATH}?{signed({'orderId': order_id})}"
            msgspec.json.decode(pool.request("GET", url + query, headers=HEADERS).data)

        contenders = {"ours": lambda: venue.cancel_order(fresh_id()), "ccxt": theirs, "floor": bare}
        times = timed({name: repeated(call, _CALLS) for name, call in contenders.items()}, calls=_CALLS, rounds=rounds)
        exchange.session.close()
    return [
        Row(
            what='blocking cancel, `wait="final"` (ccxt: cancel and fetch)', unit="µs", ours=times.median("ours"),
            ccxt=times.median("ccxt"), floor=times.median("floor"), held=times.ratio("ours", "ccxt"), target=0.50,
            of="of ccxt",
        )
    ]  # fmt: skip
