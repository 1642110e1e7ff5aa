"""From a frame of a stream to its events, each as exactly what it is: a class of a plugin's own may lie. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from hk_adapter.errors import AdapterError, PluginError
from hk_adapter.execution.exact_types import exact
from hk_adapter.execution.streams.secret_key import without_key
from hk_adapter.model import StreamEvent, StreamPlan, Unread

Event = TypeVar("Event")


def events_of(plan: StreamPlan, frame: str) -> list[StreamEvent]:
    """Read a frame's events, exactly. Raises PluginError as ``read_exactly`` does."""
    events = read_exactly(plan.reader.read, frame, exact, lambda why: Unread(reason=why))
    return [without_key(event, plan.key) for event in events]


def read_exactly(
    read: Callable[[str], Iterable[Event]],
    frame: str,
    make_exact: Callable[[Event], Event],
    unread: Callable[[str], Event],
) -> list[Event]:
    """Read a frame's events, exactly; one that its reader refuses is ``unread``, with why.

    Raises PluginError where the plugin's reader breaks, or makes what is no record of ours.
    """
    try:
        return [make_exact(event) for event in read(frame)]
    except PluginError:
        raise
    except AdapterError as error:
        return [unread(str(error))]
    except Exception as error:
        raise PluginError(f"a stream's reader broke with {type(error).__name__}") from error
