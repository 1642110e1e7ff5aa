"""What one cancel has learned so far, in one place. No I/O, no waiting."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from hk_adapter.errors import (
    AdapterError,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    InvalidArgument,
    NotSent,
    NotSupported,
    PluginError,
    UnexpectedPayload,
    VenueError,
    VenueUnavailable,
)
from hk_adapter.execution.agreement import is_asked_for
from hk_adapter.execution.cancel.proof import Proof
from hk_adapter.execution.cancel.refusals import REFUSALS, UNREPEATABLE, is_of_the_order, may_mean_ended
from hk_adapter.execution.cancel.whose_row import (
    has_ended_since,
    has_id_of_another,
    is_older,
    is_to_come,
    is_younger,
    may_have_client_id_since,
    may_have_id_since,
)
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.execution.send_times import SendTimes
from hk_adapter.execution.two_looks import Misses
from hk_adapter.flow.effects import UNMEASURED, Moment
from hk_adapter.model import CancelRequest, Evidence, Order, OrderStatus, Wait

NO_TIMES: Mapping[str | None, int] = MappingProxyType({})

REFUSED_LOOKS = 2
"""Look-ups in a row that such a refusal must end before none is tried again: a look-up costs little, a doubt much."""


class CancelCase(Struct, eq=False):
    """Records what every send and every look-up of one cancel came to. An earlier doubt is never forgotten.

    Attributes:
        sends: requests of which at least one byte may have left.
        doubts: sends whose own outcome is unknown.
        skews: sends that were refused for their timestamp.
        unreachable: connections that could not be opened since the last send.
        accepted: whether the venue took a cancel.
        held_back: whether a reason of ours kept the last send from leaving; none is tried again.
        blocked: whether the venue said that it blocks us; nothing more may be sent.
        looks: look-ups since the last send.
        passed_over: look-ups that had no time to ask for this order by itself, when the lists did not show it.
        last_error: what the last send, or try to send, ended in; None if it was accepted or there was none.
        fault: the first fault of a plugin after a send of this cancel, or in a look; None without one.
        last_seen: the order as last shown by an answer or a look-up; None if nothing showed it.
        look_error: what the last look-up ended in; None if it showed the order or missed it.
        last_refusal: what the venue last refused a send with.
        shown_open: whether the last look-up, begun after the last send was answered, showed the order on the book.
        proven_end: the order's end as a look-up showed it.
        is_by_stream: whether that was the account's stream, and nothing was asked.
        hears: whether the stream's word is worth hearing: not once it has told an end, be that a proof or not; a look
            that is to add to a proven end asks the venue.
        acknowledged_end: the order's end as an answer to a send showed it.
        off_book: on what evidence the order is off the book, where neither says how it ended.
        refused_order: whether the venue refused a cancel for the order's own sake, and not as locked for the moment.
        said_ended: whether a refusal may mean that the order has ended; a view that shows it open may be older.
        meant_id: the venue's id of the order, where it is known before the venue shows it.
        shown_another: whether a look-up showed another order than the one that is meant.
        is_id_taken: whether a look-up showed one that was made since the first send under the order's id: what answers
            said may be of that one, and a repeat would reach it.
        is_of_several: whether the call names no symbol, and orders of several were shown under the order's id: what
            answers said may be of another one.
        placed: whether this key is known to have placed the order, or it is too young for every view to have it.
        placed_at: when it was, in seconds of the monotonic clock; None where that is not known.
        made: when the venue made it, in ms UTC, as the answer to its create or a list told; None where none did.
        named: whether anything showed an order under an id that was asked for, though it may tell nothing else of it.
        ended_before: whether the order's end was known before the first send.
        times: when the sends left.
        wants_clock: whether a measurement of the venue's clock could tell whether the order that was shown is meant.
        accepted_beside: whether the venue took another cancel that this call sent for the same order.
        doubtful_beside: whether the outcome of such a one is unknown.
        maybe_beside: whether another cancel of this call is in question that may be for the same order: nothing has
            shown the client order id of the one, nor the id of the other.
        second_look: seconds after which an end with something left is looked at once more; None takes it as it is.
    """

    request: CancelRequest
    sends: int = 0
    doubts: int = 0
    skews: int = 0
    unreachable: int = 0
    accepted: bool = False
    held_back: bool = False
    blocked: bool = False
    looks: int = 0
    passed_over: int = 0
    last_error: AdapterError | None = None
    fault: PluginError | None = None
    last_seen: Order | None = None
    look_error: AdapterError | None = None
    last_refusal: AdapterError | None = None
    acknowledged_end: Order | None = None
    proven_end: Order | None = None
    off_book: Evidence | None = None
    is_by_stream: bool = False
    hears: bool = True
    shown_open: bool = False
    refused_order: bool = False
    said_ended: bool = False
    meant_id: str | None = None
    shown_another: bool = False
    is_id_taken: bool = False
    is_of_several: bool = False
    placed: bool = False
    placed_at: float | None = None
    made: int | None = None
    named: bool = False
    ended_before: bool = False
    times: SendTimes = field(default_factory=SendTimes)
    wants_clock: bool = False
    accepted_beside: bool = False
    doubtful_beside: bool = False
    maybe_beside: bool = False
    second_look: float | None = None
    _misses: Misses | None = None
    _refused_looks: int = 0
    _pinned_id: str | None = None
    _shown_id: str | None = None
    _proof: Proof = field(default_factory=Proof)
    _untimed: tuple[Order, float | None] | None = None

    def __copy__(self) -> CancelCase:
        """Return a case that goes on by itself from where this one stands."""
        other: CancelCase = super().__copy__()  # type: ignore[misc]  # which the stubs of msgspec leave out
        other._proof = copy(self._proof)
        return other

    def __post_init__(self) -> None:
        """Set what names the order from the start."""
        self._pinned_id = self.request.order_id
        self.meant_id = self._pinned_id or self.meant_id

    @property
    def order_id(self) -> str | None:
        """The venue's id of the order: as asked for, or as an answer told it."""
        seen = self.last_seen
        return self._pinned_id or (None if seen is None else seen.id)

    @property
    def symbol(self) -> str | None:
        """The symbol by which the order is asked for: the caller's; else, where a row told the id, that of the row."""
        asked, seen = self.request, self.last_seen
        return asked.symbol if asked.symbol or asked.order_id or seen is None else seen.symbol

    @property
    def pending_new(self) -> bool:
        """Whether the order was last seen still being created."""
        return self.last_seen is not None and self.last_seen.status is OrderStatus.PENDING_NEW

    @property
    def in_question(self) -> bool:
        """Whether a cancel of this call may have run or still run: one was accepted, or is in doubt."""
        own = self.accepted or self.doubts > 0
        return own or self.accepted_beside or self.doubtful_beside or self.maybe_beside

    @property
    def wants_second_look(self) -> bool:
        """Whether the end is proven, and one more look is wanted for fills that the venue posts late."""
        end = self.proven_end
        return self.second_look is not None and end is not None and end.status is not OrderStatus.CLOSED

    def note_sending(self, now: Moment) -> None:
        """Record that a send is about to leave, and what the clocks say by now of those before."""
        self.time_anew(now)
        self.times = self.times.sent(now, again=self.sends > 0)

    def time_anew(self, now: Moment) -> None:
        """Time the sends anew where the clocks tell another time of them by now.

        Not once looks have begun after one was accepted: by its stamp the venue has vouched for the clock.
        """
        if (self.looks == 0 or not self.accepted) and self.times.is_told_otherwise(now):
            self.note_clock(now)

    def note_clock(self, now: Moment) -> None:
        """Record what the clocks say once they were measured or set, and judge by them the look that wanted it."""
        before, self.times = self.times, self.times.measured(now)
        if self._untimed is not None and self.times is not before:
            self.is_id_taken = False
            self.learn_look(*self._untimed)

    def learn_answer(self, sent: int, order: Order) -> None:
        """Record the order that a send was answered with; ``sent`` counts the requests it took.

        One that is pending, and has neither an id of the venue's nor what was filled, says that the cancel was
        accepted, and shows no order.
        """
        asked_for = is_asked_for(order, self.request)
        if asked_for and order.id is None and _shows_nothing(order):
            self.learn_acceptance(sent)
            self.last_seen = self.last_seen or order
            return
        if asked_for and self.request.order_id is None:
            self._pinned_id = order.id  # the venue knows best which order it acted on
        if not (asked_for and self._has_first_shown_id(order)):
            self.learn_failure(sent, UnexpectedPayload("the venue answered about another order", order=order))
            return
        if self.request.symbol is None and self.last_seen is not None and order.symbol != self.last_seen.symbol:
            self._learn_other_symbol(order, self.last_seen)
        if self._proof.other_term(order, None) is not None:
            self.learn_acceptance(sent)  # by its id it is the order: what else is told of it may not be
            return
        self._accept(sent)
        if self._proof.is_end(order, None):
            self.acknowledged_end = order
        self.last_seen = self._without_unproven_end(order)

    def _learn_other_symbol(self, order: Order, seen: Order) -> None:
        """Record that a call which names no symbol was shown orders of two, if both name theirs."""
        if is_asked_for(order, self.request) and None not in {order.symbol, seen.symbol}:
            self.is_of_several = True

    def learn_acceptance(self, sent: int) -> None:
        """Record that a send was accepted by an answer that does not show the order."""
        self._accept(sent)
        if self.last_seen is not None:
            self.last_seen = self._without_unproven_end(self.last_seen)
        elif self.order_id is not None:
            self.last_seen = Order(id=self.order_id, status=OrderStatus.PENDING_CANCEL)

    def _accept(self, sent: int) -> None:
        self._count(sent)
        self.accepted = True
        self.last_error = None

    def _has_first_shown_id(self, order: Order) -> bool:
        """Whether an order has the order's id: the first one shown is kept as that, until an answer tells it."""
        self._shown_id = self._pinned_id or self.meant_id or self._shown_id or order.id
        return order.id == self._shown_id

    @property
    def _is_by_venue_id(self) -> bool:
        """Whether the venue's id of the order is known: as asked for, as an answer told it, or as it was placed."""
        return self._pinned_id is not None or self.meant_id is not None

    def _is_meant(self, order: Order, at: float | None) -> bool:
        """Whether an order's end is that of the order that is to be canceled, and not of one that had its id before.

        A client order id may have been used before. An end that is older than the first send may be another order's,
        unless this order was told by its venue id, or by an answer, or every send was refused for its own sake. Under
        a venue's id, only one that is older than the order itself is.
        """
        ended = order.last_update_timestamp
        if self._is_by_venue_id:
            return not ended or self.made is None or ended + UNMEASURED >= self.made
        if self.refused_order and not self.in_question:
            return True
        if ended is None or not has_ended_since(ended, self.times):
            return False
        if self.times.guessed:
            self.wants_clock = True  # ours may be behind: by that alone, an order that ended before would be the one
            self._untimed = (order, at)
            return False
        return not is_to_come(ended, self.times, at)

    def _may_be_made_since(self, order: Order, at: float | None) -> bool:
        """Whether an order may be a later one, with the id by which another one is being canceled.

        One that was made at the very time that was told before is the order itself.
        """
        made = order.timestamp
        if made is None or made == self.made:
            return False
        if self._is_by_venue_id:
            return may_have_id_since(made, self.times, at)
        return may_have_client_id_since(made, self.times)

    def learn_failure(self, sent: int, error: AdapterError) -> None:
        """Record the error that a send ended in; ``sent`` counts the requests of which a byte may have left."""
        if sent == 0:
            self._learn_unsent(error)
            return
        self.last_error = error
        self._note_fault(error)
        self._count(sent)
        self.blocked = self.blocked or is_block(error)
        if not isinstance(error, VenueError):
            self.doubts += 1
            return
        self.last_refusal = error
        if isinstance(error, ClockSkew):
            self.skews += 1
            self.times = self.times.refused()
        self.said_ended = self.said_ended or may_mean_ended(error)
        self.refused_order = self.refused_order or is_of_the_order(error)
        if isinstance(error, CancelRejected) and error.reason is CancelRejectReason.TOO_LATE:
            self.off_book = Evidence.ERROR_CODE

    def _note_fault(self, error: AdapterError) -> None:
        if self.fault is None and isinstance(error, PluginError):
            self.fault = error

    def _learn_unsent(self, error: AdapterError) -> None:
        if isinstance(error, NotSent) and error.unreachable:
            self.unreachable += 1
        else:
            self.held_back = True
        if self.sends == 0:
            self.last_error = error

    def learn_look(self, order: Order, at: float | None = None) -> None:
        """Record the order that a look-up showed, begun after the last send was answered.

        ``at`` is when it was begun, a monotonic time in seconds; None where that is not known.
        """
        self._count_look(None)
        asked_for = is_asked_for(order, self.request)
        self.named = self.named or asked_for
        self._untimed = None
        if self.request.symbol is None and self.last_seen is not None and order.symbol != self.last_seen.symbol:
            self._learn_other_symbol(order, self.last_seen)
        if self._may_be_made_since(order, at):
            self.wants_clock = self.times.doubt >= UNMEASURED
            self._untimed = (order, at) if self.wants_clock else None
            self._learn_another(order)
            self.is_id_taken = self._is_by_venue_id or has_id_of_another(order, self.last_seen)
        elif not (asked_for and self._has_first_shown_id(order)):
            self._learn_another(order)
        elif order.status is not None and order.status.final and not self._is_meant(order, at):
            self._shown_id = None
        elif (other := self._proof.other_term(order, at)) is not None:
            self.look_error = UnexpectedPayload(f"a look-up showed an order whose {other}", order=order)
        elif self._proof.is_end(order, at):
            self.proven_end = self.last_seen = order
            self.hears = self.is_by_stream = False
        else:
            # It undoes no word that the order has ended: each view lags by itself.
            self.shown_open = order.status is OrderStatus.OPEN and self._proof.may_be_now(order)
            if order.status is OrderStatus.PENDING_NEW:
                self.acknowledged_end = self.off_book = None  # but such a word may come before the order is taken in
            if self.proven_end is None and not self._proof.is_known_to_be_old(order):
                self.last_seen = self._without_unproven_end(order)

    def _learn_another(self, order: Order) -> None:
        self.look_error = UnexpectedPayload("the venue answered a look-up about another order", order=order)
        self.shown_another = True

    def learn_row(self, order: Order) -> None:
        """Record a row about the order that something else than its own look-up showed, as a list before any send.

        It proves no end; what it says was filled stays filled.
        """
        if not (is_asked_for(order, self.request) and self._has_first_shown_id(order)):
            return
        if self._is_by_venue_id and self._may_be_made_since(order, None):
            return
        if self._proof.other_term(order, None) is not None:
            return
        self._proof.is_end(order, None)
        self._doubt_end(order)
        if self._is_by_venue_id:
            self.made = self.made or order.timestamp
        self.last_seen = self.last_seen or self._without_unproven_end(order)

    def learn_unread(self, order: Order) -> None:
        """Record what could be read of a row or an answer that names an order: one under an id asked for exists."""
        asked = self.request
        by_id = order.id is not None and order.id in {asked.order_id, self.order_id, self.meant_id}
        by_client_id = asked.client_order_id is not None and order.client_order_id == asked.client_order_id
        untold = asked.order_id is None and order.client_order_id is None  # asked by its client order id alone
        self.named = self.named or by_id or by_client_id or untold

    def learn_beside(self, other: CancelCase) -> None:
        """Record that another cancel of this call is about the same order: what it sent may have ended it.

        Each must have shown the order's id, or have been asked by it.
        """
        self.accepted_beside = self.accepted_beside or other.accepted
        self.doubtful_beside = self.doubtful_beside or other.doubts > 0
        self.meant_id = self.meant_id or self.order_id
        self.times = self.times.beside(other.times)
        self._proof.learn_beside(other._proof)
        self._doubt_end(other.last_seen)

    def _doubt_end(self, shown: Order | None) -> None:
        """Forget an end that shows less filled than another row, as ``shown``, does."""
        if self.proven_end is not None and self._proof.is_known_to_be_old(self.proven_end):
            self.proven_end = None
            self.last_seen = None if shown is None else self._without_unproven_end(shown)

    def learn_miss(self, at: float, *, gone: bool = False, as_of: Mapping[str | None, int] = NO_TIMES) -> None:
        """Record that the order was found under none of its ids, at a monotonic time in seconds.

        ``gone`` and ``as_of`` are what ``learn_gone`` takes.
        """
        self._misses = Misses(at if self._misses is None else self._misses.first, at)
        self._learn_absence(as_of if gone else NO_TIMES)

    def learn_gone(self, as_of: Mapping[str | None, int] = NO_TIMES) -> None:
        """Record that a complete list of open orders, begun after a cancel was accepted, no longer has the order.

        ``as_of`` is the newest time of the venue that the list shows of each symbol, in ms UTC: there it is no older.
        """
        self.passed_over += 1
        self._learn_absence(as_of)

    def _learn_absence(self, as_of: Mapping[str | None, int]) -> None:
        self._count_look(None)
        if self.accepted and not self.pending_new and is_younger(as_of, self.times, self.last_seen):
            self.off_book = self.off_book or Evidence.QUERY

    def _count_look(self, error: AdapterError | None) -> None:
        self.looks += 1
        self.look_error = error
        self.shown_open = False
        if self.proven_end is not None:
            self.second_look = None  # that was it

    def learn_look_failure(self, error: AdapterError) -> None:
        """Record that a look-up gave no usable answer."""
        self._note_fault(error)
        self._count_look(error)
        # A venue that is closed may open again in time; a key that may not look will not.
        refused = isinstance(error, UNREPEATABLE) and not isinstance(error, VenueUnavailable)
        self._refused_looks = self._refused_looks + 1 if refused else 0
        self.blocked = self.blocked or is_block(error)

    def learn_heard(self, order: Order) -> None:
        """Record that the account's stream told an end, which ``learn_look`` has just judged."""
        self.is_by_stream = self.proven_end is order
        self.hears = False

    def end(self, wait: Wait) -> Order | None:
        """The order's end, if it is proven as far as ``wait`` asks; None if not."""
        if self.proven_end is not None:
            return self.proven_end
        return self.acknowledged_end if wait is Wait.ACK else None

    def is_ended(self, wait: Wait) -> bool:
        """Whether the order's end is proven as far as ``wait`` asks."""
        accepted = wait is Wait.ACK and (self.accepted or self.acknowledged_end is not None)
        return accepted or self.proven_end is not None

    def is_refused_for_good(self) -> bool:
        """Whether every send was refused, and look-ups have shown what that leaves."""
        if self.in_question or self.sends == 0:
            return False
        return (self.shown_open and not self.said_ended) or self.is_not_found()

    def is_refused_before_reading(self) -> bool:
        """Whether the last send was refused before the order was looked at."""
        return isinstance(self.last_error, tuple(REFUSALS))

    def is_look_refused(self) -> bool:
        """Whether look-ups are refused for a reason that repeating does not change."""
        return self._refused_looks >= REFUSED_LOOKS or isinstance(self.look_error, NotSupported | InvalidArgument)

    def is_not_found(self) -> bool:
        """Whether two look-ups far enough apart missed an order that nothing in this call ever showed."""
        return self._misses is not None and self._misses.are_apart and self._may_be_not_found()

    def until_proof(self, now: float) -> float | None:
        """Return in how many seconds another look-up would prove what the first of its kind only said.

        That is an end whose amounts contradict it, other terms than were shown before, or that there is no such order.
        None where none would prove more.
        ``now`` is in seconds of the monotonic clock.
        """
        said_once = self._proof.other_terms or self._proof.contradictory
        if said_once is not None:
            return said_once.until_proof(now)
        if self._misses is None or self.in_question or not self._may_be_not_found():
            return None
        return self._misses.until_apart(now)

    def _may_be_not_found(self) -> bool:
        return self.last_seen is None and not self.off_book and not self.placed and not self.named

    def is_older(self, end: Order) -> bool:
        """Whether an order's end is proven to be older than the first send."""
        return self.ended_before or is_older(end, self.times, self.placed_at)

    def _count(self, sent: int) -> None:
        # A hook sends once; where a plugin sent more, nothing is known of the earlier ones.
        self.sends += sent
        self.doubts += max(0, sent - 1)
        self.looks = self.unreachable = 0
        self.shown_open = False

    def _without_unproven_end(self, order: Order) -> Order:
        if self.accepted and order.status is OrderStatus.OPEN:
            return replace(order, status=OrderStatus.PENDING_CANCEL)
        if order.status is None or not order.status.final or order is self.acknowledged_end:
            return order
        return replace(order, status=OrderStatus.PENDING_CANCEL if self.accepted else None)


def _shows_nothing(order: Order) -> bool:
    return order.filled is None and order.status is OrderStatus.PENDING_CANCEL
