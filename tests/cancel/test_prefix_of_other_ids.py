"""A prefix of client order ids, at venues that show another id than the one that was given, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance.bench import Bench
from tests.conformance.lagoon import Lagoon, LagoonScript
from tests.conformance.test_lagoon import Opens


class PutsSomethingBefore(Lagoon):
    """Shows ``t-bot-1`` for ``bot-1``, as gate does."""

    client_ids = "changed"

    def order(self, row: dict[str, Any]) -> hk.Order:
        """Read a row."""
        order = super().order(row)
        return order.replace(client_order_id=order.client_order_id and f"t-{order.client_order_id}")


class ShowsNone(Lagoon):
    """Shows no client order ids."""

    client_ids = "changed"

    def order(self, row: dict[str, Any]) -> hk.Order:
        """Read a row."""
        return super().order(row).replace(client_order_id=None)


class IsToldNone(ShowsNone):
    """Is told none."""

    client_ids = "not_sent"


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Open a venue over the plugin, at which two orders of a bot's rest."""
    hk.register_venue("lagoon", Opens(request.param))
    opened = Bench("lagoon", LagoonScript(), {})
    for number in (1, 2):
        opened.exchange.place(client_order_id=f"bot-{number}")
    yield opened
    unregister_venue("lagoon")


def _resting(bench: Bench) -> set[str]:
    return {order.id for order in bench.exchange.orders.values() if not order.is_ended}


@pytest.mark.parametrize("bench", [PutsSomethingBefore, ShowsNone], indirect=True)
def test_what_may_be_meant_is_reported(bench: Bench) -> None:
    """An empty list says that nothing was open: each order that may be meant has a report, and is left alone."""
    reports = bench.venue.cancel_all_orders("ETH/USD", client_id_prefix="bot-")
    assert {report.outcome for report in reports} == {hk.CancelOutcome.NOT_SENT}
    assert {report.order and report.order.id for report in reports} == _resting(bench)
    assert len(_resting(bench)) == 2


@pytest.mark.parametrize("bench", [PutsSomethingBefore], indirect=True)
def test_the_id_that_is_shown_may_be_picked_by(bench: Bench) -> None:
    """Who knows what the venue makes of his ids names that; orders of others stay out of it."""
    bench.exchange.place(client_order_id="other-1")
    reports = bench.venue.cancel_all_orders("ETH/USD", client_id_prefix="t-bot-")
    assert [report.outcome for report in reports] == [hk.CancelOutcome.CANCELED] * 2
    assert len(_resting(bench)) == 1


@pytest.mark.parametrize("bench", [ShowsNone], indirect=True)
def test_another_side_is_none_of_those_that_may_be_meant(bench: Bench) -> None:
    """What else a call picks by still tells which orders are not."""
    assert bench.venue.cancel_all_orders("ETH/USD", side="sell", client_id_prefix="bot-") == []


@pytest.mark.parametrize("bench", [IsToldNone], indirect=True)
def test_a_prefix_is_refused_where_no_order_can_have_it(bench: Bench) -> None:
    """The venue is told no client order ids: nothing is sent."""
    with pytest.raises(hk.NotSupported, match="client_id_prefix"):
        bench.venue.cancel_all_orders("ETH/USD", client_id_prefix="bot-")
    assert not bench.exchange.seen


@pytest.mark.parametrize("bench", [Lagoon], indirect=True)
def test_where_ids_are_shown_as_they_are_an_order_without_one_is_not_meant(bench: Bench) -> None:
    """It was given none."""
    bench.exchange.place(client_order_id=None)
    reports = bench.venue.cancel_all_orders("ETH/USD", client_id_prefix="bot-")
    assert [report.outcome for report in reports] == [hk.CancelOutcome.CANCELED] * 2
    assert len(_resting(bench)) == 1
