"""Stand between a flow and its runner: see every effect, change it, and see its answer."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any, Protocol, TypeVar

from hk_adapter.flow.driver import Answer, Done, close, name_of, step
from hk_adapter.flow.effects import Effect, Flow, Gather

T = TypeVar("T")


class Watcher(Protocol):
    """Sees the effects of a flow, those of flows inside a Gather included."""

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        """Return the effect to perform: this one, or another in its place."""

    def after(self, effect: Effect[Any], answer: Answer) -> None:
        """Learn what an effect came to. It must not raise."""


class Relay(Coroutine[Any, Any, T]):
    """A flow, watched. Awaited or driven like the flow itself."""

    def __init__(self, flow: Flow[T], watcher: Watcher) -> None:
        self._flow = flow
        self._watcher = watcher
        self._wanted: Effect[Any] | None = None
        self.__qualname__ = name_of(flow)

    def send(self, value: Any) -> Any:
        """Answer the last effect; return the next, or raise StopIteration with the result."""
        return self._move(Answer(value))

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        """Raise an exception where the flow waits."""
        error = val if isinstance(val, BaseException) else typ
        if isinstance(error, type):
            error = error()
        if isinstance(error, Exception):
            return self._move(Answer(error=error))
        self.close()
        raise error

    def close(self) -> None:
        """Close the flow."""
        close(self._flow)

    def __await__(self) -> Generator[Any, Any, T]:
        return self  # it has what 'await' needs: __next__, send, throw and close

    def __iter__(self) -> Relay[T]:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def _move(self, answer: Answer) -> Any:
        if self._wanted is not None:
            self._watcher.after(self._wanted, answer)
        moved = step(self._flow, answer)
        if isinstance(moved, Done):
            raise StopIteration(moved.value)
        try:
            if isinstance(moved, Gather):
                moved = Gather(tuple(Relay(flow, self._watcher) for flow in moved.flows))
            self._wanted = self._watcher.before(moved)
        except BaseException:  # whatever it is, the flow below must not be left waiting
            self.close()
            raise
        return self._wanted
