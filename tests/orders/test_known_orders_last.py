"""What a key's connections know of its orders lasts as long as one of them is open."""

from __future__ import annotations

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve


def test_the_next_connection_begins_anew() -> None:
    """A recording played twice places one order twice; connections that are open at once share what they know."""
    with serve() as served:
        keys = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "budget": "unlimited"}
        where = {"environment": "sandbox", "base_url": served.url}
        with hk.connect("hashkey", **where, **keys) as first, hk.connect("hashkey", **where, **keys) as second:
            order = first.create_order("ETH/USD", "limit", "buy", "1", "1900")
            known = second._connection.shared.looks.known
            assert known is first._connection.shared.looks.known
            assert known.was_seen(str(order.id))
            first.close()
            assert known.was_seen(str(order.id))
        with hk.connect("hashkey", **where, **keys) as third:
            assert not third._connection.shared.looks.known.was_seen(str(order.id))
