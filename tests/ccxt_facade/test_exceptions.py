"""Every outcome and every error of ours has one word in ccxt's language."""

from __future__ import annotations

import ccxt
import pytest

import hk_adapter as hk
from hk_adapter import errors
from hk_adapter.ccxt_facade.exceptions import ERRORS, OUTCOMES, in_words_of_ccxt, kind_of_error, kind_of_report
from hk_adapter.ccxt_facade.results import one_order
from hk_adapter.model import CancelOutcome, CancelReport, Order
from tests.cases import each


def all_errors(kind=errors.AdapterError):
    """List a class and all below it that the package has."""
    own = [one for one in kind.__subclasses__() if one.__module__ == errors.__name__]
    return [kind, *(deeper for one in own for deeper in all_errors(one))]


def report_of(outcome, error=None):
    """Make a report of an outcome."""
    order = Order(id="7", symbol="ETH/USD") if outcome.final else None
    return CancelReport(outcome=outcome, order=order, error=error)


@pytest.fixture
def exchange():
    """An instance that is never used to send."""
    return ccxt.hkadapter()


@pytest.mark.parametrize("outcome", CancelOutcome)
def test_every_outcome_is_an_order_or_ccxts_exception(exchange, outcome):
    """Ends by a cancel or the venue are returned; every other outcome is an exception that carries the report."""
    assert set(OUTCOMES) == set(CancelOutcome)
    report, filled_first = report_of(outcome), outcome is CancelOutcome.TOO_LATE_FILLED
    if outcome.final and not filled_first:
        assert one_order(exchange, report)["id"] == "7"
        return
    with pytest.raises(ccxt.OrderNotFound if filled_first else OUTCOMES[outcome]) as told:
        one_order(exchange, report)
    assert isinstance(told.value, ccxt.BaseError)
    assert told.value.report is report


@each("kind", all_errors(), ids=lambda kind: kind.__name__)
def test_every_error_is_mapped(kind):
    """No class of our errors is left to its parent, and none reaches the bot as it is."""
    assert kind in ERRORS
    with pytest.raises(ccxt.BaseError) as told, in_words_of_ccxt("hkadapter"):
        raise kind("why")
    assert type(told.value) is ERRORS[kind]
    assert isinstance(told.value.__cause__, kind)


@pytest.mark.parametrize("outcome", [CancelOutcome.UNKNOWN, CancelOutcome.PENDING, CancelOutcome.OFF_BOOK])
def test_doubt_is_a_request_timeout(outcome):
    """What may have run is never told as a refusal."""
    assert OUTCOMES[outcome] is ccxt.RequestTimeout


def test_what_a_refusal_says_more_is_kept():
    """A key that may not do this is PermissionDenied; a call that a wrapper denied is OperationRejected."""
    denied = hk.NotSent("denied")
    denied.__cause__ = hk.OrderDenied("no")
    assert kind_of_report(report_of(CancelOutcome.AUTH, hk.PermissionDenied("no"))) is ccxt.PermissionDenied
    assert kind_of_report(report_of(CancelOutcome.NOT_SENT, denied)) is ccxt.OperationRejected
    assert kind_of_report(report_of(CancelOutcome.NOT_SENT, hk.NotSent("late"))) is ccxt.NetworkError


def test_an_ended_order_that_contradicts_the_caller_is_returned(exchange):
    """It has ended, whosoever it is, and shows whose it is: an exception would say that nothing was done."""
    report = report_of(CancelOutcome.CANCELED, hk.Mismatch("another symbol"))
    assert one_order(exchange, report)["symbol"] == "ETH/USD"
    with pytest.raises(ccxt.RequestTimeout):
        one_order(exchange, report_of(CancelOutcome.PENDING, hk.Mismatch("another symbol")))


def test_a_class_of_somebody_elses_goes_by_its_parent():
    """A plugin's own error is told as the one that it derives from."""

    class Closed(errors.VenueUnavailable):
        """A plugin's own."""

    assert kind_of_error(Closed("no")) is ccxt.ExchangeNotAvailable
