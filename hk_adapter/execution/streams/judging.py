"""What a row says of an order that is known already: news, nothing new, or a contradiction. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, auto

from hk_adapter.execution.agreement import is_contradictory, other_term, terms_of
from hk_adapter.model import Order, OrderStatus
from hk_adapter.record import Record

_RANKS = {OrderStatus.PENDING_NEW: 0, OrderStatus.OPEN: 1, OrderStatus.PENDING_CANCEL: 2}
_STAYING = (
    "client_order_id",
    "symbol",
    "type",
    "side",
    "time_in_force",
    "post_only",
    "reduce_only",
    "price",
    "trigger_price",
    "amount",
    "timestamp",
    "account_id",
    "venue_symbol",
)
"""What stays as it is of an order, and what one source may tell where another does not."""


class Says(Enum):
    """What a row says, beside what is known."""

    NEWS = auto()
    NOTHING_NEW = auto()
    CONTRADICTS = auto()


class Verdict(Record, frozen=True):
    """``reason`` says what contradicts, in words."""

    says: Says
    reason: str = ""


NEWS, NOTHING_NEW = Verdict(Says.NEWS), Verdict(Says.NOTHING_NEW)


def judge(known: Order | None, row: Order) -> Verdict:
    """Decide what a row says. What is filled only grows, an end stays, and words must agree with their amounts."""
    if row.status is None:
        return _contradicts("it says no status")
    if is_contradictory(row):
        return _contradicts(f"it says {row.status}, which its amounts contradict")
    if known is None or known.status is None:
        return NEWS
    return _judge_beside(known, row)


def merged(known: Order | None, row: Order) -> Order:
    """Return a row with what only earlier ones told of its order."""
    if known is None:
        return row
    told = {name: getattr(known, name) for name in _STAYING if getattr(row, name) is None}
    if row.filled is None and known.filled is not None:
        told |= {"filled": known.filled, "remaining": known.remaining}
    return row.replace(**{name: value for name, value in told.items() if value is not None})


def says_the_same(one: Order, other: Order) -> bool:
    """Whether two rows agree on where an order stands, and on what it is as far as both say that."""
    stands = one.status == other.status and one.filled == other.filled
    return stands and other_term(terms_of(one), terms_of(other)) is None


def _judge_beside(known: Order, row: Order) -> Verdict:
    if term := other_term(terms_of(row), terms_of(known)):
        return _contradicts(f"its {term}")
    grown = _grown(known, row)
    if known.status is not None and known.status.final:
        return _after_the_end(known, row, grown)
    if row.status is not None and row.status.final:
        if grown < 0 or is_older(row, known):
            return _contradicts(f"it says {row.status}, and is behind what was shown before")
        return NEWS
    if grown:
        return NEWS if grown > 0 else NOTHING_NEW
    return NEWS if _goes_on(known, row) else NOTHING_NEW


def _after_the_end(known: Order, row: Order, grown: int) -> Verdict:
    same = row.status == known.status
    if same:
        return NEWS if grown > 0 else NOTHING_NEW  # a fill that was posted late
    ended = row.status is not None and row.status.final
    if grown > 0 or ended or is_older(known, row):
        return _contradicts(f"it says {row.status}, and {known.status} was shown before")
    return NOTHING_NEW


def _goes_on(known: Order, row: Order) -> bool:
    before, now = (_RANKS.get(one.status, 1) if one.status else 1 for one in (known, row))
    if now == before:
        return False
    # A cancel that was asked for may be refused, and the order rests on.
    return now > before or (known.status is OrderStatus.PENDING_CANCEL and is_older(known, row))


def _grown(known: Order, row: Order) -> int:
    if row.filled is None:
        return 0
    before = known.filled or Decimal(0)
    return (row.filled > before) - (row.filled < before)


def is_older(one: Order, other: Order) -> bool:
    """Whether the venue's own times say that one row is."""
    first, second = one.last_update_timestamp, other.last_update_timestamp
    return first is not None and second is not None and first < second


def _contradicts(reason: str) -> Verdict:
    return Verdict(Says.CONTRADICTS, reason)
