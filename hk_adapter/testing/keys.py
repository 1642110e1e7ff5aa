"""A key to sign with in a test, such as the one in a venue's own example of a signature."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hk_adapter.errors import ConfigurationError
from hk_adapter.hooks import Credentials
from hk_adapter.settings import KeyForm, load_credentials

_EVERY_KIND = frozenset({"hmac", "ed25519", "rsa", "ecdsa"})


def example_key(
    api_key: str,
    secret: str | None = None,
    *,
    private_key: str | None = None,
    key_parts: Mapping[str, str] = MappingProxyType({}),
) -> Credentials:
    """Return what ``sign`` is given, of a key that is written in a test. Reads no variable and no profile.

    Args:
        api_key: its public part.
        secret: what an HMAC key signs with.
        private_key: what a key of another kind signs with instead: PEM text, or the path of a PEM file.
        key_parts: what the venue's keys have besides, by name.

    Raises:
        ConfigurationError: half a pair, or a key that cannot be used.
    """
    form = KeyForm(kinds=_EVERY_KIND, parts=tuple(key_parts))
    key = load_credentials(
        "example", api_key=api_key, secret=secret, private_key=private_key, key_parts=key_parts, env={}, form=form
    )
    if key is None:
        raise ConfigurationError("an example needs an api_key, with its secret or private_key")
    return key
