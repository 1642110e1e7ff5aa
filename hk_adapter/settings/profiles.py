"""Profiles of the config file, which hold keys: it is read only when one is named, and never if others may read it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument, shown
from hk_adapter.settings.credentials import NamedValue, Secret, forget
from hk_adapter.settings.ed25519 import is_key
from hk_adapter.settings.key_parts import HALVES, AnyCredentials, KeyForm, KeyParts, passphrase_of
from hk_adapter.settings.private_file import path_of, read_private_file

CONFIG_VARIABLE = "HK_ADAPTER_CONFIG"
PROFILE_VARIABLE = "HK_ADAPTER_PROFILE"

_ENVIRONMENTS = ("production", "sandbox", "simulator")
_KEYS = (
    "venue",
    "environment",
    *HALVES,
    "private_key_passphrase",
    "key_parts",
    "settings",
    "plugins",
    "plugin_settings",
    "ca_file",
    "budget",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One ``[profiles.NAME]`` of the config file.

    Attributes:
        environment: None where the profile names none.
        plugins: ids of the wrappers that it asks for.
        plugin_settings: what it says to these, by id and by name.
        ca_file: PEM file of the authorities to trust; None where it names none.
        credentials: None where it has no key.
        passphrase: None where it has no ``private_key_passphrase``.
    """

    name: str
    venue: str
    environment: str | None = None
    plugins: tuple[str, ...] = ()
    ca_file: str | None = None
    plugin_settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    credentials: AnyCredentials | None = field(default=None, repr=False, compare=False)
    passphrase: Secret | None = field(default=None, repr=False, compare=False)

    def check_fits(self, venue_id: str, environment: str | None) -> None:
        """Raise ConfigurationError if the call asks for another venue or environment; None asks for none."""
        if self.venue != venue_id:
            raise ConfigurationError(f"profile {self.name!r} is for venue {self.venue!r}, not {venue_id!r}")
        if environment is not None and self.environment not in (None, environment):
            raise ConfigurationError(
                f"profile {self.name!r} is for environment {self.environment!r}, not {environment!r}"
            )


def load_profile(
    venue_id: str,
    *,
    profile: str | None = None,
    environment: str | None = None,
    env: Mapping[str, str] = os.environ,
    form: KeyForm = KeyForm(),  # noqa: B008 - frozen
) -> Profile | None:
    """Read the profile that the argument names, or else ``HK_ADAPTER_PROFILE``; without a name no file is read.

    The file is ``$HK_ADAPTER_CONFIG``, else ``$XDG_CONFIG_HOME/hk-adapter/config.toml``, else
    ``~/.config/hk-adapter/config.toml``.

    Args:
        venue_id: what the call connects to; a profile for another venue is refused.
        profile: its name.
        environment: what the call asks for, None if it did not say; a profile for another one is refused.
        env: the environment variables.
        form: what the venue's keys are.

    Returns:
        None when no profile is named.

    Raises:
        ConfigurationError: the file or the profile cannot be used. No content of the file is in the error.
    """
    hidden = NamedValue("env", env)
    del env
    try:
        return find_profile(venue_id, profile, environment, hidden.value, form)
    except AdapterError as error:
        clean = forget(error)
    raise clean


def profile_settings(
    venue_id: str, *, profile: str | None = None, env: Mapping[str, str] = os.environ
) -> Mapping[str, Any]:
    """Return the venue's own settings in the profile that the argument or ``HK_ADAPTER_PROFILE`` names; none without.

    Raises as ``load_profile``.
    """
    hidden = NamedValue("env", env)
    del env
    try:
        found = _named_table(profile, hidden.value)
        return {} if found is None else _settings(*found, venue_id)
    except AdapterError as error:
        clean = forget(error)
    raise clean


def profile_budget(venue_id: str, *, profile: str | None = None, env: Mapping[str, str] = os.environ) -> str | None:
    """Return the budget of the profile that the argument or ``HK_ADAPTER_PROFILE`` names; None where it names none.

    It may hold a password. Raises as ``load_profile``.
    """
    hidden = NamedValue("env", env)
    del env
    try:
        found = _named_table(profile, hidden.value)
        return None if found is None else _budget(*found, venue_id)
    except AdapterError as error:
        clean = forget(error)
    raise clean


