"""Whom to trust to be a venue, or a proxy: the authorities that requests trusts, or those of a file."""

from __future__ import annotations

import os
import ssl
from functools import cache

from hk_adapter.errors import ConfigurationError


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
