"""Which key a connection signs with: the caller's, a profile's, the environment's, or its simulator's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hk_adapter.errors import ConfigurationError
from hk_adapter.flow.simulated import SimulatorPlugin
from hk_adapter.hooks import Credentials, OpenedVenue
from hk_adapter.settings import AnyCredentials, HmacCredentials, KeyForm, Profile, load_credentials
from hk_adapter.venue import rehearsal
from hk_adapter.venue.connect_arguments import ConnectArguments


def key_form(venue: OpenedVenue) -> KeyForm:
    """Return what kinds of key a venue takes, and of what further parts one is made."""
    default = KeyForm()
    kinds, parts = getattr(venue, "key_kinds", default.kinds), getattr(venue, "key_parts", default.parts)
    return KeyForm(kinds=kinds, parts=parts, names=getattr(venue, "key_names", default.names))


def credentials_of(
    given: ConnectArguments, profile: Profile | None, simulators: SimulatorPlugin | None, form: KeyForm
) -> AnyCredentials | None:
    """Return the key of a connection; None where nobody has one, and only what is public can be asked.

    Raises ConfigurationError for a key that cannot be used.
    """
    if simulators is not None and given.api_key is given.secret is given.private_key is None:
        # Keys of the environment and of profiles are real ones: the simulator has its own.
        return HmacCredentials(simulators.api_key, simulators.secret)
    if given.profiles_key and profile is not None and profile.credentials is not None:
        return profile.credentials
    return load_credentials(
        given.venue_id,
        api_key=given.api_key,
        secret=given.secret,
        private_key=given.private_key,
        profile=profile,
        environment=given.environment,
        key_parts=_parts_to_use(given, form),
        form=form,
    )


def _parts_to_use(given: ConnectArguments, form: KeyForm) -> Mapping[str, Any]:
    held = rehearsal.current()
    if held is not None and held.replays:
        return dict.fromkeys(form.parts, "replayed")  # beside keys that are none
    parts: Mapping[str, Any] | None = given.key_parts
    return parts or {}


def hand_over(venue: OpenedVenue, credentials: Credentials | None) -> None:
    """Hand the key to a venue whose own library signs with it (``take_key``)."""
    take = getattr(venue, "take_key", None)
    if take is None and isinstance(credentials, HmacCredentials) and credentials.is_pem:
        raise ConfigurationError("secret is the PEM text of a private key: give it as private_key")
    if take is None or credentials is None:
        return
    if not isinstance(credentials, HmacCredentials):
        raise ConfigurationError("this venue's library signs with api_key and secret; it takes no private_key")
    credentials.hand_to(take)
