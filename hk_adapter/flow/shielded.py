"""Run a wrapper apart from the flow that it wraps, so that whatever it does, the call comes to what that flow does."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Coroutine
from inspect import CORO_CREATED, getcoroutinestate
from traceback import format_tb
from typing import Any

import msgspec
from msgspec.structs import replace

from hk_adapter.errors import AdapterError, ConfigurationError, OrderDenied, PluginError, RequestState
from hk_adapter.flow.driver import START, Answer, Done, check_flow, close, step, watched
from hk_adapter.flow.effects import CORES_OWN, Effect, Flow, Foreign, Gather, HttpCall, Moment, Now, Sleep, stays_here
from hk_adapter.flow.interrupts import callers_interrupt, raise_struck
from hk_adapter.flow.log_line import write
from hk_adapter.flow.own_io import within
from hk_adapter.flow.wrapper_copies import copied, copied_error
from hk_adapter.record import Record, set_once
from hk_adapter.true_class import class_name

_LOG = logging.getLogger("hk_adapter.plugins")

_BY_FIELDS = (HttpCall, Foreign, Sleep, Gather)
"""What is bounded by its fields, so that these must be no class's own to make up."""

SHARE_BEFORE_CANCEL = 0.5
"""Share of the time left that a wrapper's own effects may take before a cancel goes out; then it goes without it."""
_MOST_UNTIMED = 100
"""Effects that end by themselves at once, of which no time is asked: one that goes on for ever is asked for it."""
LATE = 0.1
"""Seconds after the deadline in which wrappers may still note what became of the call."""


class Wrapping(Record, frozen=True):
    """One use of a wrapper: ``start`` begins it, given the inner flow as ``flow``."""

    name: str
    start: Callable[..., Coroutine[Any, Any, Any]]
    fails_open: bool


class _Inside(Effect[Any]):
    """What the flow given to a wrapper awaits in place of all that the inner flow wants: run it, away from me."""

    __slots__ = ("inner",)

    def __init__(self, inner: _Inner) -> None:
        self.inner = inner


class Due(Now, frozen=True):
    """Read the clocks, and learn by when whoever asks must be done: an ``Attempt`` around it writes that in."""

    by: float = math.inf

    def bound(self, deadline: float) -> None:
        """Record that it must be over by then, if not sooner."""
        set_once(self, "by", min(self.by, deadline))


class NotedFault(Now, frozen=True):
    """Have the reports of a cancel tell of a fault that changes nothing of them: where they have no other error."""

    error: PluginError


class _Unwatched:
    """Watches nothing: a relay is wanted only for its check that effects, and nothing else, are awaited."""

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        return effect

    def failed(self, effect: Effect[Any], error: Exception) -> None:
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
            self.value = await watched(self._flow, _UNWATCHED)
        except Exception as error:  # noqa: BLE001 - told to the wrapper, and raised again by ``outcome``
            self.error, self.ended = error, True
            self.told = copied_error(error) if isinstance(error, AdapterError) else error
            return Answer(error=self.told)
        self.ended = True
        return Answer(copied(self.value))

    def close(self) -> None:
        flow: Flow[Any] | None = self._flow
        while flow is not None:
            held = None if self.started else _held_by(flow)
            close(flow)
            flow = held

    def outcome(self) -> Any:
        if self.error is not None:
            raise self.error
        return self.value


def _held_by(flow: Any) -> Flow[Any] | None:
    """Return the flow that a wrapper further in was to run, if that never began; closed alone, it would leave it so."""
    if getattr(flow, "cr_code", None) is not shielded.__code__ or getcoroutinestate(flow) != CORO_CREATED:
        return None
    held: Flow[Any] = flow.cr_frame.f_locals["flow"]
    return held


class _Dismissed(Exception):
    """The wrapper had more time than it may take, and goes on no more."""


class _Guard(msgspec.Struct):
    """Performs what a wrapper awaits: its inner flow apart, and its own effects within their bounds."""

    wrapping: Wrapping
    inner: _Inner
    limit: float | None = None
    untimed: int = 0

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
        if isinstance(effect, _Inside) and not self.inner.started:
            return await self.inner.run()
        if self.untimed < _MOST_UNTIMED and (own := self._untimed(effect)) is not None:
            self.untimed += 1
            return await self._perform(own, effect)
        moment, limit = await self._time_left()
        if isinstance(effect, _Inside):
            return await self.inner.run()
        if (fault := _unfit(effect)) is not None:
            return Answer(error=PluginError(f"wrapper {self.wrapping.name} awaited {fault}"))
        if isinstance(effect, Now):
            return Answer(moment)
        return await self._perform(self._bounded(effect, limit, moment.monotonic), effect)

    def _untimed(self, effect: Effect[Any]) -> Effect[Any] | None:
        """Return what to perform for an effect that ends by itself at once; None for any other."""
        if isinstance(effect, NotedFault) and type(effect.error) is PluginError:
            return effect
        if isinstance(effect, Foreign) and effect.bounded and _unfit(effect) is None:
            return within(effect, None, self.wrapping.name)
        return None

    async def _time_left(self) -> tuple[Moment, float]:
        """Return the clocks, and until when its own effects may go on; raises ``_Dismissed`` where that is over."""
        due = Due()
        moment = await due
        limit = self._limit(due.by, moment.monotonic)
        if moment.monotonic >= limit:
            raise _Dismissed
        return moment, limit

    async def _perform(self, bounded: Effect[Any], effect: Effect[Any]) -> Answer:
        try:
            if isinstance(bounded, HttpCall) or (isinstance(bounded, Foreign) and not stays_here(bounded)):
                return await _apart(bounded)
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


