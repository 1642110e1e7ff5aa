"""A ``timeout`` is in seconds, a connection's and a call's; ccxt's ms are refused before anything is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import hk_adapter as hk

GRID_ROW = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": 1, "price": 1900}


@pytest.mark.parametrize("venue_id", ["hashkey", "ccxt:hashkey"])
def test_in_ms(venue_id: str) -> None:
    """Ten thousand seconds would let a call whose venue is gone wait for hours."""
    with pytest.raises(hk.InvalidArgument, match=r"in seconds, up to 3600: .* ccxt's ms, give 10$"):
        hk.connect(venue_id, timeout=10000)


def test_the_longest() -> None:
    """An hour is taken."""
    with hk.connect("hashkey", environment="simulator", timeout=3600) as venue:
        assert venue.fetch_open_orders("ETH/USD") == []


@pytest.mark.parametrize(
    "call",
    [
        lambda venue: venue.cancel_order("1", timeout=10000),
        lambda venue: venue.try_cancel("1", timeout=10000),
        lambda venue: venue.cancel_orders(["1"], timeout=10000),
        lambda venue: venue.cancel_all_orders(timeout=10000),
        lambda venue: venue.create_order("ETH/USD", "limit", "buy", 1, 1900, timeout=10000),
        lambda venue: venue.create_orders([GRID_ROW], timeout=10000),
    ],
)
def test_of_one_call_in_ms(call: Callable[[hk.Venue], object]) -> None:
    """What a connection refuses no call takes: it would wait for hours, too."""
    with hk.connect("hashkey", environment="simulator") as venue:
        with pytest.raises(hk.InvalidArgument, match=r"in seconds, up to 3600: .* ccxt's ms, give 10$"):
            call(venue)
        assert not venue.simulator.requests


def test_of_a_stop_in_ms() -> None:
    """A kill switch refuses it before anything is blocked or listed."""
    with hk.VenuePool([hk.PoolAccount("desk", "hashkey", environment="simulator")]) as pool:
        with pytest.raises(hk.InvalidArgument, match=r"ccxt's ms, give 120$"):
            hk.kill_switch(pool, timeout=120_000)
        assert pool["desk"].create_order("ETH/USD", "limit", "buy", 1, 1900).status == "open"
