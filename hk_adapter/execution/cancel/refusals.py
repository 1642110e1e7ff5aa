"""What a refusal of a cancel says of its order, and of sending the same again. Pure: no I/O."""

from __future__ import annotations

from hk_adapter.errors import (
    AuthenticationError,
    BadRequest,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    OrderNotFound,
    RateLimited,
    VenueError,
    VenueUnavailable,
)
from hk_adapter.model import CancelOutcome

REFUSALS: dict[type[VenueError], CancelOutcome] = {
    RateLimited: CancelOutcome.RATE_LIMITED,
    ClockSkew: CancelOutcome.CLOCK_SKEW,
    AuthenticationError: CancelOutcome.AUTH,
    BadRequest: CancelOutcome.BAD_REQUEST,
    VenueUnavailable: CancelOutcome.VENUE_DOWN,
}
"""Refusals before the order was looked at."""

UNREPEATABLE = (AuthenticationError, BadRequest, VenueUnavailable)
"""Refusals that the same request would only meet again."""

ENDED_OR_UNKNOWN = (CancelRejectReason.TOO_LATE, CancelRejectReason.TOO_LATE_OR_UNKNOWN)
"""Reasons for a refusal that may mean that the order has ended."""


def is_of_the_order(error: VenueError) -> bool:
    """Whether a cancel was refused for the order's own sake, and not as locked for the moment."""
    if isinstance(error, CancelRejected):
        return error.reason is not CancelRejectReason.BUSY
    return isinstance(error, OrderNotFound)


def may_mean_ended(error: VenueError) -> bool:
    """Whether a refusal may mean that the order has ended."""
    if isinstance(error, CancelRejected):
        return error.reason in ENDED_OR_UNKNOWN
    return isinstance(error, OrderNotFound)
