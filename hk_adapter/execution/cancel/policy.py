"""What to do next about one cancel: send, look, measure the clock, or stop. Pure: no I/O, no waiting."""

from __future__ import annotations

from dataclasses import dataclass

from hk_adapter.errors import (
    AdapterError,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    OrderNotFound,
    RateLimited,
    VenueUnavailable,
)
from hk_adapter.execution.cancel.state import UNREPEATABLE, CancelCase
from hk_adapter.execution.heed import DEFAULT_SILENCE
from hk_adapter.model import Wait

MOST_SENDS = 3
MOST_CONNECTS = 3
SILENCE_ENDS_REPEATS = 5.0
"""Seconds without any answer from the venue after which nothing is sent again until it answers."""
LAST_PART = 0.15
"""Share of the whole time, at its end, in which nothing is sent again."""
LEAST_TIME = 0.05
"""Seconds that must be left for a request to be worth sending."""
FIRST_BACKOFF = 0.25
"""Seconds; the pause before a repeat is drawn from 0 up to this, doubled with every repeat."""
LOOK_PAUSES = (0.5, 0.6, 0.8, 1.0)
"""Seconds between look-ups; the last one repeats. Two queries a second is the lowest documented limit."""
SHORT_OF_TIME = 2.0
"""Seconds that the looks of ``LOOK_PAUSES`` take, with room for answers, until two of them are a second apart."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send the cancel, after a pause in seconds."""

    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """Look the order up, after a pause in seconds."""

    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Measure:
    """Measure the venue's clock."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing more can be learned in time."""


Move = Send | Look | Measure | Stop


@dataclass(frozen=True, slots=True)
class Situation:
    """What a decision depends on beside the case. Times in seconds.

    Attributes:
        left: until the deadline.
        whole: from the start of the call to its deadline.
        silence: how long the venue has answered nothing.
        luck: drawn from 0 up to 1 for this decision.
        measured: whether this call has measured the venue's clock.
        until_proof: until another look-up that shows the same, or misses again, would prove it; None where none would.
    """

    left: float
    whole: float
    silence: float
    luck: float
    measured: bool
    until_proof: float | None = None


def next_move(case: CancelCase, wait: Wait, now: Situation) -> Move:
    """Decide the next move of a cancel."""
    move = _wanted_move(case, wait, now)
    if isinstance(move, Send | Look) and move.pause + LEAST_TIME > now.left:
        return Stop()
    return move


def _wanted_move(case: CancelCase, wait: Wait, now: Situation) -> Move:
    if case.is_ended(wait) or case.blocked:
        late_fills = wait is Wait.FINAL and case.wants_second_look and not case.blocked
        return Look(case.second_look or 0.0) if late_fills else Stop()
    if case.sends == 0:
        return _first_send(case, now)
    if (_skewed(case) or case.wants_clock) and not now.measured:
        return Measure()
    return _next_to_a_send(case, now)


def _next_to_a_send(case: CancelCase, now: Situation) -> Move:
    if case.last_error is not None and case.looks == 0 and _refused_unread(case):
        return _after_refusal(case, now)
    if case.looks == 0:
        return Look()
    return _after_look(case, now)


def _first_send(case: CancelCase, now: Situation) -> Move:
    if case.last_error is None:
        return Send()
    if 0 < case.unreachable < MOST_CONNECTS:
        return Send(_backoff(case.unreachable, now.luck))
    return Stop()


def _skewed(case: CancelCase) -> bool:
    return isinstance(case.look_error if case.looks else case.last_error, ClockSkew)


def _refused_unread(case: CancelCase) -> bool:
    """Whether all there is are refusals from before the order was looked at: no look-up could add to them."""
    return not case.in_question and case.is_refused_before_reading()


