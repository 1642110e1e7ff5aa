"""What there is to know of one plugin before it is used: it is loaded and held to the contract, and nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.errors import ConfigurationError
from hk_adapter.hooks import OpenedVenue, VenueSettings
from hk_adapter.record import Record
from hk_adapter.registry.catalogue import load, load_wrapper, open_venue
from hk_adapter.registry.deprecations import deprecated_in
from hk_adapter.registry.entry_points import VENUES, WRAPPERS, PluginEntry, check_id, claims_on, family_of, find
from hk_adapter.registry.near_names import misspelt_in
from hk_adapter.registry.validation import VENUE_HOOKS, PluginId
from hk_adapter.registry.venue_settings import NAMES, declared_settings
from hk_adapter.registry.wrapper_settings import wrapper_settings


class Inspection(Record, frozen=True, kw_only=True):
    """One plugin that keeps the contract.

    Attributes:
        origin: who it is, and of which distribution.
        module: where it was loaded from.
        contract: the version of the contract that it states; None where it states none.
        hooks: those that it answers, or, of a wrapper, stands around.
        deprecated: what it uses that will go, in words.
        misspelt: what it has under names that nobody reads, and that are near to one that is read, in words.
        settings: what it takes as settings of its own, each in words; None where a venue's plugin does not say.
        venue: the opened venue; None of a wrapper.
    """

    origin: PluginId
    module: str
    contract: int | None
    hooks: tuple[str, ...]
    deprecated: tuple[str, ...]
    misspelt: tuple[str, ...]
    settings: Mapping[str, str] | None
    venue: OpenedVenue | None = None


def inspect_plugin(plugin_id: str, *, environment: str, site: str | None) -> tuple[Inspection, ...]:
    """Load what is installed under an id, a venue's or a wrapper's, or both, and hold it to the contract.

    Sends nothing; a venue is opened without a key for the ``environment`` and ``site``, None being its default.

    Raises:
        InvalidArgument: it is no id.
        ConfigurationError: unknown, disabled or claimed twice; or it cannot be made with what is set.
        PluginError: it cannot be loaded, or breaks a rule; the message names it and the rule.
    """
    family = family_of(plugin_id)
    is_wrapper = any(claim.id == plugin_id for claim in claims_on(WRAPPERS)[0])
    is_venue = any(claim.id == family for claim in claims_on(VENUES)[0])
    if not (is_wrapper or is_venue):
        known = sorted({claim.id for group in (VENUES, WRAPPERS) for claim in claims_on(group)[0]})
        from difflib import get_close_matches  # noqa: PLC0415 - only for an id that nobody has

        near = get_close_matches(family, known, n=1)
        meant = f"did you mean {near[0]!r}? There are: " if near else "there are: "
        raise ConfigurationError(f"no plugin {plugin_id!r} is installed; {meant}{', '.join(known)}")
    settings = VenueSettings(venue_id=plugin_id, environment=environment, site=site)
    found = [_venue(settings)] if is_venue else []
    return (*found, *([_wrapper(plugin_id)] if is_wrapper else []))


def _venue(settings: VenueSettings) -> Inspection:
    claim = find(VENUES, family_of(settings.venue_id), settings.venue_id)
    venue = open_venue(settings)
    return _inspection(claim, load(claim), venue, venue)


def _wrapper(plugin_id: str) -> Inspection:
    claim = find(WRAPPERS, check_id("plugin id", plugin_id), plugin_id)
    wrapper = load_wrapper(plugin_id)
    return _inspection(claim, wrapper, wrapper, None)


def _inspection(claim: PluginEntry, plugin: object, answering: object, venue: OpenedVenue | None) -> Inspection:
    parts = (plugin,) if plugin is answering else (plugin, answering)
    return Inspection(
        origin=claim.origin,
        module=claim.module,
        contract=getattr(plugin, "hk_adapter_contract", None),
        hooks=tuple(sorted(name for name in VENUE_HOOKS if hasattr(answering, name))),
        deprecated=tuple(one.what for one in deprecated_in(*parts)),
        misspelt=tuple(misspelt_in(plugin, answering)),
        settings=wrapper_settings(plugin, claim.origin) if venue is None else _venue_settings(plugin),
        venue=venue,
    )


def _venue_settings(plugin: object) -> Mapping[str, str] | None:
    declared = declared_settings(plugin)
    return None if declared is None else {name: NAMES[kind] for name, kind in declared.items()}
