"""The parts of a key as one source gave them, and what they make together: HMAC or Ed25519 credentials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from hk_adapter.errors import ConfigurationError, InvalidArgument, shown
from hk_adapter.settings.credentials import CALLED, HmacCredentials, NamedValue
from hk_adapter.settings.ed25519 import PrivateKeyCredentials
from hk_adapter.settings.private_keys import credentials_of

AnyCredentials = HmacCredentials | PrivateKeyCredentials

HALVES = ("api_key", "secret", "private_key")


class KeyForm(msgspec.Struct, frozen=True):
    """What a venue's keys are.

    Attributes:
        kinds: how they may sign.
        parts: the names of what a key has beside its two halves, all of which it needs.
        names: under which names ``connect`` is given all that signs, where a library does that; () where it does not.
    """

    kinds: frozenset[str] = frozenset({"hmac", "ed25519"})
    parts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """What errors say of a library's names; nothing where there is none."""
        return f"; this venue is given {_listed(self.names)}" if self.names else ""

    @property
    def told_as_settings(self) -> str:
        """The same, and how those are given that are settings of the venue, and no parts of a key."""
        settings = self._settings
        how = f", {_listed(settings)} as a keyword or in a profile's settings" if settings else ""
        return f"{self.told}{how}"

    @property
    def _settings(self) -> list[str]:
        return [name for name in self.names if name not in HALVES]

    def needed(self, venue_id: str) -> str:
        """Return what a private call needs, and where it is given."""
        named = variables_of(venue_id)
        if not self.names:
            return (
                "an API key and its secret: give api_key and secret (or private_key), or a profile,"
                f" or set {named}_API_KEY and {named}_SECRET (or {named}_PRIVATE_KEY)"
            )
        settings = self._settings
        told = f"give {_listed(self.names)}, or a profile with them"
        if len(settings) == len(self.names):
            return f"a key: {told} in its settings"
        where = f" ({_listed(settings)} in its settings)" if settings else ""
        variables = f"{named}_API_KEY and {named}_SECRET"
        beside = f" and give {_listed(settings)}, which no variable is read for" if settings else ""
        return f"a key: {told}{where}, or set {variables}{beside}"


class KeyParts(msgspec.Struct, frozen=True):
    """What one source gave; a part that it did not give has the value None."""

    source: str
    api_key: NamedValue
    secret: NamedValue
    private_key: NamedValue
    further: Mapping[str, NamedValue] = msgspec.field(default_factory=dict)

    def credentials(self, passphrase: NamedValue, form: KeyForm) -> AnyCredentials | None:
        """Make credentials of a venue's form; None without any part.

        Raises ConfigurationError for half a pair, for both a secret and a private key, for a further part that is
        missing or unknown, and for unusable ones.
        """
        signing = [part for part in (self.secret, self.private_key) if part.value is not None]
        if len(signing) == 2:
            raise ConfigurationError(f"both secret and private_key in {self.source}: a key signs with one of the two")
        given = [part for part in (self.api_key, *signing, *self.further.values()) if part.value is not None]
        if not given:
            return None
        if self.private_key.value is not None:
            _check_kind(form, form.kinds - {"hmac"}, self.private_key)
        half = f"half a pair of credentials in {self.source}"
        if self.api_key.value is None:
            raise ConfigurationError(f"{half}: {self.api_key.name} is missing beside {given[0].name}{form.told}")
        if not signing:
            other = " (for an Ed25519 key: private_key)" if "ed25519" in form.kinds else ""
            raise ConfigurationError(f"{half}: {self.secret.name} is missing{other}{form.told}")
        further = self._further(form)
        if self.private_key.value is not None:
            return credentials_of(self.api_key, self.private_key, passphrase, further, form.kinds)
        _check_kind(form, form.kinds & {"hmac"}, self.secret)
        return HmacCredentials(self.api_key, self.secret, further)

    def _further(self, form: KeyForm) -> Mapping[str, NamedValue]:
        """Return the further parts; raise ConfigurationError unless they are those that the venue wants."""
        names = form.parts
        found = {name: value for name, value in self.further.items() if value.value is not None}
        for name in found:
            if name not in names:
                there = f"; it has {', '.join(names)}" if names else form.told_as_settings
                raise ConfigurationError(f"a key of this venue has no {shown(name)}, which is in {self.source}{there}")
        for name in names:
            if name not in found:
                raise ConfigurationError(f"a key of this venue needs its {name}, which is missing in {self.source}")
        return found


def _check_kind(form: KeyForm, usable: frozenset[str], part: NamedValue) -> None:
    if not usable and form.names:
        pem = "; the text of a PEM key is given as secret" if "secret" in form.names else ""
        raise ConfigurationError(f"{part.name} cannot be used{form.told}{pem}")
    if not usable:
        ways = " or ".join(CALLED[kind] for kind in sorted(form.kinds))
        raise ConfigurationError(f"{part.name} cannot be used: a key of this venue signs by {ways}")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1))


def variables(venue_id: object, env: Mapping[str, str], parts: tuple[str, ...]) -> KeyParts:
    """Read a venue's environment variables, such as ``HK_ADAPTER_HASHKEY_API_KEY``, and those of further parts."""
    prefix = variables_of(venue_id)
    names = (f"{prefix}_API_KEY", f"{prefix}_SECRET", f"{prefix}_PRIVATE_KEY")
    api_key, secret, private_key = (NamedValue(name, env.get(name)) for name in names)
    named = {part: f"{prefix}_{part.upper()}" for part in parts}
    further = {part: NamedValue(name, env.get(name)) for part, name in named.items()}
    return KeyParts("the environment variables", api_key, secret, private_key, further)


def passphrase_of(venue_id: object, env: Mapping[str, str], in_profile: NamedValue) -> NamedValue:
    """Find what unlocks a venue's private key, wherever that key comes from: its variable, else the profile's."""
    name = f"{variables_of(venue_id)}_PRIVATE_KEY_PASSPHRASE"
    if name in env:
        return NamedValue(name, env[name])
    return (
        in_profile
        if in_profile.value is not None
        else NamedValue(f"{name} or in private_key_passphrase of a profile", None)
    )


def variables_of(venue_id: object) -> str:
    """Return how a venue's environment variables begin: ``HK_ADAPTER_CCXT_KRAKEN`` of ``ccxt:kraken``."""
    if not isinstance(venue_id, str) or not venue_id:
        raise InvalidArgument(f"venue_id is {shown(venue_id)}, not the text of a venue's id")
    return "HK_ADAPTER_" + re.sub(r"[^A-Z0-9]", "_", venue_id.upper())
