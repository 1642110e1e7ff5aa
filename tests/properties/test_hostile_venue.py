"""A venue may answer anything: no call breaks, and no end is claimed that no answer proves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from hk_adapter import CancelOutcome
from hk_adapter.model import CancelReport, CancelRequest, Wait
from tests.properties.examples import examples
from tests.properties.hostile_answers import ASKED, OTHER, OWN, plain_responses, refusing_responses, responses
from tests.properties.hostile_venue import (
    CLOSED,
    LOST,
    OFF_BOOK,
    REFUSED,
    Play,
    Told,
    play,
    proven_end,
    rows_about,
    said_again,
)

WORDS = {
    CancelOutcome.CANCELED: {"CANCELED"},
    CancelOutcome.PARTIALLY_CANCELED: {"CANCELED", "PARTIALLY_CANCELED"},
    CancelOutcome.ALREADY_CANCELED: {"CANCELED", "PARTIALLY_CANCELED"},
    CancelOutcome.TOO_LATE_FILLED: {"FILLED"},
    CancelOutcome.ENDED: {"REJECTED"},
}
REFUSALS = {
    CancelOutcome.REJECTED,
    CancelOutcome.NOT_FOUND,
    CancelOutcome.RATE_LIMITED,
    CancelOutcome.CLOCK_SKEW,
    CancelOutcome.AUTH,
    CancelOutcome.BAD_REQUEST,
    CancelOutcome.VENUE_DOWN,
    CancelOutcome.ALREADY_CANCELED,
}
ON_THE_BOOK = {"NEW", "PARTIALLY_FILLED"}
MOST_SENDS = 3

answers = plain_responses | refusing_responses | responses | st.sampled_from([LOST, REFUSED])
requests = st.sampled_from(
    [
        CancelRequest(order_id=ASKED),
        CancelRequest(client_order_id=OWN),
        CancelRequest(order_id=ASKED, client_order_id=OWN),
        CancelRequest(order_id=ASKED, symbol="ETH/USD"),
    ]
)
circumstances = {
    "cancels": st.lists(answers, min_size=1, max_size=3),
    "others": st.lists(answers, min_size=1, max_size=4),
    "delay": st.sampled_from([0.0, 0.05, 0.6]),
    "seed": st.integers(0, 9),
    "wait": st.sampled_from([Wait.FINAL, Wait.FINAL, Wait.ACK]),
    "timeout": st.sampled_from([0.2, 2.0, 10.0]),
}


def complaints(report: CancelReport, request: CancelRequest, played: Play, wait: Wait, timeout: float) -> Iterator[str]:
    """Say every promise of the design that a report breaks, given all that the venue ever said."""
    sends = [told for told in played.told if told.method == "DELETE" and told.answer != REFUSED]
    looks = [told for told in played.told if told.method == "GET"]
    if report.final:
        evidence = [*looks, *(sends if wait is Wait.ACK else [])]
        yield from about_an_end(report, rows_about(request, played.told, evidence))
    if len(sends) > MOST_SENDS:
        yield f"{len(sends)} sends"
    if report.outcome in REFUSALS and not all(told.refuses for told in sends):
        yield f"{report.outcome}, but a send was not refused"
    if not _is_founded(report.outcome, request, sends, looks):
        yield f"{report.outcome}, which no answer says"
    if report.elapsed > timeout + 0.001:
        yield f"took {report.elapsed} s"
    blocked = next((told.ended for told in played.told if told.blocks), None)
    if blocked is not None and any(told.begun > blocked for told in played.told):
        yield "spoke while blocked"


def _is_founded(outcome: CancelOutcome, request: CancelRequest, sends: list[Told], looks: list[Told]) -> bool:
    """Whether what was told allows for an outcome that is no end."""
    acknowledged = rows_about(request, [*sends, *looks], sends)
    match outcome:
        case CancelOutcome.NOT_SENT:
            return not sends
        case CancelOutcome.VENUE_DOWN:
            return not sends or str(sends[-1].code) in CLOSED
        case CancelOutcome.REJECTED:
            later = [look for look in looks if look.begun >= sends[-1].ended]
            shown = rows_about(request, [*sends, *looks], later)
            return any(row.get("status") in ON_THE_BOOK for row in shown)
        case CancelOutcome.PENDING:
            return bool(acknowledged)
        case CancelOutcome.OFF_BOOK:
            by_code = any(str(told.code) in OFF_BOOK for told in sends)
            return by_code or any(proven_end(row) is not None for row in acknowledged)
        case _:
            return True


def about_an_end(report: CancelReport, shown: list[dict[str, Any]]) -> Iterator[str]:
    """Say what is wrong with an end, given the rows that showed the order."""
    assert report.order is not None
    ends = {end for row in shown if (end := proven_end(row)) is not None} | said_again(shown)
    if (report.order.venue_status, report.order.filled) not in ends:
        yield f"{report.outcome} with {report.order.filled} filled, which no answer proves"
    if report.order.venue_status not in WORDS[report.outcome]:
        yield f"{report.outcome}, but the venue's word was {report.order.venue_status}"
    if report.outcome is CancelOutcome.CANCELED and report.order.filled != 0:
        yield "canceled, but something was filled"
    if report.outcome is CancelOutcome.PARTIALLY_CANCELED and report.order.filled == 0:
        yield "partially canceled, but nothing was filled"


@given(request=requests, **circumstances)
@examples(400)
def test_a_cancel_claims_nothing_beyond_what_answers_prove(request, cancels, others, delay, seed, wait, timeout):
    """One report, in time, that claims nothing beyond what the answers prove."""
    played = play([request], cancels, others, delay=delay, seed=seed, wait=wait, timeout=timeout)
    (report,) = played.reports
    event(report.outcome)
    sends = [told for told in played.told if told.method == "DELETE" and told.answer != REFUSED]
    assert list(complaints(report, request, played, wait, timeout)) == []
    assert report.attempts == len(sends)
    assert report.ambiguous_attempts <= report.attempts


@given(**circumstances)
@examples(150)
def test_several_cancels_claim_nothing_beyond_what_answers_prove(cancels, others, delay, seed, wait, timeout):
    """As above, one report for each of several orders that are canceled in one call."""
    asked = [CancelRequest(order_id=order_id) for order_id in (ASKED, OTHER, "77")] + [
        CancelRequest(client_order_id=OWN)
    ]
    played = play(asked, cancels, others, delay=delay, seed=seed, wait=wait, timeout=timeout)
    assert len(played.reports) == len(asked)
    for report, request in zip(played.reports, asked, strict=True):
        assert report.attempts <= MOST_SENDS
        if report.final:
            assert list(about_an_end(report, rows_about(request, played.told, played.told))) == []
