"""Between one ccxt instance and our core: the connection for its key, host and options, opened once and kept."""

from __future__ import annotations

from threading import Lock
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from hk_adapter.ccxt_facade.described import site_of
from hk_adapter.connection import ConnectArguments, Connection, open_connection

_lock = Lock()
_kept: WeakKeyDictionary[Any, tuple[ConnectArguments, Connection]] = WeakKeyDictionary()


def connection_of(exchange: Any) -> Connection:
    """Give the connection that the instance's key, host, timeout and options ask for now. Sends nothing.

    Raises ccxt's AuthenticationError without a key, ConfigurationError for what cannot be used.
    """
    exchange.check_required_credentials()
    wanted = _arguments(exchange)
    with _lock:
        kept = _kept.get(exchange)
        if kept is None or kept[0] != wanted:
            kept = _kept[exchange] = (wanted, open_connection(wanted))
        return kept[1]


def _arguments(exchange: Any) -> ConnectArguments:
    options = exchange.options
    window = options.get("recvWindow")
    return ConnectArguments(
        venue_id="hashkey",
        api_key=exchange.apiKey,
        secret=exchange.secret,
        private_key=None,
        environment="sandbox" if getattr(exchange, "isSandboxModeEnabled", False) else "production",
        site=site_of(exchange).name,
        base_url=_origin(str(exchange.urls["api"]["private"])),
        profile=None,
        timeout=exchange.timeout / 1000,
        # The instance's throttle is the budget: one address, one throttle, for these calls and all others of the bot.
        budget=options.get("budget", "unlimited"),
        proxy=None,
        plugins=tuple(options.get("plugins", ())),
        venue_settings={} if window is None else {"recv_window": window},
    )


def _origin(url: str) -> str:
    """Cut what a host may be written with, and keep what our check of it shall refuse."""
    parts = urlsplit(url)
    return url.rstrip("/") if parts.path in {"", "/"} else url
