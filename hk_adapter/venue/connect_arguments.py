"""The arguments of ``connect``: taken as they are, checked, and read for what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from os.path import expanduser, isfile
from typing import Any

from hk_adapter.errors import ConfigurationError, InvalidArgument, shown
from hk_adapter.hooks import VenueSettings
from hk_adapter.record import Record, field_names
from hk_adapter.settings import Profile, profile_budget, profile_settings
from hk_adapter.transport.hosts import checked_origin
from hk_adapter.transport.shared_budget.address import BudgetAddress, is_address, read_address
from hk_adapter.true_class import class_name, is_a, says_another
from hk_adapter.venue.api import arguments, copies

SIMULATOR = "simulator"
ENVIRONMENTS = ("production", "sandbox", SIMULATOR)
UNLIMITED = "unlimited"
PROXY_FROM_ENVIRONMENT = "environment"
_CALLED = frozenset({"client_ids", "plugins"})
"""Arguments that are called, whatever they are."""


class ConnectArguments(Record, frozen=True, kw_only=True):
    """The arguments of ``connect``, as they came. Never printed: they hold a secret."""

    venue_id: str
    api_key: str | None
    secret: str | None
    private_key: str | None
    environment: str
    site: str | None
    base_url: str | None
    profile: str | None
    timeout: float
    budget: str | None
    proxy: str | None
    plugins: Sequence[Any]
    venue_settings: Mapping[str, Any]
    ca_file: str | PathLike[str] | None = None
    client_ids: Callable[[], str] | str | int | None = None
    key_parts: Any = None
    poll_every: float | None = None
    profiles_key: bool = False
    """Whether a profile's key comes before one of the environment, which would be the same for every account."""

    def __repr__(self) -> str:
        return f"<ConnectArguments {self.venue_id}>"


def plain(given: ConnectArguments) -> ConnectArguments:
    """Return the arguments with each text as itself, whatever a class of the caller's makes of it."""
    named: dict[str, Any] = {name: _plain_text(name, getattr(given, name)) for name in field_names(ConnectArguments)}
    settings = {name: _plain_text(name, value) for name, value in given.venue_settings.items()}
    if (parts := copies.named("key_parts", given.key_parts)) is not None:
        named["key_parts"] = {name: _plain_text("key_parts", part) for name, part in parts.items()}
    return ConnectArguments(**named | {"venue_settings": settings})


def with_profile_settings(given: ConnectArguments) -> ConnectArguments:
    """Return the arguments with the venue's settings and the budget of the profile; the caller's own come first."""
    if has_no_profile(given) or not isinstance(given.venue_id, str):
        return given
    settings = {**profile_settings(given.venue_id, profile=given.profile), **given.venue_settings}
    budget = given.budget if given.budget is not None else profile_budget(given.venue_id, profile=given.profile)
    return given.replace(venue_settings=settings, budget=budget)


def has_no_profile(given: ConnectArguments) -> bool:
    """Whether no profile is read: HK_ADAPTER_PROFILE speaks of a real venue."""
    return given.environment == SIMULATOR and given.profile is None


def _plain_text(name: str, value: Any) -> Any:
    if says_another(value) and name not in _CALLED:
        raise InvalidArgument(f"{name} is a {class_name(value)} that says it is something else")
    return str.__str__(value) if is_a(value, str) else value


def check_words(given: ConnectArguments) -> None:
    """Raise ConfigurationError or InvalidArgument for what none of them may be."""
    if not arguments.is_one_of(ENVIRONMENTS, given.environment):
        told = shown(given.environment)
        raise ConfigurationError(f"environment must be one of {', '.join(ENVIRONMENTS)}, not {told}")
    if given.site is not None and not isinstance(given.site, str):
        raise ConfigurationError(f"site must be a str, not {shown(given.site)}")
    budget_address(given)
    if given.key_parts is not None and not isinstance(given.key_parts, Mapping):
        raise ConfigurationError("key_parts must be a mapping of the names of a key's further parts to their texts")
    if isinstance(given.plugins, str) or not isinstance(given.plugins, Sequence):
        raise InvalidArgument("plugins must be a list or tuple of wrappers or their ids")


def budget_address(given: ConnectArguments) -> BudgetAddress | None:
    """Return where the budget is that other processes share; None without one. Raises ConfigurationError."""
    if given.budget is None or arguments.is_one_of([UNLIMITED], given.budget):
        return None
    if not isinstance(given.budget, str):
        raise ConfigurationError(f"budget must be None, 'unlimited' or the URL of a Redis, not {shown(given.budget)}")
    if not is_address(given.budget):  # it may be a URL all the same, with a password
        raise ConfigurationError("budget must be None, 'unlimited' or the URL of a Redis, such as redis://localhost/0")
    return read_address(given.budget)


def ca_file_of(given: ConnectArguments, profile: Profile | None) -> str | None:
    """Return the PEM file of the authorities to trust, the caller's or the profile's; None trusts the public ones."""
    named: Any = given.ca_file
    if named is None:
        named = profile.ca_file if profile else None
    if named is None:
        return None
    path = arguments.path(named)
    if not path or not path.isprintable():
        raise ConfigurationError("ca_file must be the path of a PEM file")
    path = expanduser(path)
    if not isfile(path):
        raise ConfigurationError(f"ca_file {shown(path)} is no file")
    return path


def venue_settings_of(given: ConnectArguments) -> VenueSettings:
    """Return what the venue's plugin is opened with."""
    return VenueSettings(
        venue_id=given.venue_id,
        environment=given.environment,
        site=given.site,
        base_url=_base_url(given),
        options=given.venue_settings,
    )


def _base_url(given: ConnectArguments) -> str | None:
    if given.base_url is None:
        return None
    if not isinstance(given.base_url, str):
        raise ConfigurationError(f"base_url must be a str, not {shown(given.base_url)}")
    return checked_origin(given.base_url)
