"""Decide the next step of one cancel. Pure: no I/O, no waiting.

A cancel goes round. A step is made (``one.py``) and comes to an event: a send is answered with the order, accepted,
refused, in doubt or not sent; a look shows the order, misses it, finds it gone from the open orders, or fails; the
venue's clock is measured. The case learns the event (``state.py``). What it has learned puts the cancel into a state,
and the state's row of ``TABLE`` says the next step. There is no other rule but one: a step that the time left is too
short for is a stop. ``docs/explanation/a-cancel-step-by-step.md`` shows the same, drawn from this table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from hk_adapter.errors import (
    AdapterError,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    OrderNotFound,
    RateLimited,
    VenueUnavailable,
)
from hk_adapter.execution.cancel.refusals import UNREPEATABLE
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.execution.rate_limits import DEFAULT_SILENCE
from hk_adapter.model import Wait
from hk_adapter.record import Record


class State(StrEnum):
    """Where a cancel stands: the first of these that holds."""

    BLOCKED = "the venue said that it blocks us"
    FILLS_DUE = "the end is proven, and fills that the venue posts late are to be asked for once more"
    ENDED = 'the end is proven; under `wait="ack"`, the cancel accepted'
    UNSENT = "no byte of a send has left"
    UNTIMED = "the venue's clock is wanted: it refused our timestamp, or only its clock tells whose an order is"
    REFUSED = "every send was refused, the last one for a reason that no look adds to, and nobody looked since"
    UNREAD = "a send was accepted, refused or left in doubt, and nobody looked since"
    UNPROVEN = "looked at since the last send, and no end is proven"


class When(StrEnum):
    """What a step depends on within a state: the first of the state's that holds."""

    ALWAYS = "always"
    UNTRIED = "nothing was tried yet"
    UNREACHED = "no connection could be opened, fewer than three times"
    HOPELESS = "it may not be sent again, or would only be refused again"
    UNNAMED = "the venue's id of the order is unknown: only a cancel by that id is repeated"
    PASSING = "the refusal passes early enough for another send"
    REPEATABLE = "not accepted, and sent again by the venue's id it could fare better"
    SETTLED = "refused for good, as looks have shown; or the looks themselves are"


class Do(StrEnum):
    """A step, and the pause before it."""

    STOP = "stop"
    MEASURE = "measure the venue's clock"
    SEND = "send"
    SEND_SOON = "send, after a random pause that doubles with every try"
    SEND_WHEN_TOLD = "send, after the time that the venue named"
    SEND_AGAIN = "send, after a random pause: what may pass later is spread over the time left"
    LOOK = "look"
    LOOK_LATER = "look, after `second_look` seconds"
    LOOK_AGAIN = "look, half a second to a second later, or as soon as the same again is a proof"


TABLE: Mapping[State, Mapping[When, Do]] = {
    State.BLOCKED: {When.ALWAYS: Do.STOP},
    State.FILLS_DUE: {When.ALWAYS: Do.LOOK_LATER},
    State.ENDED: {When.ALWAYS: Do.STOP},
    State.UNSENT: {When.UNTRIED: Do.SEND, When.UNREACHED: Do.SEND_SOON, When.ALWAYS: Do.STOP},
    State.UNTIMED: {When.ALWAYS: Do.MEASURE},
    State.REFUSED: {
        When.HOPELESS: Do.STOP,
        When.UNNAMED: Do.LOOK,
        When.PASSING: Do.SEND_WHEN_TOLD,
        When.ALWAYS: Do.STOP,
    },
    State.UNREAD: {When.ALWAYS: Do.LOOK},
    State.UNPROVEN: {When.REPEATABLE: Do.SEND_AGAIN, When.SETTLED: Do.STOP, When.ALWAYS: Do.LOOK_AGAIN},
}


def next_step(case: CancelCase, wait: Wait, now: Situation) -> Step:
    """Decide the next step of a cancel."""
    for when, do in TABLE[state_of(case, wait, measured=now.measured)].items():  # pragma: no branch - the last holds
        if _HOLDS[when](case, now):
            step = _STEPS[do](case, now)
            break
    return Stop() if isinstance(step, _PAUSED) and step.pause + LEAST_TIME > now.left else step


def state_of(case: CancelCase, wait: Wait, *, measured: bool) -> State:
    """Return the state of a cancel; ``measured`` is whether it has measured the venue's clock."""
    if case.blocked:
        return State.BLOCKED
    if case.is_ended(wait):
        return State.FILLS_DUE if wait is Wait.FINAL and case.wants_second_look else State.ENDED
    if case.sends == 0:
        return State.UNSENT
    if not measured and (case.wants_clock or _skewed(case)):
        return State.UNTIMED
    if case.looks:
        return State.UNPROVEN
    return State.REFUSED if not case.in_question and case.is_refused_before_reading() else State.UNREAD


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


class Send(Record, frozen=True):
    """Send the cancel, after a pause in seconds."""

    pause: float = 0.0


class Look(Record, frozen=True):
    """Look the order up, after a pause in seconds."""

    pause: float = 0.0


class Measure(Record, frozen=True):
    """Measure the venue's clock."""


class Stop(Record, frozen=True):
    """Nothing more can be learned in time."""


