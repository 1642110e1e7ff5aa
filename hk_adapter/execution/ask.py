"""Call one hook of the opened venue, once, and hold its plugin to the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from hk_adapter.errors import AdapterError, NotSent, NotSupported, PluginError, RequestState
from hk_adapter.flow.effects import Effect, Flow, Foreign, HttpCall, Lane, Sleep
from hk_adapter.flow.relay import Relay
from hk_adapter.flow.trampoline import Answer, check_flow, name_of

T = TypeVar("T")

ATTEMPT_TIMEOUT = 3.0
"""Seconds that one request may take once it goes out."""


class Attempt:
    """Watches one hook call: bounds it in time, and counts the requests that may have reached the venue.

    ``deadline`` is in seconds of the monotonic clock; ``share`` is how much of the time left one request may take;
    a ``strict`` attempt ends in NotSent where its hook sleeps past the deadline.

    Attributes:
        sent: requests of which at least one byte may have left.
        group: the rate-limit group of the last request; None before one.
    """

    def __init__(self, deadline: float, lane: Lane | None = None, *, share: float = 1.0, strict: bool = True) -> None:
        self.sent = 0
        self.group: str | None = None
        self._deadline = deadline
        self._lane = lane
        self._share = share
        self._strict = strict

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        """Put this attempt's bounds and lane on a request, and its end on a sleep."""
        if isinstance(effect, Sleep):
            return replace(effect, until=_earlier(effect.until, self._deadline), strict=effect.strict or self._strict)
        if isinstance(effect, Foreign) and effect.reaches_venue:
            return replace(effect, deadline=_earlier(effect.deadline, self._deadline))
        if not isinstance(effect, HttpCall):
            return effect
        weight: object = effect.weight
        group: object = effect.group
        if not isinstance(weight, int) or weight < 1 or not isinstance(group, str):
            raise PluginError(f"{effect.method} {effect.path}: weight must be an int above 0, group a str")
        self.group = effect.group
        return replace(
            effect,
            deadline=_earlier(effect.deadline, self._deadline),
            timeout=_earlier(effect.timeout, ATTEMPT_TIMEOUT),
            share=min(effect.share, self._share),
            lane=self._lane or effect.lane,
        )

    def after(self, effect: Effect[Any], answer: Answer) -> None:
        """Count a request, unless it provably never left."""
        if _may_leave(effect) and not isinstance(answer.error, NotSent):
            self.sent += 1

    @property
    def request_state(self) -> RequestState:
        """What a failure that is the plugin's own fault leaves known."""
        return RequestState.UNKNOWN if self.sent else RequestState.NOT_SENT


async def ask(hook: Callable[..., Flow[T]], kind: type[T], attempt: Attempt, **arguments: Any) -> T:
    """Call a hook and return its result, which must be a ``kind``.

    Raises what the hook raises if that is an AdapterError; NotSupported where no plugin implements the hook;
    PluginError for anything else, with ``request_state`` telling whether it had sent.
    """
    name = str(getattr(hook, "name", None) or name_of(hook))
    try:
        flow = hook(**arguments)
        if flow is None:
            raise NotSupported(f"the venue's plugin has no {name}", operation=name)
        check_flow(flow, name)
        result = await Relay(flow, attempt)
    except PluginError as error:
        error.request_state = attempt.request_state
        raise
    except AdapterError:
        raise
    except Exception as error:
        raise _broken(f"{name} broke with {type(error).__name__}", name, attempt) from error
    if not isinstance(result, kind):
        raise _broken(f"{name} gave {type(result).__name__}, not {kind.__name__}", name, attempt)
    return result


def _earlier(one: float | None, other: float) -> float:
    return other if one is None else min(one, other)


def _may_leave(effect: Effect[Any]) -> bool:
    return isinstance(effect, HttpCall) or (isinstance(effect, Foreign) and effect.reaches_venue)


def _broken(message: str, name: str, attempt: Attempt) -> PluginError:
    error = PluginError(message, operation=name)
    error.request_state = attempt.request_state
    return error
