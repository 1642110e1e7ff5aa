"""The connections that a bot's session keeps: one that was opened before a guard stood there would pass it by."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.wait import wait_for_read

from hk_adapter.transport.ways_out import Network, network

_opened_through: WeakKeyDictionary[Any, Network] = WeakKeyDictionary()


def note_network(exchange: Any) -> None:
    """Note through what a new instance's connections will be opened."""
    _opened_through[exchange] = network()


def drop_what_passes_guards(exchange: Any, session: Any) -> None:
    """Close the idle connections of an instance's session where a new one would be opened through something else."""
    now = network()
    if _opened_through.get(exchange) == now:
        return
    _opened_through[exchange] = now
    if isinstance(session, requests.Session):
        for adapter in session.adapters.values():
            if isinstance(adapter, HTTPAdapter):
                _empty(adapter)
        return
    for pooled in getattr(getattr(session, "connector", None), "_conns", {}).values():
        while pooled:
            pooled.pop()[0].close()


def drop_what_ended(session: Any) -> None:
    """Close the idle connections of an aiohttp session that would be taken next, where something arrived on them.

    aiohttp takes what lies there, which nobody asked for, for the answer to the next request; and it learns only from
    its loop, later, that the venue has closed one.
    """
    for pooled in getattr(getattr(session, "connector", None), "_conns", {}).values():
        for end in (0, -1):
            while pooled and _has_ended(pooled[end][0]):
                pooled[end][0].close()
                del pooled[end]


def _has_ended(protocol: Any) -> bool:
    transport = getattr(protocol, "transport", None)
    sock = None if transport is None else transport.get_extra_info("socket")
    return bool(getattr(protocol, "should_close", False)) or (sock is not None and wait_for_read(sock, 0.0))


def _empty(adapter: HTTPAdapter) -> None:
    for manager in (adapter.poolmanager, *adapter.proxy_manager.values()):
        manager.clear()
