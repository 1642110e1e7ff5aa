"""What ``order_or_raise`` makes of a report: the whole table of outcomes."""

from __future__ import annotations

import dataclasses
import pickle
from decimal import Decimal

import pytest

from hk_adapter import errors
from hk_adapter.errors import AdapterError
from hk_adapter.model import CancelOutcome, CancelReport, Evidence, Order, OrderStatus, Wait
from tests.cases import each

ORDER = Order(id="1", amount=Decimal(2), filled=Decimal(1), status=OrderStatus.CANCELED)
FINAL = ["CANCELED", "PARTIALLY_CANCELED", "TOO_LATE_FILLED", "ALREADY_CANCELED", "ENDED"]
RAISES = {  # outcome: (what wait="final" raises, what wait="ack" raises); None returns the order
    "OFF_BOOK": (errors.OutcomeUnknown, errors.OutcomeUnknown),
    "PENDING": (errors.OutcomeUnknown, None),
    "REJECTED": (errors.CancelRejected, errors.CancelRejected),
    "NOT_FOUND": (errors.OrderNotFound, errors.OrderNotFound),
    "RATE_LIMITED": (errors.RateLimited, errors.RateLimited),
    "CLOCK_SKEW": (errors.ClockSkew, errors.ClockSkew),
    "AUTH": (errors.AuthenticationError, errors.AuthenticationError),
    "BAD_REQUEST": (errors.BadRequest, errors.BadRequest),
    "VENUE_DOWN": (errors.VenueUnavailable, errors.VenueUnavailable),
    "NOT_SENT": (errors.NotSent, errors.NotSent),
    "UNKNOWN": (errors.OutcomeUnknown, errors.OutcomeUnknown),
}
TABLE = {(name, wait): None for name in FINAL for wait in Wait} | {
    (name, wait): kind
    for name, kinds in RAISES.items()
    for wait, kind in zip((Wait.FINAL, Wait.ACK), kinds, strict=True)
}
RAISING = [(name, wait, kind) for (name, wait), kind in TABLE.items() if kind is not None]
ACCEPTED = ["OFF_BOOK", "PENDING"]
DECIDED = [row for row in RAISING if row[0] not in ACCEPTED]


def raised_by(report: CancelReport) -> AdapterError:
    """Give what ``order_or_raise`` raises."""
    with pytest.raises(AdapterError) as caught:
        report.order_or_raise()
    return caught.value


def test_the_table_covers_every_outcome() -> None:
    """The outcomes are a closed set, and every one of them has its row under both waits."""
    assert set(TABLE) == {(outcome.name, wait) for outcome in CancelOutcome for wait in Wait}


@each("outcome", CancelOutcome)
def test_final_outcomes_are_the_five_that_prove_an_end(outcome: CancelOutcome) -> None:
    """``final`` is true for exactly the outcomes that the table marks final."""
    assert outcome.final is (outcome.name in FINAL)
    assert CancelReport(outcome=outcome, order=ORDER).final is outcome.final


@each(("name", "wait"), [row for row, kind in TABLE.items() if kind is None])
def test_what_was_waited_for_is_returned(name: str, wait: Wait) -> None:
    """A proven end, and under ``ack`` an accepted cancel, return the report's order."""
    report = CancelReport(outcome=CancelOutcome[name], order=ORDER, wait=wait, error=errors.RateLimited("on the way"))
    assert report.order_or_raise() is ORDER


@each(("name", "wait", "kind"), RAISING)
@each("order", [ORDER, None], ids=["order", "no order"])
def test_everything_else_raises_its_error(name: str, wait: Wait, kind: type[AdapterError], order: Order | None) -> None:
    """Each other outcome raises exactly its class, with the report, the order and the wait attached."""
    report = CancelReport(outcome=CancelOutcome[name], order=order, wait=wait, retry_after=2.5)
    error = raised_by(report)
    assert type(error) is kind
    assert error.report is report
    assert error.order is order
    assert error.retry_after == 2.5
    assert str(error)


@each("outcome", [outcome for outcome in CancelOutcome if outcome.final])
def test_a_final_outcome_without_an_order_cannot_be_made(outcome: CancelOutcome) -> None:
    """Final outcomes always carry an order: a report that has none is refused when it is written."""
    with pytest.raises(ValueError, match="needs an order"):
        CancelReport(outcome=outcome)


def test_an_accepted_cancel_of_which_no_order_is_known_is_not_returned() -> None:
    """Under ``ack`` nothing can be returned where nothing showed the order: it is unknown, not None."""
    report = CancelReport(outcome=CancelOutcome.PENDING, wait=Wait.ACK)
    assert type(raised_by(report)) is errors.OutcomeUnknown


