"""What is installed, and how one of it is opened: a plugin is imported only when its id is asked for."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from hk_adapter.errors import (
    AdapterError,
    ConfigurationError,
    InvalidArgument,
    NotSupported,
    PluginError,
    RequestState,
)
from hk_adapter.flow.guard import Guard
from hk_adapter.flow.interrupts import is_callers_own
from hk_adapter.flow.plain_errors import answers_for_itself, plain_cause, said
from hk_adapter.flow.simulated import SimulatedVenue, SimulatorPlugin
from hk_adapter.hooks import CatalogueHooks, OpenedVenue, VenueSettings
from hk_adapter.record import Record
from hk_adapter.registry import deprecations
from hk_adapter.registry.entry_points import (
    KINDS,
    SIMULATORS,
    VENUES,
    WRAPPERS,
    PluginEntry,
    check_id,
    claims_on,
    family_of,
    find,
    problem_of,
    registered,
)
from hk_adapter.registry.hook_manager import HookManager
from hk_adapter.registry.validation import (
    PluginId,
    check_opened_venue,
    check_simulator,
    check_venue_plugin,
    check_wrapper,
    name_of,
)
from hk_adapter.registry.venue_settings import declared_settings, typed_settings
from hk_adapter.registry.wrapper_settings import wrapper_arguments
from hk_adapter.true_class import class_name

NO_SETTINGS: Mapping[str, Any] = MappingProxyType({})
_registering = Guard()


class VenueListing(Record, frozen=True, kw_only=True):
    """One installed or registered venue, as ``list_venues`` shows it.

    Attributes:
        id: what users type, or the part before the colon of a family.
        distribution: None, like ``version``, for a venue registered in this process.
        module: where its plugin is; not imported for the listing.
        problem: why it cannot be opened, such as disabled or claimed twice; None when nothing is known against it.
    """

    id: str
    distribution: str | None
    version: str | None
    module: str
    problem: str | None


def list_venues() -> tuple[VenueListing, ...]:
    """List the venues that are installed or registered, by id. Imports no plugin."""
    claims, _ = claims_on(VENUES)
    return tuple(
        VenueListing(
            id=claim.id,
            distribution=claim.distribution,
            version=claim.version,
            module=claim.module,
            problem=problem_of(claim, claims),
        )
        for claim in sorted(claims, key=lambda claim: (claim.id, claim.distribution or ""))
    )


def register_venue(venue_id: str, plugin: object, *, replace: bool = False) -> None:
    """Add a venue to this process, as if it were installed under ``venue_id``.

    Args:
        venue_id: lower-case letters, digits, ``-`` and ``_``; a family's id stands without its colon.
        plugin: a module, an object, or a class to be made without arguments, that implements ``open_venue``.
        replace: whether it may take the place of an earlier registration, as where a notebook's cell runs again. No
            installed venue is replaced, and connections that are open stay as they are.

    Raises:
        InvalidArgument: the id breaks that rule.
        PluginError: the plugin breaks the contract.
        ConfigurationError: the id is taken, by an installed distribution or an earlier registration.
    """
    check_id("venue_id", venue_id)
    plugin = _instance(plugin, PluginId(KINDS[VENUES], venue_id))
    claim = PluginEntry(VENUES, venue_id, _module_of(plugin), plugin=plugin)
    check_venue_plugin(plugin, claim.origin)
    with _registering:
        taken = [other for other in claims_on(VENUES)[0] if other.id == venue_id]
        if replace and venue_id in registered:
            taken = [other for other in taken if other is not registered[venue_id]]
        if taken:
            raise ConfigurationError(f"venue id {venue_id!r} is taken by {taken[0].origin}")
        registered[venue_id] = claim
    deprecations.tell(claim.origin, plugin)


def unregister_venue(venue_id: str) -> None:
    """Undo ``register_venue``; connections that are open stay so.

    Raises:
        ConfigurationError: nothing is registered under the id in this process.
    """
    with _registering:
        if registered.pop(venue_id, None) is None:
            raise ConfigurationError(f"no venue {venue_id!r} is registered in this process")


def open_venue(settings: VenueSettings) -> OpenedVenue:
    """Find, load and check the one plugin that carries ``settings.venue_id``, and let it open the venue.

    Sends nothing.

    Raises:
        InvalidArgument: the id is not one that a venue can have.
        ConfigurationError: unknown, disabled or claimed twice; or the plugin refuses the settings.
        PluginError: the plugin cannot be loaded, breaks the contract, or failed.
    """
    family = family_of(settings.venue_id)
    claim = find(VENUES, family, settings.venue_id)
    plugin = load(claim)
    check_venue_plugin(plugin, claim.origin)
    settings = typed_settings(declared_settings(plugin), settings)
    venue = _call_open_venue(plugin, settings, claim.origin)
    check_opened_venue(venue, claim.origin)
    deprecations.tell(claim.origin, plugin, venue)
    return venue


def settings_of(venue_id: str) -> Mapping[str, type] | None:
    """Return which settings of its own a venue takes, with their types; None where its plugin does not say.

    Raises as ``open_venue``.
    """
    claim = find(VENUES, family_of(venue_id), venue_id)
    plugin = load(claim)
    check_venue_plugin(plugin, claim.origin)
    return declared_settings(plugin)


def load_wrapper(name_or_object: object, settings: Mapping[str, Any] = NO_SETTINGS) -> object:
    """Return a checked wrapper: by the id of an installed one, from a class without arguments, or as it is.

    ``settings``, of an installed one only, are those that its class declares.

    Raises:
        InvalidArgument: None, or text that is no id.
        ConfigurationError: an id that is unknown, disabled or claimed twice; or settings that it does not take.
        PluginError: it cannot be loaded or made, or is not purely a wrapper.
    """
    if name_or_object is None:
        raise InvalidArgument("a plugin is None; give an id, a class or an object")
    if isinstance(name_or_object, str):
        claim = find(WRAPPERS, check_id("plugin id", name_or_object), name_or_object)
        wrapper, origin = load(claim, settings), claim.origin
    else:
        origin = PluginId(KINDS[WRAPPERS], name_of(name_or_object))
        wrapper = _instance(name_or_object, origin)
    check_wrapper(wrapper, origin)
    deprecations.tell(origin, wrapper)
    return wrapper


def load_simulator(venue_id: str) -> SimulatorPlugin:
    """Return what opens the simulator of a venue's exchange: of ``hashkey``, and of ``ccxt:hashkey`` the same.

    Raises:
        NotSupported: none is installed for it.
        ConfigurationError: disabled or claimed twice.
        PluginError: it cannot be loaded, or lacks what a simulator has.
    """
    exchange = venue_id.rpartition(":")[2]
    claims, _ = claims_on(SIMULATORS)
    known = sorted({claim.id for claim in claims})
    if exchange not in known:
        there = f"; there is one of {', '.join(known)}" if known else ""
        raise NotSupported(f"{venue_id} has no simulator{there}", venue=venue_id)
    claim = find(SIMULATORS, exchange, exchange)
    plugin = load(claim)
    check_simulator(plugin, claim.origin)
    return cast("SimulatorPlugin", plugin)


def open_simulator(
    plugin: SimulatorPlugin, venue_id: str, *, api_key: str, secret: str | None, public_key: str | None
) -> SimulatedVenue:
    """Open a simulated venue of its own that knows one key.

    Raises PluginError where that fails with another error than ours, or gives what cannot answer.
    """
    whose = f"the simulator of {venue_id}"
    try:
        opened = plugin.open_simulator(api_key=api_key, secret=secret, public_key=public_key)
    except AdapterError:
        raise
    except Exception as error:  # any failure of a plugin's is the plugin's failure
        fault = f"{whose} cannot be opened: open_simulator failed with {type(error).__name__}"
        raise PluginError(fault, request_state=RequestState.NOT_SENT) from error
    lacking = [name for name in ("answer", "control") if not hasattr(opened, name)]
    if lacking:
        fault = f"{whose} opened {class_name(opened)}, which has no {lacking[0]!r}"
        raise PluginError(fault, request_state=RequestState.NOT_SENT)
    return opened


def load(claim: PluginEntry, settings: Mapping[str, Any] = NO_SETTINGS) -> object:
    """Load what claims an id, and make it, with its settings, where it is a class. Raises as ``load_wrapper``."""
    if claim.entry is None:
        return claim.plugin
    try:
        plugin = claim.entry.load()
    except BaseException as error:  # whatever a foreign module does while it is imported
        if _is_callers(error):
            raise
        fault = claim.origin.broke(f"cannot be loaded from {claim.entry.value!r}: {said(error)}")
        cause = plain_cause(error)
    else:
        return _instance(plugin, claim.origin, wrapper_arguments(plugin, settings, claim.origin))
    raise fault from cause


def _is_callers(error: BaseException) -> bool:
    return not issubclass(type(error), Exception) and is_callers_own(error)


def _instance(plugin: object, origin: PluginId, arguments: Mapping[str, Any] = NO_SETTINGS) -> object:
    if not inspect.isclass(plugin):
        return plugin
    try:
        return plugin(**arguments)
    except BaseException as error:  # of any class, as in ``_load``
        lacks = issubclass(type(error), ConfigurationError)  # something that is the caller's to give: it says what
        if _is_callers(error) or (lacks and not answers_for_itself(error)):
            raise
        # With settings the cause's text stays out of ours: it may quote them.
        how = f"with its settings ({class_name(error)})" if arguments else f"without arguments: {said(error)}"
        fault, cause = origin.broke(f"cannot be made {how}"), None if arguments else plain_cause(error)
    raise fault from cause


def _call_open_venue(plugin: object, settings: VenueSettings, origin: PluginId) -> OpenedVenue:
    manager = HookManager()
    manager.add_hookspecs(CatalogueHooks)
    manager.register(plugin, name=origin.name)
    try:
        return cast("CatalogueHooks", manager.hook).open_venue(settings=settings)
    except BaseException as error:  # of any class, as in ``_load``
        if _is_callers(error) or (issubclass(type(error), AdapterError) and not answers_for_itself(error)):
            raise
        # The cause's text stays out of ours: it may quote options, and those can be passwords.
        fault, cause = origin.broke(f"failed in open_venue ({class_name(error)})"), plain_cause(error)
    raise fault from cause


def _module_of(plugin: object) -> str:
    return plugin.__name__ if inspect.ismodule(plugin) else type(plugin).__module__
