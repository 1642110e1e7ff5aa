"""A list of one symbol's open orders may have rows of others: to cancel all of the one leaves those alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance.bench import Bench
from tests.conformance.lagoon import Lagoon, LagoonScript
from tests.conformance.test_lagoon import Opens


class ListsAll(Lagoon):
    """Lists every market whatever is asked for."""

    says = True

    def page(self, payload: Any, symbol: str | None) -> hk.OrderPage:
        """Read each order, with its market where it says that."""
        page = super().page(payload, None)
        orders = page.orders if self.says else tuple(one.replace(symbol=None) for one in page.orders)
        return page.replace(orders=orders)


class SaysNoSymbols(ListsAll):
    """Its rows do not tell their markets."""

    says = False


@pytest.fixture
def opened() -> Iterator[Callable[[type], Bench]]:
    """Open a plugin on a bench."""
    benches: list[Bench] = []

    def open_one(plugin: type) -> Bench:
        hk.register_venue("lagoon", Opens(plugin))
        benches.append(Bench("lagoon", LagoonScript(), {}))
        return benches[-1]

    yield open_one
    for bench in benches:
        bench.close()
    unregister_venue("lagoon")


def test_orders_that_say_another_symbol_are_left_alone(opened: Callable[[type], Bench]) -> None:
    """They are neither canceled nor reported: they are none of what was asked for."""
    bench = opened(ListsAll)
    ours, others = bench.exchange.place(), bench.exchange.place(symbol="BTC/USD")
    reports = bench.venue.cancel_all_orders("ETH/USD", timeout=60.0)
    assert [report.order and report.order.id for report in reports] == [ours.id]
    assert (ours.is_ended, others.is_ended) == (True, False)


def test_without_a_symbol_all_are_canceled(opened: Callable[[type], Bench]) -> None:
    """Whatever their markets."""
    bench = opened(ListsAll)
    orders = [bench.exchange.place(), bench.exchange.place(symbol="BTC/USD")]
    bench.venue.cancel_all_orders(timeout=60.0)
    assert all(order.is_ended for order in orders)


def test_orders_that_say_no_symbol_are_of_the_list(opened: Callable[[type], Bench]) -> None:
    """Some venues' words are ambiguous: what was listed for a symbol is canceled for it."""
    bench = opened(SaysNoSymbols)
    order = bench.exchange.place()
    bench.venue.cancel_all_orders("ETH/USD", timeout=60.0)
    assert order.is_ended
