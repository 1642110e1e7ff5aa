"""An order that is only to be checked, and another account: no plugin that never looks is asked for them."""

from __future__ import annotations

from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance.bench import Bench
from tests.conformance.lagoon import Lagoon, LagoonScript
from tests.conformance.test_lagoon import Opens

TERMS = ("ETH/USD", "limit", "buy", "1", "1900")


class Heeds(Lagoon):
    """Says that it looks, and does not."""

    heeds = frozenset({"test", "account_id"})


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Any:
    """Open a venue over the plugin."""
    hk.register_venue("lagoon", Opens(request.param))
    yield Bench("lagoon", LagoonScript(), {})
    unregister_venue("lagoon")


@pytest.mark.parametrize("bench", [Lagoon], indirect=True)
def test_a_check_is_not_asked_of_a_plugin_that_does_not_know_it(bench: Bench) -> None:
    """It would place the order: nothing is sent."""
    with pytest.raises(hk.NotSupported, match="heeds test") as refused:
        bench.venue.create_order(*TERMS, test=True)
    assert refused.value.request_state is hk.RequestState.NOT_SENT
    assert not bench.exchange.seen


@pytest.mark.parametrize("bench", [Lagoon], indirect=True)
@pytest.mark.parametrize(
    "name", ["fetch_open_orders", "fetch_orders", "fetch_closed_orders", "fetch_my_trades", "fetch_balance"]
)
def test_another_account_is_not_asked_of_a_plugin_that_knows_one(bench: Bench, name: str) -> None:
    """It would tell the key's own: nothing is sent."""
    with pytest.raises(hk.NotSupported, match="heeds account_id"):
        getattr(bench.venue, name)(account_id="7001")
    assert not bench.exchange.seen


@pytest.mark.parametrize("bench", [Heeds], indirect=True)
def test_a_check_that_placed_the_order_is_told_so(bench: Bench) -> None:
    """Where the answer shows an order, it may exist: it is named, and never told as checked."""
    with pytest.raises(hk.OutcomeUnknown, match="only to be checked") as told:
        bench.venue.create_order(*TERMS, test=True)
    assert told.value.order is not None
    assert told.value.order.id in bench.exchange.orders
    known = bench.venue._connection.shared.looks.known
    assert [order.id for order, _ in known.still_open()] == [told.value.order.id]
