"""From our outcomes and errors to ccxt's exceptions. None of ours ever reaches a bot that speaks ccxt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

import ccxt

from hk_adapter import errors
from hk_adapter.model import CancelOutcome, CancelReport

CcxtError = type[Exception]

OUTCOMES: Mapping[CancelOutcome, CcxtError | None] = MappingProxyType(
    {
        CancelOutcome.CANCELED: None,
        CancelOutcome.PARTIALLY_CANCELED: None,
        CancelOutcome.TOO_LATE_FILLED: None,
        CancelOutcome.ALREADY_CANCELED: None,
        CancelOutcome.ENDED: None,
        CancelOutcome.OFF_BOOK: ccxt.RequestTimeout,
        CancelOutcome.PENDING: ccxt.RequestTimeout,
        # Not an OperationRejected: bots repeat those, and look the order up after an InvalidOrder.
        CancelOutcome.REJECTED: ccxt.InvalidOrder,
        CancelOutcome.NOT_FOUND: ccxt.OrderNotFound,
        CancelOutcome.RATE_LIMITED: ccxt.RateLimitExceeded,
        CancelOutcome.CLOCK_SKEW: ccxt.InvalidNonce,
        CancelOutcome.AUTH: ccxt.AuthenticationError,
        CancelOutcome.BAD_REQUEST: ccxt.BadRequest,
        CancelOutcome.VENUE_DOWN: ccxt.ExchangeNotAvailable,
        CancelOutcome.NOT_SENT: ccxt.NetworkError,
        CancelOutcome.UNKNOWN: ccxt.RequestTimeout,
    }
)
"""What a bot gets for each outcome; None is the order."""

ERRORS: Mapping[type[errors.AdapterError], CcxtError] = MappingProxyType(
    {
        errors.AdapterError: ccxt.ExchangeError,
        errors.ConfigurationError: ccxt.ExchangeError,
        errors.InvalidArgument: ccxt.BadRequest,
        errors.NotSupported: ccxt.NotSupported,
        errors.OrderDenied: ccxt.OperationRejected,
        errors.PluginError: ccxt.ExchangeError,
        errors.NotSent: ccxt.NetworkError,
        errors.OutcomeUnknown: ccxt.RequestTimeout,
        errors.UnexpectedPayload: ccxt.BadResponse,
        errors.Mismatch: ccxt.InvalidOrder,
        errors.VenueError: ccxt.ExchangeError,
        errors.RateLimited: ccxt.RateLimitExceeded,
        errors.ClockSkew: ccxt.InvalidNonce,
        errors.AuthenticationError: ccxt.AuthenticationError,
        errors.PermissionDenied: ccxt.PermissionDenied,
        errors.BadRequest: ccxt.BadRequest,
        errors.VenueUnavailable: ccxt.ExchangeNotAvailable,
        errors.OrderNotFound: ccxt.OrderNotFound,
        errors.OrderRejected: ccxt.InvalidOrder,
        errors.InsufficientFunds: ccxt.InsufficientFunds,
        errors.DuplicateClientOrderId: ccxt.DuplicateOrderId,
        errors.CancelRejected: ccxt.InvalidOrder,
    }
)
"""What a bot gets for each error that is not an outcome; a class of its own rules before its parent's."""


def kind_of_error(error: errors.AdapterError) -> CcxtError:
    """Choose ccxt's exception for one of our errors; for what ccxt itself would not send, its own."""
    if isinstance(error, errors.NotSent) and isinstance(error.__cause__, ccxt.BaseError):
        return type(error.__cause__)
    return next(ERRORS[kind] for kind in type(error).__mro__ if kind in ERRORS)


def kind_of_report(report: CancelReport) -> CcxtError | None:
    """Choose ccxt's exception for what a cancel came to; None where its order is to be returned."""
    kind = OUTCOMES[report.outcome]
    causes = (report.error, None if report.error is None else report.error.__cause__)
    if report.outcome is CancelOutcome.AUTH and isinstance(report.error, errors.PermissionDenied):
        return ccxt.PermissionDenied  # type: ignore[no-any-return]
    if report.outcome is CancelOutcome.NOT_SENT and any(isinstance(one, errors.OrderDenied) for one in causes):
        return ccxt.OperationRejected  # type: ignore[no-any-return]
    if report.outcome is CancelOutcome.NOT_SENT and report.error is not None:
        return kind_of_error(report.error)
    return kind


def exception_for(report: CancelReport, name: str) -> Exception:
    """Make the exception for a report that is not final; it carries the report as ``report``."""
    try:
        report.order_or_raise()
    except errors.AdapterError as error:
        kind = kind_of_report(report) or kind_of_error(error)
        told: Any = kind(f"{name} cancelOrder: {error}")
        told.report = report
        told.__cause__ = error
        return told  # type: ignore[no-any-return]
    raise ValueError("a report whose order is to be returned is no exception")


def filled_first(report: CancelReport, name: str) -> Exception:
    """Make the exception for an order that filled before the cancel, where the bot wants no order for that."""
    told: Any = ccxt.OrderNotFound(f"{name} cancelOrder: the order was filled before it could be canceled")
    told.report = report
    return told  # type: ignore[no-any-return]


@contextmanager
def telling_of(report: CancelReport, name: str) -> Iterator[None]:
    """Record in whatever leaves the block that an order was canceled before: by itself it says that nothing changed."""
    try:
        yield
    except Exception as error:
        order = report.order
        if order is not None:
            said = f"the order {order.id} was canceled, {order.filled} of it filled, and the one in its place"
            if isinstance(error, ccxt.BaseError):
                error.args = (f"{name} editOrder: {said}: {error}", *error.args[1:])
            else:
                error.add_note(f"{name} editOrder: {said} failed so")
        error.report = report  # type: ignore[attr-defined]
        raise


@contextmanager
def in_words_of_ccxt(name: str) -> Iterator[None]:
    """Turn whatever error of ours leaves the block into ccxt's."""
    try:
        yield
    except errors.AdapterError as error:
        told: Any = kind_of_error(error)(f"{name}: {error}")
        told.report = error.report
        raise told from error
