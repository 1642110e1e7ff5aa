"""Which accounts a command is for: those of profiles, or the one whose key is in the environment."""

from __future__ import annotations

from typing import Any

import click

from hk_adapter.errors import ConfigurationError
from hk_adapter.fleet import PoolAccount
from hk_adapter.settings import profile_places


def read_accounts(
    profiles: tuple[str, ...], *, every_profile: bool, venues: tuple[str, ...], environment: str | None, **given: Any
) -> list[PoolAccount]:
    """Return the accounts. Raises UsageError where none is named, or where it is open which are meant.

    ``given`` are further arguments of ``connect`` for all of them.
    """
    if every_profile:
        if profiles:
            raise click.UsageError("--every-profile takes all of them, so --profile has no meaning beside it")
        return _all_of_the_file(venues, environment, given)
    if profiles:
        named = [PoolAccount.of_profile(name, **_with(given, environment)) for name in dict.fromkeys(profiles)]
        picked = [one for one in named if not venues or one.venue_id in venues]
        if not picked:
            raise click.UsageError("none of these profiles is at that --venue")
        return picked
    if len(venues) != 1 or environment is None:
        raise click.UsageError(
            "name accounts by --profile or --every-profile, or one by --venue and --environment, with its key in the"
            " environment"
        )
    return [PoolAccount(venues[0], venues[0], **_with(given, environment))]


def _all_of_the_file(venues: tuple[str, ...], environment: str | None, given: dict[str, Any]) -> list[PoolAccount]:
    """Return every profile that may be meant: one that does not say where it is for is among them, and told as such."""
    picked = [
        _usable_or_not(name, venue, own, environment, given)
        for name, (venue, own) in profile_places().items()
        if (not venues or venue in (None, *venues)) and environment in (None, own or environment)
    ]
    if not picked:
        raise click.UsageError("no profile of the config file is for that")
    return picked


def _usable_or_not(
    name: str, venue: str | None, own: str | None, environment: str | None, given: dict[str, Any]
) -> PoolAccount:
    try:
        return PoolAccount.of_profile(name, **_with(given, own or environment))
    except ConfigurationError as error:
        return PoolAccount.unusable(name, venue or "unknown", error)


def _with(given: dict[str, Any], environment: str | None) -> dict[str, Any]:
    return given if environment is None else {**given, "environment": environment}
