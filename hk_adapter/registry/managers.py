"""One plugin manager per opened venue: the venue, the core and the wrappers, and nobody else who could answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, cast

import pluggy

from hk_adapter.errors import ConfigurationError, PluginError, RequestState
from hk_adapter.hooks import OpenedVenue, VenueHooks
from hk_adapter.registry.hook_manager import HookManager
from hk_adapter.registry.key_redaction import KeyRedactor
from hk_adapter.registry.redacted_hooks import calls_wrapper, hooks_wrapper, redacted_hook, redactor_of
from hk_adapter.registry.validation import CORE_HOOKS, VENUE_HOOKS, name_of


def venue_manager(
    venue: OpenedVenue, core: object, wrappers: Sequence[object] = (), redactor: KeyRedactor | None = None
) -> pluggy.PluginManager:
    """Join one opened venue, the core that implements ``operate`` and ``attempt``, and the wrappers of one connection.

    The first wrapper is the outermost. They are expected as ``open_venue`` and ``load_wrapper`` gave them. A
    ``redactor`` keeps the secrets it knows out of every error, before a wrapper sees it.

    Raises:
        PluginError: a hook would be answered by anyone but the venue, or one of the core's by anyone but the core.
        ConfigurationError: a wrapper is given twice.
    """
    manager = HookManager()
    manager.add_hookspecs(VenueHooks)
    _join(manager, venue, "venue")
    _join(manager, core, "core")
    if redactor is not None and redactor.hides:
        _join(manager, hooks_wrapper(redactor), "redactor over the venue")
    for number, wrapper in reversed(list(enumerate(wrappers, 1))):  # pluggy calls the last registered first
        _join(manager, wrapper, f"wrapper {number}: {name_of(wrapper)}")
    if redactor is not None and redactor.hides:
        _join(manager, calls_wrapper(redactor), "redactor over the calls")
    _check_answers(manager, venue, core)
    return manager


def venue_hooks(manager: pluggy.PluginManager) -> VenueHooks:
    """Return the hooks of a manager that nobody joins any more. Call them with keyword arguments only."""
    return cast("VenueHooks", SimpleNamespace(**{name: _called(getattr(manager.hook, name)) for name in VENUE_HOOKS}))


def _called(hook: pluggy.HookCaller) -> Callable[..., Any]:
    """Return what calls a hook: where no wrapper stands around it, the function that answers it with all it is given.

    pluggy finds anew with each call who that is.
    """
    implementations = hook.get_hookimpls()
    answering = [one for one in implementations if not (one.wrapper or one.hookwrapper)]
    redactors = [redactor_of(one.plugin) for one in implementations if one.wrapper or one.hookwrapper]
    if len(answering) != 1 or hook.spec is None or set(answering[0].argnames) != set(hook.spec.argnames):
        return hook
    function = answering[0].function
    for redactor in redactors:
        if redactor is None:
            return hook
        function = redacted_hook(redactor, function)
    return function


def implemented_hooks(manager: pluggy.PluginManager) -> frozenset[str]:
    """Name the hooks that the venue or the core answers; calling another one would give None."""
    return frozenset(name for name in VENUE_HOOKS if _answering(manager, name))


LOOK_HOOKS = ("attempt", "fetch_order", "fetch_open_orders", "fetch_orders")


def wraps_looks(wrappers: Sequence[object]) -> bool:
    """Whether a wrapper stands around looks at orders, where it could delay what other connections wait for.

    One that does nothing slow there says so by a true ``shares_looks``.
    """
    return any(
        hasattr(getattr(wrapper, hook, None), "hk_adapter_wraps_flow") and not getattr(wrapper, "shares_looks", False)
        for wrapper in wrappers
        for hook in LOOK_HOOKS
    )


def _join(manager: pluggy.PluginManager, plugin: object, name: str) -> None:
    try:
        manager.register(plugin, name=name)
    except pluggy.PluginValidationError as error:
        raise PluginError(str(error), request_state=RequestState.NOT_SENT) from error
    except ValueError as error:
        raise ConfigurationError(f"{name} is given twice") from error


def _check_answers(manager: pluggy.PluginManager, venue: object, core: object) -> None:
    for hook in VENUE_HOOKS:
        expected = core if hook in CORE_HOOKS else venue
        answering = _answering(manager, hook)
        wrong = len(answering) > 1 or any(plugin is not expected for plugin in answering)
        if wrong or (hook in CORE_HOOKS and not answering):
            names = ", ".join(repr(name_of(plugin)) for plugin in answering) or "nobody"
            raise PluginError(
                f"hook {hook!r} would be answered by {names}, not by {name_of(expected)!r} alone",
                request_state=RequestState.NOT_SENT,
            )


def _answering(manager: pluggy.PluginManager, hook: str) -> list[object]:
    implementations = getattr(manager.hook, hook).get_hookimpls()
    return [one.plugin for one in implementations if not (one.wrapper or one.hookwrapper)]
