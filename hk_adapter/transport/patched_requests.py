"""Tools that put their own answers in the place of ``requests``: while one is active, nothing of ours may go out."""

from __future__ import annotations

import sys

import requests
from requests import Session
from requests.adapters import HTTPAdapter

_BENEATH: tuple[tuple[object, str, str, str], ...] = (
    (HTTPAdapter, "send", "requests.adapters", "HTTPAdapter.send"),
    (Session, "get_adapter", "requests.sessions", "Session.get_adapter"),
    (Session, "send", "requests.sessions", "Session.send"),
)
"""What tools replace. A wrapper that tells the name of what it wraps, as tracers do, still sends."""
_VERBS = ("request", "get", "post", "put", "delete")
_ABOVE: tuple[tuple[object, str, str, str], ...] = (
    *((Session, verb, "requests.sessions", f"Session.{verb}") for verb in _VERBS),
    *((requests, verb, "requests.api", verb) for verb in _VERBS),
    (requests, "Session", "requests.sessions", "Session"),
)
"""What tests replace by hand, and programs too, as to set a timeout: it counts as a mock where it is seen to be one."""


def replaced() -> str | None:
    """Name the function of ``requests`` that is not its own; None where all are.

    Our requests do not go through these functions: a test that believes itself offline would trade.
    """
    for owner, name, module, qualified in _BENEATH:
        if not is_its_own(getattr(owner, name), module, qualified):
            return f"requests.{qualified}"
    for owner, name, module, qualified in _ABOVE:
        if is_mocked(getattr(owner, name), module, qualified):
            return f"requests.{qualified}"
    return None


def is_its_own(found: object, module: str, qualified: str) -> bool:
    """Whether a library's function is the one that it came with, or says that it wraps that one."""
    return getattr(found, "__module__", None) == module and getattr(found, "__qualname__", None) == qualified


def is_mocked(found: object, module: str, qualified: str) -> bool:
    """Whether a mock is in a function's place: one of the standard library's, or anything else within a test."""
    return is_mock(found) or (in_a_test() and not is_its_own(found, module, qualified))


def is_mock(found: object) -> bool:
    """Whether it is one of the standard library's mocks, or a function that one speaks through."""
    mock = sys.modules.get("unittest.mock")
    return mock is not None and (isinstance(found, mock.NonCallableMock) or hasattr(found, "mock"))


def in_a_test() -> bool:
    """Whether pytest has been loaded: a program of every day replaces functions for other reasons."""
    return "pytest" in sys.modules
