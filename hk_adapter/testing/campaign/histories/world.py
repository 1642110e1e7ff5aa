"""What has truly happened so far in one history: the order's life, the sends, the looks."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from hk_adapter.model import CancelOutcome, CancelReport, Wait
from hk_adapter.testing.campaign.truth import End, Query, Send, State, Truth, Word

ORDER_ID = "1001"
AMOUNT = Decimal(1)
PART = Decimal("0.4")
PRICE = Decimal(1900)
MOST_OTHERS = 2
"""How many rows of other orders a history may show under the order's id."""
TICK = 0.25
"""Seconds: after each move time is rounded up to a multiple, so that histories which differ by less are one."""
READ_AFTER = 0.05
"""Seconds after a request left at which the venue reads it; what others do to the order strikes before."""
ANSWERED_AFTER = 0.1


class Sent(Struct, frozen=True, kw_only=True):
    """One cancel that went out; fields as in ``Send``."""

    begun: float
    ended: float
    word: Word
    ran_at: float | None = None
    refusal: CancelOutcome | None = None
    blocked: bool = False
    said_ended: bool = False


class Looked(Struct, frozen=True, kw_only=True):
    """One look-up; fields as in ``Query``."""

    begun: float
    ended: float
    served: float | None
    as_of: float | None = None
    blocked: bool = False


class World(Struct, frozen=True, kw_only=True):
    """The truth of one history. Times in seconds of the monotonic clock.

    Attributes:
        states: the order's life, oldest first; empty for an order that never existed.
        sends: cancels, those that left no byte included.
        looks: of the look-ups since the last send, the first that read each state; and what was asked while blocked.
        running: which sends the venue took and has still to carry out.
        canceled_by_us: whether a send took the order off the book.
        heard: when the venue last answered.
        changes: how often others may still change the order.
        measured: whether our clock was measured against the venue's.
        terms_heard: whether a row of the order itself was shown.
        others_rows: how many rows of other orders were shown under its id.
    """

    now: float = 0.0
    states: tuple[State, ...] = ()
    sends: tuple[Sent, ...] = ()
    looks: tuple[Looked, ...] = ()
    running: tuple[int, ...] = ()
    canceled_by_us: bool = False
    heard: float = 0.0
    changes: int = 2
    measured: bool = False
    terms_heard: bool = False
    others_rows: int = 0

    @property
    def state(self) -> State | None:
        """How the order stands; None if there is none."""
        return self.states[-1] if self.states else None

    @property
    def is_open(self) -> bool:
        """Whether the order is on the book."""
        return self.state is not None and self.state.ended is None

    def later(self, seconds: float, *, heard: bool = True) -> World:
        """Advance the time; ``heard`` tells that the venue answered at its end."""
        now = self.now + seconds
        return replace(self, now=now, heard=now if heard else self.heard)

    def changed(self, filled: Decimal, ended: End | None, at: float) -> World:
        """Change the order."""
        return replace(self, states=(*self.states, State(at, filled, ended)))

    def filled(self, filled: Decimal) -> World:
        """Let the order fill in part, as if it had been so all along: to a view without a lag that is the same."""
        return replace(self, states=(*self.states[:-1], State(self.states[-1].since, filled)))

    def canceled(self, at: float) -> World:
        """Have a cancel of ours take the order off the book."""
        return replace(self.changed(self.states[-1].filled, End.CANCELED, at), canceled_by_us=True)

    def sent(self, send: Sent, *, running: bool = False) -> World:
        """Add a cancel; if it left, what was looked up before counts no more, nor when earlier ones were sent."""
        waiting = (*self.running, len(self.sends)) if running else self.running
        earlier = self.sends[:1] + tuple(replace(one, begun=0.0, ended=0.0) for one in self.sends[1:])
        if send.word is Word.UNSENT:
            return replace(self, sends=(*earlier, send), running=waiting)
        kept = tuple(look for look in self.looks if look.blocked)
        return replace(self, sends=(*earlier, send), looks=kept, running=waiting)

    def shown_another(self) -> World:
        """Count a row of another order under the id."""
        return replace(self, others_rows=self.others_rows + 1)

    def looked(self, look: Looked) -> World:
        """Add a look-up, unless one tells the oracle the same."""
        same = any(
            one.blocked == look.blocked and _seen(self.states, one) == _seen(self.states, look) for one in self.looks
        )
        return self if same else replace(self, looks=(*self.looks, look))

    def truth(self, wait: Wait, timeout: float, report: CancelReport, *, timed: bool) -> Truth:
        """Show the oracle all of it, and what the call said; ``timed`` is whether the venue's rows carry times."""
        return Truth(
            wait=wait,
            timeout=timeout,
            states=list(self.states),
            sends=[_send(one) for one in self.sends],
            queries=[
                Query(one.begun, one.ended, one.served, blocked=one.blocked, as_of=one.as_of) for one in self.looks
            ],
            order_id=ORDER_ID,
            timed=timed,
            canceled_by_us=self.canceled_by_us,
            unreachable=sum(one.word is Word.UNSENT for one in self.sends),
            started=0.0,
            ended=min(self.now, timeout),
            report=report,
        )


def _send(one: Sent) -> Send:
    ran = one.ran_at is not None
    return Send(one.begun, one.ended, one.word, ran, one.ran_at, one.refusal, one.blocked, one.said_ended)


def _seen(states: tuple[State, ...], look: Looked) -> State | None:
    at = look.served if look.as_of is None else look.as_of
    return None if at is None else next((state for state in reversed(states) if state.since <= at), None)
