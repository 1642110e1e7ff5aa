"""Callers that go away: an interrupt at any step of a call, a cancel of its task, a loop that stops for ever."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

from hk_adapter.campaign.scenario import Leave
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.station import Station
from hk_adapter.flow.trampoline import close
from hk_adapter.flow.virtual import Story, VirtualPerformer, VirtualRunner, VirtualTime

T = TypeVar("T")

SOON = 0.01
"""Seconds after which a caller that went away cancels again."""


class Gone(KeyboardInterrupt):
    """The caller of a call goes away, by Ctrl-C."""


class LeavingRunner(VirtualRunner):
    """A runner some of whose callers go away.

    Attributes:
        frozen: what was left as it was, neither closed nor ever resumed.
    """

    def __init__(self, station: Station, performer: VirtualPerformer, time: VirtualTime) -> None:
        super().__init__(station, performer, time)
        self._clock = time
        self._leavers: dict[int, tuple[Leave, Callable[[], Flow[Any]]]] = {}
        self.frozen: list[Story[Any]] = []

    def let_go(self, flow: Flow[Any], leave: Leave, again: Callable[[], Flow[Any]]) -> Flow[Any]:
        """Let the caller of a flow go away, and then run what ``again`` gives; return the flow to run."""
        going = flow if leave.steps is None else _Steps(flow, leave.steps)
        self._leavers[id(going)] = leave, again
        return going

    def _drive(self, flow: Flow[T]) -> Story[T]:
        leaver = self._leavers.pop(id(flow), None)
        if leaver is None:
            return (yield from super()._drive(flow))
        leave, again = leaver
        story = super()._drive(flow)
        try:
            while leave.at is None or self._clock.now < leave.at:
                try:
                    when = next(story)
                except StopIteration as end:
                    over: T = end.value
                    return over
                yield when if leave.at is None else min(when, max(leave.at, self._clock.now))
        except Gone:
            pass
        else:
            self.frozen.append(story) if leave.frozen else story.close()
        yield self._clock.now + SOON
        last: T = yield from super()._drive(again())
        return last


class _Steps(Coroutine[Any, Any, Any]):
    """A flow whose caller goes away when it wants its ``left``-th effect."""

    def __init__(self, flow: Flow[Any], left: int) -> None:
        self._flow = flow
        self._left = left

    def send(self, value: Any) -> Any:
        """Answer the last effect; return the next, or raise StopIteration with the result."""
        wanted = self._flow.send(value)
        self._step()
        return wanted

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        """Raise an exception where the flow waits."""
        wanted = self._flow.throw(typ if val is None else val)
        self._step()
        return wanted

    def close(self) -> None:
        """Close the flow."""
        close(self._flow)

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("it is driven, not awaited")

    def _step(self) -> None:
        self._left -= 1
        if self._left <= 0:
            raise Gone
