"""The closed sets of words that the model uses. Each value is the text a bot sees."""

from __future__ import annotations

from enum import StrEnum


class OrderStatus(StrEnum):
    """Where an order stands, as far as evidence goes."""

    PENDING_NEW = "pending_new"
    """Taken by the venue's gateway, not yet confirmed by its matching engine."""
    OPEN = "open"
    PENDING_CANCEL = "pending_cancel"
    """A cancel was accepted; it may still trade until the end is proven."""
    CLOSED = "closed"
    """Completely filled."""
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"

    @property
    def final(self) -> bool:
        """Whether nothing can happen to the order any more."""
        return self in _FINAL_STATUSES


_FINAL_STATUSES = frozenset({OrderStatus.CLOSED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED})


class OrderSide(StrEnum):
    """Which way an order trades the base currency."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """How an order takes its price. Venues with more types keep their own word."""

    LIMIT = "limit"
    MARKET = "market"


class TimeInForce(StrEnum):
    """How long an order works: until canceled, at once or not at all, wholly or not at all."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class ClientIds(StrEnum):
    """What a venue makes of the client order id that a create is given; by which its answer is known as the order's."""

    SHOWN = "shown"
    """It is sent as it is, and the answer shows it."""
    CHANGED = "changed"
    """It may be sent changed, or shown so; the answer is known by the request that it came to."""
    NOT_SENT = "not_sent"
    """It is not sent; the answer is known by its request, and no look-up by it shows the order."""


class Wait(StrEnum):
    """What a cancel waits for: the venue's acceptance, or the proven end of the order."""

    ACK = "ack"
    FINAL = "final"


class Evidence(StrEnum):
    """What a report's word about the order rests on."""

    ACK = "ack"
    ERROR_CODE = "error_code"
    QUERY = "query"
    STREAM = "stream"
    NONE = "none"


class CancelOutcome(StrEnum):
    """What is known at the end of a cancel. Final ones carry the order and its proven end."""

    CANCELED = "canceled"
    PARTIALLY_CANCELED = "partially_canceled"
    TOO_LATE_FILLED = "too_late_filled"
    ALREADY_CANCELED = "already_canceled"
    ENDED = "ended"
    OFF_BOOK = "off_book"
    PENDING = "pending"
    REJECTED = "rejected"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    CLOCK_SKEW = "clock_skew"
    AUTH = "auth"
    BAD_REQUEST = "bad_request"
    VENUE_DOWN = "venue_down"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """Whether the order is proven off the book, with its filled amount."""
        return self in _FINAL_OUTCOMES


_FINAL_OUTCOMES = frozenset(
    {
        CancelOutcome.CANCELED,
        CancelOutcome.PARTIALLY_CANCELED,
        CancelOutcome.TOO_LATE_FILLED,
        CancelOutcome.ALREADY_CANCELED,
        CancelOutcome.ENDED,
    }
)
