"""A venue that knows no order by its id alone is held to every case, each with the order's symbol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance import Capabilities, Request, VenueSuite
from hk_adapter.testing.conformance.bench import Bench
from tests.conformance.lagoon import Lagoon
from tests.conformance.lagoons_by_market import ByMarket, ByMarketScript, NamedByMarket, NamedByMarketScript, OneMarket
from tests.conformance.test_lagoon import Opens


@contextmanager
def lagoon_is(plugin: type[Lagoon]) -> Iterator[None]:
    """Let ``lagoon`` be a plugin."""
    hk.register_venue("lagoon", Opens(plugin))
    try:
        yield
    finally:
        unregister_venue("lagoon")


class TestByMarket(VenueSuite):
    """One whose plugin refuses an order without its symbol."""

    venue_id: ClassVar[str] = "lagoon"
    script = ByMarketScript()
    capabilities = Capabilities(
        absent={"ordered": "it takes requests in any order", "an_id_alone": "orders are counted by market"}
    )

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def registered(cls) -> Iterator[None]:
        """Let ``lagoon`` be the plugin that the suite is about."""
        with lagoon_is(ByMarket):
            yield


class TestNamedByMarket(VenueSuite):
    """One whose ids have the market in them: an id alone is enough."""

    venue_id: ClassVar[str] = "lagoon"
    script = NamedByMarketScript()
    capabilities = Capabilities(absent={"ordered": "it takes requests in any order"})

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def registered(cls) -> Iterator[None]:
        """Let ``lagoon`` be the plugin that the suite is about."""
        with lagoon_is(NamedByMarket):
            yield


def test_an_order_of_another_market_is_not_found_by_its_id() -> None:
    """A plugin that asks for each order in one market alone fails."""
    suite = TestByMarket()
    with lagoon_is(OneMarket):
        suite.bench = Bench("lagoon", suite.script, {}, names_symbols=True)
        with pytest.raises(hk.OrderNotFound):
            suite.test_an_order_is_of_its_own_market()


def test_orders_of_two_markets_are_canceled_each_in_its_own() -> None:
    """Where a plugin takes no batch of two markets, its orders are canceled one by one."""
    with lagoon_is(ByMarket):
        bench = Bench("lagoon", TestByMarket.script, {}, names_symbols=True)
        orders = [bench.exchange.place(symbol=symbol) for symbol in ("ETH/USD", "BTC/USD", "ETH/USD")]
        reports = bench.venue.cancel_all_orders()
    assert [report.outcome for report in reports] == ["canceled"] * len(orders)
    sent = [seen.asked for seen in bench.exchange.seen if seen.asked.kind in {Request.CANCEL, Request.CANCEL_MANY}]
    assert {(asked.order_id, asked.symbol) for asked in sent} == {(order.id, order.symbol) for order in orders}
