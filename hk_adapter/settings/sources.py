"""Where credentials come from: the first source that names either half is used, and sources are never mixed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument
from hk_adapter.settings.credentials import Given, HmacCredentials, Pair, forget
from hk_adapter.settings.profiles import Profile, find_profile


def load_credentials(
    venue_id: str,
    *,
    api_key: object = None,
    secret: object = None,
    private_key: object = None,
    profile: str | Profile | None = None,
    environment: str | None = None,
    env: Mapping[str, str] = os.environ,
) -> HmacCredentials | None:
    """Find a venue's credentials: in the arguments, else in environment variables, else in the profile.

    Variables are ``HK_ADAPTER_<VENUE>_API_KEY`` and ``_SECRET``, where ``ccxt:kraken`` is ``CCXT_KRAKEN``. A profile
    that is named is read and checked even where another source wins.

    Returns:
        None when no source names a key: public calls need none.

    Raises:
        ConfigurationError: half a pair, an unusable key, or an unusable profile; it names the source, never a value.
    """
    arguments = Pair("the arguments", Given("api_key", api_key), Given("secret", secret))
    variables = Given("env", env)
    ed25519 = private_key is not None
    del api_key, secret, private_key, env
    try:
        if ed25519:
            raise ConfigurationError("private_key: Ed25519 keys are not supported yet; give api_key and secret")
        return _first(venue_id, arguments, variables.value, profile, environment)
    except AdapterError as error:
        clean = forget(error)
    raise clean


def _first(
    venue_id: str, arguments: Pair, env: Mapping[str, str], profile: str | Profile | None, environment: str | None
) -> HmacCredentials | None:
    variables = _variables(venue_id, env)
    if isinstance(profile, Profile):
        profile.check_fits(venue_id, environment)
        named: Profile | None = profile
    else:
        named = find_profile(venue_id, profile, environment, env)
    return arguments.credentials() or variables.credentials() or (named.credentials if named else None)


def _variables(venue_id: object, env: Mapping[str, str]) -> Pair:
    if not isinstance(venue_id, str) or not venue_id:
        raise InvalidArgument(f"venue_id is {venue_id!r}, not text such as 'hashkey'")
    prefix = "HK_ADAPTER_" + re.sub(r"[^A-Z0-9]", "_", venue_id.upper())
    key, secret = (Given(name, env.get(name)) for name in (f"{prefix}_API_KEY", f"{prefix}_SECRET"))
    return Pair("the environment variables", key, secret)
