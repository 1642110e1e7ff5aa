"""A connection's ``timeout`` is in seconds; what was meant in ccxt's ms is refused before anything is sent."""

from __future__ import annotations

import pytest

import hk_adapter as hk


@pytest.mark.parametrize("venue_id", ["hashkey", "ccxt:hashkey"])
def test_in_ms(venue_id: str) -> None:
    """Ten thousand seconds would let a call whose venue is gone wait for hours."""
    with pytest.raises(hk.InvalidArgument, match=r"in seconds, up to 3600 .* ccxt's ms, give 10$"):
        hk.connect(venue_id, timeout=10000)


def test_the_longest() -> None:
    """An hour is taken."""
    with hk.connect("hashkey", environment="simulator", timeout=3600) as venue:
        assert venue.fetch_open_orders("ETH/USD") == []
