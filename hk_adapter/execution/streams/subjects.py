"""What a stream tells beside orders: each kind of watch is one subject, with a question that closes its gaps."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, ClassVar

from hk_adapter.errors import AdapterError
from hk_adapter.execution.streams.asking import Asks
from hk_adapter.execution.streams.audience import Audience
from hk_adapter.execution.streams.reopening import HOPELESS
from hk_adapter.execution.streams.rounds import Rounds
from hk_adapter.execution.streams.tracker import Tracker
from hk_adapter.flow.effects import Moment, Now, Random
from hk_adapter.flow.log_line import Lines
from hk_adapter.model import Order, StreamEvent, StreamReader


class Subject(ABC):
    """One kind of watch. Nothing of it is asked, nor kept up, while nobody wants it.

    Attributes:
        audience: those who watch it.
        question: what is asked, in words for the log.
    """

    question: ClassVar[str]

    @property
    def questions(self) -> int:
        """How many requests its question is at the least."""
        return 1

    def __init__(self, audience: Audience[Any], asks: Asks, patience: float) -> None:
        self.audience = audience
        self._asks = asks
        self._log = Lines("hk_adapter.streams", most=20)
        self._patience = patience
        self._reader: StreamReader | None = None
        self._rounds = Rounds()
        self._wanted_since: float | None = None
        self._was_current = self._is_current = False

    def opened(self, reader: StreamReader, now: float) -> None:
        """Record that a connection is open: what happened before it is not known."""
        self._reader, self._is_current = reader, False
        self._rounds.opened(now)
        self.audience.note_gap(True)

    def is_due(self, now: float) -> bool:
        """Whether its question is to be asked now."""
        if not self.audience.is_wanted:
            self._wanted_since, self._was_current, self._is_current = None, False, False
            return False
        if self._wanted_since is None or self.audience.is_new:
            self.audience.is_new = self._was_current = self._is_current = False
            self._wanted_since = now
            self._rounds.opened(now)
            self.begin()
        return self._rounds.due <= now

    def next_due(self) -> float:
        """Return when its question is to be asked next; infinite while nobody wants it."""
        return math.inf if self._wanted_since is None else self._rounds.due

    def plan(self, at: float) -> None:
        """Plan to ask its question by a time at the latest."""
        self._rounds.plan(at)

    async def ask(self) -> None:
        """Ask its question, tell what is news. What goes wrong for good ends those who watch this, and no others."""
        asked = await Now()
        try:
            await self.learn(asked)
        except AdapterError as error:
            now = (await Now()).monotonic
            since = now if self._wanted_since is None else self._wanted_since
            if isinstance(error, HOPELESS) or (not self._was_current and now - since >= self._patience):
                self.audience.end(error)
                return
            self._log.warning("%s could not be asked for yet: %s", self.question, type(error).__name__)
            self.audience.note(error)
            self._rounds.failed(now, await Random(), error.retry_after)
            self.has_failed()
            return
        self._rounds.answered(asked.monotonic)
        self.settle((await Now()).monotonic)
        self._was_current = self._is_current = True
        self.audience.note_gap(False)

    def let_in(self) -> None:
        """Let those in who have come, once there is no gap."""
        if self._is_current and not self.audience.is_new:
            self.audience.admit(self.first, self._reader)

    @abstractmethod
    def begin(self) -> None:
        """Begin anew: somebody wants it, after nobody did."""

    @abstractmethod
    def heard(self, event: StreamEvent, tracker: Tracker, now: float) -> None:
        """Record what a frame says."""

    @abstractmethod
    async def learn(self, asked: Moment) -> None:
        """Ask the question, and learn from its answer."""

    @abstractmethod
    def settle(self, now: float) -> None:
        """Record what the answer has left in doubt."""

    @abstractmethod
    def first(self) -> Iterable[Any]:
        """Return what one who comes is told first."""

    @abstractmethod
    def has_failed(self) -> None:
        """Record that the question had no answer."""

    @abstractmethod
    def found(self, order: Order, now: float) -> None:
        """Record an order that asking has shown."""


class Subjects:
    """All of them, for one keeper."""

    def __init__(self, *subjects: Subject) -> None:
        self._subjects = subjects

    @property
    def audiences(self) -> list[Audience[Any]]:
        """Those who watch each."""
        return [one.audience for one in self._subjects]

    def opened(self, reader: StreamReader, now: float) -> None:
        """As Subject.opened."""
        for one in self._subjects:
            one.opened(reader, now)

    def heard(self, event: StreamEvent, tracker: Tracker, now: float) -> bool:
        """Pass on what a frame says; return whether a question is due sooner for it."""
        if not any(one.audience.is_wanted for one in self._subjects):
            return False
        before = self.next_due()
        for one in self._subjects:
            one.heard(event, tracker, now)
        return self.next_due() < before

    def found(self, order: Order, now: float) -> None:
        """Pass on an order that asking has shown."""
        for one in self._subjects:
            one.found(order, now)

    def due(self, now: float) -> Subject | None:
        """Return one whose question is to be asked now."""
        due = [one for one in self._subjects if one.is_due(now)]
        return due[0] if due else None

    @property
    def questions(self) -> int:
        """How many requests are needed to ask of all that is watched."""
        return sum(one.questions for one in self._subjects if one.audience.is_wanted)

    def next_due(self) -> float:
        """Return when the next question is to be asked."""
        return min((one.next_due() for one in self._subjects), default=math.inf)

    def let_in(self) -> None:
        """As Subject.let_in."""
        for one in self._subjects:
            one.let_in()
