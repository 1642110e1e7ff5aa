"""How often a venue without a stream is asked."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.hooks import Declared
from hk_adapter.hooks.opened_venue import budgets_of
from hk_adapter.record import Record

SHORTEST, LONGEST = 2.0, 60.0
"""Seconds between two rounds, where nobody sets them, at the least and at the most."""
SHARE = 4
"""A question, at a weight of one, takes every fourth place of the venue's slowest limit at the most."""


class Interval(Record, frozen=True, kw_only=True):
    """How often a venue is asked.

    Attributes:
        seconds: between the answer to a question and the same one again, at the least.
        each: what each question of a round adds to that, up to ``LONGEST``: so several that are watched share one
            part of the venue's limits.
        apart: between two questions that hints ask for, where there are many.
    """

    seconds: float
    each: float = 0.0
    apart: float = 0.0

    def after(self, questions: int) -> float:
        """Return how many seconds there are where so many questions are asked."""
        return max(self.seconds, min(LONGEST, self.each * questions))


SELDOM = Interval(seconds=LONGEST)


def interval_by(limits: Mapping[str, Declared], seconds_an_order: float, given: float | None = None) -> Interval:
    """Return how often a venue is asked: as its caller has ``given``, else by its declared limits.

    ``seconds_an_order`` is for a venue that declares none: what it says that an order of a call of several takes.
    """
    paces = [budget.window / budget.amount for declared in limits.values() for budget in budgets_of(declared)]
    apart = min(LONGEST, SHARE * (max(paces) if paces else seconds_an_order))
    if given is not None:
        return Interval(seconds=given, apart=min(given, apart))
    return Interval(seconds=SHORTEST, each=apart, apart=apart)
