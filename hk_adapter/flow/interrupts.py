"""Distinguish a caller's own interrupt from one that a plugin's code made up: only the first may leave a call."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from functools import partial
from inspect import CO_COROUTINE, CO_GENERATOR, CO_ITERABLE_COROUTINE
from opcode import opmap
from types import CodeType, FrameType, TracebackType

from hk_adapter.flow.plain_errors import came_of, notes_of, traceback_of

_DISOWNED = "_hk_adapter_disowned"
_RAISE = opmap["RAISE_VARARGS"]
_SUSPENDS = CO_COROUTINE | CO_GENERATOR | CO_ITERABLE_COROUTINE
_BETWEEN_CALLS = "RESUME NOP PUSH_NULL LOAD_FAST LOAD_CONST LOAD_GLOBAL LOAD_DEREF POP_TOP RETURN_VALUE"
_NEVER_CALL = frozenset(opmap[name] for name in _BETWEEN_CALLS.split() if name in opmap)
"""What stands where a tracer's function runs: at the beginning of a line, or at the end of a function."""


def callers_interrupt(error: BaseException) -> BaseException | None:
    """Return the interrupt of the caller that an error is, or came of; None where the code raised it by itself.

    What the caller was handling already when the call began is none of it. From outside comes what a signal's handler
    raised, and a KeyboardInterrupt that no ``raise`` statement made: Python lets it strike at any line. A task's
    cancellation never comes out of a flow: the runner closes the flow then.
    """
    return _interrupt_of(error, was_made_up)


def interrupt_of_library(error: BaseException) -> BaseException | None:
    """Return the caller's interrupt, as ``callers_interrupt``, for an error that a library raised into our own code."""
    return _interrupt_of(error, was_made_up_by_library)


def raise_struck(error: BaseException) -> None:
    """Raise what a signal's handler raised, be it a plain error, if an error is that or came of it.

    So a program bounds a call by ``signal.alarm``: what strikes where the network is read is no failure of the network,
    and what strikes within a plugin no fault of the plugin.
    """
    handlers: frozenset[CodeType] | None = None
    for link in came_of(error):
        handlers = _handlers() if handlers is None else handlers
        if any(_is_handlers(trace.tb_frame, handlers) for trace in _traces(link)):
            raise link from link.__cause__


def disown(error: BaseException) -> None:
    """Remember that no caller's interrupt is in it: seen again as a cause, it shows less of where it came from."""
    notes_of(error)[_DISOWNED] = True


def _interrupt_of(error: BaseException, made_up: Callable[[BaseException], bool]) -> BaseException | None:
    handlers: frozenset[CodeType] | None = None
    for link in came_of(error):
        if issubclass(type(link), Exception) or _DISOWNED in notes_of(link):
            continue
        if issubclass(type(link), KeyboardInterrupt) and not made_up(link):
            return link
        handlers = _handlers() if handlers is None else handlers
        if any(_is_handlers(trace.tb_frame, handlers) for trace in _traces(link)):
            return link
    return None


def is_callers_own(error: BaseException) -> bool:
    """Whether an interrupt that left a plugin's plain function is the caller's: a signal's, or no ``raise``'s."""
    traces = list(_traces(error))
    handlers = _handlers()
    if any(_is_handlers(trace.tb_frame, handlers) for trace in traces):
        return True
    return issubclass(type(error), KeyboardInterrupt) and (not traces or _instruction(traces[-1]) != _RAISE)


def _traces(error: BaseException) -> Iterator[TracebackType]:
    trace = traceback_of(error)
    while trace is not None:
        yield trace
        trace = trace.tb_next


def was_made_up(error: BaseException) -> bool:
    """Whether a plugin's own code stands at ``raise``, called as calls are made, and not between instructions.

    A plugin is entered by its coroutine. A plain function that is not ours, called from our own code, is a tracer's.
    """
    traces = list(_traces(error))
    theirs = next((at for at, trace in enumerate(traces) if not _is_ours(trace)), None)
    if theirs is None or not traces[theirs].tb_frame.f_code.co_flags & _SUSPENDS:
        return False
    if any(_instruction(trace) in _NEVER_CALL for trace in traces[theirs:-1]):
        return False
    return _instruction(traces[-1]) == _RAISE


def was_made_up_by_library(error: BaseException) -> bool:
    """Whether a library's own code, entered by a function of any kind that ours called, stands at ``raise``."""
    traces = list(_traces(error))
    ours = bool(traces) and _is_ours(traces[0])
    if len(traces) == ours or _is_ours(traces[ours]):
        return was_made_up(error)
    if any(_instruction(trace) in _NEVER_CALL for trace in traces[:-1]):
        return False
    return _instruction(traces[-1]) == _RAISE


def _is_ours(trace: TracebackType) -> bool:
    return str(trace.tb_frame.f_globals.get("__name__")).startswith("hk_adapter.")


def _instruction(trace: TracebackType) -> int:
    return trace.tb_frame.f_code.co_code[trace.tb_lasti]


def _is_handlers(frame: FrameType, handlers: frozenset[CodeType]) -> bool:
    """Whether a frame is a signal handler's: of one installed now, or of one that has just taken itself away.

    The interpreter calls a handler with the signal's number and the frame that it interrupts.
    """
    code = frame.f_code
    if code in handlers:
        return True
    given = [frame.f_locals.get(name) for name in code.co_varnames[: code.co_argcount][-2:]]
    return len(given) == 2 and isinstance(given[0], int) and isinstance(given[1], FrameType)


def _handlers() -> frozenset[CodeType]:
    """Return the code of every signal handler that is written in Python."""
    found: set[CodeType] = set()
    for number in signal.valid_signals():
        handler: object = signal.getsignal(number)
        while isinstance(handler, partial):
            handler = handler.func
        if not hasattr(handler, "__code__") and not hasattr(handler, "__func__"):
            handler = vars(type(handler)).get("__call__", handler)  # an object that is called
        handler = getattr(handler, "__func__", handler)
        code = getattr(handler, "__code__", None)
        if isinstance(code, CodeType):
            found.add(code)
    return frozenset(found)
