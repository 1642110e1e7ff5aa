"""Tools that put their own answers in the place of ``requests``: while one is active, nothing of ours may go out."""

from __future__ import annotations

from requests import Session
from requests.adapters import HTTPAdapter

_THEIR_OWN = (
    (HTTPAdapter, "send", "requests.adapters", "HTTPAdapter.send"),
    (Session, "get_adapter", "requests.sessions", "Session.get_adapter"),
    (Session, "send", "requests.sessions", "Session.send"),
)
"""What such tools replace. A wrapper that tells the name of what it wraps, as tracers do, still sends."""


def replaced() -> str | None:
    """Name the function of ``requests`` that is not its own; None where all are.

    Our requests do not go through these functions: a test that believes itself offline would trade.
    """
    for owner, name, module, qualified in _THEIR_OWN:
        found = getattr(owner, name)
        if getattr(found, "__module__", None) != module or getattr(found, "__qualname__", None) != qualified:
            return f"requests.{qualified}"
    return None
