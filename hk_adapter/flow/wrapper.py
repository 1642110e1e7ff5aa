"""Write a wrapper as one ``async def`` that is given the inner flow; its own faults can never harm a call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any

import pluggy

from hk_adapter.errors import PluginError
from hk_adapter.flow.shielded import Wrapping, shielded
from hk_adapter.flow.wrapper_copies import copied

_mark_wrapper = pluggy.HookimplMarker("hk_adapter")(wrapper=True)

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
    names, own_names = [one.name for one in asked], [one.name for one in own]

    def wrapper(*args: Any) -> Generator[None, Any, Any]:
        inner = yield
        if inner is None:
            return None
        given = dict(zip(names, args, strict=True))
        start = partial(function, **{name: copied(given[name]) for name in own_names})
        return shielded(Wrapping(function.__qualname__, start, _fails_open(function, given)), inner)

    wrapper.__name__, wrapper.__qualname__ = function.__name__, function.__qualname__
    wrapper.__doc__, wrapper.__module__ = function.__doc__, function.__module__
    _show_arguments(wrapper, asked)
    wrapper.hk_adapter_wraps_flow = True  # type: ignore[attr-defined]  # the registry takes no other wrapper
    wrapper.hk_adapter_flow = function  # type: ignore[attr-defined]  # what its author wrote
    return _mark_wrapper(wrapper)


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


def _fails_open(function: WrapperFunction, arguments: dict[str, Any]) -> bool:
    """Whether it goes out without a wrapper that fails: cancels, and the looks at orders that prove them."""
    if function.__name__ == "operate":
        return str(arguments["operation"].name).startswith("cancel")
    hook = arguments["hook"] if function.__name__ == "attempt" else function.__name__
    return str(hook).startswith(("cancel", "fetch"))
