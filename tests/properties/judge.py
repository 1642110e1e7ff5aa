"""Holds what a call said against the simulator's truth, by the design's promises alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hk_adapter import CancelOutcome, CancelReport, Evidence
from hk_adapter.model import Order, Wait
from hk_adapter.simulator import OrderTruth

MOST_SENDS = 3
ROUNDING = 1e-6
"""Seconds that differences of floating-point clocks may be off."""
_ENDS = {
    CancelOutcome.CANCELED: {"CANCELED"},
    CancelOutcome.PARTIALLY_CANCELED: {"PARTIALLY_CANCELED"},
    CancelOutcome.ALREADY_CANCELED: {"CANCELED", "PARTIALLY_CANCELED"},
    CancelOutcome.TOO_LATE_FILLED: {"FILLED"},
    CancelOutcome.ENDED: {"REJECTED"},
}
_REFUSALS = {
    CancelOutcome.REJECTED,
    CancelOutcome.NOT_FOUND,
    CancelOutcome.RATE_LIMITED,
    CancelOutcome.CLOCK_SKEW,
    CancelOutcome.AUTH,
    CancelOutcome.BAD_REQUEST,
    CancelOutcome.VENUE_DOWN,
    CancelOutcome.NOT_SENT,
    CancelOutcome.ALREADY_CANCELED,
}
STATUSES = {
    "PENDING_NEW": {"pending_new", "pending_cancel"},
    "NEW": {"open", "pending_cancel"},
    "PARTIALLY_FILLED": {"open", "pending_cancel"},
    "FILLED": {"closed"},
    "CANCELED": {"canceled"},
    "PARTIALLY_CANCELED": {"canceled"},
    "REJECTED": {"rejected"},
}
"""The venue's true word, and what a look at that moment may show."""


@dataclass(frozen=True, slots=True)
class Case:
    """One cancel that is over: what it said, and the order before and after it."""

    report: CancelReport
    before: OrderTruth
    after: OrderTruth

    def complaints(self) -> Iterator[str]:
        """Say every promise that is broken."""
        report, after = self.report, self.after
        sends = after.cancel_sends - self.before.cancel_sends
        accepted = [one for one in after.cancel_requests[len(self.before.cancel_requests) :] if one.accepted]
        if report.attempts != sends:
            yield f"{report.attempts} attempts, but {sends} arrived"
        if sends > MOST_SENDS:
            yield f"{sends} sends"
        if report.final:
            yield from self._about_the_end()
        if report.outcome in _REFUSALS and accepted:
            yield f"{report.outcome}, but a cancel of this call was accepted"
        if report.outcome is CancelOutcome.NOT_SENT and (sends or report.error is None):
            yield f"not sent, for the reason {report.error}, and {sends} arrived"
        if report.outcome is CancelOutcome.PENDING and not accepted:
            yield "pending, but no cancel was accepted"
        if report.outcome is CancelOutcome.OFF_BOOK and after.ended_at is None:
            yield f"off the book, but it is {after.status}"
        if report.outcome is CancelOutcome.REJECTED and self.before.ended_at is not None:
            yield f"still open, but it was {self.before.status}"
        if report.elapsed < -ROUNDING:
            yield f"took {report.elapsed} s"

    def _about_the_end(self) -> Iterator[str]:
        report, after = self.report, self.after
        assert report.order is not None
        if after.ended_at is None or after.status not in _ENDS[report.outcome]:
            yield f"{report.outcome}, but it is {after.status}"
        if report.order.filled != after.filled:
            yield f"{report.order.filled} filled, but {after.filled} are"
        if report.order.remaining != after.remaining:
            yield f"{report.order.remaining} remaining, but {after.remaining} are"
        if report.wait is Wait.FINAL and report.evidence is not Evidence.QUERY:
            yield f"an end by {report.evidence}"


def shown_rightly(order: Order, truth: OrderTruth) -> bool:
    """Whether a look shows an order as it stands."""
    return (order.filled, order.amount, order.remaining) == (truth.filled, truth.amount, truth.remaining) and (
        str(order.status) in STATUSES[truth.status]
    )
