"""Write a wrapper as one ``async def`` that is given the inner flow; its own faults can never harm a call."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pluggy

from hk_adapter.errors import OrderDenied, PluginError, RequestState
from hk_adapter.flow.effects import Effect, Flow
from hk_adapter.flow.relay import Relay
from hk_adapter.flow.trampoline import Answer, check_flow, close

_LOG = logging.getLogger("hk_adapter.plugins")
_mark_wrapper = pluggy.HookimplMarker("hk_adapter")(wrapper=True)

WrapperFunction = Callable[..., Coroutine[Any, Any, Any]]


def wraps_flow(function: WrapperFunction) -> Callable[..., Any]:
    """Make a pluggy wrapper of an ``async def`` whose first argument, ``flow``, is the inner flow.

    The other arguments are the hook's. The function awaits ``flow`` once; what that returns or raises is what the
    call comes to, so a wrapper observes, delays or denies, and never replaces. Its own faults:

    - OrderDenied raised before ``flow`` is awaited denies the call: nothing is sent.
    - Any other fault before that is logged; a cancel goes out all the same, any other call ends in PluginError.
      Returning without awaiting ``flow`` counts as such a fault.
    - A fault after ``flow`` ended is logged, and what ``flow`` came to stands.

    A request that a wrapper of an attempt sends on its own account is counted as the attempt's, so send from a
    wrapper of ``operate``.
    """
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    if "flow" not in signature.parameters or not inspect.iscoroutinefunction(function):
        raise PluginError(f"{function.__qualname__}: a wrapper is an 'async def' with an argument named 'flow'")

    own = [parameter for parameter in parameters if parameter.name != "flow"]
    asked = own if function.__name__ != "operate" else _with_operation(own)

    def wrapper(*args: Any) -> Generator[None, Any, Any]:
        inner = yield
        if inner is None:
            return None
        given = dict(zip((parameter.name for parameter in asked), args, strict=True))
        start = partial(function, **{parameter.name: given[parameter.name] for parameter in own})
        return _shielded(_Wrapping(function.__qualname__, start, _is_cancel(function, given)), inner)

    wrapper.__name__, wrapper.__qualname__ = function.__name__, function.__qualname__
    wrapper.__doc__, wrapper.__module__ = function.__doc__, function.__module__
    _show_arguments(wrapper, asked)
    wrapper.hk_adapter_wraps_flow = True  # type: ignore[attr-defined]  # the registry takes no other wrapper
    return _mark_wrapper(wrapper)


@dataclass(frozen=True, slots=True)
class _Wrapping:
    """One use of a wrapper: ``start`` begins it, given the inner flow as ``flow``."""

    name: str
    start: Callable[..., Coroutine[Any, Any, Any]]
    is_cancel: bool


def _with_operation(own: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Ask for the operation too where a wrapper of ``operate`` does not: its faults weigh differently for a cancel."""
    if any(parameter.name == "operation" for parameter in own):
        return own
    return [*own, inspect.Parameter("operation", inspect.Parameter.POSITIONAL_OR_KEYWORD)]


def _show_arguments(wrapper: Any, parameters: list[inspect.Parameter]) -> None:
    """Show pluggy the hook's arguments in place of ``*args``.

    Some of its releases read a function's signature, others the code object behind ``__wrapped__``.
    """

    def shape() -> None:
        """Stands for the wrapper where only its arguments matter."""

    names = tuple(parameter.name for parameter in parameters)
    defaults = tuple(one.default for one in parameters if one.default is not inspect.Parameter.empty)
    shape.__code__ = shape.__code__.replace(co_argcount=len(names), co_nlocals=len(names), co_varnames=names)
    shape.__defaults__ = defaults or None
    shape.__qualname__ = wrapper.__qualname__
    wrapper.__wrapped__ = shape
    wrapper.__signature__ = inspect.signature(shape)


class _Unwatched:
    """Watches nothing: a relay is wanted only for its check that effects, and nothing else, are awaited."""

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        return effect

    def after(self, effect: Effect[Any], answer: Answer) -> None:
        pass


_UNWATCHED = _Unwatched()


class _Inner:
    """The inner flow as a wrapper sees it, and what became of it."""

    def __init__(self, flow: Flow[Any]) -> None:
        self._flow = flow
        self.started = False
        self.ended = False
        self.value: Any = None
        self.error: Exception | None = None

    async def run(self) -> Any:
        self.started = True
        try:
            self.value = await Relay(self._flow, _UNWATCHED)
        except Exception as error:
            self.error = error
            self.ended = True
            raise
        self.ended = True
        return self.value

    def close(self) -> None:
        close(self._flow)

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


async def _shielded(wrapping: _Wrapping, flow: Flow[Any]) -> Any:
    check_flow(flow, f"what {wrapping.name} wraps")
    inner = _Inner(flow)
    handed = inner.run()
    try:
        return await _run(wrapping, inner, handed)
    finally:
        handed.close()
        inner.close()


async def _run(wrapping: _Wrapping, inner: _Inner, handed: Coroutine[Any, Any, Any]) -> Any:
    name = wrapping.name
    try:
        # Each side is relayed, so that whoever awaits anything but an effect is told, and nobody else.
        await Relay(wrapping.start(flow=handed), _UNWATCHED)
    except OrderDenied as error:
        if not inner.started:
            raise
        if error is not inner.error:
            _LOG.error("wrapper %s denied a call after it had begun; its result stands", name)
    except Exception as error:  # a wrapper's fault, whatever it is, must not decide the call
        if error is not inner.error:
            _LOG.error("wrapper %s failed with %s", name, type(error).__name__, exc_info=error)
        if not inner.started and not wrapping.is_cancel:
            message = f"wrapper {name} failed before the call began"
            raise PluginError(message, request_state=RequestState.NOT_SENT) from error
    return await _outcome(wrapping, inner, handed)


async def _outcome(wrapping: _Wrapping, inner: _Inner, handed: Coroutine[Any, Any, Any]) -> Any:
    if inner.ended:
        return inner.outcome()
    name = wrapping.name
    if inner.started:
        raise PluginError(f"wrapper {name} abandoned the flow it was given")
    if wrapping.is_cancel:
        _LOG.error("wrapper %s did not await the cancel it was given; it goes out without it", name)
        return await handed
    message = f"wrapper {name} did not await the flow it was given"
    raise PluginError(message, request_state=RequestState.NOT_SENT)


def _is_cancel(function: WrapperFunction, arguments: dict[str, Any]) -> bool:
    operation = arguments.get("operation")
    name = function.__name__ if operation is None else operation.name
    return str(name).startswith("cancel")
