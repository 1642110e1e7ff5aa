"""What one cancel has learned so far, in one place, and what that amounts to. No I/O, no waiting."""

from __future__ import annotations

from dataclasses import replace

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    Mismatch,
    NotSent,
    RateLimited,
    UnexpectedPayload,
    VenueError,
    VenueUnavailable,
)
from hk_adapter.model import (
    CancelOutcome,
    CancelReport,
    CancelRequest,
    Evidence,
    FetchOrderRequest,
    Order,
    OrderStatus,
    Wait,
)

MISSES_APART = 1.0
"""Seconds between two look-ups that both miss before an order counts as not found."""

_REFUSALS: tuple[tuple[type[VenueError], CancelOutcome], ...] = (
    (RateLimited, CancelOutcome.RATE_LIMITED),
    (ClockSkew, CancelOutcome.CLOCK_SKEW),
    (AuthenticationError, CancelOutcome.AUTH),
    (BadRequest, CancelOutcome.BAD_REQUEST),
    (VenueUnavailable, CancelOutcome.VENUE_DOWN),
)
"""Refusals before the order was looked at: they say all there is to say."""


class CancelCase:
    """Learns from every send and every look-up of one cancel. An earlier doubt is never forgotten.

    Attributes:
        sends: requests of which at least one byte may have left.
        doubts: sends whose own outcome is unknown.
        accepted: whether the venue took a cancel.
        last_seen: the order as last shown by an answer or a look-up; None if nothing showed it.
    """

    def __init__(self, request: CancelRequest) -> None:
        self.request = request
        self.sends = 0
        self.doubts = 0
        self.accepted = False
        self.last_seen: Order | None = None
        self._acknowledged_end: Order | None = None
        self._proven_end: Order | None = None
        self._off_book = False
        self._open_after_refusal = False
        self._misses: list[float] = []
        self._error: AdapterError | None = None
        self._look_error: AdapterError | None = None

    def learn_answer(self, sent: int, order: Order) -> None:
        """Take the order that a send was answered with; ``sent`` counts the requests it took."""
        if not is_asked_for(order, self.request):
            self.learn_failure(sent, UnexpectedPayload("the venue answered about another order", order=order))
            return
        self._count(sent)
        self.accepted = True
        self.last_seen = self._without_unproven_end(order)
        if is_proven_end(order):
            self._acknowledged_end = order

    def learn_failure(self, sent: int, error: AdapterError) -> None:
        """Take the error that a send ended in; ``sent`` counts the requests of which a byte may have left."""
        self._error = error
        self._count(sent)
        if sent == 0:
            return
        if not isinstance(error, VenueError):
            self.doubts += 1
        elif isinstance(error, CancelRejected) and error.reason is CancelRejectReason.TOO_LATE:
            self._off_book = True

    def learn_look(self, order: Order) -> None:
        """Take the order that a look-up showed, begun after the last send was answered."""
        if not is_asked_for(order, self.request):
            self._look_error = UnexpectedPayload("the venue answered a look-up about another order", order=order)
        elif is_proven_end(order):
            self._proven_end = self.last_seen = order
        else:
            self.last_seen = self._without_unproven_end(order)
            self._open_after_refusal = order.status is OrderStatus.OPEN

    def learn_miss(self, at: float) -> None:
        """Take that the order was found under none of its ids, at a monotonic time in seconds."""
        self._misses.append(at)

    def learn_look_failure(self, error: AdapterError) -> None:
        """Take that a look-up gave no usable answer."""
        self._look_error = error

    def needs_look(self, wait: Wait) -> bool:
        """Whether a look-up can still change what this case amounts to."""
        if self._proven_end is not None or self.sends == 0:
            return False
        if self.doubts:
            return True
        if self.accepted:
            return wait is Wait.FINAL
        return not isinstance(self._error, tuple(kind for kind, _ in _REFUSALS)) and not self._settled_without_end()

    def report(self, wait: Wait, elapsed: float) -> CancelReport:
        """Say what is known now. ``elapsed`` is in seconds."""
        outcome, evidence = self._outcome(wait)
        order = self._end(wait) or self.last_seen
        error = self._mismatch(order) or self._error_behind(outcome)
        return CancelReport(
            outcome=outcome,
            order=order,
            evidence=evidence,
            attempts=self.sends,
            ambiguous_attempts=self.doubts,
            error=error,
            retry_after=_longest_wait(error, None if outcome.final else self._look_error),
            wait=wait,
            elapsed=elapsed,
        )

    def _count(self, sent: int) -> None:
        # A hook sends once; where a plugin sent more, nothing is known of the earlier ones.
        self.sends += sent
        self.doubts += max(0, sent - 1)

    def _without_unproven_end(self, order: Order) -> Order:
        if order.status is None or not order.status.final or is_proven_end(order):
            return order
        return replace(order, status=OrderStatus.PENDING_CANCEL if self.accepted else None)

    def _end(self, wait: Wait) -> Order | None:
        if self._proven_end is not None:
            return self._proven_end
        return self._acknowledged_end if wait is Wait.ACK else None

    def _settled_without_end(self) -> bool:
        return not self._off_book and (self._open_after_refusal or self._not_found())

    def _not_found(self) -> bool:
        apart = bool(self._misses) and self._misses[-1] - self._misses[0] >= MISSES_APART
        return apart and self.last_seen is None

    def _outcome(self, wait: Wait) -> tuple[CancelOutcome, Evidence]:
        end = self._end(wait)
        if end is not None:
            evidence = Evidence.QUERY if end is self._proven_end else Evidence.ACK
            return self._final_outcome(end), evidence
        if self.sends == 0:
            return self._unsent_outcome(), Evidence.NONE
        return self._unfinished_outcome()

    def _unfinished_outcome(self) -> tuple[CancelOutcome, Evidence]:
        if self._acknowledged_end is not None:
            return CancelOutcome.OFF_BOOK, Evidence.ACK
        if self._off_book and not self._open_after_refusal:
            return CancelOutcome.OFF_BOOK, Evidence.ERROR_CODE
        if self.accepted:
            return CancelOutcome.PENDING, Evidence.ACK
        if self.doubts:
            return CancelOutcome.UNKNOWN, Evidence.NONE
        return self._refused_outcome()

    def _final_outcome(self, end: Order) -> CancelOutcome:
        if end.status is OrderStatus.CLOSED:
            return CancelOutcome.TOO_LATE_FILLED
        if end.status is not OrderStatus.CANCELED:
            return CancelOutcome.ENDED
        if not self.accepted and not self.doubts:
            return CancelOutcome.ALREADY_CANCELED
        return CancelOutcome.PARTIALLY_CANCELED if end.filled else CancelOutcome.CANCELED

    def _unsent_outcome(self) -> CancelOutcome:
        unreachable = isinstance(self._error, NotSent) and self._error.unreachable
        return CancelOutcome.VENUE_DOWN if unreachable else CancelOutcome.NOT_SENT

    def _refused_outcome(self) -> tuple[CancelOutcome, Evidence]:
        for kind, outcome in _REFUSALS:
            if isinstance(self._error, kind):
                return outcome, Evidence.ERROR_CODE
        if self._open_after_refusal:
            return CancelOutcome.REJECTED, Evidence.QUERY
        if self._not_found():
            return CancelOutcome.NOT_FOUND, Evidence.QUERY
        return CancelOutcome.UNKNOWN, Evidence.ERROR_CODE

    def _error_behind(self, outcome: CancelOutcome) -> AdapterError | None:
        if outcome.final:
            return None
        return self._error or self._look_error

    def _mismatch(self, order: Order | None) -> AdapterError | None:
        if order is None or not (self.accepted or self._proven_end is not None):
            return None
        asked = self.request
        for name, wanted, shown in (
            ("symbol", asked.symbol, order.symbol),
            ("client_order_id", asked.client_order_id, order.client_order_id),
        ):
            if wanted is not None and wanted != shown and (name == "symbol" or shown is not None):
                return Mismatch(f"it ran on order {order.id}, whose {name} is {shown!r}, not {wanted!r}", order=order)
        return None


def is_asked_for(order: Order, request: CancelRequest | FetchOrderRequest) -> bool:
    """Whether an order is the one that a request names: by its order id if given, else by its client order id."""
    if request.order_id is not None:
        return order.id == request.order_id
    return order.client_order_id == request.client_order_id


def is_proven_end(order: Order) -> bool:
    """Whether an order's final word and its amounts agree; a row half written is no proof."""
    if order.status is None or not order.status.final or order.filled is None:
        return False
    if order.status is OrderStatus.CLOSED:
        return order.filled > 0 and (order.amount is None or order.filled == order.amount)
    if order.status is OrderStatus.REJECTED:
        return order.filled == 0
    return True


def _longest_wait(*errors: AdapterError | None) -> float | None:
    waits = [error.retry_after for error in errors if error is not None and error.retry_after is not None]
    return max(waits, default=None)
