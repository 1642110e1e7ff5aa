"""The table of exceptions: what each of ccxt's classes says about a request, and that none is left out."""

from __future__ import annotations

import ccxt
import pytest
from ccxt.base import errors as ccxt_errors

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.venues.ccxt_bridge.call_record import CallRecord
from hk_adapter.venues.ccxt_bridge.calling import ErrorTranslator
from hk_adapter.venues.ccxt_bridge.error_table import MEANINGS, Purpose, meaning_of
from tests.cases import each


def names_in(tree):
    """Every class of ccxt's own tree."""
    return [name for parent, children in tree.items() for name in (parent, *names_in(children))]


EVERY_NAME = names_in(ccxt_errors.error_hierarchy)
ORDER_PURPOSES = (Purpose.CANCEL, Purpose.CREATE)


def answered(raised, purpose, *, status=400, answers=1, headers=None):
    """What an exception comes to that ccxt's check of the venue's answer raised."""
    asking = CallRecord(answers=answers, refusal=raised, response=Response(status, headers or {}, b""))
    return ErrorTranslator("kraken").error_for(raised, asking, purpose)


@each("name", sorted(MEANINGS))
def test_the_table_names_ccxts_own_classes(name):
    """No row is about a class that ccxt does not have."""
    assert name in EVERY_NAME


@each("name", EVERY_NAME)
def test_every_class_has_a_meaning(name):
    """Each of ccxt's classes is one of our errors, whatever it was raised for."""
    kind = getattr(ccxt_errors, name)
    for purpose in Purpose:
        assert isinstance(answered(kind("x"), purpose), hk.AdapterError)
    unsent = ErrorTranslator("kraken").error_for(kind("x"), CallRecord(), Purpose.CANCEL)
    assert unsent.request_state == "not_sent"


def test_a_new_class_means_what_its_nearest_ancestor_means():
    """Every release of ccxt brings classes; a new one is not lost."""

    class OrderBookedOut(ccxt.OrderNotFound):
        pass

    class SomethingNew(OrderBookedOut):
        pass

    assert meaning_of(SomethingNew) is MEANINGS["OrderNotFound"]
    assert type(answered(SomethingNew("x"), Purpose.CANCEL)) is hk.OrderNotFound


@each("name", ["AccountNotEnabled", "MarketClosed", "ContractUnavailable", "OrderImmediatelyFillable"])
def test_classes_without_a_row_fall_to_the_one_above(name):
    """Each of these says no more than its parent does."""
    kind = getattr(ccxt_errors, name)
    assert meaning_of(kind) is meaning_of(kind.__mro__[1])


@each(
    "name",
    [
        "BaseError",
        "ExchangeError",
        "OperationFailed",
        "NetworkError",
        "ExchangeNotAvailable",
        "RequestTimeout",
        "BadResponse",
        "NullResponse",
    ],
)
@each("purpose", ORDER_PURPOSES)
def test_what_may_have_run_is_never_a_refusal(name, purpose):
    """All of these ccxt says of gateways' pages, cut answers and words it does not know as well."""
    assert answered(getattr(ccxt_errors, name)("x"), purpose).request_state == "unknown"


@each(
    ("name", "cancel", "create"),
    [
        ("OrderNotFound", hk.OrderNotFound, hk.OutcomeUnknown),
        ("InvalidOrder", hk.CancelRejected, hk.OrderRejected),
        ("InsufficientFunds", hk.CancelRejected, hk.InsufficientFunds),
        ("DuplicateOrderId", hk.CancelRejected, hk.DuplicateClientOrderId),
        ("OperationRejected", hk.CancelRejected, hk.OrderRejected),
        ("AuthenticationError", hk.AuthenticationError, hk.AuthenticationError),
        ("PermissionDenied", hk.PermissionDenied, hk.PermissionDenied),
        ("RateLimitExceeded", hk.RateLimited, hk.RateLimited),
        ("DDoSProtection", hk.RateLimited, hk.RateLimited),
        ("InvalidNonce", hk.ClockSkew, hk.ClockSkew),
        ("OnMaintenance", hk.VenueUnavailable, hk.VenueUnavailable),
        ("BadRequest", hk.CancelRejected, hk.BadRequest),
        ("BadSymbol", hk.BadRequest, hk.BadRequest),
        ("ArgumentsRequired", hk.BadRequest, hk.BadRequest),
        ("CancelPending", hk.CancelRejected, hk.OutcomeUnknown),
    ],
)
def test_a_refusal_is_told_as_what_it_is(name, cancel, create):
    """The venue's own word, as ccxt classes it, names our error."""
    raised = getattr(ccxt_errors, name)("kraken no")
    assert [type(answered(raised, purpose)) for purpose in ORDER_PURPOSES] == [cancel, create]


