"""The oracle: holds a report against the truth. It knows the design's promises and nothing of how they are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from hk_adapter.errors import InvalidArgument, RequestState
from hk_adapter.model import CancelOutcome, CancelReport, Evidence, Wait
from hk_adapter.testing.campaign.truth import End, Query, Send, State, Truth, Word, may_be_of
from hk_adapter.testing.campaign.verdicts import Verdict

MOST_SENDS = 3
LONG = 4.0
"""Seconds that a cancel cannot need where nothing befalls it, and all slots for queries are to be had."""
SLOTS = 2
"""Queries that a key has in a second."""
LATENESS = 0.05
"""Seconds of virtual time that a call may take beyond its timeout."""


_REFUSALS = frozenset(
    {
        CancelOutcome.RATE_LIMITED,
        CancelOutcome.CLOCK_SKEW,
        CancelOutcome.AUTH,
        CancelOutcome.BAD_REQUEST,
        CancelOutcome.VENUE_DOWN,
        CancelOutcome.REJECTED,
        CancelOutcome.NOT_FOUND,
    }
)
_ENDS = {
    CancelOutcome.CANCELED: End.CANCELED,
    CancelOutcome.PARTIALLY_CANCELED: End.CANCELED,
    CancelOutcome.ALREADY_CANCELED: End.CANCELED,
    CancelOutcome.TOO_LATE_FILLED: End.FILLED,
    CancelOutcome.ENDED: End.REJECTED,
}


def judge(truth: Truth) -> list[Verdict]:
    """Name everything that is wrong with what a call said; an empty list is what everybody hopes for."""
    report = truth.report
    found = [*_conduct(truth), *_judge_placed(truth)]
    if truth.refusable:
        refused = isinstance(truth.raised, InvalidArgument) or (report is not None and not report.attempts)
        return found if refused else [*found, Verdict.RAISED]
    if not truth.asked:
        return [*found, *_judge_spared(truth)]
    if report is None:
        return [*found, Verdict.MISSING_REPORT if truth.raised is None else Verdict.RAISED]
    for one in (report, *truth.twins):
        found += _judge_report(truth, one) if truth.either is None else _judge_of_either(truth, truth.either, one)
    return [*found, Verdict.HELD_UP] if _is_held_up(truth, report) else found


def _is_held_up(truth: Truth, report: CancelReport) -> bool:
    """Whether nothing befell a call that waits for an end, and yet none was told, or only after a long time."""
    if not truth.quiet or truth.wait is not Wait.FINAL or not truth.states:
        return False
    return not report.final or _time_with_slots(truth) > LONG


def _time_with_slots(truth: Truth) -> float:
    """Return how long a call took, a second in which one of two slots was to be had counted as half of one.

    It counts from when the other orders of the call have ended, for it reports on all of them together.

    What somebody who went away has sent the venue may still count, and what he froze over may still leave, until its
    own timeout: a third query in that second would cost the key a penalty, so nobody could have sent it. So would one
    beside those that another order needs which no list can show, because it does not exist.
    """
    started = max(truth.started, truth.others_ended)
    lost = [min(end, truth.ended) - max(begin, started) for begin, end in truth.slots_lost]
    return truth.ended - started - sum(seconds for seconds in lost if seconds > 0) / SLOTS


def _judge_of_either(truth: Truth, either: Truth, report: CancelReport) -> list[Verdict]:
    """Judge a call that named no symbol where ids are counted by it: its report is of the order that it shows."""
    other = replace(
        truth,
        states=either.states,
        order_id=either.order_id,
        made=either.made,
        symbol=either.symbol,
        canceled_by_us=either.canceled_by_us,
    )
    open_of_either = not report.final and len(truth.shown) <= 1  # a code is that of an order which nothing names
    told = [_judge_report(one, report) for one in (truth, other) if open_of_either or may_be_of(report.order, one)]
    return min(told, key=len) if told else [Verdict.WRONG_ORDER]


def _judge_report(truth: Truth, report: CancelReport) -> list[Verdict]:
    found = []
    left = [send for send in truth.sends if send.word is not Word.UNSENT]
    if report.attempts != len(left) and not truth.named_more:
        found.append(Verdict.WRONG_ATTEMPTS)
    doubts = sum(send.word is Word.DOUBT for send in left)
    most = doubts + sum(send.astray for send in left)
    if not doubts <= report.ambiguous_attempts <= most and not truth.named_more:
        found.append(Verdict.WRONG_AMBIGUOUS)
    if report.elapsed > truth.timeout + LATENESS:
        found.append(Verdict.LATE)
    wrong = _judge_final(truth, report) if report.final else _judge_open(truth, report, left)
    return [*found, *wrong]


def _judge_placed(truth: Truth) -> list[Verdict]:
    """Judge what a create said, where the connection placed the order itself."""
    placed = truth.placed
    if placed is None:
        return []
    if placed.order_id is not None and placed.order_id != truth.order_id:
        return [Verdict.WRONG_ORDER]
    denied = getattr(placed.raised, "request_state", None) in {RequestState.REFUSED, RequestState.NOT_SENT}
    return [Verdict.FALSE_NO_ORDER] if denied and truth.states else []


def _judge_spared(truth: Truth) -> list[Verdict]:
    if truth.either is not None:
        return []  # the call may have meant it
    found = [] if truth.report is None else [Verdict.INVENTED_REPORT]
    if truth.canceled_by_us or truth.sends:
        found.append(Verdict.NOT_SPARED)
    return found


def _conduct(truth: Truth) -> list[Verdict]:
    found = sorted(truth.misconduct)
    if len(truth.sends) - truth.unreachable > MOST_SENDS * (1 + len(truth.twins)):
        found.append(Verdict.TOO_MANY_SENDS)
    if truth.ended - truth.started > truth.timeout + LATENESS:
        found.append(Verdict.LATE)
    asked = [query for query in truth.queries if not query.shared and query.begun >= truth.started]
    spoken: list[Send | Query] = [*truth.sends, *asked]
    # Its own block silences a call for good; the key's, or that of the create before, only for a while, which the wire
    # watches.
    blocked = min((one.ended for one in spoken if one.blocked), default=None)
    if blocked is not None and any(one.begun > blocked for one in spoken):
        found.append(Verdict.SPOKE_WHILE_BLOCKED)
    return found


def _judge_final(truth: Truth, report: CancelReport) -> list[Verdict]:
    if truth.order_id and report.order is not None and report.order.id not in {None, truth.order_id}:
        # Where the venue refused every cancel by a client's id alone, what it shows for that id is all there is.
        return [Verdict.WRONG_ORDER] if _in_question(truth) or not truth.by_client_id else []
    if not may_be_of(report.order, truth):
        return [Verdict.WRONG_ORDER]
    state = truth.state(truth.ended)
    if state is None or state.ended is None:
        return [Verdict.INVENTED_END]
    state = _as_posted(truth, report, state)
    found = []
    if state.ended is not _ENDS[report.outcome] or _is_amiss(report.outcome, state):
        found.append(Verdict.WRONG_END)
    if report.order is None or report.order.filled != state.filled:
        found.append(Verdict.WRONG_AMOUNT)
    already = report.outcome is CancelOutcome.ALREADY_CANCELED
    if (already and not _had_ended(truth)) or (report.ended_before and not _had_ended_first(truth)):
        found.append(Verdict.FALSE_ALREADY)
    if report.evidence is Evidence.ACK and truth.wait is Wait.FINAL:
        found.append(Verdict.WRONG_END)
    return found


def _as_posted(truth: Truth, report: CancelReport, state: State) -> State:
    """Return an end with the fills that the venue had posted when it was read, where it posts them late.

    Without a second look, which only a setting asks for, nobody can know of more.
    """
    if not truth.posted_late or report.order is None:
        return state
    posted = [truth.state(one.served - truth.posted_late) for one in truth.queries if one.served is not None]
    filled = {Decimal(0) if one is None else one.filled for one in posted}
    return replace(state, filled=report.order.filled) if report.order.filled in filled else state


def _had_ended(truth: Truth) -> bool:
    """Whether the order had ended before the first send, and no send is in question: then none can have done it."""
    if _in_question(truth) or not truth.timed:
        return not (truth.canceled_by_us or _in_question(truth))
    return _had_ended_first(truth)


def _had_ended_first(truth: Truth) -> bool:
    """Whether the order had ended before the first send; where the venue tells no times, whether not by any."""
    if not truth.timed:
        return not truth.canceled_by_us
    begun = [send.begun for send in truth.sends if send.word is not Word.UNSENT]
    state = truth.state(min(begun, default=truth.ended))
    return state is not None and state.ended is not None


def _is_amiss(outcome: CancelOutcome, state: State) -> bool:
    """Whether an outcome names fills that there are not, or none where there are."""
    if outcome is CancelOutcome.CANCELED:
        return state.filled > 0
    return outcome is CancelOutcome.PARTIALLY_CANCELED and state.filled == 0


def _judge_open(truth: Truth, report: CancelReport, left: list[Send]) -> list[Verdict]:
    found: list[Verdict] = []
    outcome = report.outcome
    if outcome in _REFUSALS and left and _in_question(truth):
        found.append(Verdict.FALSE_REFUSAL)
    if outcome in {CancelOutcome.NOT_SENT, CancelOutcome.NOT_FOUND} and any(send.ran for send in truth.sends):
        found.append(Verdict.LOST)
    check = _OPEN_CHECKS.get(outcome, _is_reason)
    if not check(truth, report, left):
        found.append(_FALSE.get(outcome, Verdict.WRONG_REASON))
    return found


def _in_question(truth: Truth) -> bool:
    return any(send.ran or send.word in {Word.ACCEPTED, Word.DOUBT} for send in truth.sends)


def _is_off_book(truth: Truth, report: CancelReport, left: list[Send]) -> bool:
    state = truth.state(truth.ended)
    return state is not None and state.ended is not None


def _is_pending(truth: Truth, report: CancelReport, left: list[Send]) -> bool:
    return any(send.word is Word.ACCEPTED for send in left)


def _is_rejected(truth: Truth, report: CancelReport, left: list[Send]) -> bool:
    """Whether a look-up begun after the last send's answer showed the order on the book, and no answer its end.

    Where a view lags, what it shows counts; but a word that the order has ended is never followed by REJECTED. Of an
    order named twice a report's own sends count: whose they are nobody notes, but it cannot have had as many before.
    """
    if not left or any(send.said_ended for send in left):
        return False
    own = report.attempts if truth.named_more else len(left)
    answered = sorted(send.ended for send in left)[min(own, len(left)) - 1]
    shown = [one.shows for one in truth.queries if one.begun >= answered]
    begun = truth.states[0].since if truth.states else 0.0
    states = [truth.state(max(at, begun)) for at in shown if at is not None]
    return any(state is not None and state.ended is None for state in states)


def _is_not_found(truth: Truth, report: CancelReport, left: list[Send]) -> bool:
    return not truth.states


def _is_not_sent(truth: Truth, report: CancelReport, left: list[Send]) -> bool:
    return not left or (truth.named_more and not _in_question(truth))


def _is_down(truth: Truth, report: CancelReport, left: list[Send]) -> bool:
    if not left:
        return truth.unreachable > 0
    last = left if truth.named_more else left[-1:]
    return any(send.refusal is CancelOutcome.VENUE_DOWN for send in last)


def _is_doubt(truth: Truth, report: CancelReport, left: list[Send]) -> bool:
    """Whether a cancel left for the order, or one for an order that the call could not tell from it.

    Named by an id here and by a client id there, two orders may be one, until something shows that they are not.
    """
    return bool(left) or any(_in_question(other) for other in truth.beside)


def _is_reason(truth: Truth, report: CancelReport, left: list[Send]) -> bool:
    if not left or truth.report is None:
        return False
    told = [send.refusal for send in (left if truth.named_more else left[-1:])]
    return any(one.outcome in told for one in (truth.report, *truth.twins))


_OPEN_CHECKS: dict[CancelOutcome, Callable[[Truth, CancelReport, list[Send]], bool]] = {
    CancelOutcome.OFF_BOOK: _is_off_book,
    CancelOutcome.PENDING: _is_pending,
    CancelOutcome.REJECTED: _is_rejected,
    CancelOutcome.NOT_FOUND: _is_not_found,
    CancelOutcome.NOT_SENT: _is_not_sent,
    CancelOutcome.VENUE_DOWN: _is_down,
    CancelOutcome.UNKNOWN: _is_doubt,
}
_FALSE: dict[CancelOutcome, Verdict] = {
    CancelOutcome.OFF_BOOK: Verdict.FALSE_OFF_BOOK,
    CancelOutcome.PENDING: Verdict.FALSE_PENDING,
    CancelOutcome.REJECTED: Verdict.FALSE_REJECTED,
    CancelOutcome.NOT_FOUND: Verdict.FALSE_NOT_FOUND,
    CancelOutcome.NOT_SENT: Verdict.FALSE_NOT_SENT,
    CancelOutcome.VENUE_DOWN: Verdict.FALSE_VENUE_DOWN,
    CancelOutcome.UNKNOWN: Verdict.FALSE_DOUBT,
}
