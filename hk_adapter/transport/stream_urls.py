"""Where a stream may be opened. URLs of streams are secrets: they are in no error."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from hk_adapter.errors import PluginError

CheckUrl = Callable[[str], str]
"""Return a stream's URL if it may be opened; raise PluginError if not."""


def allowed(hosts: frozenset[str], base_url: str | None) -> CheckUrl:
    """Return what lets URLs pass on the venue's ``hosts``; where the caller named a ``base_url``, on that alone."""
    named = None if base_url is None else _place(base_url)

    def check(url: str) -> str:
        try:
            parts = urlsplit(url)
            origin, place = f"{parts.scheme}://{parts.netloc}", _place(url)
        except ValueError:
            raise PluginError("the plan of a stream has a URL that is none") from None
        if origin not in hosts or not url.isascii() or not url.isprintable() or " " in url:
            raise PluginError("the plan of a stream names a host that the venue has not declared in stream_hosts")
        if named is not None and place != named:
            raise PluginError("the plan of a stream names another host than base_url")
        return url

    return check


def _place(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "ws": 80, "https": 443, "wss": 443}.get(parts.scheme)
    return parts.hostname, port
