"""Who claims which id: the entry points of installed distributions, and what was registered in this process.

Nothing here imports a plugin.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hk_adapter.errors import ConfigurationError, InvalidArgument, shown
from hk_adapter.record import Record
from hk_adapter.registry.installed import KeptByPlace
from hk_adapter.registry.validation import PluginId

if TYPE_CHECKING:
    from importlib import metadata

VENUES = "hk_adapter.venues"
WRAPPERS = "hk_adapter.plugins"
SIMULATORS = "hk_adapter.simulators"
ALLOW_LIST = "HK_ADAPTER_LOAD_PLUGINS"
DENY_LIST = "HK_ADAPTER_DISABLED_PLUGINS"

OURS = "hk-adapter"
BUILT_IN = {
    VENUES: {"ccxt": "hk_adapter.venues.ccxt_bridge.plugin", "hashkey": "hk_adapter.venues.hashkey.plugin"},
    WRAPPERS: {
        "audit": "hk_adapter.plugins.audit:Audit",
        "create_block": "hk_adapter.plugins.risk:CreateBlock",
        "dry_run": "hk_adapter.plugins.dry_run:DryRun",
        "journal": "hk_adapter.plugins.journal:Journal",
        "opentelemetry": "hk_adapter.plugins.metrics.opentelemetry:OpenTelemetryMetrics",
        "prometheus": "hk_adapter.plugins.metrics.prometheus:PrometheusMetrics",
        "risk": "hk_adapter.plugins.risk:Risk",
    },
    SIMULATORS: {"hashkey": "hk_adapter.simulator.opening:HashKeySimulator"},
}
"""Our own entry points, as pyproject.toml has them."""

KINDS = {VENUES: "venue plugin", WRAPPERS: "wrapper", SIMULATORS: "simulator"}

_CCXT = "ccxt"
"""The family whose members are known by names of their own, which bots give without it."""
_ID = re.compile(r"[a-z0-9_-]+")
_ID_RULE = "lower-case letters, digits, '-' and '_'"


class PluginEntry(Record, frozen=True):
    """An entry point, or a registration in this process, that claims an id."""

    group: str
    id: str
    module: str
    distribution: str | None = None
    version: str | None = None
    entry: metadata.EntryPoint | None = None
    plugin: object = None

    @property
    def origin(self) -> PluginId:
        """How errors name it."""
        return PluginId(KINDS[self.group], self.id, self.distribution, self.version)

    @property
    def normal_name(self) -> str:
        """The distribution's name as those compare it who install it."""
        return re.sub(r"[-_.]+", "-", self.distribution or "").lower()


registered: dict[str, PluginEntry] = {}
"""Venues added by ``register_venue``, by id."""


def claims_on(group: str) -> tuple[list[PluginEntry], list[str]]:
    """Find everything that claims an id, and the places of distributions that cannot be read."""
    claims: list[PluginEntry] = []
    unreadable: list[str] = []
    for distributions, broken in _installed.all():
        unreadable += broken
        for found in distributions:
            if found[0].normal_name not in {claim.normal_name for claim in claims}:
                claims += found
    claims = [claim for claim in claims if claim.group == group]
    if all(claim.normal_name != OURS for claim in claims):
        claims += _built_in(group)
    return [*(registered.values() if group == VENUES else ()), *claims], unreadable


def _read_place(path: str) -> tuple[list[list[PluginEntry]], list[str]]:
    """Return the claims of each distribution in a place that has any, and where those are that cannot be read."""
    from importlib import metadata  # noqa: PLC0415 - slow to import, and only whoever opens a venue needs it

    claims: list[list[PluginEntry]] = []
    unreadable: list[str] = []
    for distribution in metadata.distributions(path=[path]):
        try:
            found = _entries(distribution)
        except Exception:  # noqa: BLE001 - somebody's broken installation must not stop the others
            unreadable.append(str(distribution.locate_file("")))
            continue
        if found:
            claims.append(found)
    return claims, unreadable


_installed = KeptByPlace(_read_place)


def _built_in(group: str) -> list[PluginEntry]:
    """Return our own claims, for a frozen program (PyInstaller) that has lost our metadata."""
    from importlib import metadata  # noqa: PLC0415 - as above

    return [
        PluginEntry(
            group, name, value.partition(":")[0], OURS, "(no metadata)", metadata.EntryPoint(name, value, group)
        )
        for name, value in BUILT_IN[group].items()
    ]


