"""What one look at an order only says, and a second one that says the same, later, proves. Pure: no I/O, no waiting."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.model import Order
from hk_adapter.record import Record

MISSES_APART = 1.0
"""Seconds between two look-ups that both miss before an order counts as not found."""

SAID_AGAIN = 1.0
"""Seconds between two looks that say the same, before what contradicts itself, or what was told, is believed.

A row half written is whole by then.
"""

CLOCK_GRAIN = 0.001
"""Seconds by which a wait may seem to have been too short, of clocks that count in fractions."""


class Misses(Record, frozen=True):
    """The first look-up that found an order under none of its ids, and the last: monotonic times in seconds."""

    first: float
    last: float

    @property
    def are_apart(self) -> bool:
        """Whether two of them are far enough apart to prove that there is no such order."""
        return self.last - self.first >= MISSES_APART

    def until_apart(self, now: float) -> float:
        """Return in how many seconds another miss would prove it."""
        return _rest_of(MISSES_APART, self.first, now)


class _FirstLook(Record, frozen=True):
    """What one look only said, and when the first look that said it began: a monotonic time in seconds."""

    at: float

    def is_long_before(self, at: float) -> bool:
        """Whether a look that says the same began late enough to prove it."""
        return at - self.at >= SAID_AGAIN

    def until_proof(self, now: float) -> float:
        """Return in how many seconds a look that shows the same again would prove it."""
        return _rest_of(SAID_AGAIN, self.at, now)


class SaidOnce(_FirstLook, frozen=True):
    """A row that contradicts itself."""

    order: Order

    def is_the_same(self, order: Order) -> bool:
        """Whether another row says the same words."""
        said = self.order
        return (said.status, said.filled, said.amount) == (order.status, order.filled, order.amount)

    def is_proven_by(self, order: Order, at: float) -> bool:
        """Whether a row says the same again, shown by a look that began late enough."""
        return self.is_the_same(order) and self.is_long_before(at)


class OtherTerms(_FirstLook, frozen=True):
    """Terms of an order that are not those shown of it before."""

    terms: Mapping[str, object]

    def are_proven_by(self, terms: Mapping[str, object], at: float) -> bool:
        """Whether a look that began late enough shows the same terms again."""
        return self.terms == terms and self.is_long_before(at)


def _rest_of(apart: float, begun: float, now: float) -> float:
    """Return in how many seconds a look is ``apart`` from the first one, begun then.

    Where that one's answer has just come the whole is left: nobody knows when the venue looked. What is left is nothing
    or at least CLOCK_GRAIN, so that who waits for it does not stand still where the looks themselves take no time.
    """
    passed = now - begun
    if passed >= apart:
        return 0.0
    return apart + CLOCK_GRAIN - (passed if passed > apart / 2 else 0.0)
