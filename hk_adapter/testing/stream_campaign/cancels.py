"""Cancels of the account's own while its stream is open: a look hears the stream first, and no report may be wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from hk_adapter.execution.operate import report_cancel
from hk_adapter.flow.effects import Sleep
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import CancelOutcome, CancelReport, CancelRequest, Evidence, Operation
from hk_adapter.simulator import VENUE_ID, OrderTruth
from hk_adapter.testing.stream_campaign.oracle import ENDS

TIMEOUT = 10.0


class Canceller:
    """Cancels one order after the other, each once. ``truth`` shows an order as it truly stands now."""

    def __init__(
        self, hooks: VenueHooks, placed: Sequence[str], rng: Random, truth: Callable[[str], OrderTruth]
    ) -> None:
        self._hooks = hooks
        self._placed = placed
        self._rng = rng
        self._truth = truth
        self._reports: list[tuple[CancelReport, OrderTruth]] = []

    async def go_on(self) -> None:
        """Cancel, as a flow without an end."""
        asked: set[str] = set()
        while True:
            await Sleep(self._rng.expovariate(1.0))
            left = [one for one in self._placed if one not in asked]
            if not left:
                continue
            asked.add(order_id := self._rng.choice(left))
            operation = Operation(name="cancel_order", request=CancelRequest(order_id=order_id), timeout=TIMEOUT)
            report = await report_cancel(self._hooks, operation, VENUE_ID)
            self._reports.append((report, self._truth(order_id)))

    @property
    def number(self) -> int:
        """How many reports there are."""
        return len(self._reports)

    @property
    def heard(self) -> int:
        """How many ends the stream alone has proven."""
        return sum(report.evidence is Evidence.STREAM for report, _ in self._reports)

    @property
    def wrong(self) -> int:
        """How many reports say what was not so when they were given."""
        return sum(is_wrong(report, truth) for report, truth in self._reports)


def is_wrong(report: CancelReport, truth: OrderTruth) -> bool:
    """Whether a report claims what was not so: of an order that exists, and that others cancel and fill, too."""
    told, ended = report.order, truth.ended_at is not None
    if report.final:
        return not ended or told is None or (told.status, told.filled) != (ENDS[truth.status], truth.filled)
    match report.outcome:
        case CancelOutcome.OFF_BOOK:
            return not ended
        case CancelOutcome.REJECTED:
            return ended
        case CancelOutcome.NOT_SENT | CancelOutcome.VENUE_DOWN:
            return truth.cancel_sends > 0
        case outcome:
            return outcome is CancelOutcome.NOT_FOUND
