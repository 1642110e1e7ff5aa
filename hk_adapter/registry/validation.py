"""The rules of the plugin contract, checked once when a plugin is loaded, so that no order call finds out later."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pluggy

from hk_adapter import hooks as contract
from hk_adapter.errors import PluginError, RequestState
from hk_adapter.hooks import (
    PROJECT,
    CatalogueHooks,
    VenueHooks,
)
from hk_adapter.record import Record
from hk_adapter.registry.hook_manager import HookManager
from hk_adapter.registry.venue_attributes import MAY_HAVE, MUST_HAVE, is_async, is_whole, scrub_fault

CORE_HOOKS = frozenset({"operate", "attempt"})
"""Which the core implements, and no venue."""
SETTING_TYPES = (str, int, float, Decimal, bool)
"""What a setting of a venue may be."""


def _hooks_of(specification: type) -> dict[str, tuple[str, ...]]:
    manager = pluggy.PluginManager(PROJECT)
    found = (name for name in dir(specification) if manager.parse_hookspec_opts(specification, name) is not None)
    return {name: tuple(inspect.signature(getattr(specification, name)).parameters)[1:] for name in found}


CATALOGUE_HOOKS: Mapping[str, tuple[str, ...]] = _hooks_of(CatalogueHooks)
VENUE_HOOKS: Mapping[str, tuple[str, ...]] = _hooks_of(VenueHooks)
"""The hooks by name, with the arguments that an implementation may take."""


class PluginId(Record, frozen=True):
    """Who a plugin is, as errors name it.

    Attributes:
        kind: ``venue plugin`` or ``wrapper``.
        name: its id, or its class where it has none.
        distribution: None for a plugin that was handed over in process.
    """

    kind: str
    name: str
    distribution: str | None = None
    version: str | None = None

    def __str__(self) -> str:
        place = f"distribution {self.distribution} {self.version}" if self.distribution else "handed over in process"
        return f"{self.kind} {self.name!r} ({place})"

    def broke(self, rule: str) -> PluginError:
        """Build the error that names this plugin and the rule it broke."""
        return PluginError(f"{self} {rule}", request_state=RequestState.NOT_SENT)


class _Implementation(Record, frozen=True):
    hook: str
    function: Callable[..., object]
    options: Mapping[str, Any]

    @property
    def wraps(self) -> bool:
        return bool(self.options.get("wrapper") or self.options.get("hookwrapper"))

    def fault(self, hooks: Mapping[str, tuple[str, ...]]) -> str | None:
        """Return which rule for every implementation it breaks; None when it keeps them all."""
        if self.options.get("specname"):
            return f"binds {self.hook!r} through specname; name the function after its hook"
        if self.hook not in hooks:
            from difflib import get_close_matches  # noqa: PLC0415 - only for what is misspelt

            near = get_close_matches(self.hook, hooks, n=1)
            meant = f"did you mean {near[0]!r}? There are: " if near else "there are: "
            return f"implements the unknown hook {self.hook!r}; {meant}{', '.join(sorted(hooks))}"
        if self.options.get("hookwrapper"):
            return f"wraps {self.hook!r} with the old-style hookwrapper=True; use @wraps_flow"
        if self.wraps and not inspect.isgeneratorfunction(self.function):
            return f"wraps {self.hook!r} with a function that does not yield; use @wraps_flow"
        return self._argument_fault(hooks[self.hook])

    def _argument_fault(self, allowed: tuple[str, ...]) -> str | None:
        for parameter in inspect.signature(self.function).parameters.values():
            named = f"takes in {self.hook!r} the argument {parameter.name!r}"
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.KEYWORD_ONLY):
                return f"{named}; hook arguments are plain, and keyword-only or starred ones are never filled"
            if parameter.name == "flow":
                return f"{named}, which a wrapper is given; mark it with @wraps_flow"
            if parameter.name not in allowed:
                return f"{named}, which is not the hook's; it has: {', '.join(allowed) or 'none'}"
            if parameter.default is not parameter.empty:
                return f"{named} with a default; the caller always gives a hook's arguments"
        return None


def name_of(plugin: object) -> str:
    """Name an object that has no id, for errors."""
    return str(getattr(plugin, "__name__", None) or type(plugin).__qualname__)


def check_venue_plugin(plugin: object, origin: PluginId) -> None:
    """Check what an entry point or ``register_venue`` gave; raise PluginError for the first broken rule."""
    _check_contract(plugin, origin)
    found = _check_venue_hooks(plugin, origin)
    if "open_venue" not in found:
        raise origin.broke("does not implement 'open_venue'; define it, marked with @hookimpl")
    declared = getattr(plugin, "hk_adapter_settings", {})
    if not isinstance(declared, Mapping) or not all(
        isinstance(name, str) and kind in SETTING_TYPES for name, kind in declared.items()
    ):
        raise origin.broke("has 'hk_adapter_settings' that are no mapping of names to str, int, float, Decimal or bool")


def check_simulator(plugin: object, origin: PluginId) -> None:
    """Check what an entry point of ``hk_adapter.simulators`` gave; raise PluginError for the first broken rule."""
    for attribute in ("api_key", "secret"):
        if not isinstance(_read(plugin, attribute, origin, "has no"), str):
            raise origin.broke(f"has no {attribute!r}, text that signs where the caller gives no key")
    if not callable(_read(plugin, "open_simulator", origin, "has no")):
        raise origin.broke("has no method 'open_simulator'")


def check_opened_venue(venue: object, origin: PluginId) -> None:
    """Check what ``open_venue`` returned; raise PluginError for the first broken rule."""
    if venue is None or inspect.isclass(venue):
        raise origin.broke(f"returned {venue!r} from open_venue instead of an opened venue")
    _check_venue_hooks(venue, origin)
    present = {name: fault_of for name, fault_of in MAY_HAVE.items() if _has(venue, name)}
    for attribute, fault_of in (MUST_HAVE | present).items():
        fault = fault_of(_read(venue, attribute, origin))
        if fault:
            raise origin.broke(f"opened a venue whose {attribute!r} {fault}")
    if hasattr(type(venue), "scrub") or "scrub" in getattr(venue, "__dict__", ()):
        scrub = _read(venue, "scrub", origin)
        if fault := scrub_fault(scrub):
            raise origin.broke(f"opened a venue whose 'scrub' {fault}")


def check_wrapper(plugin: object, origin: PluginId) -> None:
    """Check a wrapper: wrappers of venue hooks, at least one, and nothing else; raise PluginError if not."""
    _check_contract(plugin, origin)
    found = list(_implementations(plugin, VENUE_HOOKS, origin))
    for one in found:
        if not one.wraps:
            raise origin.broke(f"brings a plain implementation of {one.hook!r}; a wrapper may only wrap (@wraps_flow)")
        if not getattr(one.function, "hk_adapter_wraps_flow", False):
            raise origin.broke(f"wraps {one.hook!r} without @wraps_flow, so that its own faults could harm a call")
    if not found:
        raise origin.broke("wraps no hook; write one with @wraps_flow")


def _check_contract(plugin: object, origin: PluginId) -> None:
    version = getattr(plugin, "hk_adapter_contract", contract.UNSTATED_CONTRACT)
    if is_whole(version) and contract.OLDEST_CONTRACT <= version <= contract.CONTRACT_VERSION:
        return
    advice = ""
    if is_whole(version):
        newer = version > contract.CONTRACT_VERSION
        advice = (
            "; a newer hk-adapter may have it" if newer else "; a newer release of the plugin may be written for it"
        )
    has = f"this hk-adapter has {contract.CONTRACT_VERSION}"
    raise origin.broke(f"is written for contract version {version!r}; {has}{advice}")


def _check_venue_hooks(plugin: object, origin: PluginId) -> set[str]:
    found = list(_implementations(plugin, {**CATALOGUE_HOOKS, **VENUE_HOOKS}, origin))
    for one in found:
        if one.wraps:
            raise origin.broke(
                f"wraps {one.hook!r}; a venue implements hooks, wrapping is for plugins= (hk_adapter.plugins)"
            )
        if one.hook in CORE_HOOKS:
            raise origin.broke(f"implements {one.hook!r}, which is reserved for the core")
        if one.hook in CATALOGUE_HOOKS and is_async(one.function):
            raise origin.broke(f"implements {one.hook!r} with async def; it is a plain def")
        if one.hook in VENUE_HOOKS and not inspect.iscoroutinefunction(one.function):
            raise origin.broke(f"implements {one.hook!r} as no coroutine function; it is an async def that returns")
    return {one.hook for one in found}


def _implementations(
    plugin: object, hooks: Mapping[str, tuple[str, ...]], origin: PluginId
) -> Iterator[_Implementation]:
    manager = HookManager()
    for name in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, name)
        if options is not None:
            one = _Implementation(name, getattr(plugin, name), {**options})
            if options.get("optionalhook") and name not in hooks and not options.get("specname"):
                continue  # the author says that some versions of us do not have it
            if fault := one.fault(hooks):
                raise origin.broke(fault)
            yield one
        elif name in hooks:
            # Unmarked, it would never be called, and a wrapper's check would silently not happen.
            raise origin.broke(f"has {name!r} without a marker; mark it with @hookimpl, or @wraps_flow in a wrapper")


def _has(owner: object, attribute: str) -> bool:
    """Whether it is there; one that raises is, and is refused where it is read."""
    try:
        return hasattr(owner, attribute)
    except Exception:  # noqa: BLE001 - any failure of a plugin's property is the plugin's failure
        return True


def _read(owner: object, attribute: str, origin: PluginId, lacks: str = "opened a venue without a") -> object:
    try:
        return getattr(owner, attribute)
    except Exception as error:  # any failure of a plugin's property is the plugin's failure
        raise origin.broke(f"{lacks} readable {attribute!r} ({type(error).__name__})") from error
