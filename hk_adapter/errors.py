"""The error tree. Every public error says what became of the request it was raised for.

AdapterError
├─ ConfigurationError          settings, credentials, plugins that cannot be used            not sent
├─ InvalidArgument             the caller's argument is wrong (also a ValueError)            not sent
├─ NotSupported                the venue, or its plugin, has no such call                    not sent
├─ OrderDenied                 our own check against the market's rules, or a wrapper, said no   not sent
├─ PluginError                 a plugin or wrapper broke its contract                        see ``request_state``
├─ NotSent                     provably no request byte left                                 not sent
├─ OutcomeUnknown              it may or may not have run                                    unknown
├─ UnexpectedPayload           the venue used a shape, number or word that we do not model   unknown
├─ Mismatch                    it ran, on an order that contradicts the caller's arguments   executed
└─ VenueError                  the venue answered, and refused                               refused
    ├─ RateLimited             see ``retry_after``
    ├─ ClockSkew
    ├─ AuthenticationError ─ PermissionDenied
    ├─ BadRequest
    ├─ VenueUnavailable        closed by its own word, or no connection could be opened
    ├─ OrderNotFound
    ├─ OrderRejected ─ InsufficientFunds, DuplicateClientOrderId
    └─ CancelRejected          see ``reason``
"""

from __future__ import annotations

import reprlib
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from hk_adapter.true_class import class_name

_WRITER = reprlib.Repr()
_WRITER.maxlevel = 3
_WRITER.maxstring = _WRITER.maxlong = _WRITER.maxother = 80
_LONGEST_SHOWN = 200


def shown(value: object) -> str:
    """Write a caller's value for a message, in brief, whatever it is and whatever its ``repr`` raises."""
    try:
        text = _WRITER.repr(value)
    except Exception:  # noqa: BLE001 - an object of the caller's raises what it will; the message is ours
        return f"<{class_name(value)} that cannot be written>"
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


class RequestState(StrEnum):
    """What is known of a request once its call has ended."""

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    EXECUTED = "executed"
    UNKNOWN = "unknown"


class CancelRejectReason(StrEnum):
    """Why a venue refused a cancel, after FIX CxlRejReason (tag 102)."""

    TOO_LATE = "too_late"
    """Off the book by the venue's own word: filled or canceled before."""
    TOO_LATE_OR_UNKNOWN = "too_late_or_unknown"
    """Finished, or never existed: the venue's word does not tell which."""
    UNKNOWN_ORDER = "unknown_order"
    VENUE_OPTION = "venue_option"
    """The venue will not cancel this order."""
    BUSY = "busy"
    """The order is locked just now; the same request may pass later."""
    OTHER = "other"


class KnownOrder(Protocol):
    """What an error tells of an order. It is an ``Order``, whose fields these are: ``isinstance`` gives the others."""

    @property
    def id(self) -> str | None:
        """The venue's id."""

    @property
    def client_order_id(self) -> str | None:
        """The client's id."""

    @property
    def symbol(self) -> str | None:
        """Unified, such as ``ETH/USD``."""

    @property
    def status(self) -> str | None:
        """One of ``OrderStatus``."""

    @property
    def venue_status(self) -> str | None:
        """The venue's own word for the status."""

    @property
    def amount(self) -> Decimal | None:
        """Base currency."""

    @property
    def filled(self) -> Decimal | None:
        """Base currency."""

    @property
    def remaining(self) -> Decimal | None:
        """Amount minus filled."""

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified order dict."""


class KnownCancel(Protocol):
    """What an error tells of a cancel. It is a ``CancelReport``, whose fields these are."""

    @property
    def outcome(self) -> str:
        """One of ``CancelOutcome``."""

    @property
    def final(self) -> bool:
        """Whether the order is proven off the book, with its filled amount."""

    @property
    def order(self) -> KnownOrder | None:
        """The order as last seen."""

    @property
    def evidence(self) -> str:
        """One of ``Evidence``."""

    @property
    def attempts(self) -> int:
        """Sends of which at least one byte may have left."""

    @property
    def ambiguous_attempts(self) -> int:
        """Sends whose own outcome stayed unknown."""

    @property
    def error(self) -> AdapterError | None:
        """The error behind the outcome."""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait before sending again."""

    @property
    def elapsed(self) -> float:
        """Seconds that the call took."""


