"""All that can happen to one request of a history: what others do meanwhile, what the venue does, what comes back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from msgspec.structs import replace

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    NotSent,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    VenueUnavailable,
)
from hk_adapter.model import CancelOutcome, FetchOrderRequest, Order, OrderStatus
from hk_adapter.testing.campaign.histories.settings import BEFORE, CLIENT_ID, OLDER_ID, Setting
from hk_adapter.testing.campaign.histories.world import (
    AMOUNT,
    ANSWERED_AFTER,
    MOST_OTHERS,
    ORDER_ID,
    PART,
    PRICE,
    READ_AFTER,
    Looked,
    Sent,
    World,
)
from hk_adapter.testing.campaign.truth import End, State, Word

EPOCH = 1_700_000_000_000
"""Milliseconds UTC at which every call begins."""
HALF_WRITTEN = 1.0
"""Seconds after its end during which a row may still show an older amount; one that goes on saying so means it."""

_END_WORDS = frozenset({CancelRejectReason.TOO_LATE, CancelRejectReason.TOO_LATE_OR_UNKNOWN})
_STATUSES = {
    None: OrderStatus.OPEN,
    End.FILLED: OrderStatus.CLOSED,
    End.CANCELED: OrderStatus.CANCELED,
    End.REJECTED: OrderStatus.REJECTED,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """What became of one request.

    Attributes:
        text: for a reader of the history.
        world: the truth afterwards.
        reply: what the hook gives, or raises.
    """

    text: str
    world: World
    reply: Order | int | AdapterError


def sends(setting: Setting, world: World, patience: float) -> Iterator[Event]:
    """Return all that a cancel can come to; ``patience`` is how many seconds it may take."""
    for refusal, outcome in _unread_refusals():
        ended = world.later(ANSWERED_AFTER)
        send = _sent(world, ended, Word.REFUSED, refusal=outcome, blocked=refusal.http_status == 418)
        yield Event(f"send refused: {type(refusal).__name__} {refusal}", ended.sent(send), refusal)
    unsent = world.later(ANSWERED_AFTER, heard=False)
    yield Event(
        "no connection",
        unsent.sent(_sent(world, unsent, Word.UNSENT)),
        NotSent("no connection", unreachable=True),
    )
    for before, meanwhile in _meanwhile(setting, world):
        yield from _read_sends(setting, before, meanwhile, patience)


def _read_sends(setting: Setting, world: World, meanwhile: str, patience: float) -> Iterator[Event]:
    at = world.now + READ_AFTER
    answered, silent = world.later(ANSWERED_AFTER), world.later(patience, heard=False)
    yield Event(f"{meanwhile}send lost", silent.sent(_sent(world, silent, Word.DOUBT)), _nothing())
    state = world.state
    if state is None:
        for refusal in (_rejected(CancelRejectReason.TOO_LATE_OR_UNKNOWN), OrderNotFound("no such order")):
            yield _refused(f"send refused: {refusal}", world, answered, refusal)
        return
    snapshot = row(setting, dataclasses.replace(state, ended=None), ORDER_ID)
    taken = replace(_sent(world, answered, Word.ACCEPTED), ran_at=at)
    doubted = replace(_sent(world, silent, Word.DOUBT), ran_at=at)
    if state.ended is not None:
        for refusal in (
            _rejected(CancelRejectReason.TOO_LATE),
            _rejected(CancelRejectReason.TOO_LATE_OR_UNKNOWN),
            OrderNotFound("no such order"),
        ):
            yield _refused(f"{meanwhile}send refused: {refusal}", world, answered, refusal)
        yield Event(f"{meanwhile}send taken though it had ended", answered.sent(taken), snapshot)
        return
    if setting.placed:
        for refusal in (_rejected(CancelRejectReason.TOO_LATE_OR_UNKNOWN), OrderNotFound("no such order")):
            yield _refused(f"{meanwhile}send refused, not known yet: {refusal}", world, answered, refusal)
    busy = _rejected(CancelRejectReason.BUSY)
    yield _refused(f"{meanwhile}send refused: {busy}", world, answered, busy)
    done, done_silent = answered.canceled(at), silent.canceled(at)
    yield Event(f"{meanwhile}send runs, answered NEW", done.sent(taken), snapshot)
    final = row(setting, done.states[-1], ORDER_ID)
    yield Event(f"{meanwhile}send runs, answered CANCELED", done.sent(taken), final)
    if other := _others_row(setting, world, End.CANCELED):
        yield Event(f"{meanwhile}send runs, answered with other terms", done.sent(taken).shown_another(), other)
    yield Event(f"{meanwhile}send runs, no answer", done_silent.sent(doubted), _nothing())
    yield Event(f"{meanwhile}send taken to run later, answered NEW", answered.sent(taken, running=True), snapshot)
    yield Event(f"{meanwhile}send taken to run later, no answer", silent.sent(doubted, running=True), _nothing())
    twice = replace(taken, word=Word.REFUSED, said_ended=True)
    second = (_rejected(CancelRejectReason.TOO_LATE), _rejected(CancelRejectReason.TOO_LATE_OR_UNKNOWN))
    for refusal in second if setting.twice else ():
        yield Event(f"{meanwhile}send runs, delivered twice, answered {refusal}", done.sent(twice), refusal)


def looks(setting: Setting, request: FetchOrderRequest, world: World, patience: float) -> Iterator[Event]:
    """Return all that a look-up can come to."""
    ended = world.later(ANSWERED_AFTER)
    for refusal in (RateLimited("429", retry_after=1.0), AuthenticationError("no permission to look")):
        yield Event(f"look refused: {refusal}", ended, refusal)
    block = RateLimited("418", http_status=418, retry_after=60.0)
    yield Event("look refused: 418", ended.looked(_looked(world, ended, None, blocked=True)), block)
    yield Event("look unanswered", world.later(patience, heard=False), _nothing())
    for before, meanwhile in _meanwhile(setting, world):
        yield from _read_looks(setting, request, before, meanwhile)


def _read_looks(setting: Setting, request: FetchOrderRequest, world: World, meanwhile: str) -> Iterator[Event]:
    at, answered = world.now + READ_AFTER, world.later(ANSWERED_AFTER)
    state = world.state
    missed = OrderNotFound("no such order")
    if state is None:
        yield Event(f"{meanwhile}look misses", answered.looked(_looked(world, answered, at)), missed)
        return
    shown = row(setting, state, ORDER_ID)
    yield Event(f"{meanwhile}look shows {_words(state)}", answered.looked(_looked(world, answered, at)), shown)
    if state.ended is End.FILLED and at - state.since < HALF_WRITTEN:
        half = dataclasses.replace(state, filled=PART)
        yield Event(f"{meanwhile}look shows half a row: {_words(half)}", answered, row(setting, half, ORDER_ID))
    if setting.placed:
        yield Event(f"{meanwhile}look misses what is not known yet", answered, missed)
    if setting.lags:
        for old, following in zip(world.states, world.states[1:], strict=False):
            look = replace(_looked(world, answered, at), as_of=(old.since + following.since) / 2)
            yield Event(
                f"{meanwhile}look lags, shows {_words(old)}", answered.looked(look), row(setting, old, ORDER_ID)
            )
    if setting.used_before and request.order_id is None:
        older = dataclasses.replace(world.states[0], since=BEFORE - 55, ended=End.CANCELED)
        yield Event(f"{meanwhile}look shows an older order", answered, row(setting, older, OLDER_ID, BEFORE - 60))
    for end in (End.CANCELED, End.FILLED):
        if other := _others_row(setting, world, end):
            text = f"{meanwhile}look shows other terms under the id: {_STATUSES[end]} with {other.filled}"
            yield Event(text, answered.shown_another(), other)
    if meanwhile:
        return
    stranger = dataclasses.replace(shown, id="2002", client_order_id="theirs")
    yield Event("look answered about another order", answered, stranger)
    yield Event("look shows a word that nobody knows", answered, dataclasses.replace(shown, status=None))


def clock_readings(world: World, patience: float) -> Iterator[Event]:
    """Return what a question for the venue's time can come to."""
    answered = world.later(ANSWERED_AFTER)
    yield Event("the venue tells its time", answered, EPOCH + int(answered.now * 1000))
    yield Event("no time told", world.later(patience, heard=False), _nothing())


