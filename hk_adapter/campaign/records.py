"""What truly happened to one cancel: the order's life at the venue, each send, each look-up. In virtual seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from hk_adapter.campaign.verdicts import Verdict
from hk_adapter.model import CancelOutcome, CancelReport, Wait


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
        refusal: what the refusal amounts to; None unless ``word`` is REFUSED.
        blocked: whether its answer was HTTP 418.
    """

    begun: float
    ended: float = 0.0
    word: Word = Word.DOUBT
    ran: bool = False
    refusal: CancelOutcome | None = None
    blocked: bool = False

    def take(self, whole: Send | Query) -> None:
        """Take over what the request that carried this cancel came to."""
        self.ended, self.blocked = whole.ended, whole.blocked
        if isinstance(whole, Send):
            self.word, self.refusal = whole.word, whole.refusal


@dataclass(slots=True)
class Query:
    """One look at the order.

    Attributes:
        served: when the venue read what it answered with; None if it never did.
        shared: whether it was a list, which any of several calls may have asked for.
    """

    begun: float
    ended: float = 0.0
    served: float | None = None
    blocked: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How the order stood from a moment on. ``ended`` None is on the book."""

    since: float
    filled: Decimal
    ended: End | None = None


@dataclass(slots=True, kw_only=True)
class Truth:
    """The whole truth about one call of ``try_cancel``.

    Attributes:
        states: the order's life, oldest first; empty for an order that never existed.
        canceled_by_us: whether it was a send of this call that took the order off the book.
        raised: what came out of ``try_cancel`` in place of a report.
        unreachable: connections that could not be opened.
        misconduct: what the wire saw the whole scenario do wrong.
    """

    wait: Wait
    timeout: float
    states: list[State] = field(default_factory=list)
    sends: list[Send] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)
    canceled_by_us: bool = False
    unreachable: int = 0
    started: float = 0.0
    ended: float = 0.0
    report: CancelReport | None = None
    raised: Exception | None = None
    misconduct: set[Verdict] = field(default_factory=set)

    def note(self, since: float, filled: Decimal, ended: End | None) -> None:
        """Take how the order stands from a moment on."""
        self.states.append(State(since, filled, ended))

    def state(self, at: float) -> State | None:
        """Say how the order stood at a moment."""
        found = None
        for state in self.states:
            if state.since > at:
                break
            found = state
        return found
