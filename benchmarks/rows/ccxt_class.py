"""Our class inside ccxt, whose cancel is proven, beside ccxt's own class, whose caller has to look himself."""

from __future__ import annotations

from collections.abc import Sequence

import ccxt
import msgspec
import urllib3

from benchmarks.answers import SYMBOL, fresh_id
from benchmarks.bare import HEADERS, ORDER_PATH, cancel_url, signed
from benchmarks.clients import MARKET, ccxt_blocking, ccxt_config
from benchmarks.rounds import repeated, timed
from benchmarks.served import fast_server
from benchmarks.table import Row
from hk_adapter import ccxt_facade

_CALLS = 20


def ccxt_class(rounds: int) -> Sequence[Row]:
    """Measure a cancel by ``hkadapter`` beside a cancel and a fetch by ``hashkey``."""
    ccxt_facade.register()
    with fast_server() as url, urllib3.PoolManager() as pool:
        stock, ours = ccxt_blocking(url), ccxt.hkadapter(ccxt_config(url))
        ours.set_markets([MARKET])

        def theirs() -> None:
            order_id = fresh_id()
            stock.cancel_order(order_id, SYMBOL)
            stock.fetch_order(order_id, SYMBOL)

        def bare() -> None:
            order_id = fresh_id()
            msgspec.json.decode(pool.request("DELETE", url + cancel_url(order_id), headers=HEADERS).data)
            query = f"{ORDER_PATH}?{signed({'orderId': order_id})}"
            msgspec.json.decode(pool.request("GET", url + query, headers=HEADERS).data)

        contenders = {"ours": lambda: ours.cancel_order(fresh_id(), SYMBOL), "ccxt": theirs, "floor": bare}
        times = timed({name: repeated(call, _CALLS) for name, call in contenders.items()}, calls=_CALLS, rounds=rounds)
        for exchange in (stock, ours):
            exchange.session.close()
    return [
        Row(
            what="ccxt class `hkadapter`: cancel (ccxt: cancel and fetch)", unit="µs", ours=times.median("ours"),
            ccxt=times.median("ccxt"), floor=times.median("floor"), held=times.ratio("ours", "ccxt"), target=0.80,
            of="of ccxt",
        )
    ]  # fmt: skip
