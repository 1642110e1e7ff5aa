"""Credentials and profiles: arguments, then environment variables, then a profile of the config file."""

from hk_adapter.settings.credential_sources import load_credentials
from hk_adapter.settings.credentials import HmacCredentials, Secret
from hk_adapter.settings.ed25519 import Ed25519Credentials, PrivateKeyCredentials
from hk_adapter.settings.key_parts import AnyCredentials, KeyForm
from hk_adapter.settings.profiles import Profile, load_profile, profile_budget, profile_places, profile_settings

__all__ = [
    "AnyCredentials",
    "Ed25519Credentials",
    "HmacCredentials",
    "KeyForm",
    "PrivateKeyCredentials",
    "Profile",
    "Secret",
    "load_credentials",
    "load_profile",
    "profile_budget",
    "profile_places",
    "profile_settings",
]
