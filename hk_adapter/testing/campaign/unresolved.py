"""Why a cancel stayed unresolved: whether anything could have proven its end by the deadline, and what kept it from it.

Like the oracle it knows the truth and the design's promises, and nothing of how they are kept.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum

from hk_adapter.model import CancelOutcome, Wait
from hk_adapter.testing.campaign.oracle import MOST_SENDS
from hk_adapter.testing.campaign.truth import Span, Truth, Word

PAUSE = 1.5
"""Seconds between two look-ups that no caller can blame: two a second is the venue's limit, and calls share it."""
LAST_PART = 0.15
"""Share of the time, at its end, in which the design sends nothing again."""

_UNRESOLVED = frozenset({CancelOutcome.UNKNOWN, CancelOutcome.PENDING, CancelOutcome.OFF_BOOK})


class Cause(StrEnum):
    """What kept a cancel unresolved."""

    NO_SUCH_ORDER = "never existed, in doubt"
    """By contract "not found" is not said while a send is in doubt, and nothing else can be shown."""
    NOT_OVER = "took effect too late"
    """The order was on the book till the deadline, though the venue had taken a cancel."""
    SENDS_USED_UP = "on the book, no send left"
    """None of three sends took it off, or the last could not have gone out in time."""
    NO_TIME = "no time left to look"
    """The order ended, or the call began, within a PAUSE of the deadline."""
    VENUE_OUT = "venue out for too long"
    """Closed, silent, out of reach, or refusing the key, for at least half of the time that mattered."""
    TOLD_TO_WAIT = "told to wait for too long"
    """A rate limit forbade what could have shown it for that long, or a block, which ends a call."""
    EVERY_LOOK_SPOILT = "every look-up spoilt"

    NOT_BELIEVED = "shown, and not believed"
    """The venue's own whole answer showed the end in time."""
    NOT_LOOKED = "a look-up more"
    """Nothing was asked for longer than PAUSE before the deadline, while the venue would have answered."""
    NOT_SENT_AGAIN = "a send more"
    """The order was on the book with no cancel taken, and one of the three sends was left while the venue would have
    taken it."""


COULD_HAVE_BEEN = (Cause.NOT_BELIEVED, Cause.NOT_LOOKED, Cause.NOT_SENT_AGAIN)
"""The causes for which the call could have known by its deadline, had it done more."""
COULD_NOT = tuple(cause for cause in Cause if cause not in COULD_HAVE_BEEN)


def is_unresolved(truth: Truth) -> bool:
    """Whether a call ended in an honest word that settles nothing; PENDING is what ``wait="ack"`` waits for."""
    report = truth.report
    if report is None or report.outcome not in _UNRESOLVED:
        return False
    return not (report.outcome is CancelOutcome.PENDING and truth.wait is Wait.ACK)


def cause_of(truth: Truth) -> Cause:
    """Return why an unresolved call could not say more."""
    deadline = truth.started + truth.timeout
    state = truth.state(deadline)
    in_doubt = any(send.ran or send.word in {Word.ACCEPTED, Word.DOUBT} for send in truth.sends)
    if state is None:
        return Cause.NO_SUCH_ORDER if in_doubt else _look_cause(truth, truth.started, deadline)
    if state.ended is not None:
        return Cause.NOT_BELIEVED if _was_shown(truth, state.since) else _look_cause(truth, state.since, deadline)
    if any(send.ran_at is not None and send.ran_at <= deadline for send in truth.sends):
        return Cause.NOT_OVER
    return _send_cause(truth, deadline) if in_doubt else _look_cause(truth, truth.started, deadline)


def _was_shown(truth: Truth, since: float) -> bool:
    """Whether the venue's own answer showed the order, as it stood from a moment on, before the call was over."""
    heard = [look for look in truth.queries if look.heard and look.ended <= truth.ended]
    return any(look.served is not None and look.served >= since for look in heard)


def _look_cause(truth: Truth, since: float, deadline: float) -> Cause:
    """Return what kept a look-up from showing how the order stood from a moment on."""
    if _is_blocked(truth):
        return Cause.TOLD_TO_WAIT
    ended = [*(send.ended for send in truth.sends), *(look.ended for look in truth.queries)]
    asked = max(ended, default=truth.started)
    if _longest(max(since, asked), deadline, (*truth.outages, *truth.no_looks)) > PAUSE:
        return Cause.NOT_LOOKED
    if deadline - since <= PAUSE:
        return Cause.NO_TIME
    return _obstacle(truth.outages, truth.no_looks, since, deadline) or Cause.EVERY_LOOK_SPOILT


def _send_cause(truth: Truth, deadline: float) -> Cause:
    """Return what kept one more cancel from taking the order off the book."""
    if _is_blocked(truth):
        return Cause.TOLD_TO_WAIT
    sent = max(send.ended for send in truth.sends)
    latest = deadline - LAST_PART * truth.timeout
    if len(truth.sends) - truth.unreachable >= MOST_SENDS:
        return Cause.SENDS_USED_UP
    if _longest(max(sent, truth.takes_cancels_from), latest, (*truth.outages, *truth.no_sends)) > PAUSE:
        return Cause.NOT_SENT_AGAIN
    return _obstacle(truth.outages, truth.no_sends, sent, latest) or Cause.SENDS_USED_UP


def _is_blocked(truth: Truth) -> bool:
    """Whether the call was told HTTP 418, after which it sends nothing more."""
    return any(send.blocked for send in truth.sends) or any(look.blocked for look in truth.queries)


def _obstacle(outages: Iterable[Span], silences: Iterable[Span], since: float, until: float) -> Cause | None:
    out, silent = (
        sum(max(0.0, min(until, end) - max(since, begin)) for begin, end in spans) for spans in (outages, silences)
    )
    if max(out, silent) < (until - since) / 2:
        return None
    return Cause.VENUE_OUT if out >= silent else Cause.TOLD_TO_WAIT


def _longest(since: float, until: float, closed: Iterable[Span]) -> float:
    """Return how long the longest stretch of a time is that lies in none of the closed spans."""
    longest = 0.0
    for begin, end in sorted((*closed, (until, math.inf))):
        longest = max(longest, min(begin, until) - since)
        since = max(since, end)
    return longest
