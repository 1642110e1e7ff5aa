"""What a create was answered with just now is canceled with all, though the venue's list does not show it yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.simulator import serve
from hk_adapter.simulator.server import Served
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from tests.cases import each

TERMS = ("ETH/USD", "limit", "buy", "0.1", "1000")


@pytest.fixture
def served() -> Iterator[Served]:
    """A venue whose list of open orders is as it was before anything was placed."""
    with serve() as exchange:
        exchange.control.fail_next(path="/api/v1/spot/openOrders", body="[]", times=9)
        yield exchange


def _connected(served: Served) -> hk.Venue:
    return hk.connect("hashkey", environment="simulator", base_url=served.url)


def test_it_is_canceled_and_proven(served: Served) -> None:
    """A list that lags does not make an empty answer of it."""
    with _connected(served) as venue:
        order = venue.create_order(*TERMS)
        [report] = venue.cancel_all_orders()
    assert (report.order.id, report.outcome) == (order.id, hk.CancelOutcome.CANCELED)
    assert served.control.order(str(order.id)).status == "CANCELED"


@each(
    ("picked", "canceled"),
    [
        ({"symbol": "ETH/USD"}, True),
        ({"symbol": "BTC/USD"}, False),
        ({"side": "buy"}, True),
        ({"side": "sell"}, False),
        ({"client_id_prefix": "mine"}, True),
        ({"client_id_prefix": "theirs"}, False),
    ],
)
def test_only_what_is_meant(picked: dict[str, Any], canceled: bool) -> None:
    """By its symbol, its side, and the client order id that it was given."""
    with serve() as served, _connected(served) as venue:
        served.control.fail_next(path="/api/v1/spot/openOrders", body="[]", times=9)
        order = venue.create_order(*TERMS, client_order_id="mine-1")
        venue.cancel_all_orders(**picked)
        assert (served.control.order(str(order.id)).status == "CANCELED") is canceled


def test_one_that_is_known_to_have_ended_is_left(served: Served) -> None:
    """Nothing is sent for it once more."""
    with _connected(served) as venue:
        order = venue.create_order(*TERMS)
        venue.cancel_order(order.id)
        assert venue.cancel_all_orders() == []


def test_one_that_the_list_shows_has_one_report() -> None:
    """It is canceled once."""
    with serve() as served, _connected(served) as venue:
        order = venue.create_order(*TERMS)
        assert [report.order.id for report in venue.cancel_all_orders()] == [order.id]


def test_one_of_another_type_of_market_is_left(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another connection of the key placed it there, whose lists are not read: unless its symbol is named."""
    venues = []
    for market_type in ("swap", "spot"):
        monkeypatch.setattr(HashKeyVenue, "market_type", market_type, raising=False)
        venues.append(_connected(served))
    with venues[0] as swap, venues[1] as spot:
        order = swap.create_order(*TERMS)
        assert spot.cancel_all_orders() == []
        assert served.control.order(str(order.id)).status == "NEW"
        assert [report.order.id for report in spot.cancel_all_orders("ETH/USD")] == [order.id]