def find(group: str, plugin_id: str, full_id: str) -> PluginEntry:
    """Find the one usable claim on an id; ``full_id`` is what the user typed.

    Raises:
        ConfigurationError: unknown, disabled, or claimed twice.
    """
    claims, unreadable = claims_on(group)
    found = [claim for claim in claims if claim.id == plugin_id]
    if not found:
        raise _unknown(group, plugin_id, full_id, {claim.id for claim in claims}, unreadable)
    problem = problem_of(found[0], claims, full_id)
    if problem:
        raise ConfigurationError(f"{found[0].origin} cannot be used: {problem}")
    return found[0]


def problem_of(claim: PluginEntry, claims: Iterable[PluginEntry], full_id: str | None = None) -> str | None:
    """Return why a claim cannot be used; None when nothing is known against it."""
    if not _ID.fullmatch(claim.id):
        return f"its id is not made of {_ID_RULE}"
    others = [other for other in claims if other.id == claim.id and other is not claim]
    if others:
        return f"its id is also claimed by {others[0].origin}; uninstall one of them"
    if {claim.id, full_id} & _ids_in(os.environ.get(DENY_LIST, "")):
        return f"disabled by {DENY_LIST}"
    allowed = os.environ.get(ALLOW_LIST)
    if allowed is not None and claim.id not in _ids_in(allowed):
        return f"disabled, being not among those in {ALLOW_LIST}"
    return None


def family_of(venue_id: object) -> str:
    """Return ``family`` of ``family:member``, or the whole id without a colon; raise InvalidArgument for others."""
    if not isinstance(venue_id, str):
        raise InvalidArgument(f"venue_id is a {type(venue_id).__name__}, not the text of a venue's id")
    family, colon, member = venue_id.partition(":")
    if not _ID.fullmatch(family) or (colon and not _ID.fullmatch(member)):
        lower = venue_id.lower()
        meant = f"; did you mean {shown(lower)}?" if all(map(_ID.fullmatch, lower.split(":", 1))) else ""
        raise InvalidArgument(
            f"venue_id {shown(venue_id)} must be 'venue' or 'family:member', each made of {_ID_RULE}{meant}"
        )
    return family


def check_id(argument: str, value: object) -> str:
    """Return an id without a colon; raise InvalidArgument for anything else."""
    if not isinstance(value, str):
        raise InvalidArgument(f"{argument} is a {type(value).__name__}, not text")
    if not _ID.fullmatch(value):
        raise InvalidArgument(f"{argument} {shown(value)} must be made of {_ID_RULE}")
    return value


def _entries(distribution: metadata.Distribution) -> list[PluginEntry]:
    if "hk_adapter." not in (distribution.read_text("entry_points.txt") or ""):  # spares parsing everybody's metadata
        return []
    head = distribution.metadata
    if not head["Name"]:
        raise ValueError("a distribution without a name")
    return [
        PluginEntry(
            entry.group, entry.name, re.split(r"[:\[]", entry.value)[0].strip(), head["Name"], head["Version"], entry
        )
        for entry in distribution.entry_points
        if entry.group in KINDS
    ]


def _unknown(group: str, plugin_id: str, full_id: str, known: set[str], unreadable: list[str]) -> ConfigurationError:
    import difflib  # noqa: PLC0415 - only for an id that nobody has

    close = difflib.get_close_matches(plugin_id, known, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    installed = ", ".join(sorted(known)) or "none"
    of_ccxt = not close and group == VENUES and ":" not in full_id and _CCXT in known
    family = f" If it is an exchange of ccxt's, its id is {shown(f'{_CCXT}:{full_id}')}." if of_ccxt else ""
    broken = f" Entry points could not be read in: {', '.join(unreadable)}." if unreadable else ""
    return ConfigurationError(
        f"no {KINDS[group]} {shown(full_id)} is installed.{hint} Installed: {installed}.{family}{broken}"
    )


def _ids_in(text: str) -> set[str]:
    return {part.strip().lower() for part in text.split(",") if part.strip()}