def row(setting: Setting, state: State, order_id: str, created: float = BEFORE) -> Order:
    """Write an order as the venue shows it."""
    return Order(
        id=order_id,
        client_order_id=CLIENT_ID,
        symbol="ETH/USD",
        type="limit",
        amount=AMOUNT,
        price=PRICE if setting.others_rows else None,
        filled=state.filled,
        status=_STATUSES[state.ended],
        timestamp=_ms(created) if setting.timed else None,
        last_update_timestamp=_ms(state.since) if setting.timed else None,
    )


def _others_row(setting: Setting, world: World, end: End) -> Order | None:
    """Write another order's row under the id; None where the call has not heard the order's own terms yet.

    No two have the same terms: said again a second later they would be the order's by contract.
    """
    if not (setting.others_rows and world.terms_heard) or world.others_rows == MOST_OTHERS:
        return None
    state = State(world.now, AMOUNT if end is End.FILLED else PART - PART, end)
    return dataclasses.replace(row(setting, state, ORDER_ID), price=PRICE + world.others_rows + 1)


def _meanwhile(setting: Setting, world: World) -> Iterator[tuple[World, str]]:
    """Let others do what they may before the venue reads a request: nothing, one thing, or a late cancel of ours."""
    yield world, ""
    if not world.is_open or world.state is None:
        return
    at, filled = world.now + READ_AFTER / 2, world.state.filled
    for index in world.running:
        yield replace(world.canceled(at), running=()), f"send {index + 1} runs; "
    if world.changes == 0:
        return
    left = replace(world, changes=world.changes - 1)
    if filled < PART:
        yield left.changed(PART, None, at) if setting.lags else left.filled(PART), "a fill of 0.4; "
    yield left.changed(AMOUNT, End.FILLED, at), "filled; "
    yield left.changed(filled, End.CANCELED, at), "canceled by another; "


