"""What the wire and the conduct of a scenario need of the venue at the other end, whatever it is and speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Protocol

from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import CancelOutcome
from hk_adapter.simulator import SimResponse
from hk_adapter.testing.campaign.case import Case
from hk_adapter.testing.campaign.faults import Fault, ForgeryContext, Purpose
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.request_log import Exchange
from hk_adapter.testing.campaign.truth import Word


class Ground(Protocol):
    """Where the orders of a scenario are, and what will happen to them.

    Attributes:
        lagged: how many seconds behind the view was that answered last.
    """

    lagged: float

    @property
    def cases(self) -> Sequence[Case]:
        """The orders of the scenario."""

    @property
    def strangers(self) -> Mapping[str, object]:
        """Orders of others, by id, that no request may name."""

    @property
    def limits(self) -> Mapping[Purpose, int]:
        """How many requests a second the venue documents; none for a purpose that is not there."""

    @property
    def was_breached(self) -> bool:
        """Whether the venue found its limits breached."""

    @property
    def quiet_kinds(self) -> frozenset[Kind]:
        """Kinds in which nothing excuses a cancel from an end, where no fault strikes beside them."""

    def at(self, when: float, action: Callable[[float], None]) -> None:
        """Plan something for a moment."""

    def settle(self, until: float) -> None:
        """Carry out everything that is due."""

    def arrive(self, listed: float) -> None:
        """Let those orders come to the book that come between a list and what follows it."""


class Language(Protocol):
    """How requests and answers of a venue are read, and what can be forged of them.

    Attributes:
        faults: what may strike a request of each purpose, drawn from evenly; nothing strikes where there is none.
    """

    @property
    def faults(self) -> Mapping[Purpose, Sequence[Fault]]:
        """See above."""

    def begin(self, request: HttpRequest, now: float, deadline: float, *, shared: bool) -> Exchange:
        """Open the records of a request; ``shared`` says whether several calls may have asked for a list."""

    def handle(self, exchange: Exchange, now: float) -> SimResponse:
        """Let the venue act on a request that arrives now, and answer it."""

    def took(self, answer: SimResponse) -> bool:
        """Whether the venue's own answer says that it did what was asked."""

    def own_word(self, answer: SimResponse) -> tuple[Word, CancelOutcome | None]:
        """Read what the venue's own answer says about a cancel."""

    def says_ended(self, answer: SimResponse) -> bool:
        """Whether an answer says that the order has ended, or may have."""

    def refused_in(self, exchange: Exchange, answer: SimResponse) -> dict[str, tuple[CancelOutcome | None, bool]]:
        """Read which orders of a batch were not canceled by its own answer, by id: why, and whether as ended.

        The reason is None where it leaves open whether the cancel ran.
        """

    def ground(self, exchange: Exchange, rng: Random, now: float) -> ForgeryContext:
        """Return what a forger may draw on."""
