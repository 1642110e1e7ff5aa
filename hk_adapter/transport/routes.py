"""How to reach a venue: through which proxy, and whom to trust."""

from __future__ import annotations

import ssl
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from hk_adapter.errors import ConfigurationError, NotSent
from hk_adapter.transport.hosts import checked_proxy


def environment_proxy(origin: str) -> str | None:
    """Return the proxy that HTTP(S)_PROXY names for this origin, NO_PROXY considered, or None.

    Raises NotSent where the variable cannot be used: nothing can go out, and nothing has.
    """
    parts = urlsplit(origin)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    proxy = getproxies().get(parts.scheme)
    try:
        return checked_proxy(proxy if proxy is None or "://" in proxy else f"http://{proxy}")
    except ConfigurationError as error:
        raise NotSent(f"the {parts.scheme.upper()}_PROXY variable cannot be used: {error}") from None


def trusting_context() -> ssl.SSLContext:
    """Return a new context that trusts what requests trusts, so that both performers trust the same."""
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.set_alpn_protocols(["http/1.1"])
    return context
