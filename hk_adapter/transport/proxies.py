"""How to reach a venue: through which proxy, and whom to trust."""

from __future__ import annotations

import os
import ssl
from functools import cache
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


def trusting_context(ca_file: str | None = None, *, trust_env: bool = False) -> ssl.SSLContext:
    """Return a context that trusts what requests trusts, so that both transports trust the same.

    With ``ca_file`` it trusts the authorities of that PEM file instead; without it, where the environment is trusted,
    those of ``SSL_CERT_FILE``. That of requests is one for the whole process: it takes 16 ms to read. Raises
    ConfigurationError where the file cannot be used.
    """
    path = ca_file or (os.environ.get("SSL_CERT_FILE") if trust_env else None)
    named = (
        "the file of public authorities" if path is None else f"{'ca_file' if ca_file else 'SSL_CERT_FILE'} {path!r}"
    )
    try:
        return _kept_trust(_public_authorities()) if path is None else _new_trust(path)
    except (OSError, ValueError) as error:  # of ssl too, for what is no PEM
        raise ConfigurationError(f"{named} cannot be used: {type(error).__name__}") from None


def _public_authorities() -> str:
    import certifi  # noqa: PLC0415 - slow to import

    return certifi.where()


def _new_trust(path: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=path)
    context.set_alpn_protocols(["http/1.1"])
    return context


_kept_trust = cache(_new_trust)