def test_a_refusal_carries_its_status_and_how_long_to_wait():
    """A 418 must be heeded as a block, and Retry-After as the venue's wish."""
    error = answered(ccxt.RateLimitExceeded("x"), Purpose.CANCEL, status=418, headers={"retry-after": "30"})
    assert (error.http_status, error.retry_after) == (418, 30.0)


@each("purpose", ORDER_PURPOSES)
@each("name", ["OrderNotFound", "ArgumentsRequired", "BadSymbol", "NotSupported", "InvalidOrder"])
def test_what_ccxt_raises_over_a_good_answer_is_no_refusal(name, purpose):
    """The venue took the request; that ccxt then stumbled over the answer says nothing of the order."""
    asking = CallRecord(answers=1, response=Response(200, {}, b"{}"))
    error = ErrorTranslator("kraken").error_for(getattr(ccxt_errors, name)("x"), asking, purpose)
    assert (type(error), error.request_state) == (hk.UnexpectedPayload, "unknown")


@pytest.mark.parametrize("purpose", ORDER_PURPOSES)
def test_of_several_requests_a_refusal_proves_nothing(purpose):
    """An earlier request of the same call may have been the one that counts."""
    assert answered(ccxt.InvalidOrder("x"), purpose, answers=2).request_state == "unknown"


def test_a_refusal_that_ccxt_renames_is_still_the_venues():
    """For kraken, ccxt turns one error into another while it handles it."""
    refusal = ccxt.InvalidOrder("EOrder:Unknown order")
    renamed = ccxt.OrderNotFound("no such order")
    renamed.__context__ = refusal
    asking = CallRecord(answers=1, refusal=refusal, response=Response(200, {}, b""))
    assert type(ErrorTranslator("kraken").error_for(renamed, asking, Purpose.CANCEL)) is hk.OrderNotFound


@each("raised", [KeyError("price"), TypeError("x"), ValueError("x"), ZeroDivisionError()])
def test_what_is_not_ccxts_comes_of_the_answer_or_is_a_broken_plugin(raised):
    """A parser that stumbled leaves unknown what it was to read; before any request nothing has happened."""
    failures = ErrorTranslator("kraken")
    after = failures.error_for(raised, CallRecord(answers=1, response=Response(200, {}, b"")), Purpose.CANCEL)
    before = failures.error_for(raised, CallRecord(), Purpose.CANCEL)
    assert (type(after), after.request_state) == (hk.UnexpectedPayload, "unknown")
    assert (type(before), before.request_state) == (hk.PluginError, "not_sent")


def test_our_own_word_on_a_request_stands():
    """Whatever ccxt makes of a lost connection, what is known of the request is what the connection knows."""
    lost = hk.OutcomeUnknown("the connection was lost")
    error = ErrorTranslator("kraken").error_for(ccxt.OrderNotFound("x"), CallRecord(broken=lost), Purpose.CANCEL)
    assert error is lost


@pytest.mark.parametrize("kind", [ccxt.OrderNotFound, ccxt.RateLimitExceeded, ccxt.NetworkError])
def test_an_exception_without_words(kind):
    """One whose text cannot be had means what its class means."""

    class Wordless(kind):
        def __str__(self):
            raise RuntimeError

    for purpose in Purpose:
        assert type(answered(Wordless(), purpose)) is type(answered(kind("x"), purpose))
        assert isinstance(answered(Wordless(), purpose, status=429), hk.RateLimited)


@each(
    ("words", "kind"),
    [
        ("EOrder:Unknown order", hk.OrderNotFound),
        ('{"code": 40410000, "message": "order is not found."}', hk.OrderNotFound),
        ("Order does not exist.", hk.OrderNotFound),
        ("Order not found.", hk.OrderNotFound),
        ("An unknown order type was provided", hk.BadRequest),
        ("Asset not found.", hk.BadRequest),
        ("reorder not found", hk.BadRequest),
    ],
)
def test_a_query_that_knows_no_such_order_says_so(words, kind):
    """Some of ccxt's maps call that an InvalidOrder: of a query this is the venue's word all the same."""
    assert type(answered(ccxt.InvalidOrder(words), Purpose.READ)) is kind
    over_a_good_answer = CallRecord(answers=1, response=Response(200, {}, b"{}"))
    found = ErrorTranslator("kraken").error_for(ccxt.InvalidOrder(words), over_a_good_answer, Purpose.READ)
    assert kind is hk.BadRequest or type(found) is hk.OutcomeUnknown
