"""The scripted venue in virtual time: what its orders truly are, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from hk_adapter.errors import OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.record import Record
from hk_adapter.testing.conformance.further_script import WritesCountdowns
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedOrder
from hk_adapter.testing.conformance.scripted_orders import ScriptedOrders
from hk_adapter.testing.conformance.written import refusal_of
from hk_adapter.testing.virtual_time import Story, VirtualTime

EPOCH = 1_790_000_000.0
"""Unix seconds at the virtual clock's 0."""
_HALF_TRIP = 0.01


class Fate(Record, frozen=True, kw_only=True):
    """What becomes of one request.

    Attributes:
        arrives: whether it reaches the venue.
        acts: whether the venue does what it answers.
        after: seconds from then until it does.
        lost: whether the answer is lost.
        instead: what comes back instead of the venue's own answer.
        refused: the refusal that does.
        again: of a list, whether its first page comes whatever is asked for.
    """

    arrives: bool = True
    acts: bool = True
    after: float = 0.0
    lost: bool = False
    instead: Response | None = None
    refused: Refusal | None = None
    again: bool = False


class Seen(Record, frozen=True):
    """A request that the venue got, or that was lost on the way to it."""

    asked: Asked
    request: HttpRequest
    at: float


class _Planned(Struct):
    at: float
    do: Callable[[], None]


class ScriptedExchange(ScriptedOrders):
    """Stands where an HTTP library would, and answers as its script says."""

    def __init__(self, script: Script, time: VirtualTime) -> None:
        super().__init__(script, lambda: round((EPOCH + time.now) * 1000))
        self._script = script
        self._time = time
        self._fates: dict[Request, list[Fate]] = {}
        self._planned: list[_Planned] = []
        self.seen: list[Seen] = []
        self.said: list[bytes] = []
        """The bodies of all answers that came back."""

    def meet(self, kind: Request, *fates: Fate) -> None:
        """Set the fates of the next requests of a kind; the last one stays in force."""
        self._fates[kind] = list(fates)

    def count(self, kind: Request) -> int:
        """Return how many requests of a kind were sent."""
        return sum(one.asked.kind is kind for one in self.seen)

    def settle(self) -> None:
        """Carry out what is due."""
        self.count_down()
        due = [one for one in self._planned if one.at <= self._time.now]
        self._planned = [one for one in self._planned if one not in due]
        for one in due:
            one.do()

    def send(self, request: HttpRequest, deadline: float) -> Story[Response]:
        """Play one exchange."""
        asked = self._script.read(request)
        self.seen.append(Seen(asked, request, self._time.now))
        fate = self._fate(asked.kind)
        yield self._time.now + _HALF_TRIP
        if fate.arrives:
            self.settle()
            answer = self._answered(asked, request, fate)
        if not fate.arrives or fate.lost:
            yield deadline
            raise OutcomeUnknown("no answer came before the deadline")
        yield self._time.now + _HALF_TRIP
        if fate.refused is not None:
            answer = refusal_of(self._script, asked, fate.refused)
        answer = fate.instead or answer
        self.said.append(answer.body)
        return answer

    def _fate(self, kind: Request) -> Fate:
        fates = self._fates.get(kind, [])
        return (fates.pop(0) if len(fates) > 1 else fates[0]) if fates else Fate()

    def _answered(self, asked: Asked, request: HttpRequest, fate: Fate) -> Response:
        if fate.again:
            asked = replace(asked, after_id=None, skipped=0)
        if asked.kind is Request.CREATE and not fate.acts:
            return self._script.created(self.meant(asked))
        if asked.kind is Request.COUNTDOWN and not fate.acts:
            return cast("WritesCountdowns", self._script).countdown(asked.milliseconds or 0)
        return self.answer(asked, request, lambda order: self._cancel(order, fate)).response

    def _cancel(self, order: ScriptedOrder, fate: Fate) -> None:
        if fate.acts:
            self._planned.append(_Planned(self._time.now + fate.after, lambda: self.end(order)))
            self.settle()
