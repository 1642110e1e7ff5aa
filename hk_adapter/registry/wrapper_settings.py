"""What a profile says to a wrapper: arguments that its class declares as settings, of the types that it declares."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.registry.validation import SETTING_TYPES, PluginId
from hk_adapter.registry.venue_settings import NAMES, as_kind, is_of

Kinds = tuple[type, ...]
_TYPES = (*SETTING_TYPES, list, dict)


def wrapper_arguments(plugin: object, given: Mapping[str, Any], origin: PluginId) -> dict[str, Any]:
    """Return what to make a wrapper with. No value is shown, whatever is wrong with it: it may be a password.

    Raises:
        ConfigurationError: it takes no settings, does not know one, or one is of another type.
        PluginError: what it declares cannot be used.
    """
    if not given:
        return {}
    declared = _declared(plugin, origin)
    arguments: dict[str, Any] = {}
    for name, value in given.items():
        if name not in declared:
            knows = f"it knows {', '.join(declared)}" if declared else "it takes none"
            raise ConfigurationError(f"{origin.kind} {origin.name!r} does not know the setting {shown(name)}; {knows}")
        fitting = [kind for kind in declared[name] if is_of(value, kind)]
        if not fitting:
            wanted = " or ".join(NAMES[kind] for kind in declared[name])
            raise ConfigurationError(f"setting {name} of {origin.kind} {origin.name!r} must be {wanted}")
        arguments[name] = as_kind(value, fitting[0])
    return arguments


def wrapper_settings(plugin: object, origin: PluginId) -> dict[str, str]:
    """Return in words what a wrapper's class, or an object of it, takes as settings. Raises PluginError as above."""
    declared = _declared(plugin if inspect.isclass(plugin) else type(plugin), origin)
    return {name: " or ".join(NAMES[kind] for kind in kinds) for name, kinds in declared.items()}


def _declared(plugin: object, origin: PluginId) -> dict[str, Kinds]:
    declared = getattr(plugin, "hk_adapter_settings", {}) if inspect.isclass(plugin) else {}
    if not isinstance(declared, Mapping):
        raise origin.broke("has 'hk_adapter_settings' that are no mapping")
    found = {name: kinds if isinstance(kinds, tuple) else (kinds,) for name, kinds in declared.items()}
    if not all(isinstance(name, str) and set(kinds) <= set(_TYPES) and kinds for name, kinds in found.items()):
        names = ", ".join(kind.__name__ for kind in _TYPES)
        raise origin.broke(f"has 'hk_adapter_settings' that are no mapping of names to one or several of {names}")
    return found
