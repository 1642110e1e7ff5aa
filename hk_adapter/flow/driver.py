"""One step of a flow at a time, for every runner; and a flow watched, by whoever stands between it and its runner."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from types import CoroutineType, coroutine
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
    """Send an answer into a flow, and run it to its next effect or its end.

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
    else:
        if isinstance(wanted, Effect):
            return wanted
        _refuse(flow, wanted)
    raise fault  # with no such error as its context


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
    else:
        return
    raise fault


def abandon(flow: Flow[Any], reason: BaseException) -> None:
    """Close a flow that goes on no more for a ``reason``; a fault in its cleanup becomes a note on that."""
    try:
        close(flow)
    except Exception as error:  # noqa: BLE001 - the caller gets its own exception, whatever a cleanup does
        reason.add_note(f"hk_adapter: closing {name_of(flow)} failed: {said(error)}")


def _fault(flow: Flow[Any], error: BaseException, when: str = "") -> PluginError | None:
    """Return the error in place of what a flow raised; None for a plain error, and for the caller's own interrupt."""
    why = ""
    if issubclass(type(error), Exception):
        if not answers_for_itself(error):
            return None
        why = ", a class that answers for itself"
    elif callers_interrupt(error) is not None:
        return None
    fault = PluginError(f"{name_of(flow)} raised {class_name(error)}{why}{when}")
    fault.__cause__ = plain_cause(error)
    return fault


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

    def failed(self, effect: Effect[Any], error: Exception) -> None:
        """Record that an effect came to an error. It must not raise."""


@coroutine
def watched(flow: Flow[T], watcher: Watcher) -> Generator[Any, Any, T]:
    """Run a flow to its result, with its effects shown to a watcher. It raises what ``step`` does."""
    value: Any = None
    error: Exception | None = None
    while True:
        fault = None
        try:
            wanted = flow.send(value) if error is None else flow.throw(error)
        except StopIteration as stop:
            result: T = stop.value
            return result
        except BaseException as raised:  # as in ``step``
            if (fault := _fault(flow, raised)) is None:
                raise
        finally:
            error = None  # it would hold this frame, which is in its traceback
        if fault is not None:
            raise fault
        performed = _before(flow, wanted, watcher)
        try:
            value = yield performed
        except GeneratorExit:
            close(flow)
            raise
        except Exception as failure:  # noqa: BLE001 - the flow's to handle
            value, error = None, failure
            watcher.failed(performed, failure)
        except BaseException as reason:
            abandon(flow, reason)
            raise


def _before(flow: Flow[Any], wanted: object, watcher: Watcher) -> Effect[Any]:
    if not isinstance(wanted, Effect):
        _refuse(flow, wanted)
    try:
        if isinstance(wanted, Gather):
            wanted = Gather(tuple(Watched(one, watcher) for one in wanted.flows))
        return watcher.before(wanted)
    except BaseException as reason:  # whatever it is, the flow below must not be left waiting
        abandon(flow, reason)
        raise


class Watched(Coroutine[Any, Any, T]):
    """A flow, ``watched`` by whoever runs it: it is moved on from outside, and may be closed before it began."""

    def __init__(self, flow: Flow[T], watcher: Watcher) -> None:
        self._flow = flow
        self._moves: Flow[T] = watched(flow, watcher)
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
        return self  # it has what 'await' needs: __next__, send, throw and close

    def __iter__(self) -> Watched[T]:
        return self

    def __next__(self) -> Any:
        return self.send(None)
