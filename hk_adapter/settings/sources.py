"""Where credentials come from: the first source that names either half is used, and sources are never mixed."""

from __future__ import annotations

import os
from collections.abc import Mapping

from hk_adapter.errors import AdapterError
from hk_adapter.settings.credentials import NamedValue, forget
from hk_adapter.settings.key_parts import AnyCredentials, KeyParts, passphrase_of, variables
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
) -> AnyCredentials | None:
    """Find a venue's credentials: in the arguments, else in environment variables, else in the profile.

    Variables are ``HK_ADAPTER_<VENUE>_API_KEY`` and ``_SECRET`` or ``_PRIVATE_KEY``, where ``ccxt:kraken`` is
    ``CCXT_KRAKEN``. The passphrase of an encrypted private key, wherever that key comes from, is the variable
    ``..._PRIVATE_KEY_PASSPHRASE``, else the profile's. A profile that is named is read and checked even where another
    source wins.

    Returns:
        None when no source names a key: public calls need none.

    Raises:
        ConfigurationError: half a pair, an unusable key, or an unusable profile; it names the source, never a value.
    """
    arguments = KeyParts(
        "the arguments",
        NamedValue("api_key", api_key),
        NamedValue("secret", secret),
        NamedValue("private_key", private_key),
    )
    hidden = NamedValue("env", env)
    del api_key, secret, private_key, env
    try:
        return _first(venue_id, arguments, hidden.value, profile, environment)
    except AdapterError as error:
        clean = forget(error)
    raise clean


def _first(
    venue_id: str, arguments: KeyParts, env: Mapping[str, str], profile: str | Profile | None, environment: str | None
) -> AnyCredentials | None:
    from_variables = variables(venue_id, env)
    if isinstance(profile, Profile):
        profile.check_fits(venue_id, environment)
        named: Profile | None = profile
    else:
        named = find_profile(venue_id, profile, environment, env)
    in_profile = NamedValue("private_key_passphrase of the profile", named.passphrase if named else None)
    passphrase = passphrase_of(venue_id, env, in_profile)
    found = arguments.credentials(passphrase) or from_variables.credentials(passphrase)
    return found or (named.credentials if named else None)
