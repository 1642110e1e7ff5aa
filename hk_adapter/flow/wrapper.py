"""Write a wrapper as one ``async def`` that is given the inner flow; its own faults can never harm a call."""

from __future__ import annotations

import inspect
import logging
import math
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pluggy
from msgspec.structs import replace

from hk_adapter.errors import AdapterError, OrderDenied, PluginError, RequestState
from hk_adapter.flow.driver import START, Answer, Done, Watched, check_flow, close, step
from hk_adapter.flow.effects import CORES_OWN, Effect, Flow, Foreign, Gather, HttpCall, Now, Sleep
from hk_adapter.flow.interrupts import callers_interrupt
from hk_adapter.flow.own_io import within
from hk_adapter.flow.shown import shown, shown_error
from hk_adapter.record import Record, set_once

_LOG = logging.getLogger("hk_adapter.plugins")
_mark_wrapper = pluggy.HookimplMarker("hk_adapter")(wrapper=True)

SHARE_BEFORE_CANCEL = 0.5
"""Share of the time left that a wrapper's own effects may take before a cancel goes out; then it goes without it."""
LATE = 0.1
"""Seconds after the deadline in which wrappers may still note what became of the call."""

WrapperFunction = Callable[..., Coroutine[Any, Any, Any]]

_TOLD_BY = {"operate": "operation", "attempt": "hook"}
"""The argument that tells what a wrapper of the core's hooks stands around."""


def wraps_flow(function: WrapperFunction) -> Callable[..., Any]:
    """Make a pluggy wrapper of an ``async def`` whose first argument, ``flow``, is the inner flow.

    The other arguments are copies of the hook's. The function awaits ``flow`` once; what that returns or raises, a
    copy again, is what the call comes to, so a wrapper observes, delays or denies, and never replaces. It awaits
    effects of its own too, but for those that steer what a key shares (``Pause``, ``ClockSample``). Its own faults,
    among them SystemExit and its like, unless they are the caller's own interrupt:

    - OrderDenied raised before ``flow`` is awaited denies the call: nothing is sent.
    - Any other fault before that is logged; a cancel goes out all the same, any other call ends in PluginError.
      Returning without awaiting ``flow`` counts as such a fault, and so does taking too long: before a cancel its own
      effects may take half of the time left, before another call all of it.
    - A fault after ``flow`` ended is logged, and what ``flow`` came to stands. Own effects end with the deadline, but
      for a tenth of a second in which to write down how it ended. A plain ``time.sleep``, or other work that holds
      its thread, cannot be ended: the call outlasts its deadline by it. Await ``Sleep``.

    A wrapper of ``operate`` stands around a whole call, one of ``attempt`` around each hook call of it, and one of a
    hook around the calls of that one. A request that a wrapper of an attempt, or of a hook, sends on its own account is
    counted as the attempt's, so send from a wrapper of ``operate``.
    """
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    if "flow" not in signature.parameters or not inspect.iscoroutinefunction(function):
        raise PluginError(f"{function.__qualname__}: a wrapper is an 'async def' with an argument named 'flow'")

    own = [parameter for parameter in parameters if parameter.name != "flow"]
    asked = _with_weight(function.__name__, own)

    def wrapper(*args: Any) -> Generator[None, Any, Any]:
        inner = yield
        if inner is None:
            return None
        given = dict(zip((parameter.name for parameter in asked), args, strict=True))
        start = partial(function, **{parameter.name: shown(given[parameter.name]) for parameter in own})
        return _shielded(_Wrapping(function.__qualname__, start, _fails_open(function, given)), inner)

    wrapper.__name__, wrapper.__qualname__ = function.__name__, function.__qualname__
    wrapper.__doc__, wrapper.__module__ = function.__doc__, function.__module__
    _show_arguments(wrapper, asked)
    wrapper.hk_adapter_wraps_flow = True  # type: ignore[attr-defined]  # the registry takes no other wrapper
    return _mark_wrapper(wrapper)


class _Wrapping(Record, frozen=True):
    """One use of a wrapper: ``start`` begins it, given the inner flow as ``flow``."""

    name: str
    start: Callable[..., Coroutine[Any, Any, Any]]
    fails_open: bool


