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
from hk_adapter.registry.key_redaction import Veil
from hk_adapter.registry.validation import CORE_HOOKS, VENUE_HOOKS
from hk_adapter.true_class import class_name

T = TypeVar("T")

_mark = pluggy.HookimplMarker(PROJECT)(wrapper=True)


def over_hooks(veil: Veil) -> object:
    """Make the wrapper that stands next to the venue, so that not even another wrapper sees more."""
    return _over(veil, (name for name in VENUE_HOOKS if name not in CORE_HOOKS))


def over_calls(veil: Veil) -> object:
    """Make the one that stands around everything, the wrappers of a connection too."""
    return _over(veil, iter(("operate",)))


def over_one(veil: Veil, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a hook's one function with its errors clean, as a wrapper would make it, without one."""
    name = name_of(function)

    async def veiled(**arguments: Any) -> Any:
        try:
            flow = function(**arguments)
            check_flow(flow, name)
            return _answer(veil, await flow)
        except BaseException as error:
            clean = _cleaned(veil, error, name)
            if clean is error:
                del clean  # this frame and its error would hold each other until the garbage collector comes
                raise
        raise clean

    veiled.__name__, veiled.__qualname__ = function.__name__, name
    return veiled


def veil_of(wrapper: object) -> Veil | None:
    """Return the veil that made a wrapper of hooks; None of any other wrapper."""
    return wrapper.veil if isinstance(wrapper, _OverHooks) else None


class _OverHooks:
    """The wrapper of hooks that a veil makes."""

    def __init__(self, veil: Veil) -> None:
        self.veil = veil


class _Veiled(Coroutine[Any, Any, T]):
    """A hook's flow, whose errors come out clean."""

    __slots__ = ("__qualname__", "_flow", "_veil")

    def __init__(self, flow: Flow[T], veil: Veil) -> None:
        self._flow = flow
        self._veil = veil
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
        self._veil.guard(self._flow.close)()

    def __await__(self) -> Generator[Any, Any, T]:
        return self  # it has what 'await' needs: __next__, send, throw and close

    def __iter__(self) -> _Veiled[T]:
        return self

    def __next__(self) -> Any:
        return self.send(None)

    def _cleaned(self, error: BaseException) -> BaseException:
        if type(error) is StopIteration:
            answer = _answer(self._veil, error.value)
            return error if answer is error.value else StopIteration(answer)
        return _cleaned(self._veil, error, self.__qualname__)


def _over(veil: Veil, hooks: Iterator[str]) -> object:
    """Make the wrapper of hooks that does so for their flows, and for the errors in their answers."""
    return type("Veiled", (_OverHooks,), {name: _wrapper_of(veil, name) for name in hooks})(veil)


def _wrapper_of(veil: Veil, name: str) -> Any:
    def wrapper(self: object) -> Generator[None, Any, Any]:
        try:
            flow = yield
        except BaseException as error:
            clean = veil.cleaned(error)
            if clean is error:
                raise
        else:
            return _Veiled(flow, veil) if isinstance(flow, Coroutine) else flow
        raise clean

    wrapper.__name__ = wrapper.__qualname__ = name
    return _mark(wrapper)


def _answer(veil: Veil, value: Any) -> Any:
    """Clean the errors of an answer that has some."""
    if isinstance(value, CancelOrdersAnswer) and isinstance(value.refused, Mapping):
        return replace(value, refused={key: veil.cleaned_value(error) for key, error in value.refused.items()})
    if isinstance(value, CreateOrdersAnswer) and isinstance(value.results, tuple):
        results = (veil.cleaned_value(one) if isinstance(one, BaseException) else one for one in value.results)
        return replace(value, results=tuple(results))
    return value


def _cleaned(veil: Veil, error: BaseException, name: str) -> BaseException:
    """Return what is to leave a hook's flow, which has a name, in place of an error."""
    if answers_for_itself(error) and callers_interrupt(error) is None:
        return PluginError(f"{name} raised {class_name(error)}, a class that answers for itself")
    return veil.cleaned(error)
