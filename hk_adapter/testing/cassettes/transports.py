"""What sends: for threads and for asyncio, over connections of ours and over the sessions of ccxt's class."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

_BLOCKING = (
    ("hk_adapter.transport.requests_transport", "RequestsTransport"),
    ("hk_adapter.ccxt_facade.requests_transport", "SessionTransport"),
)
_ASYNCIO = (
    ("hk_adapter.transport.aiohttp_transport", "AiohttpTransport"),
    ("hk_adapter.ccxt_facade.aiohttp_transport", "AsyncSessionTransport"),
)


def blocking_transports() -> Iterator[Any]:
    """Return the classes that send from threads."""
    return _found(_BLOCKING)


def asyncio_transports() -> Iterator[Any]:
    """Return the classes that send from a loop."""
    return _found(_ASYNCIO)


def _found(places: tuple[tuple[str, str], ...]) -> Iterator[Any]:
    for module, name in places:
        try:
            yield getattr(import_module(module), name)
        except ImportError:  # ccxt is not installed: then nothing is sent over its sessions
            continue
