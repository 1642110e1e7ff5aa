"""Where credentials come from: the first source that names either half is used, and sources are never mixed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType

from hk_adapter.errors import AdapterError
from hk_adapter.settings.credentials import NamedValue, forget
from hk_adapter.settings.key_parts import AnyCredentials, KeyForm, KeyParts, passphrase_of, variables
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
    key_parts: Mapping[str, object] = MappingProxyType({}),
    form: KeyForm = KeyForm(),  # noqa: B008 - frozen
) -> AnyCredentials | None:
    """Find a venue's credentials: in the arguments, else in environment variables, else in the profile.

    Variables are ``HK_ADAPTER_<VENUE>_API_KEY`` and ``_SECRET`` or ``_PRIVATE_KEY``, where ``ccxt:kraken`` is
    ``CCXT_KRAKEN``. The passphrase of an encrypted private key, wherever that key comes from, is the variable
    ``..._PRIVATE_KEY_PASSPHRASE``, else the profile's. A profile that is named is read and checked even where another
    source wins. Further parts of a key, which its venue's ``form`` names, come from the same source as the key:
    ``key_parts``, variables such as ``HK_ADAPTER_<VENUE>_PASSPHRASE``, the profile's ``key_parts``.

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
        {name: NamedValue(f"key_parts[{name!r}]", value) for name, value in key_parts.items()},
    )
    hidden = NamedValue("env", env)
    del api_key, secret, private_key, env, key_parts
    try:
        return _first(venue_id, arguments, hidden.value, profile, environment, form)
    except AdapterError as error:
        clean = forget(error)
    raise clean


def _first(
    venue_id: str,
    arguments: KeyParts,
    env: Mapping[str, str],
    profile: str | Profile | None,
    environment: str | None,
    form: KeyForm,
) -> AnyCredentials | None:
    from_variables = variables(venue_id, env, form.parts)
    if isinstance(profile, Profile):
        profile.check_fits(venue_id, environment)
        named: Profile | None = profile
    else:
        named = find_profile(venue_id, profile, environment, env, form)
    in_profile = NamedValue("private_key_passphrase of the profile", named.passphrase if named else None)
    passphrase = passphrase_of(venue_id, env, in_profile)
    found = arguments.credentials(passphrase, form) or from_variables.credentials(passphrase, form)
    return found or (named.credentials if named else None)
