"""One cancel signed and built, ready for the HTTP library, beside ccxt and a bare HMAC over the parameters."""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.answers import FIRST_ID
from benchmarks.bare import cancel_url
from benchmarks.clients import ccxt_blocking
from benchmarks.rounds import repeated, timed
from benchmarks.table import Row
from hk_adapter.hooks import VenueSettings
from hk_adapter.registry import open_venue
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.venues.hashkey.endpoints import CANCEL_ORDER

_CALLS = 500
_NOWHERE = "http://127.0.0.1:9"


def signing(rounds: int) -> Sequence[Row]:
    """Measure one request, a reading of the clock with it."""
    venue = open_venue(VenueSettings(venue_id="hashkey", environment="production", base_url=_NOWHERE))
    credentials = HmacCredentials(DEFAULT_API_KEY, DEFAULT_SECRET)
    exchange, order_id = ccxt_blocking(_NOWHERE), str(FIRST_ID)
    call, parameters = CANCEL_ORDER.call({"orderId": order_id}), {"orderId": order_id}
    contenders = {
        "ours": lambda: venue.sign(call, credentials, time.time_ns() // 1_000_000),
        "ccxt": lambda: exchange.sign("api/v1/spot/order", ["private"], "DELETE", parameters),
        "floor": lambda: cancel_url(order_id),
    }
    blocks = {name: repeated(call, _CALLS) for name, call in contenders.items()}
    times = timed(blocks, calls=_CALLS, rounds=rounds, clock=time.thread_time)
    return [
        Row(
            what="sign one request", unit="µs", ours=times.median("ours"), ccxt=times.median("ccxt"),
            floor=times.median("floor"), held=times.ratio("ours", "ccxt"), target=0.40, of="of ccxt",
        )
    ]  # fmt: skip
