"""What each of ccxt's exceptions says about a request, by its class name: the table behind every error of the bridge.

A class that is not here means what its nearest ancestor means, so a new one of ccxt's is never lost. Source: ccxt's
own descriptions of its exceptions, and where its code raises them (4.5.28 to 4.5.90).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    CancelRejected,
    ClockSkew,
    ConfigurationError,
    DuplicateClientOrderId,
    InsufficientFunds,
    InvalidArgument,
    NotSent,
    NotSupported,
    OrderNotFound,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    UnexpectedPayload,
    VenueUnavailable,
)

Kind = type[AdapterError]


class Purpose(StrEnum):
    """What a request is for: it decides what an exception means for an order."""

    CANCEL = "cancel"
    CREATE = "create"
    READ = "read"
    SEARCH = "search"
    """A read under an id that ccxt may not search by: its own "not found" is no word of the venue."""


ORDER_CALLS = frozenset({Purpose.CANCEL, Purpose.CREATE})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an exception of ccxt's is to us.

    Attributes:
        unsent: where ccxt raised it before any request.
        cancel: where the venue's answer to a cancel made ccxt raise it; ``create`` and ``read`` likewise.
    """

    unsent: Kind
    cancel: Kind
    create: Kind
    read: Kind

    def answered(self, purpose: Purpose) -> Kind:
        """Return our error for one that the venue's answer brought about."""
        return {Purpose.CANCEL: self.cancel, Purpose.CREATE: self.create}.get(purpose, self.read)


def _all(kind: Kind, unsent: Kind = NotSent) -> Meaning:
    return Meaning(unsent, kind, kind, kind)


_UNKNOWN = _all(OutcomeUnknown)
_UNREADABLE = _all(UnexpectedPayload)
_MALFORMED = _all(BadRequest, InvalidArgument)
_REFUSED = Meaning(InvalidArgument, CancelRejected, OrderRejected, BadRequest)

MEANINGS: Mapping[str, Meaning] = {
    "BaseError": _UNKNOWN,
    # ccxt's word for any answer that it cannot tell, for a cut-off body, and for a gateway's page.
    "ExchangeError": _UNKNOWN,
    "AuthenticationError": _all(AuthenticationError, ConfigurationError),
    "PermissionDenied": _all(PermissionDenied, ConfigurationError),
    "ArgumentsRequired": _MALFORMED,
    # Of a cancel it is the word of several for an order that has ended: mexc, kucoin, woo, blofin, coinsph, p2b.
    "BadRequest": Meaning(InvalidArgument, CancelRejected, BadRequest, BadRequest),
    "BadSymbol": _MALFORMED,
    "OperationRejected": _REFUSED,
    "RestrictedLocation": _all(PermissionDenied),
    "InsufficientFunds": Meaning(InvalidArgument, CancelRejected, InsufficientFunds, BadRequest),
    "InvalidAddress": _MALFORMED,
    "InvalidOrder": _REFUSED,
    # Of a create it says nothing that can be true.
    "OrderNotFound": Meaning(InvalidArgument, OrderNotFound, OutcomeUnknown, OrderNotFound),
    "OrderNotCached": Meaning(NotSupported, OrderNotFound, OutcomeUnknown, OrderNotFound),
    "DuplicateOrderId": Meaning(InvalidArgument, CancelRejected, DuplicateClientOrderId, BadRequest),
    "NotSupported": _all(BadRequest, NotSupported),
    "InvalidProxySettings": _all(OutcomeUnknown, ConfigurationError),
    "ExchangeClosedByUser": _all(OutcomeUnknown, NotSent),
    "OperationFailed": _UNKNOWN,
    "NetworkError": _UNKNOWN,
    "DDoSProtection": _all(RateLimited),
    "RateLimitExceeded": _all(RateLimited),
    # ccxt's word for a bare 400, 403, 404, 409, 5xx as well: no refusal.
    "ExchangeNotAvailable": _UNKNOWN,
    "OnMaintenance": _all(VenueUnavailable),
    "InvalidNonce": _all(ClockSkew),
    "ChecksumError": _UNREADABLE,
    "RequestTimeout": _UNKNOWN,
    "BadResponse": _UNREADABLE,
    # A cancel of this order is under way already: this one did nothing.
    "CancelPending": Meaning(NotSent, CancelRejected, OutcomeUnknown, OutcomeUnknown),
    "UnsubscribeError": _UNKNOWN,
}


def meaning_of(error: type[BaseException]) -> Meaning | None:
    """Return what a class of ccxt's means, by its nearest ancestor in the table; None for one that is not ccxt's."""
    if not any(base.__name__ == "BaseError" and base.__module__ == "ccxt.base.errors" for base in error.__mro__):
        return None
    return next(MEANINGS[base.__name__] for base in error.__mro__ if base.__name__ in MEANINGS)
