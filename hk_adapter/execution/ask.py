"""Call one hook of the opened venue, once, and hold its plugin to the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from hk_adapter.errors import AdapterError, NotSent, NotSupported, PluginError, RequestState
from hk_adapter.flow.effects import Effect, Flow, Foreign, HttpCall, Lane
from hk_adapter.flow.relay import Relay
from hk_adapter.flow.trampoline import Answer, check_flow, name_of

T = TypeVar("T")


class Attempt:
    """Watches one hook call: bounds its requests in time, and counts those that may have reached the venue.

    Attributes:
        sent: requests of which at least one byte may have left.
    """

    def __init__(self, deadline: float, lane: Lane | None = None) -> None:
        self.sent = 0
        self._deadline = deadline
        self._lane = lane

    def before(self, effect: Effect[Any]) -> Effect[Any]:
        """Put this attempt's deadline, in seconds of the monotonic clock, and its lane on a request."""
        if not isinstance(effect, HttpCall):
            return effect
        deadline = self._deadline if effect.deadline is None else min(effect.deadline, self._deadline)
        return replace(effect, deadline=deadline, lane=self._lane or effect.lane)

    def after(self, effect: Effect[Any], answer: Answer) -> None:
        """Count a request, unless it provably never left."""
        if isinstance(effect, HttpCall | Foreign) and not isinstance(answer.error, NotSent):
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


def _broken(message: str, name: str, attempt: Attempt) -> PluginError:
    error = PluginError(message, operation=name)
    error.request_state = attempt.request_state
    return error
