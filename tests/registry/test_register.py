"""Venues that are added in process."""

# ruff: noqa: D102

from __future__ import annotations

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hk_adapter.errors import ConfigurationError, InvalidArgument, PluginError
from hk_adapter.hooks import RateLimit, VenueSettings, hookimpl
from hk_adapter.registry import VenueListing, list_venues, open_venue, register_venue, unregister_venue

Install = Callable[..., Path]
SETTINGS = VenueSettings(venue_id="acme", environment="production")


class Venue:
    """A venue that is its own plugin, and has no venue hook."""

    hosts = frozenset({"https://api.example"})
    limits = {"orders": RateLimit(amount=10)}  # noqa: RUF012
    request_lifetime = 5000

    def sign(self, call: Any, credentials: Any, timestamp: int) -> Any:
        raise NotImplementedError

    @hookimpl
    def open_venue(self, settings: VenueSettings) -> Any:
        return self


def test_a_registered_object_opens() -> None:
    """What was registered is what opens."""
    venue = Venue()
    register_venue("acme", venue)
    assert open_venue(SETTINGS) is venue


def test_a_registered_module_opens() -> None:
    """A module with ``open_venue`` is a plugin too."""
    module = types.ModuleType("acme_module")
    venue = Venue()

    @hookimpl
    def open_venue(settings: VenueSettings) -> Any:
        return venue

    module.open_venue = open_venue  # type: ignore[attr-defined]
    register_venue("acme", module)
    assert open_venue(SETTINGS) is venue
    assert next(one.module for one in list_venues() if one.id == "acme") == "acme_module"


def test_a_registered_class_is_made_once() -> None:
    """A class is made without arguments when it is registered."""
    register_venue("acme", Venue)
    assert open_venue(SETTINGS) is open_venue(SETTINGS)


def test_a_registered_venue_is_listed() -> None:
    """The listing shows it without a distribution."""
    register_venue("acme", Venue())
    assert VenueListing(id="acme", distribution=None, version=None, module=__name__, problem=None) in list_venues()


def test_an_id_is_registered_once() -> None:
    """A second registration is refused, and the first stands."""
    first = Venue()
    register_venue("acme", first)
    with pytest.raises(ConfigurationError, match="'acme' is taken"):
        register_venue("acme", Venue())
    assert open_venue(SETTINGS) is first


def test_a_registration_may_be_replaced() -> None:
    """As often as a notebook's cell is run; the first time, too."""
    for _ in range(3):
        latest = Venue()
        register_venue("acme", latest, replace=True)
        assert open_venue(SETTINGS) is latest


def test_an_installed_venue_is_never_replaced(install_venue: Install) -> None:
    """Nothing that runs in the process can stand in for it."""
    install_venue("blue")
    with pytest.raises(ConfigurationError, match=r"'blue' is taken by .*blue-dist 1\.2"):
        register_venue("blue", Venue(), replace=True)


def test_an_installed_id_cannot_be_registered(install_venue: Install) -> None:
    """Nothing that runs in the process can stand in for an installed venue."""
    install_venue("blue")
    with pytest.raises(ConfigurationError, match=r"'blue' is taken by .*blue-dist 1\.2"):
        register_venue("blue", Venue())


def test_an_id_that_is_installed_later_is_a_conflict(install_venue: Install) -> None:
    """Two claims are refused however they came about."""
    register_venue("blue", Venue())
    install_venue("blue")
    with pytest.raises(ConfigurationError, match="also claimed"):
        open_venue(VenueSettings(venue_id="blue", environment="production"))


@pytest.mark.parametrize("venue_id", ["", "Acme", "ac me", "acme:sky", "acme\n", "äcme", None, 1])
def test_an_id_that_nobody_may_have_is_refused(venue_id: Any) -> None:
    """Ids are lower-case letters, digits, '-' and '_', without a colon."""
    with pytest.raises(InvalidArgument, match="venue_id"):
        register_venue(venue_id, Venue())


@pytest.mark.parametrize("venue_id", ["a", "0", "a-b_c9", "hk2"])
def test_an_id_within_the_rule_is_taken(venue_id: str) -> None:
    """What the rule allows works."""
    register_venue(venue_id, Venue())
    open_venue(VenueSettings(venue_id=venue_id, environment="production"))


def test_a_bad_plugin_is_not_registered() -> None:
    """What fails the check leaves nothing behind."""
    with pytest.raises(PluginError):
        register_venue("acme", object())
    register_venue("acme", Venue())


def test_an_unregistered_venue_is_gone() -> None:
    """Its id is free again."""
    register_venue("acme", Venue())
    unregister_venue("acme")
    with pytest.raises(ConfigurationError, match="no venue plugin 'acme' is installed"):
        open_venue(SETTINGS)
    register_venue("acme", Venue())


def test_what_was_not_registered_cannot_be_taken_back(install_venue: Install) -> None:
    """Installed venues are uninstalled, not unregistered."""
    install_venue("blue")
    with pytest.raises(ConfigurationError, match="'blue'"):
        unregister_venue("blue")


def test_the_deny_list_holds_for_registered_venues(monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's word counts for whatever carries the id."""
    register_venue("acme", Venue())
    monkeypatch.setenv("HK_ADAPTER_DISABLED_PLUGINS", "acme")
    with pytest.raises(ConfigurationError, match="disabled by HK_ADAPTER_DISABLED_PLUGINS"):
        open_venue(SETTINGS)
