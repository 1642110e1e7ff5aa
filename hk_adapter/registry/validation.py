"""The rules of the plugin contract, checked once when a plugin is loaded, so that no order call finds out later."""

from __future__ import annotations

import inspect
import ipaddress
import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeGuard
from urllib.parse import urlsplit

import pluggy

from hk_adapter import hooks as contract
from hk_adapter.errors import PluginError, RequestState
from hk_adapter.hooks import (
    PROJECT,
    Budget,
    CatalogueHooks,
    LeakyBucket,
    Scrub,
    VenueHooks,
)
from hk_adapter.record import Record

CORE_HOOKS = frozenset({"operate", "attempt"})
"""Which the core implements, and no venue."""
SETTING_TYPES = (str, int, float, Decimal, bool)
"""What a setting of a venue may be."""
KEY_KINDS = frozenset({"hmac", "ed25519", "rsa", "ecdsa"})
"""The ways in which a key may sign."""
_PART = re.compile(r"[a-z][a-z0-9_]*")


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
            return f"implements the unknown hook {self.hook!r}; there are: {', '.join(sorted(hooks))}"
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
        if not isinstance(_read(plugin, attribute, origin), str):
            raise origin.broke(f"has no {attribute!r}, text that signs where the caller gives no key")
    if not callable(_read(plugin, "open_simulator", origin)):
        raise origin.broke("has no method 'open_simulator'")


def check_opened_venue(venue: object, origin: PluginId) -> None:
    """Check what ``open_venue`` returned; raise PluginError for the first broken rule."""
    if venue is None or inspect.isclass(venue):
        raise origin.broke(f"returned {venue!r} from open_venue instead of an opened venue")
    _check_venue_hooks(venue, origin)
    present = {name: fault_of for name, fault_of in _MAY_HAVE.items() if hasattr(venue, name)}
    for attribute, fault_of in (_ATTRIBUTES | present).items():
        fault = fault_of(_read(venue, attribute, origin))
        if fault:
            raise origin.broke(f"opened a venue whose {attribute!r} {fault}")
    if hasattr(type(venue), "scrub") or "scrub" in getattr(venue, "__dict__", ()):
        scrub = _read(venue, "scrub", origin)
        if fault := _scrub_fault(scrub):
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
    if _is_whole(version) and contract.OLDEST_CONTRACT <= version <= contract.CONTRACT_VERSION:
        return
    advice = ""
    if _is_whole(version):
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
        if one.hook in CATALOGUE_HOOKS and _is_async(one.function):
            raise origin.broke(f"implements {one.hook!r} with async def; it is a plain def")
        if one.hook in VENUE_HOOKS and not inspect.iscoroutinefunction(one.function):
            raise origin.broke(f"implements {one.hook!r} as no coroutine function; it is an async def that returns")
    return {one.hook for one in found}


def _implementations(
    plugin: object, hooks: Mapping[str, tuple[str, ...]], origin: PluginId
) -> Iterator[_Implementation]:
    manager = pluggy.PluginManager(PROJECT)
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


