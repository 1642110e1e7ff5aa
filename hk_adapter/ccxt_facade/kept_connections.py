"""The connections that a bot's session keeps: one that was opened before a guard stood there would pass it by."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import requests
from requests.adapters import HTTPAdapter

from hk_adapter.transport.ways_out import Network, network

_AT_FIRST = network()
_opened_through: WeakKeyDictionary[Any, Network] = WeakKeyDictionary()


def drop_what_passes_guards(session: Any) -> None:
    """Close the idle connections of a session where a new one would be opened through something else than they were."""
    now = network()
    try:
        before = _opened_through.get(session, _AT_FIRST)
        if before == now:
            return
        _opened_through[session] = now
    except TypeError:  # a session that cannot be kept in mind, as a tool's own
        return
    if isinstance(session, requests.Session):
        for adapter in session.adapters.values():
            if isinstance(adapter, HTTPAdapter):
                _empty(adapter)
        return
    for pooled in getattr(session.connector, "_conns", {}).values():
        while pooled:
            pooled.pop()[0].close()


def _empty(adapter: HTTPAdapter) -> None:
    for manager in (adapter.poolmanager, *adapter.proxy_manager.values()):
        manager.clear()
