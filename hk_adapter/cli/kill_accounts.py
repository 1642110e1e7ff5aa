"""Which accounts a command is for: those of profiles, or the one whose key is in the environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from hk_adapter import registry
from hk_adapter.cli.venue_options import base_url_option, ca_file_option, plugin_option, site_option
from hk_adapter.errors import AdapterError, ConfigurationError, InvalidArgument, shown
from hk_adapter.fleet import PoolAccount
from hk_adapter.fleet.member import is_account_name
from hk_adapter.settings import profile_places
from hk_adapter.transport.hosts import checked_origin
from hk_adapter.transport.shared_budget.address import is_address, read_address
from hk_adapter.transport.shared_budget.link import link_to

_OPTIONS = (
    click.option("--profile", "profiles", multiple=True, metavar="NAME", help="An account; may be given again."),
    click.option("--every-profile", is_flag=True, help="Every profile of the config file that the other options pick."),
    click.option("--venue", "venues", multiple=True, metavar="VENUE", help="Only accounts there; may be given again."),
    click.option(
        "--environment",
        type=click.Choice(["production", "sandbox", "simulator"]),
        help="Where the orders are; without it each profile's own. Never assumed.",
    ),
    site_option,
    base_url_option,
    ca_file_option,
    plugin_option,
)

NEEDS_BASE_URL = "--environment simulator needs --base-url; 'hk-adapter simulator' serves one"


def account_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add to a command the options that name its accounts, in the order in which its help shows them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class _Picked:
    """The accounts so far. One that cannot be used is told beside the others; where none can be, nothing is begun."""

    def __init__(self, environment: str | None, given: dict[str, Any]) -> None:
        self._environment, self._given = environment, given
        self._accounts: list[PoolAccount] = []
        self._faults: list[AdapterError] = []

    def add(self, name: str, venue: str | None, own: str | None) -> None:
        """Add a profile, which says that it is for ``venue`` and for the environment ``own``."""
        try:
            self._accounts.append(self._usable(name, own))
        except (ConfigurationError, InvalidArgument) as error:
            self._faults.append(error)
            shown_name = name if is_account_name(name) else repr(name)
            self._accounts.append(PoolAccount.unusable(shown_name, venue or "unknown", error))

    def all(self) -> list[PoolAccount]:
        """Return them. Raises the first one's error where none of them can be used."""
        if len(self._faults) == len(self._accounts):
            raise self._faults[0]
        return self._accounts

    def _usable(self, name: str, own: str | None) -> PoolAccount:
        wanted = self._environment or own
        if own not in (None, wanted):
            raise ConfigurationError(f"profile {name!r} is for environment {own!r}, not {wanted!r}")
        if wanted == "simulator" and self._given.get("base_url") is None:
            raise ConfigurationError(f"profile {name!r}: {NEEDS_BASE_URL}")
        return PoolAccount.of_profile(name, **_with(self._given, wanted))


def _check_given(
    *, base_url: str | None = None, plugins: tuple[str, ...] = (), budget: str | None = None, **more: Any
) -> None:
    """Raise ConfigurationError, InvalidArgument or PluginError for what could be used with none of the accounts."""
    if base_url is not None:
        checked_origin(base_url)
    if budget is not None:
        if not is_address(budget):  # not shown: it may hold a password
            raise ConfigurationError("--budget must be the URL of a Redis, such as redis://localhost/0")
        link_to(read_address(budget))
    for plugin in plugins:
        registry.load_wrapper(plugin)


def read_accounts(
    profiles: tuple[str, ...], *, every_profile: bool, venues: tuple[str, ...], environment: str | None, **given: Any
) -> list[PoolAccount]:
    """Return the accounts. Raises UsageError where none is named, or where it is open which are meant.

    ``given`` are further arguments of ``connect`` for all of them. Raises ConfigurationError where no account can be
    used, and InvalidArgument or PluginError too, for what ``given`` has that could be used with none.
    """
    if every_profile and profiles:
        raise click.UsageError("--every-profile takes all of them, so --profile has no meaning beside it")
    _check_given(**given)
    if every_profile or profiles:
        picked = _Picked(environment, given)
        for name, (venue, own) in _places(profiles, venues, environment).items():
            picked.add(name, venue, own)
        return picked.all()
    if not venues or environment is None:
        raise click.UsageError(
            "name accounts by --profile or --every-profile, or one by --venue and --environment, with its key in the"
            " environment"
        )
    if len(venues) > 1:
        raise click.UsageError("without a profile it is for one account, and so for one --venue; two are given")
    if environment == "simulator" and given.get("base_url") is None:
        raise click.UsageError(NEEDS_BASE_URL)
    registry.settings_of(venues[0])  # which raises for one that there is not
    return [PoolAccount(venues[0], venues[0], **_with(given, environment))]


def _places(
    profiles: tuple[str, ...], venues: tuple[str, ...], environment: str | None
) -> dict[str, tuple[str | None, str | None]]:
    """Return the profiles that are meant. Of every profile one that does not say where it is for is among them."""
    places = profile_places()
    if not profiles:
        picked = {
            name: (venue, own)
            for name, (venue, own) in places.items()
            if (not venues or venue in (None, *venues)) and environment in (None, own or environment)
        }
        if not picked:
            raise click.UsageError("no profile of the config file is for that")
        return picked
    if missing := [name for name in profiles if name not in places]:
        raise ConfigurationError(f"there is no profile {shown(missing[0])}; there are: {', '.join(places) or 'none'}")
    named = {name: places[name] for name in profiles if not venues or places[name][0] in (None, *venues)}
    if not named:
        raise click.UsageError("none of these profiles is at that --venue")
    return named


def _with(given: dict[str, Any], environment: str | None) -> dict[str, Any]:
    return given if environment is None else {**given, "environment": environment}
