"""The error tree: its shape, what each error knows, and that errors travel between processes."""

from __future__ import annotations

import inspect
import pickle
from decimal import Decimal
from typing import Any

import pytest

from hk_adapter import errors
from hk_adapter.errors import AdapterError, CancelRejectReason, RequestState
from hk_adapter.model import CancelOutcome, CancelReport, Order
from tests.cases import each

NOT_SENT, REFUSED, EXECUTED, UNKNOWN = "not_sent", "refused", "executed", "unknown"
TREE = {  # name: (parent, what became of the request)
    "AdapterError": ("Exception", UNKNOWN),
    "ConfigurationError": ("AdapterError", NOT_SENT),
    "InvalidArgument": ("AdapterError", NOT_SENT),
    "NotSupported": ("AdapterError", NOT_SENT),
    "OrderDenied": ("AdapterError", NOT_SENT),
    "PluginError": ("AdapterError", UNKNOWN),
    "NotSent": ("AdapterError", NOT_SENT),
    "OutcomeUnknown": ("AdapterError", UNKNOWN),
    "UnexpectedPayload": ("AdapterError", UNKNOWN),
    "Mismatch": ("AdapterError", EXECUTED),
    "VenueError": ("AdapterError", REFUSED),
    "RateLimited": ("VenueError", REFUSED),
    "ClockSkew": ("VenueError", REFUSED),
    "AuthenticationError": ("VenueError", REFUSED),
    "PermissionDenied": ("AuthenticationError", REFUSED),
    "BadRequest": ("VenueError", REFUSED),
    "VenueUnavailable": ("VenueError", REFUSED),
    "OrderNotFound": ("VenueError", REFUSED),
    "OrderRejected": ("VenueError", REFUSED),
    "InsufficientFunds": ("OrderRejected", REFUSED),
    "DuplicateClientOrderId": ("OrderRejected", REFUSED),
    "CancelRejected": ("VenueError", REFUSED),
}
CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]


def filled_in(kind: type[AdapterError]) -> AdapterError:
    """Give an error with every attribute set."""
    order = Order(id="1", amount=Decimal(2), filled=Decimal(1))
    report = CancelReport(outcome=CancelOutcome.UNKNOWN, order=order, attempts=2)
    extra: dict[str, Any] = {"reason": CancelRejectReason.BUSY} if kind is errors.CancelRejected else {}
    if kind is errors.PluginError:
        extra = {"request_state": RequestState.NOT_SENT}
    return kind(
        "what happened",
        venue="hashkey",
        operation="cancel_order",
        code="-1144",
        http_status=400,
        retry_after=1.5,
        order=order,
        report=report,
        **extra,
    )


def test_the_tree_is_complete() -> None:
    """The tree holds exactly the documented errors."""
    assert {kind.__name__ for kind in CLASSES} == set(TREE)


@each("name", TREE)
def test_every_error_is_in_its_place(name: str) -> None:
    """An ``except`` for a parent catches the errors drawn below it."""
    parent, _ = TREE[name]
    assert getattr(errors, name).__bases__[0].__name__ == parent


@each("name", TREE)
def test_every_error_says_what_became_of_its_request(name: str) -> None:
    """``request_state`` of each error is the one that the tree draws."""
    kind = getattr(errors, name)
    assert kind.request_state == TREE[name][1]
    assert kind("x").request_state is RequestState(TREE[name][1])


def test_a_plugin_error_may_know_that_nothing_was_sent() -> None:
    """Before its first send a broken plugin's error says ``not_sent``, without changing the class."""
    assert errors.PluginError("x", request_state=RequestState.NOT_SENT).request_state is RequestState.NOT_SENT
    assert errors.PluginError("x").request_state is RequestState.UNKNOWN


def test_an_invalid_argument_is_a_value_error() -> None:
    """Code that expects Python's own error for a wrong value catches ours."""
    assert issubclass(errors.InvalidArgument, ValueError)


@each("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_an_error_without_details_knows_nothing(kind: type[AdapterError]) -> None:
    """What nobody said is None, and the message is the text."""
    error = kind("what happened")
    assert str(error) == "what happened"
    for name in ("venue", "operation", "code", "http_status", "retry_after", "order", "report"):
        assert getattr(error, name) is None


@each("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@each("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_error_survives_pickling(kind: type[AdapterError], protocol: int) -> None:
    """A pickled error comes back with its type, message and every attribute, order and report included."""
    error = filled_in(kind)
    back = pickle.loads(pickle.dumps(error, protocol))
    assert type(back) is kind
    assert str(back) == str(error)
    assert vars(back) == vars(error)
    assert back.request_state is error.request_state


def test_notes_survive_pickling() -> None:
    """What was added to an error later travels with it."""
    error = errors.NotSent("x")
    error.add_note("the deadline was near")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["the deadline was near"]


def test_an_unknown_detail_is_a_mistake() -> None:
    """A misspelt detail is not silently kept."""
    with pytest.raises(TypeError, match="reasn"):
        errors.CancelRejected("x", reasn=CancelRejectReason.BUSY)
    with pytest.raises(TypeError, match="reason"):
        errors.BadRequest("x", reason=CancelRejectReason.BUSY)


def test_a_refused_cancel_without_a_known_reason_says_other() -> None:
    """``reason`` is always set."""
    assert errors.CancelRejected("x").reason is CancelRejectReason.OTHER