def _with_weight(place: str, own: list[inspect.Parameter]) -> list[inspect.Parameter]:
    """Ask for what tells how a wrapper's faults weigh, too, where it does not: they weigh differently for a cancel."""
    told_by = _TOLD_BY.get(place)
    if told_by is None or any(parameter.name == told_by for parameter in own):
        return own
    return [*own, inspect.Parameter(told_by, inspect.Parameter.POSITIONAL_OR_KEYWORD)]


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


class _Inside(Effect[Any]):
    """What the flow given to a wrapper awaits in place of all that the inner flow wants: run it, away from me."""

    __slots__ = ("inner",)

    def __init__(self, inner: _Inner) -> None:
        self.inner = inner


class Due(Now, frozen=True):
    """Read the clocks, and learn by when whoever asks must be done: an ``Attempt`` around it writes that in."""

    by: float = math.inf

    def bound(self, deadline: float) -> None:
        """Note that it must be over by then, if not sooner."""
        set_once(self, "by", min(self.by, deadline))


class Noted(Now, frozen=True):
    """Have the reports of a cancel tell of a fault that changes nothing of them: where they have no other error."""

    error: PluginError


class _Unwatched:
    """Watches nothing: a relay is wanted only for its check that effects, and nothing else, are awaited."""

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        return effect

    def after(self, effect: Effect[Any], answer: Answer) -> None:
        pass


_UNWATCHED = _Unwatched()


class _Inner:
    """The inner flow, and what became of it. Its effects and their answers never pass through the wrapper."""

    def __init__(self, flow: Flow[Any]) -> None:
        self._flow = flow
        self.started = False
        self.ended = False
        self.value: Any = None
        self.error: Exception | None = None
        self.told: Exception | None = None

    async def handed(self) -> Any:
        """Be what a wrapper is given as ``flow``."""
        return await _Inside(self)

    async def run(self) -> Answer:
        """Run it, once, and say what the wrapper is to see of its end."""
        if self.started:
            return Answer(error=RuntimeError("the flow was awaited before; it runs once"))
        self.started = True
        try:
            self.value = await Watched(self._flow, _UNWATCHED)
        except Exception as error:  # noqa: BLE001 - told to the wrapper, and raised again by ``outcome``
            self.error, self.ended = error, True
            self.told = shown_error(error) if isinstance(error, AdapterError) else error
            return Answer(error=self.told)
        self.ended = True
        return Answer(shown(self.value))

    def close(self) -> None:
        close(self._flow)

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


class _Dismissed(Exception):
    """The wrapper had more time than it may take, and goes on no more."""


@dataclass(slots=True)
class _Guard:
    """Performs what a wrapper awaits: its inner flow apart, and its own effects within their bounds."""

    wrapping: _Wrapping
    inner: _Inner
    limit: float | None = None

    async def drive(self, flow: Flow[Any]) -> Any:
        answer = START
        try:
            while not isinstance(moved := self._step(flow, answer), Done):
                answer = await self._answer(moved)
        finally:
            end_own(flow, self.wrapping.name)
        return moved.value

    def _step(self, flow: Flow[Any], answer: Answer) -> Effect[Any] | Done[Any]:
        try:
            return step(flow, answer)
        except KeyboardInterrupt as error:
            if callers_interrupt(error) is not None:
                raise
            raise PluginError(f"wrapper {self.wrapping.name} raised KeyboardInterrupt") from error

    async def _answer(self, effect: Effect[Any]) -> Answer:
        if isinstance(effect, _Inside):
            return await self.inner.run()
        if isinstance(effect, Noted):
            return Answer(await effect)
        if isinstance(effect, CORES_OWN):
            what = type(effect).__name__
            return Answer(error=PluginError(f"wrapper {self.wrapping.name} awaited {what}, which is the core's own"))
        return await self._perform(effect)

    async def _perform(self, effect: Effect[Any]) -> Answer:
        if isinstance(effect, Foreign) and effect.bounded:
            bounded: Effect[Any] = within(effect, None, self.wrapping.name)
        else:
            due = Due()
            moment = await due
            limit = self._limit(due.by, moment.monotonic)
            if moment.monotonic >= limit:
                raise _Dismissed
            if isinstance(effect, Now):
                return Answer(moment)
            bounded = self._bounded(effect, limit, moment.monotonic)
        try:
            return Answer(await bounded)
        except Exception as error:  # noqa: BLE001 - the wrapper's to handle
            return Answer(error=error)
        finally:
            for flow in effect.flows if isinstance(effect, Gather) else ():
                end_own(flow, self.wrapping.name)

    def _limit(self, by: float, now: float) -> float:
        """Return by when the wrapper's own effects must be over: before a cancel they may take half of its time."""
        if self.inner.ended:
            return by + LATE
        if self.inner.started or not self.wrapping.fails_open:
            return by
        if self.limit is None:
            self.limit = now + (by - now) * SHARE_BEFORE_CANCEL
        return self.limit

    def _bounded(self, effect: Effect[Any], limit: float, now: float) -> Effect[Any]:
        match effect:
            case Gather(flows):
                return Gather(tuple(self.drive(flow) for flow in flows))
            case Foreign():
                return within(effect, limit - now, self.wrapping.name)
            case Sleep():
                return replace(effect, until=limit if effect.until is None else min(effect.until, limit))
            case HttpCall():
                return replace(effect, deadline=limit if effect.deadline is None else min(effect.deadline, limit))
        return effect


