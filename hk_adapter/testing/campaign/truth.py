"""What truly happened to one cancel: the order's life at the venue, each send, each look-up. In virtual seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from hk_adapter.model import CancelOutcome, CancelReport, Order, Wait
from hk_adapter.testing.campaign.verdicts import Verdict

Span = tuple[float, float]
"""From a moment up to another."""


class Word(StrEnum):
    """What the answer that reached us says about the send itself."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DOUBT = "doubt"
    """Nothing came, or nothing that tells whether it ran."""
    UNSENT = "unsent"
    """No byte left."""


class End(StrEnum):
    """How an order may end."""

    FILLED = "filled"
    CANCELED = "canceled"
    REJECTED = "rejected"


@dataclass(slots=True)
class Send:
    """One DELETE.

    Attributes:
        ran: whether the venue accepted it, then or later.
        ran_at: when it did; None if it never did.
        refusal: what the refusal amounts to; None unless ``word`` is REFUSED.
        blocked: whether its answer was HTTP 418.
        said_ended: whether its answer said that the order has ended, or may have.
        astray: whether it reached another order that has the id by then, before the call could know: its answer may be
            taken for doubt.
    """

    begun: float
    ended: float = 0.0
    word: Word = Word.DOUBT
    ran: bool = False
    ran_at: float | None = None
    refusal: CancelOutcome | None = None
    blocked: bool = False
    said_ended: bool = False
    astray: bool = False

    def run(self, now: float) -> None:
        """Record that the venue accepted it; a second copy changes nothing."""
        self.ran, self.ran_at = True, now if self.ran_at is None else self.ran_at

    def take(self, whole: Send | Query) -> None:
        """Record what the request that carried this cancel came to."""
        self.ended, self.blocked = whole.ended, whole.blocked
        if isinstance(whole, Send):
            self.word, self.refusal, self.said_ended = whole.word, whole.refusal, whole.said_ended


@dataclass(slots=True)
class Query:
    """One look at the order.

    Attributes:
        served: when the venue read what it answered with; None if it never did.
        heard: whether the venue's own answer came whole, and would show the order if it had ended.
        shared: whether it was a list, which any of several calls may have asked for.
        as_of: the moment that the answer shows, where the view lags.
    """

    begun: float
    ended: float = 0.0
    served: float | None = None
    blocked: bool = False
    heard: bool = False
    shared: bool = False
    as_of: float | None = None

    @property
    def shows(self) -> float | None:
        """The moment that the answer shows."""
        return self.served if self.as_of is None else self.as_of


@dataclass(frozen=True, slots=True)
class State:
    """How the order stood from a moment on. ``ended`` None is on the book."""

    since: float
    filled: Decimal
    ended: End | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """What a create came to: the id of the order that it gave, or what it raised."""

    order_id: str | None = None
    raised: Exception | None = None


@dataclass(slots=True, kw_only=True)
class Truth:
    """The whole truth about one call of ``try_cancel``.

    Attributes:
        states: the order's life, oldest first; empty for an order that never existed.
        canceled_by_us: whether it was a send of this call that took the order off the book.
        asked: whether the call was to cancel it; a ``cancel_all_orders`` spares what is not in its scope.
        scope_sends: cancels that named no order, and meant this one too; ``settle_scope`` makes them ``sends``.
        raised: what came out of the call in place of a report.
        unreachable: connections that could not be opened.
        misconduct: what the wire saw the whole scenario do wrong.
        takes_cancels_from: before this the venue refuses every cancel of the order for now.
        outages: when the venue took or answered nothing.
        no_looks: when a rate limit forbade look-ups.
        no_sends: when one forbade cancels.
        slots_lost: when one of the key's slots was kept by a query of a caller who went away, or by one that only an
            order needed which does not exist.
        order_id: the order's own id.
        made: when it was made, in ms of the venue's clock, where another order has its id too; None where none has.
        symbol: its symbol, unified, where ids are counted by it.
        either: the order of another symbol with its id, where the call names no symbol: it may mean either.
        shown: the symbols of the orders that looks of the call have shown under its id, as far as they name them.
        by_client_id: whether the call knows no other id than the client's.
        twins: what the call said where it named the order again.
        beside: the other orders of the call.
        named_more: whether the call's sends are those of several reports, or of scopes that nobody counts.
        refusable: whether the call was to be refused before anything is sent: an id that is no id.
        quiet: whether nothing befell the call, so that nothing excuses it from an end.
        others_ended: when the last of the call's other orders ended that cannot end at once, inf where one never did;
            0 without any. A call reports on all of its orders together, so none is told before.
        timed: whether the venue's rows carry times, so that "already canceled" must have been so before the first send.
        posted_late: how many seconds late its fills show, where no second look is asked for.
        placed: what the create said, where the connection placed the order itself.
    """

    wait: Wait
    timeout: float
    states: list[State] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    scope_sends: list[Send] = field(default_factory=list)
    asked: bool = True
    canceled_by_us: bool = False
    unreachable: int = 0
    started: float = 0.0
    ended: float = 0.0
    report: CancelReport | None = None
    raised: BaseException | None = None
    misconduct: set[Verdict] = field(default_factory=set)
    takes_cancels_from: float = 0.0
    outages: list[Span] = field(default_factory=list)
    no_looks: list[Span] = field(default_factory=list)
    no_sends: list[Span] = field(default_factory=list)
    slots_lost: list[Span] = field(default_factory=list)
    order_id: str = ""
    made: int | None = None
    symbol: str | None = None
    either: Truth | None = field(default=None, repr=False, compare=False)
    shown: set[str] = field(default_factory=set)
    by_client_id: bool = False
    twins: list[CancelReport] = field(default_factory=list)
    beside: list[Truth] = field(default_factory=list, repr=False, compare=False)
    named_more: bool = False
    refusable: bool = False
    quiet: bool = False
    others_ended: float = 0.0
    timed: bool = True
    posted_late: float = 0.0
    placed: Placed | None = None

    def settle_scope(self) -> None:
        """Count the cancels that named no order as the design does: one in doubt, however often they went out.

        One that was refused is no send to the order, unless it was refused by the limit that sends count against.
        """
        limited = [one for one in self.scope_sends if one.refusal is CancelOutcome.RATE_LIMITED]
        doubts = [one for one in self.scope_sends if one.word in {Word.ACCEPTED, Word.DOUBT}]
        if doubts:
            ran_at = min((one.ran_at for one in doubts if one.ran_at is not None), default=None)
            whole = Send(doubts[0].begun, doubts[-1].ended, ran=ran_at is not None, ran_at=ran_at)
            whole.blocked = any(one.blocked for one in doubts)
            limited.append(whole)
        self.sends[:0] = limited
        self.scope_sends = []

    def note(self, since: float, filled: Decimal, ended: End | None) -> None:
        """Record how the order stands from a moment on."""
        self.states.append(State(since, filled, ended))

    def state(self, at: float) -> State | None:
        """Return how the order stood at a moment."""
        found = None
        for state in self.states:
            if state.since > at:
                break
            found = state
        return found


def may_be_of(order: Order | None, truth: Truth) -> bool:
    """Whether what is told of an order may be of the one of a truth: of its symbol, and made when it was."""
    if order is None:
        return True
    of_another = None not in {truth.symbol, order.symbol} and order.symbol != truth.symbol
    return not of_another and (truth.made is None or order.timestamp in {None, truth.made})
