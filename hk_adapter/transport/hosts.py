"""Which hosts a connection may talk to."""

from __future__ import annotations

import ipaddress
from urllib.parse import unquote, urlsplit

from hk_adapter.errors import ConfigurationError


def checked_origin(base_url: str) -> str:
    """Read a caller's ``base_url`` as an origin, such as ``https://api.example:8443``.

    Raises ConfigurationError unless it is https, or http to a loopback address, and nothing but
    scheme, host and port.
    """
    if not base_url.isascii() or not base_url.isprintable():
        raise ConfigurationError("base_url must be printable ASCII text such as 'https://host'")
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"base_url is no URL: {error}") from None
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not host or " " in base_url:
        raise ConfigurationError("base_url must look like 'https://host' or 'http://127.0.0.1:8080'")
    if parts.username is not None or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ConfigurationError("base_url must be scheme, host and port, and nothing more")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(f"plain http is only for loopback addresses, not {host!r}; use https")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" if port is None else f"{parts.scheme}://{shown}:{port}"


def checked_proxy(proxy: object) -> str | None:
    """Return the proxy's URL; raise ConfigurationError, which does not repeat it, if we cannot use it."""
    if proxy is None:
        return None
    try:
        parts = urlsplit(proxy if isinstance(proxy, str) else "")
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        usable = usable and _fits_a_header(parts.netloc)
    except ValueError:
        usable = False
    if not usable or not isinstance(proxy, str):
        raise ConfigurationError(
            "proxy must be a URL such as http://host:port; other kinds, and letters beyond Latin-1, are not supported"
        )
    return proxy


def _fits_a_header(text: str) -> bool:
    """Whether a user and a password can be sent: HTTP's headers have Latin-1, written out or percent-encoded."""
    if not text.isprintable():
        return False
    try:
        text.encode("latin-1")
        unquote(text, errors="strict").encode("latin-1")
    except UnicodeError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name: ``localhost`` or a loopback address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
