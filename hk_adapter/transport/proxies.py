"""Through which proxy of the environment a venue is reached."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

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