async def _apart(effect: Effect[Any]) -> Answer:
    """Perform a request where whoever watches the call may refuse it, and with that break off nothing but it."""
    (answered,) = await Gather((_only(effect),))
    return answered if isinstance(answered, Answer) else Answer(error=answered)


async def _only(effect: Effect[Any]) -> Answer:
    return Answer(await effect)


def _unfit(effect: Effect[Any]) -> str | None:
    """Return what is wrong with an effect of a wrapper's; None where it may be performed."""
    kind = class_name(effect)
    if isinstance(effect, CORES_OWN):
        return f"{kind}, which is the core's own"
    if isinstance(effect, _BY_FIELDS) and type(effect) not in _BY_FIELDS and not stays_here(effect):
        return f"{kind}, a class of its own in place of an effect"
    return None


def end_own(flow: Flow[Any], name: str) -> None:
    """Close a wrapper's own flow; nothing that it does then is anybody else's."""
    try:
        close(flow)
    except BaseException as error:  # noqa: BLE001 - SystemExit and its like too
        if (interrupt := callers_interrupt(error)) is not None:
            raise interrupt from None
        write(_LOG, logging.ERROR, "wrapper %s failed with %s while it was being closed", name, type(error).__name__)


async def shielded(wrapping: Wrapping, flow: Flow[Any]) -> Any:
    """Run a wrapper around a flow; it returns, or raises, what the flow does, unless the wrapper kept it from running.

    Raises OrderDenied where the wrapper denied the call, and PluginError where its fault ended it (``wraps_flow``).
    """
    check_flow(flow, f"what {wrapping.name} wraps")
    inner = _Inner(flow)
    handed = inner.handed()
    try:
        await _run(wrapping, inner, handed)
        return await _outcome(wrapping, inner)
    finally:
        handed.close()
        inner.close()


async def _run(wrapping: Wrapping, inner: _Inner, handed: Coroutine[Any, Any, Any]) -> None:
    name = wrapping.name
    try:
        await _Guard(wrapping, inner).drive(wrapping.start(flow=handed))
    except _Dismissed:
        write(_LOG, logging.ERROR, "wrapper %s took longer than it may; the call goes on without it", name)
        _fail_closed(wrapping, inner, None)
    except OrderDenied as error:
        if not inner.started:
            raise
        if error is not inner.told:
            write(_LOG, logging.ERROR, "wrapper %s denied a call after it had begun; its result stands", name)
    except Exception as error:  # noqa: BLE001 - a wrapper's fault, whatever it is, must not decide the call
        if (interrupt := callers_interrupt(error)) is not None:
            raise interrupt from None
        raise_struck(error)
        if error is not inner.told:
            # Its own words may hold what its settings keep secret: it is told by its kind and place, and ours in full.
            words = f": {error}" if isinstance(error, AdapterError) else ""
            # What is set wrongly has no place in the code.
            where = "" if isinstance(error, ConfigurationError) else "\n" + "".join(format_tb(error.__traceback__))
            write(_LOG, logging.ERROR, "wrapper %s failed with %s%s%s", name, type(error).__name__, words, where)
        _fail_closed(wrapping, inner, error)


def _fail_closed(wrapping: Wrapping, inner: _Inner, error: Exception | None) -> None:
    """Raise, where what is no cancel had not begun."""
    if not inner.started and not wrapping.fails_open:
        message = f"wrapper {wrapping.name} failed before the call began"
        if isinstance(error, AdapterError):
            message = f"{message}: {error}"  # in our words, which hold no secret
        raise PluginError(message, request_state=RequestState.NOT_SENT) from error


async def _outcome(wrapping: Wrapping, inner: _Inner) -> Any:
    if inner.ended:
        return inner.outcome()
    name = wrapping.name
    if inner.started:
        raise PluginError(f"wrapper {name} abandoned the flow it was given")
    if wrapping.fails_open:
        write(_LOG, logging.ERROR, "wrapper %s did not await the cancel it was given; it goes out without it", name)
        await inner.run()
        return inner.outcome()
    message = f"wrapper {name} did not await the flow it was given"
    raise PluginError(message, request_state=RequestState.NOT_SENT)
