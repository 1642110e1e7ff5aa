"""What of the contract will go: the author of a plugin that uses it is warned as it is loaded, once.

The hooks say it by pluggy's ``warn_on_impl`` and ``warn_on_impl_args``. pluggy's own warning would name no plugin, and
come with each connection.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import pluggy

from hk_adapter import hooks as contract
from hk_adapter.flow.guard import Guard
from hk_adapter.hooks import PROJECT, CatalogueHooks, VenueHooks
from hk_adapter.record import Record
from hk_adapter.registry.validation import PluginId

_telling = Guard()
_told: set[tuple[str, str]] = set()
"""Which plugins' authors were warned in this process, and of what."""


class Deprecated(Record, frozen=True):
    """Something that a plugin uses and that will go.

    Attributes:
        what: in words: what it does, and what it should.
        kind: the class of the warning.
        place: where it does so; the plugin, or one function of it.
    """

    what: str
    kind: type[Warning]
    place: object


def deprecated_in(*parts: object) -> Iterator[Deprecated]:
    """Find what a plugin uses that will go: the plugin itself, then what it opened. They have passed their checks."""
    stated = getattr(parts[0], "hk_adapter_contract", contract.UNSTATED_CONTRACT)
    if stated < contract.CONTRACT_VERSION:
        what = (
            f"is written for contract version {stated}; this hk-adapter has {contract.CONTRACT_VERSION}, and will not"
        )
        yield Deprecated(f"{what} take the older one for ever", DeprecationWarning, parts[0])
    for part in parts:
        yield from _in_hooks(part)


def _in_hooks(part: object) -> Iterator[Deprecated]:
    manager = pluggy.PluginManager(PROJECT)
    for owner in (CatalogueHooks, VenueHooks):
        for hook in vars(owner):
            options: Any = manager.parse_hookspec_opts(owner, hook) or {}
            will_go, arguments = options.get("warn_on_impl"), options.get("warn_on_impl_args") or {}
            if (will_go is not None or arguments) and hasattr(part, hook):
                yield from _in_hook(hook, getattr(part, hook), will_go, arguments)


def _in_hook(
    hook: str, function: Any, will_go: Warning | None, arguments: Mapping[str, Warning]
) -> Iterator[Deprecated]:
    if will_go is not None:
        yield Deprecated(f"implements {hook!r}, which is deprecated: {will_go}", type(will_go), function)
    for name, warning in arguments.items():
        if name in inspect.signature(function).parameters:
            what = f"takes in {hook!r} the argument {name!r}, which is deprecated: {warning}"
            yield Deprecated(what, type(warning), function)


def tell(origin: PluginId, *parts: object) -> None:
    """Warn the author of a plugin, as being in the plugin's file; in one process once of each thing."""
    for one in deprecated_in(*parts):
        with _telling:
            news = (str(origin), one.what) not in _told
            _told.add((str(origin), one.what))
        if news:
            file, line = _place_of(one.place)
            warnings.warn_explicit(f"{origin} {one.what}", one.kind, file, line)


def _place_of(place: object) -> tuple[str, int]:
    code = getattr(getattr(place, "hk_adapter_flow", place), "__code__", None)
    if code is not None:
        return code.co_filename, code.co_firstlineno
    module = place if inspect.ismodule(place) else sys.modules.get(type(place).__module__)
    return getattr(module, "__file__", None) or "<a plugin>", 1
