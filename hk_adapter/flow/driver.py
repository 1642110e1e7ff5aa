"""One step of a flow at a time, for every runner; and a flow watched, by whoever stands between it and its runner."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import CoroutineType
from typing import Any, Generic, NoReturn, Protocol, TypeVar

from hk_adapter.errors import PluginError
from hk_adapter.flow.effects import Effect, Flow, Gather
from hk_adapter.flow.interrupts import callers_interrupt
from hk_adapter.flow.plain_errors import answers_for_itself, plain_cause, said
from hk_adapter.record import Record
from hk_adapter.true_class import class_name

T = TypeVar("T")


_FLOWS = (CoroutineType, Coroutine)
"""The first is what nearly all are, and quicker to tell."""


class Answer(Record, frozen=True):
    """What an effect came to: a value, or an exception to raise in the flow."""

    value: Any = None
    error: Exception | None = None


class Done(Generic[T], Record, frozen=True):
    """The flow's result."""

    value: T


START = Answer()


def step(flow: Flow[T], answer: Answer) -> Effect[Any] | Done[T]:
    """Return the flow an answer and run it to its next effect or its end.

    What the flow raises comes out; what is no error, such as SystemExit, and not the caller's own interrupt, as the
    cause of a PluginError; and an error whose class answers for itself as a PluginError alone. Raises PluginError, and
    closes the flow, when it awaits anything but an effect.
    """
    try:
        wanted = flow.send(answer.value) if answer.error is None else flow.throw(answer.error)
    except StopIteration as stop:
        return Done(stop.value)
    except BaseException as error:  # of any class: a plugin's own may be none of Exception's
        if (fault := _fault(flow, error)) is None:
            raise
        cause = plain_cause(error)
    else:
        if isinstance(wanted, Effect):
            return wanted
        _refuse(flow, wanted)
    raise fault from cause  # with no such error as its context, either


def _refuse(flow: Flow[Any], wanted: object) -> NoReturn:
    close(flow)
    what = f"the class {wanted.__name__}" if isinstance(wanted, type) else class_name(wanted)
    raise PluginError(f"{name_of(flow)} awaited {what}, which is not an effect of hk_adapter")


def close(flow: Flow[Any]) -> None:
    """End a flow at once. Raises PluginError when it awaits an effect in its cleanup."""
    try:
        flow.close()
    except BaseException as error:  # as in ``step``
        if type(error) is RuntimeError and "ignored GeneratorExit" in str(error):
            raise PluginError(f"{name_of(flow)} awaited an effect while it was being closed") from error
        if (fault := _fault(flow, error, " while it was being closed")) is None:
            raise
        cause = plain_cause(error)
    else:
        return
    raise fault from cause


def abandon(flow: Flow[Any], reason: BaseException) -> None:
    """Close a flow that goes on no more for a ``reason``; a fault in its cleanup becomes a note on that."""
    try:
        close(flow)
    except Exception as error:  # noqa: BLE001 - the caller gets its own exception, whatever a cleanup does
        reason.add_note(f"hk_adapter: closing {name_of(flow)} failed: {said(error)}")


def _fault(flow: Flow[Any], error: BaseException, when: str = "") -> PluginError | None:
    """Return the error in place of what a flow raised; None for a plain error, and for the caller's own interrupt."""
    if issubclass(type(error), Exception):
        if not answers_for_itself(error):
            return None
        return PluginError(f"{name_of(flow)} raised {class_name(error)}, a class that answers for itself{when}")
    if callers_interrupt(error) is not None:
        return None
    return PluginError(f"{name_of(flow)} raised {class_name(error)}{when}")


def name_of(flow: object) -> str:
    """Return the name of the function that a flow came from."""
    return getattr(flow, "__qualname__", type(flow).__name__)


def check_flow(value: object, origin: str) -> None:
    """Raise PluginError unless a hook returned a flow that can be run."""
    if not isinstance(value, _FLOWS):
        raise PluginError(f"{origin} returned {type(value).__name__}; a hook must be 'async def'")


class Watcher(Protocol):
    """Sees the effects of a flow, those of flows inside a Gather included."""

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        """Return the effect to perform: this one, or another in its place."""

    def after(self, effect: Effect[Any], answer: Answer) -> None:
        """Learn what an effect came to. It must not raise."""


class Watched(Coroutine[Any, Any, T]):
    """A flow, watched. Awaited or driven like the flow itself."""

    def __init__(self, flow: Flow[T], watcher: Watcher) -> None:
        self._flow = flow
        self._moves = _watched(flow, watcher)
        self.__qualname__ = name_of(flow)

    def send(self, value: Any) -> Any:
        """Answer the last effect; return the next, or raise StopIteration with the result."""
        return self._moves.send(value)

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        """Raise an exception where the flow waits."""
        return self._moves.throw(typ if val is None else val)

    def close(self) -> None:
        """Close the flow."""
        self._moves.close()
        close(self._flow)  # also one that was never begun

    def __await__(self) -> Generator[Any, Any, T]:
        return self._moves  # which Python itself moves on


def _watched(flow: Flow[T], watcher: Watcher) -> Generator[Any, Any, T]:
    """Run a flow, with its effects shown to a watcher."""
    answer = START
    while True:
        try:
            moved = step(flow, answer)
        finally:
            answer = START  # an error in it would hold this frame, which is in its traceback
        if isinstance(moved, Done):
            result: T = moved.value
            return result
        try:
            if isinstance(moved, Gather):
                moved = Gather(tuple(Watched(one, watcher) for one in moved.flows))
            wanted = watcher.before(moved)
        except BaseException as reason:  # whatever it is, the flow below must not be left waiting
            abandon(flow, reason)
            raise
        try:
            answer = Answer((yield wanted))
        except GeneratorExit:
            close(flow)
            raise
        except Exception as error:  # noqa: BLE001 - the flow's to handle
            answer = Answer(error=error)
        except BaseException as reason:
            abandon(flow, reason)
            raise
        watcher.after(wanted, answer)
