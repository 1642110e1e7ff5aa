"""What an event says in words goes to the log: none of it may be the stream's key, which a venue may repeat. Pure."""

from __future__ import annotations

from hk_adapter.model import StreamEvent, StreamOver, Unread

_PART = 8
"""Letters of a key that may not be shown together. One that is shorter is none that anybody guards."""


def without_key(event: StreamEvent, key: str) -> StreamEvent:
    """Return an event whose reason repeats no part of a key."""
    if not isinstance(event, Unread | StreamOver):
        return event
    parts = (key[at : at + _PART] for at in range(len(key) - _PART + 1))
    if any(part in event.reason for part in parts):
        return event.replace(reason="it repeats the stream's key")
    return event
