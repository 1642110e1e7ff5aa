"""A ccxt instance in another event loop or process than its first: ccxt keeps what it opened there, and fails here."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from hk_adapter.errors import ConfigurationError
from hk_adapter.transport.inherited_pools import let_go


def follow_loop(exchange: Any) -> None:
    """Have the instance open its session and its throttle anew where another loop runs than theirs. Sends nothing.

    Raises ConfigurationError where that cannot be: the session is the caller's own, or the first loop still runs.
    """
    known = exchange.asyncio_loop
    if known is asyncio.get_running_loop() or known is None:
        return
    if known.is_running():
        raise ConfigurationError(f"{exchange.id}: this instance is in use in another event loop; make one for each")
    if not exchange.own_session:
        raise ConfigurationError(f"{exchange.id}: its session was made for another event loop; give it a new one")
    from hk_adapter.transport.loop_sessions import drop, leave_alone  # noqa: PLC0415 - aiohttp only where it is used

    _begin_anew(exchange, drop if known.is_closed() else leave_alone)


def follow_process(exchange: Any) -> None:
    """Have the instance open its connections anew in a child of the process that opened them."""
    session = getattr(exchange, "session", None)
    if isinstance(session, requests.Session):
        for adapter in session.adapters.values():
            if isinstance(adapter, HTTPAdapter):
                _renew(adapter)
    elif session is not None and getattr(exchange, "own_session", False):
        from hk_adapter.transport.loop_sessions import leave_alone  # noqa: PLC0415 - aiohttp only where it is used

        _begin_anew(exchange, leave_alone)


def _renew(adapter: HTTPAdapter) -> None:
    for manager in (adapter.poolmanager, *adapter.proxy_manager.values()):
        for pool in list(manager.pools._container.values()):
            let_go(pool)
    again: Any = adapter
    again.__setstate__(again.__getstate__())  # as when it is unpickled: with pools of its own


def _begin_anew(exchange: Any, part_from: Callable[[Any], None]) -> None:
    for session in (exchange.session, *(exchange.socks_proxy_sessions or {}).values()):
        if session is not None:
            part_from(session)
    exchange.session = exchange.tcp_connector = exchange.asyncio_loop = exchange.socks_proxy_sessions = None
    throttle = exchange.throttler  # who stood in its line did so in the other loop
    throttle.loop, throttle.queue, throttle.running = None, deque(), False