def profile_places(env: Mapping[str, str] = os.environ) -> dict[str, tuple[str | None, str | None]]:
    """Return the venue and the environment of every profile of the config file, by its name, and nothing of its keys.

    Each is None where a profile names none that can be one.

    Raises ConfigurationError where the file cannot be used.
    """
    hidden = NamedValue("env", env)
    del env
    try:
        return _places(_profiles(_config_path(hidden.value)))
    except AdapterError as error:
        clean = forget(error)
    raise clean


def _places(profiles: Mapping[str, object]) -> dict[str, tuple[str | None, str | None]]:
    tables = {name: table if isinstance(table, dict) else {} for name, table in profiles.items()}
    told = {name: (table.get("venue"), table.get("environment")) for name, table in tables.items()}
    return {
        name: (
            venue if isinstance(venue, str) and venue else None,
            environment if isinstance(environment, str) and environment in _ENVIRONMENTS else None,
        )
        for name, (venue, environment) in told.items()
    }


def _profiles(path: Path) -> dict[str, Any]:
    profiles = _tables(path)
    return profiles if isinstance(profiles, dict) else {}


def _tables(path: Path) -> object:
    """Return what the file has for its profiles; a profile under another name would be one that nobody stops."""
    content = _content(path)
    if unknown := sorted(set(content) - {"profiles"}):
        raise ConfigurationError(
            f"config file {path} has unknown keys: {', '.join(unknown)}; each profile is a table [profiles.NAME]"
        )
    return content.get("profiles")


def _settings(name: str, table: object, path: Path, venue_id: str) -> Mapping[str, Any]:
    if not isinstance(table, dict) or table.get("venue") != venue_id:
        return {}  # refused as it is loaded
    settings = table.get("settings", {})
    if not isinstance(settings, dict):
        raise ConfigurationError(f"profile {name!r} of {path} has 'settings' that are not a table")
    return settings


def _budget(name: str, table: object, path: Path, venue_id: str) -> str | None:
    if not isinstance(table, dict) or table.get("venue") != venue_id:
        return None  # refused as it is loaded
    budget = table.get("budget")
    if budget is not None and (not isinstance(budget, str) or not budget):
        raise ConfigurationError(f"profile {name!r} of {path} has a 'budget' that is no text")
    return budget


def find_profile(
    venue_id: str, profile: object, environment: str | None, env: Mapping[str, str], form: KeyForm
) -> Profile | None:
    """Do as ``load_profile`` does; its errors carry frames that can hold secrets."""
    named = _named_table(profile, env)
    if named is None:
        return None
    name, table, path = named
    found = _profile(name, table, path, env, form)
    found.check_fits(venue_id, environment)
    return found


def _named_table(profile: object, env: Mapping[str, str]) -> tuple[str, object, Path] | None:
    name = profile if profile is not None else env.get(PROFILE_VARIABLE) or None
    if name is None:
        return None
    if not isinstance(name, str) or not name.strip():
        raise InvalidArgument(f"profile is {shown(name)}, not the name of one")
    path = _config_path(env)
    profiles = _tables(path)
    if not isinstance(profiles, dict) or name not in profiles:
        known = ", ".join(sorted(profiles)) if isinstance(profiles, dict) else ""
        raise ConfigurationError(f"config file {path} has no profile {name!r}; it has: {known or 'none'}")
    return name, profiles[name], path


def _config_path(env: Mapping[str, str]) -> Path:
    if named := env.get(CONFIG_VARIABLE):
        return path_of(named)
    base = env.get("XDG_CONFIG_HOME", "")
    if Path(base).is_absolute():  # the XDG specification: relative paths are to be ignored
        return Path(base, "hk-adapter", "config.toml")
    home = env.get("HOME") or env.get("USERPROFILE")
    if not home:
        raise ConfigurationError(f"no home directory to look for a profile in; name the file in {CONFIG_VARIABLE}")
    return Path(home, ".config", "hk-adapter", "config.toml")


