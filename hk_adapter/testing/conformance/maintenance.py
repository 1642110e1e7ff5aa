"""Maintenance: a venue that is closed says nothing about orders."""

from __future__ import annotations

from hk_adapter.errors import AdapterError, RequestState
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Refusal, Request, Script


class Maintenance:
    """Cases of a venue that says that it is closed."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("create_order", Refusal.CLOSED)
    def test_a_closed_venue_takes_no_order(self) -> None:
        """A create that is refused because the venue is closed says that it was refused.

        Look at: the table of errors: the refusal is ``VenueUnavailable``, by the venue's own word alone.
        """
        self.bench.exchange.meet(Request.CREATE, Fate(acts=False, refused=Refusal.CLOSED))
        own = None if "client_order_id" in self.absent else self.bench.own_id(2)
        try:
            told: object = self.bench.venue.create_order(
                self.script.symbol, "limit", "buy", "0.5", "1900", client_order_id=own
            )
        except AdapterError as error:
            told = error
        refused = isinstance(told, AdapterError) and told.request_state is RequestState.REFUSED
        require(refused, f"it was refused, and ended in {told!r}")

    @needs("cancel_order", "fetch_order", Refusal.CLOSED)
    def test_a_look_at_a_closed_venue_shows_nothing(self) -> None:
        """A cancel that was accepted, and that no look can confirm because the venue closed, is not final.

        Look at: what ``fetch_order`` makes of the refusal: neither an order nor ``OrderNotFound``.
        """
        order = self.bench.exchange.place()
        self.bench.exchange.meet(Request.CANCEL, Fate(acts=False))
        self.bench.exchange.meet(Request.QUERY, Fate(refused=Refusal.CLOSED))
        self.bench.exchange.meet(Request.OPEN_ORDERS, Fate(refused=Refusal.CLOSED))
        report = self.bench.cancel(order)
        require(not report.final, f"the order rests, and was reported {report.outcome}")