Step = Send | Look | Measure | Stop
_PAUSED = (Send, Look)


class Situation(Record, frozen=True):
    """What a decision depends on beside the case. Times in seconds.

    Attributes:
        left: until the deadline.
        whole: from the start of the call to its deadline.
        silence: how long the venue has answered nothing.
        jitter: drawn from 0 up to 1 for this decision.
        measured: whether this call has measured the venue's clock.
        until_proof: until another look-up that shows the same, or misses again, would prove it; None where none would.
    """

    left: float
    whole: float
    silence: float
    jitter: float
    measured: bool
    until_proof: float | None = None


def _skewed(case: CancelCase) -> bool:
    return isinstance(case.look_error if case.looks else case.last_error, ClockSkew)


def _is_hopeless(case: CancelCase, now: Situation) -> bool:
    return not _may_repeat(case, now) or not _is_worth_repeating(case.last_error, shown_open=False)


def _is_passing(case: CancelCase, now: Situation) -> bool:
    return _is_in_time(_pause_after_refusal(case, now), now)


def _pause_after_refusal(case: CancelCase, now: Situation) -> float:
    if isinstance(case.last_error, RateLimited):
        return case.last_error.retry_after or DEFAULT_SILENCE
    return _backoff(case.sends, now.jitter) if case.unreachable else 0.0


def _is_repeatable(case: CancelCase, now: Situation) -> bool:
    if case.accepted or case.pending_new or case.order_id is None or not _may_repeat(case, now):
        return False
    missed = case.look_error is None and case.last_seen is None
    unseen = (case.placed or case.named) and missed and _may_be_unknown(case.last_error)
    exists = case.shown_open or (unseen and _may_go_unseen(case, now))
    return _is_worth_repeating(case.last_error, shown_open=exists) and _is_in_time(_pause_to_repeat(case, now), now)


def _may_go_unseen(case: CancelCase, now: Situation) -> bool:
    """Whether a repeat may go out though no look shows the order: half of the time the last one waits for that."""
    return case.sends < MOST_SENDS - 1 or now.left < now.whole / 2


def _pause_to_repeat(case: CancelCase, now: Situation) -> float:
    if isinstance(case.last_error, RateLimited):
        return case.last_error.retry_after or DEFAULT_SILENCE
    if isinstance(case.last_error, CancelRejected) or (not case.shown_open and _may_be_unknown(case.last_error)):
        # It may pass later: what is left of the sends is spread over what is left of the time.
        return now.jitter * _time_to_send(now) / (MOST_SENDS - case.sends)
    return _backoff(case.sends, now.jitter)


def _look_again(case: CancelCase, now: Situation) -> Look:
    asked = case.look_error.retry_after if case.look_error is not None else None
    return Look(max(_look_pause(case, now), asked or 0.0))


def _look_pause(case: CancelCase, now: Situation) -> float:
    """Return when to look again; where time is short, at the very moment from which the same again is a proof."""
    due = now.until_proof
    if due is not None and 0 < due <= now.left - LEAST_TIME and now.left < SHORT_OF_TIME:
        return due
    return LOOK_PAUSES[min(case.looks, len(LOOK_PAUSES)) - 1] * (1 + now.jitter / 4)


def _may_repeat(case: CancelCase, now: Situation) -> bool:
    answering = now.silence < SILENCE_ENDS_REPEATS
    untried = case.sends < MOST_SENDS and case.unreachable < MOST_CONNECTS
    held_back = case.held_back or case.is_id_taken
    return answering and untried and not held_back and not _skewed_again(case) and _is_in_time(0.0, now)


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
    """Return for how many seconds from now a repeat may still be begun."""
    return now.left - LAST_PART * now.whole - LEAST_TIME


def _backoff(repeats: int, jitter: float) -> float:
    return jitter * FIRST_BACKOFF * 2.0 ** (repeats - 1)


_HOLDS: Mapping[When, Callable[[CancelCase, Situation], bool]] = {
    When.ALWAYS: lambda case, now: True,
    When.UNTRIED: lambda case, now: case.last_error is None,
    When.UNREACHED: lambda case, now: 0 < case.unreachable < MOST_CONNECTS,
    When.HOPELESS: _is_hopeless,
    When.UNNAMED: lambda case, now: case.order_id is None,
    When.PASSING: _is_passing,
    When.REPEATABLE: _is_repeatable,
    When.SETTLED: lambda case, now: case.is_refused_for_good() or case.is_look_refused(),
}

_STEPS: Mapping[Do, Callable[[CancelCase, Situation], Step]] = {
    Do.STOP: lambda case, now: Stop(),
    Do.MEASURE: lambda case, now: Measure(),
    Do.SEND: lambda case, now: Send(),
    Do.SEND_SOON: lambda case, now: Send(_backoff(case.unreachable, now.jitter)),
    Do.SEND_WHEN_TOLD: lambda case, now: Send(_pause_after_refusal(case, now)),
    Do.SEND_AGAIN: lambda case, now: Send(_pause_to_repeat(case, now)),
    Do.LOOK: lambda case, now: Look(),
    Do.LOOK_LATER: lambda case, now: Look(case.second_look or 0.0),
    Do.LOOK_AGAIN: _look_again,
}
