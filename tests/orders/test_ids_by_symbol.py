"""At a venue that counts order ids by symbol, a new order may have the id of one that is known in another market."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance import Request
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from tests.conformance.lagoons_by_market import ByMarket, ByMarketScript
from tests.conformance.test_lagoon import Opens


class EachTwice(ByMarketScript):
    """Gives two orders, one after the other, the same number."""

    def order_id(self, number: int) -> str:
        """Write it."""
        return str((number + 1) // 2)


class TellsOfTaken(ByMarket):
    """Knows the word for a client order id that is taken."""

    def refusal(self, status: int, word: str) -> Exception:
        """Read a refusal."""
        if word == "taken":
            return hk.DuplicateClientOrderId("taken", code=word, http_status=status)
        return super().refusal(status, word)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """Open the venue."""
    hk.register_venue("lagoon", Opens(TellsOfTaken))
    yield Bench("lagoon", EachTwice(), {}, names_symbols=True)
    unregister_venue("lagoon")


def test_a_new_order_with_the_id_of_another_markets(bench: Bench) -> None:
    """It is looked for by its client order id, and returned: an id known in one market says nothing of another."""
    first = bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    second = bench.venue.create_order("BTC/USD", "limit", "buy", "1", "1900")
    assert [(order.id, order.symbol) for order in (first, second)] == [("1", "ETH/USD"), ("1", "BTC/USD")]
    assert (bench.exchange.count(Request.CREATE), bench.exchange.count(Request.QUERY)) == (2, 1)


def test_a_new_order_with_the_id_of_one_in_its_market(bench: Bench) -> None:
    """Where an answer shows an order that was known in that very market, it is not the new one."""
    bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    with pytest.raises(hk.OutcomeUnknown):
        bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900")


def test_a_lost_answer(bench: Bench) -> None:
    """The order is found all the same."""
    bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    bench.exchange.meet(Request.CREATE, Fate(lost=True))
    assert bench.venue.create_order("BTC/USD", "limit", "buy", "1", "1900").symbol == "BTC/USD"


def test_an_order_of_the_callers_id_that_was_answered_as_taken(bench: Bench) -> None:
    """Where a create is told that its client order id is taken, and by this very call, the order is no refused one."""
    bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    taken = hk.Response(409, {}, b'{"error": "taken"}')
    bench.exchange.meet(Request.CREATE, Fate(instead=taken))
    own = bench.own_id(7)
    order = bench.venue.create_order("BTC/USD", "limit", "buy", "1", "1900", client_order_id=own)
    assert (order.id, order.symbol, order.client_order_id) == ("1", "BTC/USD", own)
