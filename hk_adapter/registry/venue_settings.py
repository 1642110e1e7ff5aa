"""The settings that only one venue knows, as its plugin declares them: by name, with their types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec.structs import replace

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
NAMES: Mapping[type, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    Decimal: "a Decimal, or one as text",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def declared_settings(plugin: object) -> Mapping[str, type] | None:
    """Return what a plugin says as ``hk_adapter_settings``; None where it says nothing."""
    declared: Mapping[str, type] | None = getattr(plugin, "hk_adapter_settings", None)
    return declared


def typed_settings(declared: Mapping[str, type] | None, settings: VenueSettings) -> VenueSettings:
    """Return the settings with a Decimal for each that is one, where a profile can only have its text.

    Raises ConfigurationError for a setting that the plugin does not know, or of another type; None is its default. A
    value is shown only of a setting that is known: others may be a password.
    """
    if declared is None:
        return settings
    options: dict[str, Any] = {}
    for name, value in settings.options.items():
        if name not in declared:
            raise ConfigurationError(_unknown(settings.venue_id, name, declared))
        if value is not None and not is_of(value, declared[name]):
            raise ConfigurationError(f"{name} must be {NAMES[declared[name]]}, not {shown(value)}")
        options[name] = as_kind(value, declared[name])
    return replace(settings, options=options)


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
    raise ConfigurationError(f"{name} must be {NAMES[declared[name]]}, not {shown(text)}")


def is_of(value: object, kind: type) -> bool:
    """Whether a value may be given for a setting of a type."""
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is Decimal and isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return Decimal(value).is_finite()
        except InvalidOperation:
            return False
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def as_kind(value: Any, kind: type) -> Any:
    """Return a value that ``is_of`` a type as one of it; None stays."""
    return Decimal(value) if kind is Decimal and value is not None else value


def _unknown(venue_id: str, name: str, declared: Mapping[str, type]) -> str:
    knows = f"it knows {', '.join(declared)}" if declared else "it has none"
    return f"{venue_id} does not know the setting {shown(name)}; {knows}"
