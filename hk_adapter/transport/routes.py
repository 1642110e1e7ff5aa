"""How to reach a venue: through which proxy, and whom to trust."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from hk_adapter.errors import ConfigurationError


def checked_proxy(proxy: str | None) -> str | None:
    """Return the proxy's URL; raise ConfigurationError, which does not repeat it, if we cannot use it."""
    if proxy is None:
        return None
    parts = urlsplit(proxy)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError("proxy must be a URL such as http://host:port; other kinds are not supported")
    return proxy


def environment_proxy(origin: str) -> str | None:
    """Return the proxy that HTTP(S)_PROXY names for this origin, NO_PROXY considered, or None."""
    parts = urlsplit(origin)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    proxy = getproxies().get(parts.scheme)
    return checked_proxy(proxy if proxy is None or "://" in proxy else f"http://{proxy}")


def trusting_context() -> ssl.SSLContext:
    """Return a new context that trusts what requests trusts, so that both performers trust the same."""
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.set_alpn_protocols(["http/1.1"])
    return context
