"""The bytes of a cancel's answer read to an order, beside ccxt and a bare decoding by msgspec."""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from benchmarks.answers import cancel_and_query
from benchmarks.clients import ccxt_blocking
from benchmarks.rounds import repeated, timed
from benchmarks.table import Row
from hk_adapter.flow.http import Response
from hk_adapter.venues.hashkey.parse import parse_order
from hk_adapter.venues.hashkey.responses import read_object

_CALLS = 500


class _Bare(msgspec.Struct, rename="camel"):
    """The fields that a cancel's answer has, as their kinds on the wire."""

    order_id: str
    client_order_id: str
    symbol: str
    price: str
    orig_qty: str
    executed_qty: str
    status: str


def parsing(rounds: int) -> Sequence[Row]:
    """Measure one answer."""
    body, _ = cancel_and_query()
    answer, text = Response(200, {"Content-Type": "application/json"}, body), body.decode()
    exchange, decoder = ccxt_blocking("http://127.0.0.1:9"), msgspec.json.Decoder(_Bare)
    contenders = {
        "ours": lambda: parse_order(read_object(answer, "cancel_order"), operation="cancel_order"),
        "ccxt": lambda: exchange.parse_order(exchange.parse_json(text)),
        "floor": lambda: decoder.decode(body),
    }
    blocks = {name: repeated(call, _CALLS) for name, call in contenders.items()}
    times = timed(blocks, calls=_CALLS, rounds=rounds, clock=time.thread_time)
    return [
        Row(
            what="one cancel's answer, from bytes to an `Order`", unit="µs", ours=times.median("ours"),
            ccxt=times.median("ccxt"), floor=times.median("floor"), held=times.ratio("ours", "ccxt"), target=0.20,
            of="of ccxt",
        )
    ]  # fmt: skip
