"""Between one ccxt instance and our core: the connection for its key, host and options, opened once and kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from hk_adapter.ccxt_facade import options
from hk_adapter.ccxt_facade.describe import check_simulated, site_of
from hk_adapter.errors import ConfigurationError, InvalidArgument, shown
from hk_adapter.flow.guard import Guard
from hk_adapter.venue.connect_arguments import ConnectArguments
from hk_adapter.venue.connection import Connection, open_connection

_guard = Guard()
_kept: WeakKeyDictionary[Any, tuple[ConnectArguments, Connection]] = WeakKeyDictionary()


def connection_of(exchange: Any) -> Connection:
    """Return the connection that the instance's key, host, timeout and options ask for now. Sends nothing.

    Raises ccxt's AuthenticationError without a key, ConfigurationError or InvalidArgument for what cannot be used.
    """
    exchange.check_required_credentials()
    wanted = _arguments(exchange)
    kept = _kept.get(exchange)
    if kept is not None and kept[0] == wanted:
        return kept[1]
    opened = open_connection(wanted)
    with _guard:
        kept = _kept.get(exchange)
        if kept is None or kept[0] != wanted:
            kept = _kept[exchange] = (wanted, opened)
        return kept[1]


def _arguments(exchange: Any) -> ConnectArguments:
    given = exchange.options
    options.raises_filled_first(given)  # a wrong word is said before anything is sent
    window = options.recv_window(given)
    host = _private_url(exchange.urls)
    check_simulated(exchange, host)
    return ConnectArguments(
        venue_id=options.STOCK,
        api_key=exchange.apiKey,
        secret=exchange.secret,
        private_key=None,
        environment="sandbox" if getattr(exchange, "isSandboxModeEnabled", False) else "production",
        site=site_of(exchange).name,
        base_url=_origin(host),
        profile=None,
        timeout=_seconds(exchange.timeout),
        # The instance's throttle is the budget: one address, one throttle, for these calls and all others of the bot.
        budget=options.budget(given),
        proxy=None,
        plugins=options.plugins(given),
        venue_settings={} if window is None else {"recv_window": window},
    )


def _seconds(timeout: Any) -> float:
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise InvalidArgument(f"timeout must be a number of ms, not {shown(timeout)}")
    try:
        return timeout / 1000
    except OverflowError:
        return math.inf  # which is refused as every endless one


def _private_url(urls: Any) -> str:
    api = urls.get("api") if isinstance(urls, Mapping) else None
    private = api.get("private") if isinstance(api, Mapping) else None
    if not isinstance(private, str):
        raise ConfigurationError("urls['api'] must be a mapping that has a host as 'private'")
    return private


def _origin(url: str) -> str:
    """Cut what a host may be written with, and keep what our check of it shall refuse."""
    parts = urlsplit(url)
    return url.rstrip("/") if parts.path in {"", "/"} else url
