"""The settings that only one venue knows, as its plugin declares them: by name, with their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from hk_adapter.errors import ConfigurationError, shown
from hk_adapter.hooks import VenueSettings

_WORDS = {"true": True, "false": False}
READERS: Mapping[type, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    Decimal: Decimal,
    bool: lambda text: _WORDS[text.lower()],
}
"""The types that a setting may have, and how each is read from text."""
_NAMES = {str: "text", int: "a whole number", float: "a number", Decimal: "a Decimal", bool: "true or false"}


def declared_settings(plugin: object) -> Mapping[str, type] | None:
    """Return what a plugin says as ``hk_adapter_settings``; None where it says nothing."""
    declared: Mapping[str, type] | None = getattr(plugin, "hk_adapter_settings", None)
    return declared


def check_settings(declared: Mapping[str, type] | None, settings: VenueSettings) -> None:
    """Raise ConfigurationError for a setting that the plugin does not know, or of another type; None is its default.

    A value is shown only of a setting that is known: others may be a password.
    """
    if declared is None:
        return
    for name, value in settings.options.items():
        if name not in declared:
            raise ConfigurationError(_unknown(settings.venue_id, name, declared))
        if value is not None and not _is_of(value, declared[name]):
            raise ConfigurationError(f"{name} must be {_NAMES[declared[name]]}, not {shown(value)}")


def read_setting(venue_id: str, declared: Mapping[str, type] | None, name: str, text: str) -> Any:
    """Read a setting that was written as text; text it stays where the plugin declares nothing.

    Raises ConfigurationError for one that is unknown, or cannot be read.
    """
    if declared is None:
        return text
    if name not in declared:
        raise ConfigurationError(_unknown(venue_id, name, declared))
    try:
        return READERS[declared[name]](text)
    except (ValueError, KeyError, InvalidOperation):
        pass
    raise ConfigurationError(f"{name} must be {_NAMES[declared[name]]}, not {shown(text)}")


def _is_of(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _unknown(venue_id: str, name: str, declared: Mapping[str, type]) -> str:
    knows = f"it knows {', '.join(declared)}" if declared else "it has none"
    return f"{venue_id} does not know the setting {shown(name)}; {knows}"