def _unread_refusals() -> Iterator[tuple[AdapterError, CancelOutcome]]:
    yield RateLimited("429", retry_after=1.0), CancelOutcome.RATE_LIMITED
    yield RateLimited("418", http_status=418, retry_after=60.0), CancelOutcome.RATE_LIMITED
    yield ClockSkew("-1021"), CancelOutcome.CLOCK_SKEW
    yield AuthenticationError("0002"), CancelOutcome.AUTH
    yield BadRequest("-1130"), CancelOutcome.BAD_REQUEST
    yield VenueUnavailable("maintenance"), CancelOutcome.VENUE_DOWN


def _refused(text: str, world: World, ended: World, refusal: AdapterError) -> Event:
    says_ended = isinstance(refusal, CancelRejected) and refusal.reason in _END_WORDS
    return Event(text, ended.sent(replace(_sent(world, ended, Word.REFUSED), said_ended=says_ended)), refusal)


def _sent(
    world: World, ended: World, word: Word, *, refusal: CancelOutcome | None = None, blocked: bool = False
) -> Sent:
    return Sent(begun=world.now, ended=ended.now, word=word, refusal=refusal, blocked=blocked)


def _looked(world: World, ended: World, served: float | None, *, blocked: bool = False) -> Looked:
    return Looked(begun=world.now, ended=ended.now, served=served, blocked=blocked)


def _rejected(reason: CancelRejectReason) -> CancelRejected:
    return CancelRejected(reason.replace("_", " "), reason=reason)


def _nothing() -> OutcomeUnknown:
    return OutcomeUnknown("no answer")


def _words(state: State) -> str:
    return f"{_STATUSES[state.ended]} with {state.filled}"


def _ms(seconds: float) -> int:
    return EPOCH + int(seconds * 1000)