def _content(path: Path) -> dict[str, Any]:
    try:
        return _parse(read_private_file(path, f"config file {path}"), path)
    except ConfigurationError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            advice = f"profiles are its tables [profiles.NAME]; {CONFIG_VARIABLE} names another file"
            raise ConfigurationError(f"{error}; {advice}") from error.__cause__
        raise


def _parse(content: bytes, path: Path) -> dict[str, Any]:
    from tomllib import loads  # noqa: PLC0415 - only where there is a file

    try:
        return loads(content.decode())
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"config file {path} is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, and numbers or nesting beyond Python's limits
        place = re.search(r"line \d+, column \d+", str(error))
        raise ConfigurationError(f"config file {path} is not TOML{f' at {place[0]}' if place else ''}") from error


def _profile(name: str, table: object, path: Path, env: Mapping[str, str], form: KeyForm) -> Profile:
    place = f"profile {name!r} of {path}"
    if not isinstance(table, dict):
        raise ConfigurationError(f"{place} is not a table")
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise ConfigurationError(f"{place} has unknown keys: {', '.join(unknown)}; there are: {', '.join(_KEYS)}")
    venue, environment, plugins = table.get("venue"), table.get("environment"), table.get("plugins", [])
    if not isinstance(venue, str) or not venue:
        raise ConfigurationError(f"{place} does not say which 'venue' it is for")
    if environment is not None and environment not in _ENVIRONMENTS:
        raise ConfigurationError(f"{place} has an 'environment' other than {', '.join(_ENVIRONMENTS)}")
    if not isinstance(plugins, list) or not all(isinstance(plugin, str) for plugin in plugins):
        raise ConfigurationError(f"{place} has 'plugins' that are not a list of ids")
    ca_file = table.get("ca_file")
    if ca_file is not None and not (isinstance(ca_file, str) and path_of(ca_file).is_absolute()):
        raise ConfigurationError(f"{place} has a 'ca_file' that is not an absolute path")
    passphrase = _passphrase(table, place)
    return Profile(
        name=name,
        venue=venue,
        environment=environment,
        plugins=tuple(plugins),
        plugin_settings=_plugin_settings(table, place, plugins),
        ca_file=ca_file,
        credentials=_parts(table, place).credentials(passphrase_of(venue, env, passphrase), form),
        passphrase=None if passphrase.value is None else Secret(passphrase.text()),
    )


def _plugin_settings(table: Mapping[str, Any], place: str, plugins: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    settings = table.get("plugin_settings", {})
    if not isinstance(settings, dict) or not all(isinstance(one, dict) for one in settings.values()):
        raise ConfigurationError(f"{place} has 'plugin_settings' that are not a table for each plugin")
    for name in settings:
        if name not in plugins:  # who limits the risk there would believe that it is limited
            raise ConfigurationError(f"{place} has plugin_settings for {shown(name)}, which its plugins do not name")
    return settings


def _parts(table: Mapping[str, Any], place: str) -> KeyParts:
    halves = {half: NamedValue(f"{half} in {place}", table.get(half)) for half in HALVES}
    text = table.get("private_key")
    if isinstance(text, str) and text.strip() and not is_key(text) and not path_of(text).is_absolute():
        raise ConfigurationError(f"{halves['private_key'].name} is neither PEM text nor an absolute path")
    further = table.get("key_parts", {})
    if not isinstance(further, dict):
        raise ConfigurationError(f"{place} has 'key_parts' that are not a table")
    parts = {name: NamedValue(f"key_parts.{name} in {place}", value) for name, value in further.items()}
    return KeyParts(place, **halves, further=parts)


def _passphrase(table: Mapping[str, Any], place: str) -> NamedValue:
    passphrase = NamedValue(f"private_key_passphrase in {place}", table.get("private_key_passphrase"))
    if passphrase.value is not None and "secret" in table:
        raise ConfigurationError(f"{passphrase.name} is beside a secret, which it cannot unlock")
    return passphrase
