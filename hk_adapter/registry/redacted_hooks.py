"""Stands around hooks, so that what their flows raise, and the errors in their answers, come out without a key."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping
from typing import Any, TypeVar

import pluggy
from msgspec.structs import replace

from hk_adapter.errors import PluginError
from hk_adapter.flow.driver import check_flow, name_of
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.interrupts import callers_interrupt
from hk_adapter.flow.plain_errors import answers_for_itself
from hk_adapter.hooks import PROJECT
from hk_adapter.model import CancelOrdersAnswer, CreateOrdersAnswer
from hk_adapter.registry.key_redaction import KeyRedactor
from hk_adapter.registry.validation import CORE_HOOKS, VENUE_HOOKS
from hk_adapter.true_class import class_name

T = TypeVar("T")

_mark = pluggy.HookimplMarker(PROJECT)(wrapper=True)


def hooks_wrapper(redactor: KeyRedactor) -> object:
    """Make the wrapper of hooks that stands next to the venue, so that not even another wrapper sees more."""
    return _wrapper_over(redactor, (name for name in VENUE_HOOKS if name not in CORE_HOOKS))


def calls_wrapper(redactor: KeyRedactor) -> object:
    """Make the wrapper that stands around whole calls, the wrappers of a connection too."""
    return _wrapper_over(redactor, iter(("operate",)))


def redacted_hook(redactor: KeyRedactor, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a hook's one function with its errors clean, as a wrapper would make it, without one."""
    name = name_of(function)

    async def redacted(**arguments: Any) -> Any:
        try:
            flow = function(**arguments)
            check_flow(flow, name)
            return _answer(redactor, await flow)
        except BaseException as error:
            clean = _cleaned(redactor, error, name)
            if clean is error:
                del clean  # this frame and its error would hold each other until the garbage collector comes
                raise
        raise clean

    redacted.__name__, redacted.__qualname__ = function.__name__, name
    return redacted


def redactor_of(wrapper: object) -> KeyRedactor | None:
    """Return the redactor that made a wrapper of hooks; None of any other wrapper."""
    return wrapper.redactor if isinstance(wrapper, _HookRedaction) else None


class _HookRedaction:
    """The wrapper of hooks that a redactor makes."""

    def __init__(self, redactor: KeyRedactor) -> None:
        self.redactor = redactor


class _RedactedFlow(Coroutine[Any, Any, T]):
    """A hook's flow, whose errors come out clean."""

    __slots__ = ("__qualname__", "_flow", "_redactor")

    def __init__(self, flow: Flow[T], redactor: KeyRedactor) -> None:
        self._flow = flow
        self._redactor = redactor
        self.__qualname__ = name_of(flow)

    def send(self, value: Any) -> Any:
        """Answer the last effect; return the next, or raise StopIteration with the result."""
        return self._moved(self._flow.send, value)

    def throw(self, typ: Any, val: Any = None, tb: Any = None) -> Any:
        """Raise an exception where the flow waits."""
        return self._moved(self._flow.throw, typ if val is None else val)

    def _moved(self, move: Callable[[Any], Any], given: Any) -> Any:
        try:
            return move(given)
        except BaseException as error:
            clean = self._cleaned(error)
            if clean is error:
                del clean  # this frame and its error would hold each other until the garbage collector comes
                raise
        raise clean

    def close(self) -> None:
        """Close the flow."""
        self._redactor.redacting(self._flow.close)()

    def __await__(self) -> Generator[Any, Any, T]:
        return self  # it has what 'await' needs: __next__, send, throw and close

    def __iter__(self) -> _RedactedFlow[T]:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def _cleaned(self, error: BaseException) -> BaseException:
        if type(error) is StopIteration:
            answer = _answer(self._redactor, error.value)
            return error if answer is error.value else StopIteration(answer)
        return _cleaned(self._redactor, error, self.__qualname__)


def _wrapper_over(redactor: KeyRedactor, hooks: Iterator[str]) -> object:
    """Make the wrapper of hooks that does so for their flows, and for the errors in their answers."""
    return type("Redacted", (_HookRedaction,), {name: _wrapper_of(redactor, name) for name in hooks})(redactor)


def _wrapper_of(redactor: KeyRedactor, name: str) -> Any:
    def wrapper(self: object) -> Generator[None, Any, Any]:
        try:
            flow = yield
        except BaseException as error:
            clean = redactor.cleaned(error)
            if clean is error:
                raise
        else:
            return _RedactedFlow(flow, redactor) if isinstance(flow, Coroutine) else flow
        raise clean

    wrapper.__name__ = wrapper.__qualname__ = name
    return _mark(wrapper)


def _answer(redactor: KeyRedactor, value: Any) -> Any:
    """Clean the errors of an answer that has some."""
    if isinstance(value, CancelOrdersAnswer) and isinstance(value.refused, Mapping):
        return replace(value, refused={key: redactor.cleaned_value(error) for key, error in value.refused.items()})
    if isinstance(value, CreateOrdersAnswer) and isinstance(value.results, tuple):
        results = (redactor.cleaned_value(one) if isinstance(one, BaseException) else one for one in value.results)
        return replace(value, results=tuple(results))
    return value


def _cleaned(redactor: KeyRedactor, error: BaseException, name: str) -> BaseException:
    """Return what is to leave a hook's flow, which has a name, in place of an error."""
    if answers_for_itself(error) and callers_interrupt(error) is None:
        return PluginError(f"{name} raised {class_name(error)}, a class that answers for itself")
    return redactor.cleaned(error)
