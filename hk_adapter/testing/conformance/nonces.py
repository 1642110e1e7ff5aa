"""Nonces: they rise, however much is in flight."""

from __future__ import annotations

from itertools import pairwise

from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.promises import needs, require

_IN_FLIGHT = 50
_LONG = 60.0
"""Seconds."""


class Nonces:
    """Cases of venues that take the requests of a key in one order only."""

    bench: Bench

    @needs("cancel_order", "fetch_order", "ordered")
    def test_nonces_rise_with_fifty_in_flight(self) -> None:
        """Of fifty cancels at once, and what confirms them, each request has a nonce above that of the one before it.

        Look at: ``ordered``, which names every group whose nonces are counted together, and ``sign``: the nonce is
        the call's own.
        """
        told = "the plugin's `ordered` names nothing; say why in Capabilities(absent={'ordered': ...})"
        require(getattr(self.bench.opened_venue, "ordered", False), told)
        bench = self.bench.without_limits()
        orders = [bench.exchange.place() for _ in range(_IN_FLIGHT)]
        bench.at_once([bench.calls.try_cancel(order.id, timeout=_LONG) for order in orders])
        bench.close()
        signed = [(call, seen.asked.nonce) for call, seen in bench.pairs if call.signed]
        require(len(signed) >= _IN_FLIGHT, f"{_IN_FLIGHT} cancels were asked for, and {len(signed)} requests came")
        for call, nonce in signed:
            told = f"no nonce was read of {call.method} {call.path}: the plugin sends none, or the script reads none"
            require(nonce is not None, told)
        nonces = [nonce for _, nonce in signed if nonce is not None]
        stale = [later for earlier, later in pairwise(nonces) if later <= earlier]
        require(not stale, f"{len(stale)} requests came with a nonce that was not above the last, such as {stale[:3]}")
