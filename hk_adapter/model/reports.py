"""What one cancel came to: what became of the request, and where the order stands."""

from __future__ import annotations

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    CancelRejected,
    ClockSkew,
    Mismatch,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    RequestState,
    VenueUnavailable,
)
from hk_adapter.model.enums import CancelOutcome, Evidence, Wait
from hk_adapter.model.order import Order
from hk_adapter.record import Record

_ERRORS: dict[CancelOutcome, type[AdapterError]] = {
    CancelOutcome.OFF_BOOK: OutcomeUnknown,
    CancelOutcome.PENDING: OutcomeUnknown,
    CancelOutcome.REJECTED: CancelRejected,
    CancelOutcome.NOT_FOUND: OrderNotFound,
    CancelOutcome.RATE_LIMITED: RateLimited,
    CancelOutcome.CLOCK_SKEW: ClockSkew,
    CancelOutcome.AUTH: AuthenticationError,
    CancelOutcome.BAD_REQUEST: BadRequest,
    CancelOutcome.VENUE_DOWN: VenueUnavailable,
    CancelOutcome.NOT_SENT: NotSent,
    CancelOutcome.UNKNOWN: OutcomeUnknown,
}

_WORDS = {
    CancelOutcome.OFF_BOOK: "the order is off the book by the venue's word, but its end or fills could not be read",
    CancelOutcome.PENDING: "the cancel was accepted, but the order's end is not proven",
    CancelOutcome.REJECTED: "the venue refused the cancel; the order was still on the book afterwards",
    CancelOutcome.NOT_FOUND: "the venue knows no such order",
    CancelOutcome.RATE_LIMITED: "the venue refused the cancel for asking too often",
    CancelOutcome.CLOCK_SKEW: "the venue refused the cancel's timestamp",
    CancelOutcome.AUTH: "the venue refused the key, its signature or its permission",
    CancelOutcome.BAD_REQUEST: "the venue refused the cancel as malformed",
    CancelOutcome.VENUE_DOWN: "the venue is closed, or no connection to it could be opened",
    CancelOutcome.NOT_SENT: "the cancel was not sent",
    CancelOutcome.UNKNOWN: "the cancel may or may not have run, and it could not be settled in time",
}


class CancelReport(Record, frozen=True, kw_only=True):
    """The whole account of one cancel.

    Attributes:
        order: the order as last seen; always set when final, None when nothing ever showed it.
        evidence: what ``outcome`` rests on.
        attempts: sends of which at least one byte may have left.
        ambiguous_attempts: sends whose own outcome stayed unknown.
        accepted: whether the venue accepted one of them, or another of the call, where that names an order twice. Where
            it refused each, another's cancel, or the venue itself, most likely ended what is told as canceled. Some
            exchanges accept the cancel of an order that has ended, too.
        ended_before: whether the order had ended before the first of them left, by the venue's own time or by what this
            process knew, and none was accepted. A canceled one is ``ALREADY_CANCELED`` where none is in doubt either.
        error: the error behind the outcome, or beside it a Mismatch, or a plugin's fault (PluginError), which a final
            outcome has too and no call raises; None without one.
        retry_after: seconds to wait before sending again; None where nothing is known.
        elapsed: seconds that the call took.
    """

    comes_to = ("final",)

    outcome: CancelOutcome
    order: Order | None = None
    evidence: Evidence = Evidence.NONE
    attempts: int = 0
    ambiguous_attempts: int = 0
    accepted: bool = False
    ended_before: bool = False
    error: AdapterError | None = None
    retry_after: float | None = None
    wait: Wait = Wait.FINAL
    elapsed: float = 0.0

    def __post_init__(self) -> None:
        if self.order is None and self.outcome.final:
            raise ValueError(f"the outcome {self.outcome} needs an order")

    @property
    def final(self) -> bool:
        """Whether the order is proven off the book, with its filled amount."""
        return self.outcome.final

    def order_or_raise(self) -> Order:
        """Return the order if the call got what it waited for, else raise what is known.

        Raises the outcome's error (see the table in the reference), with this report as ``.report``;
        Mismatch where the order contradicts the caller's symbol or client order id.
        """
        if isinstance(self.error, Mismatch):
            raise self._annotated(self.error)
        accepted = self.outcome is CancelOutcome.PENDING and self.wait is Wait.ACK
        if self.order is not None and (accepted or self.outcome.final):
            return self.order
        raise self._annotated(self._error())

    def _error(self) -> AdapterError:
        kind = _ERRORS[self.outcome]
        unproven = self.outcome in {CancelOutcome.OFF_BOOK, CancelOutcome.PENDING}
        if isinstance(self.error, kind) and not unproven:
            return self.error
        why = "" if self.error is None else f": {self.error}"  # TLS, the name, a denial, a broken plugin
        error = kind(f"{_WORDS[self.outcome]}{why}")
        error.__cause__ = self.error
        if self.error is not None:
            error.venue, error.operation = self.error.venue, self.error.operation
            error.code, error.http_status = self.error.code, self.error.http_status
        if self.outcome is CancelOutcome.VENUE_DOWN and self.attempts == 0:
            error.request_state = RequestState.NOT_SENT
        return error

    def _annotated(self, error: AdapterError) -> AdapterError:
        error.report = self
        error.order = self.order or error.order
        error.retry_after = error.retry_after if error.retry_after is not None else self.retry_after
        return error


class CreateReport(Record, frozen=True, kw_only=True):
    """What became of one order of ``create_orders``.

    Attributes:
        created: True: the order exists, or did. False: it does not because of this call. None: it may.
        order: as the venue showed it; what was asked for, with its ``client_order_id``, where it did not.
        error: why ``created`` is not True; also a Mismatch, where the order that exists has other terms.
    """

    created: bool | None
    order: Order
    error: AdapterError | None = None

    def order_or_raise(self) -> Order:
        """Return the order, or raise ``error``."""
        if self.error is not None:
            raise self.error
        return self.order


def end_of(result: object) -> str:
    """Name what became of one order: a cancel's outcome; ``created``, ``refused`` or ``unknown`` of a create."""
    if isinstance(result, CancelReport):
        return str(result.outcome)
    if isinstance(result, CreateReport):
        return {True: "created", False: "refused", None: "unknown"}[result.created]
    if isinstance(result, bool):  # the venue took a countdown, which is about no order
        return "done"
    return "created" if isinstance(result, Order) else type(result).__name__


def leaves_doubt(result: object) -> bool:
    """Whether an order may or may not be canceled, or placed, for all that its call came to."""
    if isinstance(result, CreateReport):
        return result.created is None
    if not isinstance(result, CancelReport):
        return False
    pending = result.outcome is CancelOutcome.PENDING and result.wait is Wait.FINAL
    return pending or result.outcome is CancelOutcome.UNKNOWN or result.outcome is CancelOutcome.OFF_BOOK
