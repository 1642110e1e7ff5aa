"""Finds plugins by their entry points, checks and lists them, opens exactly one, and joins it with its wrappers."""

from hk_adapter.registry.catalogue import (
    VenueListing,
    list_venues,
    load_simulator,
    load_wrapper,
    open_simulator,
    open_venue,
    register_venue,
    settings_of,
    unregister_venue,
)
from hk_adapter.registry.key_redaction import KeyRedactor
from hk_adapter.registry.managers import implemented_hooks, venue_hooks, venue_manager, wraps_looks
from hk_adapter.registry.venue_settings import read_setting

__all__ = [
    "KeyRedactor",
    "VenueListing",
    "implemented_hooks",
    "list_venues",
    "load_simulator",
    "load_wrapper",
    "open_simulator",
    "open_venue",
    "read_setting",
    "register_venue",
    "settings_of",
    "unregister_venue",
    "venue_hooks",
    "venue_manager",
    "wraps_looks",
]
