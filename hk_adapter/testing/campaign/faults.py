"""Every named fault: at which point of an exchange it strikes, what comes instead of the truth, and what that says.

An injected answer never lies about execution. A definite refusal is only given where the venue did not act; where it
acted, only losses, garbage, codes of unknown outcome and rows that prove nothing are. "Filled already" and the like are
never injected: only the venue itself may say so. "Not found" is never injected into a look-up: the contract lets two of
those prove an absence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from hk_adapter.model import CancelOutcome
from hk_adapter.simulator import SimResponse
from hk_adapter.testing.campaign.truth import Word


class Purpose(StrEnum):
    """What a request is for."""

    CANCEL = "cancel"
    QUERY = "query"
    TIME = "time"
    CREATE = "create"


class Point(StrEnum):
    """Where in an exchange a fault strikes."""

    BEFORE_CONNECT = "before connect"
    AFTER_CONNECT = "after connect"
    MID_REQUEST = "mid-request"
    IN_THE_QUEUE = "before the venue acts"
    INSTEAD = "instead of acting"
    AFTER_ACTING = "after the venue acted"
    EITHER = "instead of acting, or after"
    MID_RESPONSE = "mid-response"
    AFTER_RESPONSE = "after response"


@dataclass(frozen=True, slots=True)
class Forged:
    """An answer that is not the venue's own, and what it says about a cancel that it answers.

    ``refusal`` is what a refusal amounts to.
    """

    response: SimResponse
    word: Word = Word.DOUBT
    refusal: CancelOutcome | None = None


Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class ForgeryContext:
    """What a forger may draw on.

    Attributes:
        row: the order as the answer would truly show it; None where there is none to show.
        before: the order as it was before a cancel of this call was accepted; None without one.
    """

    rng: Random
    purpose: Purpose
    row: Row | None
    before: Row | None


Forge = Callable[[ForgeryContext], Forged | None]
"""Makes an answer, or None where the fault would be unfair or senseless here."""

EVERYWHERE = frozenset({Purpose.CANCEL, Purpose.QUERY, Purpose.TIME})
ORDERS = frozenset({Purpose.CANCEL, Purpose.QUERY})


@dataclass(frozen=True, slots=True)
class Fault:
    """One named kind of fault. ``forge`` is None for those of the network."""

    name: str
    point: Point
    purposes: frozenset[Purpose] = EVERYWHERE
    forge: Forge | None = None


def _network() -> tuple[Fault, ...]:
    kinds: dict[Point, tuple[str, ...]] = {
        Point.BEFORE_CONNECT: ("connection refused", "name not resolved", "connect timeout", "TLS failure"),
        Point.AFTER_CONNECT: ("closed after connect", "stall after connect"),
        Point.MID_REQUEST: ("reset mid-request", "stall mid-request"),
        Point.IN_THE_QUEUE: ("request arrives late", "request arrives twice"),
        Point.AFTER_ACTING: ("reset without an answer", "stall without an answer"),
        Point.MID_RESPONSE: ("truncated", "truncated unnoticed", "slow trickle in time", "slow trickle too late"),
        Point.AFTER_RESPONSE: ("reset after the answer",),
    }
    return tuple(Fault(name, point, frozenset(Purpose)) for point, names in kinds.items() for name in names)


NETWORK = _network()
