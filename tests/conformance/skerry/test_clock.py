"""Nonces, and the clock that they count: told in a header, in whole seconds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.testing import Request
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import EPOCH, Fate
from hk_adapter.transport.venue_clock import VenueClock
from tests.conformance.skerry.script import SkerryScript, refused


class Astray(Bench):
    """A bench whose machine has a wrong clock, by so many seconds; no request of Skerry's is refused for it."""

    seconds = 0.0

    def clock(self) -> VenueClock:
        """Read it."""
        return VenueClock(self._time.monotonic, lambda: EPOCH + self._time.now + self.seconds, step=1000, checked=False)


@pytest.fixture(params=[-60.0, 60.0])
def astray(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Open Skerry on a machine whose clock is behind, or ahead."""
    kind = type("By", (Astray,), {"seconds": request.param})
    opened = kind("skerry", SkerryScript(), {})
    yield opened
    opened.close()


def _nonces(bench: Bench) -> list[int]:
    return [int(one.request.headers["x-nonce"]) for one in bench.exchange.seen if "x-nonce" in one.request.headers]


def test_nonces_rise_whatever_goes_out(bench: Bench) -> None:
    """Over cancels, looks, lists and creates."""
    placed = [bench.exchange.place() for _ in range(7)]
    bench.venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    bench.venue.cancel_orders([order.id for order in placed], timeout=60.0)
    nonces = _nonces(bench)
    assert len(nonces) >= 5  # a create, two batches, and the lists that settle them
    assert nonces == sorted(set(nonces))


def test_a_stale_nonce_is_made_again_by_the_venues_clock(bench: Bench) -> None:
    """The clock is read off the header, and the cancel sent once more."""
    order = bench.exchange.place()
    bench.exchange.meet(Request.CANCEL, Fate(acts=False, instead=refused("nonce.stale")), Fate())
    report = bench.cancel(order)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 2, 0)
    assert bench.exchange.count(Request.OTHER) == 3


def test_the_time_is_in_a_header(bench: Bench) -> None:
    """It is cut off to a second."""
    assert bench.venue.fetch_time() == bench.exchange.now() // 1000 * 1000


@pytest.mark.parametrize("headers", [{}, {"date": "yesterday"}])
def test_a_header_that_tells_no_time(bench: Bench, headers: dict[str, str]) -> None:
    """It is not made up."""
    bench.exchange.meet(Request.OTHER, Fate(instead=hk.Response(200, headers, b"{}")))
    with pytest.raises(hk.UnexpectedPayload):
        bench.venue.fetch_time()


def test_a_clock_that_nobody_vouches_for_proves_nothing(astray: Bench) -> None:
    """What this call has ended did not end before it, whatever our clock says."""
    report = astray.cancel(astray.exchange.place())
    assert (report.outcome, report.attempts) == (hk.CancelOutcome.CANCELED, 1)
    assert astray.exchange.count(Request.OTHER) == 0


def test_by_a_clients_id_the_clock_is_measured_first(astray: Bench) -> None:
    """An order that had the id before is told apart by its time, and by the venue's clock."""
    order = astray.exchange.place(client_order_id="mine")
    report = astray.cancel(order, client_order_id="mine", timeout=30.0)
    assert (report.outcome, report.order and report.order.id) == (hk.CancelOutcome.CANCELED, order.id)
    assert astray.exchange.count(Request.OTHER) == 3


def test_an_older_order_under_the_clients_id_is_not_the_new_one(astray: Bench) -> None:
    """Its time says so, by the venue's clock, however wrong ours is."""
    astray.exchange.place(
        client_order_id="mine", created=astray.exchange.now() - 30_000, price=Decimal(1900), amount=Decimal(1)
    )
    astray.exchange.meet(Request.CREATE, Fate(arrives=False))
    with pytest.raises(hk.OutcomeUnknown):
        astray.venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine")


def test_a_new_order_is_none_that_was_there_before(astray: Bench) -> None:
    """It is found under its id, however wrong our clock is."""
    astray.exchange.meet(Request.CREATE, Fate(lost=True))
    order = astray.venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine", timeout=30.0)
    assert isinstance(order, hk.Order)
    assert order.id in astray.exchange.orders


def test_nor_where_the_venues_clock_cannot_be_read(astray: Bench) -> None:
    """Then nothing tells the one from the other: of an id that may have been used before."""
    astray.exchange.place(
        client_order_id="mine", created=astray.exchange.now() - 30_000, price=Decimal(1900), amount=Decimal(1)
    )
    astray.exchange.meet(Request.CREATE, Fate(arrives=False))
    astray.exchange.meet(Request.OTHER, *[Fate(instead=hk.Response(200, {}, b"{}"))] * 20)
    with pytest.raises(hk.OutcomeUnknown):
        astray.venue.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine")
