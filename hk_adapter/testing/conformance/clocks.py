"""Clocks: the venue's time is read, and a request that it finds too old or too new is made again."""

from __future__ import annotations

from hk_adapter.model import CancelOutcome
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Refusal, Request, Script

_TOLERANCE = 1000
"""Milliseconds: some venues tell whole seconds."""
_TWICE = 2
_AN_HOUR = 3600.0


class Clocks:
    """Cases of ``fetch_time`` and of requests that are refused for their time."""

    bench: Bench
    script: Script

    @needs("fetch_time")
    def test_the_venues_time_is_read(self) -> None:
        """It is in milliseconds UTC, and each time that of the answer.

        Look at: the unit, and the field, that ``fetch_time`` reads; it keeps nothing.
        """
        for _ in range(_TWICE):
            read, true = self.bench.venue.fetch_time(), self.bench.exchange.now()
            require(abs(read - true) <= _TOLERANCE, f"it is {true}, and was read as {read}")
            self.bench.advance(_AN_HOUR)

    @needs("cancel_order", "fetch_order", Refusal.CLOCK_SKEW)
    def test_a_cancel_that_is_refused_for_its_time_goes_out_once_more(self) -> None:
        """It is signed anew and sent again, by the host and once; refused again it is reported so.

        Look at: the table of errors: the refusal is ``ClockSkew``.
        """
        order, exchange = self.bench.exchange.place(), self.bench.exchange
        refused = Fate(acts=False, refused=Refusal.CLOCK_SKEW)
        exchange.meet(Request.CANCEL, refused, Fate())
        report = self.bench.cancel(order)
        require(report.outcome is CancelOutcome.CANCELED, f"the second was accepted, and reported {report.outcome}")
        before = exchange.count(Request.CANCEL)
        exchange.meet(Request.CANCEL, refused)
        report = self.bench.cancel(exchange.place())
        require(report.outcome is CancelOutcome.CLOCK_SKEW, f"both were refused, and reported {report.outcome}")
        sent = exchange.count(Request.CANCEL) - before
        require(sent == _TWICE, f"it went out {sent} times")
