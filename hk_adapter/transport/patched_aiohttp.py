"""Mocks in the place of aiohttp's functions: what does not see our requests would let them out of a test."""

from __future__ import annotations

import aiohttp

from hk_adapter.transport.patched_requests import is_mocked

_VERBS = ("request", "get", "post", "put", "delete")
_ABOVE: tuple[tuple[object, str, str, str], ...] = (
    *((aiohttp.ClientSession, verb, "aiohttp.client", f"ClientSession.{verb}") for verb in _VERBS),
    (aiohttp, "request", "aiohttp.client", "request"),
    (aiohttp, "ClientSession", "aiohttp.client", "ClientSession"),
)
"""Tools such as aioresponses replace ``ClientSession._request``, which our requests go through: they see them."""


def replaced() -> str | None:
    """Name the function of aiohttp in whose place a mock is that our requests pass by; None where there is none."""
    for owner, name, module, qualified in _ABOVE:
        if is_mocked(getattr(owner, name), module, qualified):
            return f"aiohttp.{qualified}"
    return None
