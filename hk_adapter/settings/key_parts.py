"""The parts of a key as one source gave them, and what they make together: HMAC or Ed25519 credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hk_adapter.errors import ConfigurationError, InvalidArgument, shown
from hk_adapter.settings.credentials import HmacCredentials, NamedValue
from hk_adapter.settings.ed25519 import Ed25519Credentials

AnyCredentials = HmacCredentials | Ed25519Credentials


@dataclass(frozen=True, slots=True)
class KeyParts:
    """What one source gave; a part that it did not give has the value None."""

    source: str
    api_key: NamedValue
    secret: NamedValue
    private_key: NamedValue

    def credentials(self, passphrase: NamedValue) -> AnyCredentials | None:
        """Make credentials; None without any part.

        Raises ConfigurationError for half a pair, for both a secret and a private key, and for unusable parts.
        """
        signing = [part for part in (self.secret, self.private_key) if part.value is not None]
        if len(signing) == 2:
            raise ConfigurationError(f"both secret and private_key in {self.source}: a key signs with one of the two")
        if self.api_key.value is None and not signing:
            return None
        half = f"half a pair of credentials in {self.source}"
        if self.api_key.value is None:
            raise ConfigurationError(f"{half}: {self.api_key.name} is missing beside {signing[0].name}")
        if not signing:
            raise ConfigurationError(f"{half}: {self.secret.name} is missing (for an Ed25519 key: private_key)")
        if self.private_key.value is not None:
            return Ed25519Credentials(self.api_key, self.private_key, passphrase)
        return HmacCredentials(self.api_key, self.secret)


def variables(venue_id: object, env: Mapping[str, str]) -> KeyParts:
    """Read a venue's environment variables, such as ``HK_ADAPTER_HASHKEY_API_KEY``."""
    prefix = _prefix(venue_id)
    names = (f"{prefix}_API_KEY", f"{prefix}_SECRET", f"{prefix}_PRIVATE_KEY")
    return KeyParts("the environment variables", *[NamedValue(name, env.get(name)) for name in names])


def passphrase_of(venue_id: object, env: Mapping[str, str], in_profile: NamedValue) -> NamedValue:
    """Find what unlocks a venue's private key, wherever that key comes from: its variable, else the profile's."""
    name = f"{_prefix(venue_id)}_PRIVATE_KEY_PASSPHRASE"
    if name in env:
        return NamedValue(name, env[name])
    return (
        in_profile
        if in_profile.value is not None
        else NamedValue(f"{name} or in private_key_passphrase of a profile", None)
    )


def _prefix(venue_id: object) -> str:
    if not isinstance(venue_id, str) or not venue_id:
        raise InvalidArgument(f"venue_id is {shown(venue_id)}, not the text of a venue's id")
    return "HK_ADAPTER_" + re.sub(r"[^A-Z0-9]", "_", venue_id.upper())