def end_own(flow: Flow[Any], name: str) -> None:
    """Close a wrapper's own flow; nothing that it does then is anybody else's."""
    try:
        close(flow)
    except BaseException as error:  # noqa: BLE001 - SystemExit and its like too
        if (interrupt := callers_interrupt(error)) is not None:
            raise interrupt from None
        _LOG.error("wrapper %s failed with %s while it was being closed", name, type(error).__name__)


async def _shielded(wrapping: _Wrapping, flow: Flow[Any]) -> Any:
    check_flow(flow, f"what {wrapping.name} wraps")
    inner = _Inner(flow)
    handed = inner.handed()
    try:
        await _run(wrapping, inner, handed)
        return await _outcome(wrapping, inner)
    finally:
        handed.close()
        inner.close()


async def _run(wrapping: _Wrapping, inner: _Inner, handed: Coroutine[Any, Any, Any]) -> None:
    name = wrapping.name
    try:
        await _Guard(wrapping, inner).drive(wrapping.start(flow=handed))
    except _Dismissed:
        _LOG.error("wrapper %s took longer than it may; the call goes on without it", name)
        _fail_closed(wrapping, inner, None)
    except OrderDenied as error:
        if not inner.started:
            raise
        if error is not inner.told:
            _LOG.error("wrapper %s denied a call after it had begun; its result stands", name)
    except Exception as error:  # noqa: BLE001 - a wrapper's fault, whatever it is, must not decide the call
        if (interrupt := callers_interrupt(error)) is not None:
            raise interrupt from None
        if error is not inner.told:
            _LOG.error("wrapper %s failed with %s", name, type(error).__name__, exc_info=error)
        _fail_closed(wrapping, inner, error)


def _fail_closed(wrapping: _Wrapping, inner: _Inner, error: Exception | None) -> None:
    """Raise, where what is no cancel had not begun."""
    if not inner.started and not wrapping.fails_open:
        message = f"wrapper {wrapping.name} failed before the call began"
        if isinstance(error, AdapterError):
            message = f"{message}: {error}"  # in our words, which hold no secret
        raise PluginError(message, request_state=RequestState.NOT_SENT) from error


async def _outcome(wrapping: _Wrapping, inner: _Inner) -> Any:
    if inner.ended:
        return inner.outcome()
    name = wrapping.name
    if inner.started:
        raise PluginError(f"wrapper {name} abandoned the flow it was given")
    if wrapping.fails_open:
        _LOG.error("wrapper %s did not await the cancel it was given; it goes out without it", name)
        await inner.run()
        return inner.outcome()
    message = f"wrapper {name} did not await the flow it was given"
    raise PluginError(message, request_state=RequestState.NOT_SENT)


def _fails_open(function: WrapperFunction, arguments: dict[str, Any]) -> bool:
    """Whether it goes out without a wrapper that fails: cancels, and the looks at orders that prove them."""
    if function.__name__ == "operate":
        return str(arguments["operation"].name).startswith("cancel")
    hook = arguments["hook"] if function.__name__ == "attempt" else function.__name__
    return str(hook).startswith(("cancel", "fetch"))