@each(("name", "wait", "kind"), DECIDED)
def test_the_venues_own_error_is_the_one_raised(name: str, wait: Wait, kind: type[AdapterError]) -> None:
    """Where the report holds an error of the outcome's class, that very error is raised, code and all."""
    original = kind("the venue's word", code="0209", http_status=400, venue="hashkey", retry_after=7.0)
    error = raised_by(CancelReport(outcome=CancelOutcome[name], wait=wait, error=original, retry_after=2.5))
    assert error is original
    assert (error.code, error.retry_after) == ("0209", 7.0)


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_failed_look_up_is_not_what_an_accepted_cancel_raises(name: str) -> None:
    """The error speaks of the cancel that was accepted; what kept its end from being read is the cause."""
    look = errors.OutcomeUnknown("GET: no whole answer came back", code="-1007", venue="hashkey")
    error = raised_by(CancelReport(outcome=CancelOutcome[name], error=look))
    assert type(error) is errors.OutcomeUnknown
    assert error.__cause__ is look
    assert (error.code, error.venue) == ("-1007", "hashkey")


def test_a_narrower_error_is_kept() -> None:
    """A permission that is missing is an AUTH outcome and is raised as PermissionDenied."""
    original = errors.PermissionDenied("not from this address")
    assert raised_by(CancelReport(outcome=CancelOutcome.AUTH, error=original)) is original


@each(("name", "wait", "kind"), RAISING)
def test_another_error_is_chained(name: str, wait: Wait, kind: type[AdapterError]) -> None:
    """An error of another class is the cause; its words and what the venue said are copied from it."""
    cause = errors.PluginError("it broke", code="-1", http_status=500, venue="hashkey", operation="cancel_order")
    error = raised_by(CancelReport(outcome=CancelOutcome[name], wait=wait, error=cause))
    assert type(error) is kind
    assert error.__cause__ is cause
    assert str(error).endswith(": it broke")
    assert (error.code, error.http_status, error.venue, error.operation) == ("-1", 500, "hashkey", "cancel_order")


@each("outcome", CancelOutcome)
@each("wait", Wait)
def test_a_mismatch_is_raised_whatever_the_outcome(outcome: CancelOutcome, wait: Wait) -> None:
    """The outcome stands, and the caller is told that the order is not the one it described."""
    mismatch = errors.Mismatch("symbol")
    error = raised_by(CancelReport(outcome=outcome, order=ORDER, error=mismatch, wait=wait))
    assert error is mismatch
    assert error.order is ORDER
    assert error.report is not None
    assert error.report.outcome is outcome


def test_a_mismatch_shows_the_order_in_the_reports_state() -> None:
    """The order on the error is the one last seen, not the one seen when the contradiction was noticed."""
    earlier = dataclasses.replace(ORDER, status=OrderStatus.PENDING_CANCEL)
    mismatch = errors.Mismatch("symbol", order=earlier)
    assert raised_by(CancelReport(outcome=CancelOutcome.PARTIALLY_CANCELED, order=ORDER, error=mismatch)).order is ORDER


def test_an_errors_order_is_kept_where_the_report_has_none() -> None:
    """What an error knows of the order is not lost."""
    original = errors.OutcomeUnknown("?", order=ORDER)
    assert raised_by(CancelReport(outcome=CancelOutcome.UNKNOWN, error=original)).order is ORDER


@each(("name", "wait", "kind"), DECIDED)
def test_the_raised_error_survives_pickling_with_its_report(name: str, wait: Wait, kind: type[AdapterError]) -> None:
    """Another process gets the error, its report and its order; also where error and report name each other."""
    own = kind("the venue's word", code="0209")
    report = CancelReport(
        outcome=CancelOutcome[name], order=ORDER, wait=wait, error=own, evidence=Evidence.QUERY, attempts=2, elapsed=0.5
    )
    back = pickle.loads(pickle.dumps(raised_by(report)))
    assert type(back) is kind
    assert back.code == "0209"
    assert back.order == ORDER
    assert back.report is not None
    assert back.report.error is back
    assert dataclasses.replace(back.report, error=None) == dataclasses.replace(report, error=None)


def test_a_report_is_frozen() -> None:
    """No field of a report can be changed."""
    report = CancelReport(outcome=CancelOutcome.UNKNOWN)
    for field in dataclasses.fields(report):
        with pytest.raises(AttributeError):
            setattr(report, field.name, None)


def test_asking_twice_gives_the_same_answer() -> None:
    """A report is a record: reading it changes nothing about what it says."""
    report = CancelReport(outcome=CancelOutcome.NOT_FOUND, error=errors.OutcomeUnknown("first look"))
    first, second = raised_by(report), raised_by(report)
    assert (type(first), str(first)) == (type(second), str(second))
    assert first.report is second.report is report