def _is_async(function: Callable[..., object]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def _read(venue: object, attribute: str, origin: PluginId) -> object:
    try:
        return getattr(venue, attribute)
    except Exception as error:  # any failure of a plugin's property is the plugin's failure
        raise origin.broke(f"opened a venue without a readable {attribute!r} ({type(error).__name__})") from error


def _hosts_fault(hosts: object) -> str | None:
    if not isinstance(hosts, frozenset):
        return f"is a {type(hosts).__name__}, not a frozenset of origins"
    if not all(_is_origin(host) for host in hosts):
        return "has an entry that is no origin such as 'https://api.example': no path, no user, nothing else"
    if clear := sorted(host for host in hosts if _goes_in_the_clear(host)):
        return f"has {clear[0]}, to which keys would go in the clear: https, or a loopback address"
    return None


def _goes_in_the_clear(origin: str) -> bool:
    parts = urlsplit(origin)
    if parts.scheme in {"https", "wss"} or parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True


def _is_origin(host: object) -> bool:
    if not isinstance(host, str):
        return False
    try:
        parts = urlsplit(host)
        _ = parts.port
    except ValueError:
        return False
    known = parts.scheme in {"https", "http", "wss", "ws"} and bool(parts.hostname) and "@" not in parts.netloc
    return known and f"{parts.scheme}://{parts.netloc}" == host


def _limits_fault(limits: object) -> str | None:
    if not isinstance(limits, Mapping):
        return f"is a {type(limits).__name__}, not a mapping of group to RateLimit"
    for group, declared in limits.items():
        for limit in declared if isinstance(declared, tuple) else (declared,):
            if not isinstance(group, str) or not isinstance(limit, Budget):
                return f"has for group {group!r} a {type(limit).__name__}, not a RateLimit or LeakyBucket"
            if fault := _limit_fault(group, limit):
                return fault
    return None


def _limit_fault(group: str, limit: Budget) -> str | None:
    pace: object = limit.refill if isinstance(limit, LeakyBucket) else limit.window
    if not _is_whole(limit.amount) or not _is_whole(limit.kept) or not _is_number(pace):
        return f"has for group {group!r} a {type(limit).__name__} whose numbers are of the wrong kind"
    if limit.amount < 1 or not 0 < pace < math.inf or not 0 <= limit.kept < limit.amount:
        return f"allows nothing in group {group!r}, or keeps more of it than there is"
    return None


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _scrub_fault(scrub: object) -> str | None:
    if not isinstance(scrub, Scrub):
        return f"is a {type(scrub).__name__}, not a Scrub"
    for name in Scrub.__struct_fields__:
        names = getattr(scrub, name)
        if not isinstance(names, frozenset) or not all(isinstance(one, str) for one in names):
            return f"has {name} that are no frozenset of names"
    return None


def _lifetime_fault(lifetime: object) -> str | None:
    if not isinstance(lifetime, int) or isinstance(lifetime, bool):
        return f"is a {type(lifetime).__name__}, not a number of ms"
    return None if lifetime > 0 else "is not above 0 ms"


def _sign_fault(sign: object) -> str | None:
    if not callable(sign):
        return f"is a {type(sign).__name__}, not a function"
    return "is async; signing is a pure, plain function" if _is_async(sign) else None


def _span_fault(span: object) -> str | None:
    if isinstance(span, bool) or not isinstance(span, int | float):
        return f"is a {type(span).__name__}, not a number"
    return None if 0 <= span < math.inf else "is no finite number from 0 up"


def _bool_fault(value: object) -> str | None:
    return None if isinstance(value, bool) else "is no bool"


def _kinds_fault(kinds: object) -> str | None:
    if isinstance(kinds, frozenset) and kinds and kinds <= KEY_KINDS:
        return None
    return f"is no frozenset of some of {', '.join(sorted(KEY_KINDS))}"


def _parts_fault(parts: object) -> str | None:
    if not isinstance(parts, tuple) or not all(isinstance(name, str) and _PART.fullmatch(name) for name in parts):
        return "is no tuple of names made of small letters, digits and '_'"
    taken = sorted({"api_key", "secret", "private_key", "private_key_passphrase"} & set(parts))
    return f"names {taken[0]}, which every key has" if taken else None


def _order_fault(ordered: object) -> str | None:
    named = isinstance(ordered, frozenset) and all(isinstance(group, str) for group in ordered)
    return None if named or isinstance(ordered, bool) else "is neither a bool nor a frozenset of groups"


def _nonces_fault(number: object) -> str | None:
    return None if _is_whole(number) and number > 0 else "is no whole number above 0"


def _batch_fault(number: object) -> str | None:
    return None if _is_whole(number) and number >= 0 else "is no whole number from 0 up"


def _largest_fault(number: object) -> str | None:
    return None if number is None or (_is_whole(number) and number > 0) else "is no whole number above 0"


def _form_fault(form: object) -> str | None:
    return None if form is None or callable(form) else "is no function"


_ATTRIBUTES: dict[str, Callable[[object], str | None]] = {
    "hosts": _hosts_fault,
    "limits": _limits_fault,
    "request_lifetime": _lifetime_fault,
    "sign": _sign_fault,
}
_MAY_HAVE: dict[str, Callable[[object], str | None]] = {
    "seconds_an_order": _span_fault,
    "clock_ahead": _span_fault,
    "clock_step": _span_fault,
    "checks_time": _bool_fault,
    "key_kinds": _kinds_fault,
    "key_parts": _parts_fault,
    "ordered": _order_fault,
    "nonces_a_second": _nonces_fault,
    "cancel_batch": _batch_fault,
    "create_batch": _batch_fault,
    "largest_client_id": _largest_fault,
    "client_id_form": _form_fault,
}
