"""Holds a report against what the server saw and what the venue knows, by the design's promises alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import hk_adapter as hk
from hk_adapter import CancelOutcome
from hk_adapter.simulator import OrderTruth
from tests.lateness import TOLERANCE
from tests.sockets.mishaps import Exchange

MOST_SENDS = 3
ROUNDING = 1e-6
"""Seconds that differences of floating-point clocks may be off."""
HASTE = 0.4
"""Share of its time from which on a call may have given a request up that the server then still took."""
_WORDS = {
    CancelOutcome.CANCELED: {"CANCELED"},
    CancelOutcome.PARTIALLY_CANCELED: {"PARTIALLY_CANCELED"},
    CancelOutcome.ALREADY_CANCELED: {"CANCELED", "PARTIALLY_CANCELED"},
    CancelOutcome.TOO_LATE_FILLED: {"FILLED"},
    CancelOutcome.ENDED: {"REJECTED"},
}
_NOTHING_RAN = {
    CancelOutcome.REJECTED,
    CancelOutcome.NOT_FOUND,
    CancelOutcome.RATE_LIMITED,
    CancelOutcome.CLOCK_SKEW,
    CancelOutcome.AUTH,
    CancelOutcome.BAD_REQUEST,
    CancelOutcome.VENUE_DOWN,
    CancelOutcome.NOT_SENT,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One call that is over. Seconds on our clock; ``blank`` counts cancels that may have been cut before a byte."""

    report: hk.CancelReport
    truth: OrderTruth
    exchanges: Sequence[Exchange]
    took: float
    timeout: float
    blank: int = 0
    machine: float = 0.0
    """Seconds of it that a busy machine took."""

    @property
    def late(self) -> bool:
        """Whether it was over later than it may be, and than the machine has made it."""
        return self.took > self.timeout + TOLERANCE + self.machine

    def complaints(self) -> list[str]:
        """Say every promise that is broken."""
        return [*self._about_sends(), *self._about_the_end(), *self._about_time()]

    def _about_sends(self) -> Iterator[str]:
        report = self.report
        seen = [exchange for exchange in self.exchanges if exchange.is_cancel]
        # One that its deadline cut short may have left unseen, or have been answered when nobody listened any more.
        hasty = self.took > HASTE * self.timeout
        blank = self.blank + hasty + sum(not exchange.read for exchange in self.exchanges)
        if not len(seen) <= report.attempts <= len(seen) + blank:
            yield f"{report.attempts} attempts, but the server saw {len(seen)} and {blank} without a byte"
        if len(seen) > MOST_SENDS:
            yield f"{len(seen)} sends"
        lost = sum(exchange.told is False for exchange in seen)
        either = blank + sum(hasty or exchange.told is None for exchange in seen)
        if not lost <= report.ambiguous_attempts <= min(report.attempts, lost + either):
            yield f"{report.ambiguous_attempts} doubts, but {lost} sends had no whole answer"
        if seen and report.outcome in {CancelOutcome.NOT_SENT, CancelOutcome.VENUE_DOWN}:
            yield f"{report.outcome}, but a byte reached the server"
        ran = any(request.accepted for request in self.truth.cancel_requests)
        if ran and report.outcome in _NOTHING_RAN:
            yield f"{report.outcome}, but a cancel was accepted"
        if report.outcome is CancelOutcome.ALREADY_CANCELED and (ran or lost):
            yield "already canceled, but a send of this call may have done it"

    def _about_the_end(self) -> Iterator[str]:
        report, truth = self.report, self.truth
        if report.final:
            if truth.ended_at is None or truth.status not in _WORDS[report.outcome]:
                yield f"{report.outcome}, but the order is {truth.status}"
            if report.order is None or report.order.filled != truth.filled:
                yield f"another amount than {truth.filled} filled"
        if report.outcome is CancelOutcome.OFF_BOOK and truth.ended_at is None:
            yield f"off the book, but the order is {truth.status}"
        if report.outcome is CancelOutcome.PENDING and not any(one.accepted for one in truth.cancel_requests):
            yield "pending, but no cancel was accepted"

    def _about_time(self) -> Iterator[str]:
        if self.late:
            yield f"took {self.took:.3f} of {self.timeout} s"
        if self.report.elapsed > self.took + ROUNDING:
            yield f"says that it took {self.report.elapsed:.3f} s, but it was {self.took:.3f}"
