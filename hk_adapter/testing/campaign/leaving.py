"""Callers that go away: an interrupt at any step of a call, a cancel of its task, a loop that stops for ever."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar

from hk_adapter.flow.caller import Caller, calling
from hk_adapter.flow.driver import close
from hk_adapter.flow.effects import Flow, Gather
from hk_adapter.flow.runtime import Runtime
from hk_adapter.testing.campaign.scenario import Leave
from hk_adapter.testing.virtual_time import Story, VirtualRunner, VirtualTime, VirtualTransport

T = TypeVar("T")

SOON = 0.01
"""Seconds after which a caller that went away cancels again."""


class Gone(KeyboardInterrupt):
    """The caller of a call goes away, by Ctrl-C."""


class _Leaver(Caller, eq=False):
    """Who drives one flow of a scenario."""

    gone: bool = False

    def can_go_on(self) -> bool:
        """Whether the caller is there still."""
        return not self.gone


class LeavingRunner(VirtualRunner):
    """A runner some of whose callers go away.

    Attributes:
        frozen: what was left as it was, never resumed, and closed only when all is over.
    """

    def __init__(self, runtime: Runtime, transport: VirtualTransport, time: VirtualTime) -> None:
        super().__init__(runtime, transport, time)
        self._clock = time
        self._leavers: dict[int, tuple[Leave, Callable[[], Flow[Any]]]] = {}
        self.frozen: list[tuple[Story[Any], Flow[Any]]] = []

    def let_go(self, flow: Flow[Any], leave: Leave, again: Callable[[], Flow[Any]]) -> Flow[Any]:
        """Let the caller of a flow go away, and then run what ``again`` gives; return the flow to run."""
        going = flow if leave.steps is None else _Steps(flow, leave.steps)
        self._leavers[id(going)] = leave, again
        return going

    def close(self) -> None:
        """Close what is frozen still, once nothing of it can matter any more."""
        while self.frozen:
            _end(*self.frozen.pop())

    def _drive(self, flow: Flow[T]) -> Story[T]:
        leaver = self._leavers.pop(id(flow), None)
        caller = calling.get() or _Leaver()
        if leaver is None:
            return (yield from _driven(caller, super()._drive(flow)))
        leave, again = leaver
        leaving = _Leaver()
        story = _driven(leaving, super()._drive(flow))
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
            leaving.gone = True
            self.frozen.append((story, flow)) if leave.frozen else _end(story, flow)
        yield self._clock.now + SOON
        last: T = yield from _driven(caller, super()._drive(again()))
        return last


def _end(story: Story[Any], flow: Flow[Any]) -> None:
    """Close a story, and its flow, which is still whole where the story was never begun."""
    story.close()
    close(flow)


def _driven(caller: Caller, story: Story[T]) -> Story[T]:
    """Play a story, and in each of its moments by whom it is driven."""
    try:
        while True:
            before = calling.get()
            calling.set(caller)
            try:
                when = next(story)
            finally:
                calling.set(before)
            yield when
    except StopIteration as end:
        over: T = end.value
        return over
    finally:
        story.close()


class _Steps(Coroutine[Any, Any, Any]):
    """A flow whose caller goes away when it wants its ``left``-th effect."""

    def __init__(self, flow: Flow[Any], left: int) -> None:
        self._flow = flow
        self._left = left

    def send(self, value: Any) -> Any:
        """Answer the last effect; return the next, or raise StopIteration with the result."""
        wanted = self._flow.send(value)
        self._step(wanted)
        return wanted

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        """Raise an exception where the flow waits."""
        wanted = self._flow.throw(typ if val is None else val)
        self._step(wanted)
        return wanted

    def close(self) -> None:
        """Close the flow."""
        close(self._flow)

    def __await__(self) -> Generator[Any, Any, Any]:
        raise TypeError("it is driven, not awaited")

    def _step(self, wanted: Any) -> None:
        self._left -= 1
        if self._left > 0:
            return
        for flow in wanted.flows if isinstance(wanted, Gather) else ():
            close(flow)  # nobody will begin it
        raise Gone