class AdapterError(Exception):
    """Any error that this package raises on purpose.

    Attributes:
        request_state: what became of the request that the error speaks of.
        venue: the venue id, or None outside a venue.
        operation: the method or hook, such as ``cancel_order``; None outside one.
        code: the venue's own error code as text, leading zeros kept; None without one.
        http_status: the HTTP status of the answer; None without an answer.
        retry_after: seconds to wait before asking again; None where nothing is known.
        order: what is known of the order, as an ``Order``; None where nothing is.
        report: the whole account of a cancel, as a ``CancelReport``; None for other calls.

    An error holds no key, secret, signature or signed URL, and can be pickled.
    """

    request_state: RequestState = RequestState.UNKNOWN

    def __init__(
        self,
        message: str,
        *,
        venue: str | None = None,
        operation: str | None = None,
        code: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
        order: KnownOrder | None = None,
        report: KnownCancel | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.venue = venue
        self.operation = operation
        self.code = code
        self.http_status = http_status
        self.retry_after = retry_after
        self.order = order
        self.report = report
        for name, value in details.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no detail {name!r}")
            setattr(self, name, value)


class ConfigurationError(AdapterError):
    """Settings, credentials or plugins cannot be used; nothing was sent."""

    request_state = RequestState.NOT_SENT


class InvalidArgument(AdapterError, ValueError):
    """An argument is wrong; the message names it, the rule and the value. Nothing was sent."""

    request_state = RequestState.NOT_SENT


class NotSupported(AdapterError):
    """The venue or its plugin has no such call; nothing was sent."""

    request_state = RequestState.NOT_SENT


class OrderDenied(AdapterError):
    """We refused the call before it was sent: a market rule, or a wrapper's decision."""

    request_state = RequestState.NOT_SENT


class PluginError(AdapterError):
    """A venue plugin or wrapper broke its contract; the message names it.

    ``request_state`` is set per instance: ``not_sent`` before its first send, else ``unknown``.
    """


class NotSent(AdapterError):
    """Provably no byte of the request left this process for the venue.

    ``unreachable`` tells that no connection could be opened, rather than a reason of our own.
    """

    request_state = RequestState.NOT_SENT
    unreachable: bool = False


class OutcomeUnknown(AdapterError):
    """The request may or may not have run; ask the venue before acting on either."""

    request_state = RequestState.UNKNOWN


class UnexpectedPayload(AdapterError):
    """The venue answered with a shape, number or status word that we do not model."""

    request_state = RequestState.UNKNOWN


class Mismatch(AdapterError):
    """The request ran, on an order that contradicts the caller's symbol or client order id.

    ``order`` is the order it ran on, in the state that ``report`` tells.
    """

    request_state = RequestState.EXECUTED


class VenueError(AdapterError):
    """The venue answered and definitely refused; ``code`` is its own word for why."""

    request_state = RequestState.REFUSED


class RateLimited(VenueError):
    """Refused for asking too often; ``retry_after`` says how long to be silent, in seconds.

    ``blocks`` tells that the venue takes nothing at all of the caller meanwhile, as HTTP 418 says by itself.
    """

    blocks: bool = False


class ClockSkew(VenueError):
    """Refused because the request's timestamp is outside the venue's window."""


class AuthenticationError(VenueError):
    """Refused for the key, its signature, or the account behind it. Repeating does not help."""


class PermissionDenied(AuthenticationError):
    """The key is valid but may not do this, or not from this address."""


class BadRequest(VenueError):
    """Refused as malformed or illegal, before the order was looked at."""


class VenueUnavailable(VenueError):
    """The venue says that it is closed, or no connection to it could be opened."""


class OrderNotFound(VenueError):
    """The venue knows no order under the id. It may never have existed, or be gone too long."""


class OrderRejected(VenueError):
    """The venue refused a new order; no order exists because of this request."""


class InsufficientFunds(OrderRejected):
    """The account's free balance does not cover the order."""


class DuplicateClientOrderId(OrderRejected):
    """An order with this client order id exists already."""


class CancelRejected(VenueError):
    """The venue refused the cancel; ``reason`` says why."""

    reason: CancelRejectReason = CancelRejectReason.OTHER