def _after_refusal(case: CancelCase, now: Situation) -> Move:
    if not _may_repeat(case, now) or not _is_worth_repeating(case.last_error, shown_open=False):
        return Stop()
    if case.order_id is None:
        return Look()  # only a cancel by the venue's id is repeated: learn it first
    if isinstance(case.last_error, RateLimited):
        pause = case.last_error.retry_after or DEFAULT_SILENCE
    else:
        pause = _backoff(case.sends, now.luck) if case.unreachable else 0.0
    return Send(pause) if _is_in_time(pause, now) else Stop()


def _after_look(case: CancelCase, now: Situation) -> Move:
    repeat = _repeat(case, now)
    if repeat is not None:
        return repeat
    if case.is_refused_for_good() or case.is_look_refused():
        return Stop()
    pause = _look_pause(case, now)
    asked = case.look_error.retry_after if case.look_error is not None else None
    return Look(max(pause, asked or 0.0))


def _look_pause(case: CancelCase, now: Situation) -> float:
    """Say when to look again; where time is short, at the very moment from which the same again is a proof."""
    due = now.until_proof
    if due is not None and 0 < due <= now.left - LEAST_TIME and now.left < SHORT_OF_TIME:
        return due
    return LOOK_PAUSES[min(case.looks, len(LOOK_PAUSES)) - 1] * (1 + now.luck / 4)


def _repeat(case: CancelCase, now: Situation) -> Send | None:
    if case.accepted or case.pending_new or case.order_id is None or not _may_repeat(case, now):
        return None
    missed = case.look_error is None and case.last_seen is None
    exists = case.shown_open or ((case.placed or case.named) and missed and _may_be_unknown(case.last_error))
    if not _is_worth_repeating(case.last_error, shown_open=exists):
        return None
    if isinstance(case.last_error, RateLimited):
        pause = case.last_error.retry_after or DEFAULT_SILENCE
    elif isinstance(case.last_error, CancelRejected) or (not case.shown_open and _may_be_unknown(case.last_error)):
        # It may pass later: what is left of the sends is spread over what is left of the time.
        pause = now.luck * _time_to_send(now) / (MOST_SENDS - case.sends)
    else:
        pause = _backoff(case.sends, now.luck)
    return Send(pause) if _is_in_time(pause, now) else None


def _may_repeat(case: CancelCase, now: Situation) -> bool:
    answering = now.silence < SILENCE_ENDS_REPEATS
    untried = case.sends < MOST_SENDS and case.unreachable < MOST_CONNECTS
    return answering and untried and not case.held_back and not _skewed_again(case) and _is_in_time(0.0, now)


def _is_worth_repeating(error: AdapterError | None, *, shown_open: bool) -> bool:
    """Whether the same cancel, sent again, could fare better than one that ended in ``error``."""
    if isinstance(error, VenueUnavailable):
        return shown_open  # closed then, and open again since
    if isinstance(error, UNREPEATABLE):
        return False
    if isinstance(error, CancelRejected):
        return shown_open and error.reason is not CancelRejectReason.VENUE_OPTION
    if isinstance(error, OrderNotFound):
        return shown_open
    return error is not None


def _may_be_unknown(error: AdapterError | None) -> bool:
    """Whether a refusal may mean that the venue does not know the order yet."""
    unknown = isinstance(error, CancelRejected) and error.reason is CancelRejectReason.TOO_LATE_OR_UNKNOWN
    return unknown or isinstance(error, OrderNotFound)


def _skewed_again(case: CancelCase) -> bool:
    """Whether the venue refused the timestamp although its clock had been measured."""
    return isinstance(case.last_error, ClockSkew) and case.skews > 1


def _is_in_time(pause: float, now: Situation) -> bool:
    return pause < _time_to_send(now)


def _time_to_send(now: Situation) -> float:
    """Say for how many seconds from now a repeat may still be begun."""
    return now.left - LAST_PART * now.whole - LEAST_TIME


def _backoff(repeats: int, luck: float) -> float:
    return luck * FIRST_BACKOFF * 2.0 ** (repeats - 1)
