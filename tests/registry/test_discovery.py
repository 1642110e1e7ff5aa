"""What is installed is found by entry point, and nothing that is broken stops anything else."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, cast

import pytest

from hk_adapter.errors import ConfigurationError, InvalidArgument, PluginError, RequestState
from hk_adapter.hooks import OpenedVenue, VenueSettings
from hk_adapter.registry import VenueListing, list_venues, open_venue

Install = Callable[..., Path]


def _opened(venue_id: str) -> OpenedVenue:
    return open_venue(VenueSettings(venue_id=venue_id, environment="production"))


def _listed(venue_id: str) -> list[VenueListing]:
    return [listing for listing in list_venues() if listing.id == venue_id]


@pytest.fixture
def our_distribution(install: Install) -> None:
    """Our own distribution, with the entry points that pyproject.toml declares."""
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text())["project"]
    entries = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["hk_adapter.venues"].items())
    install("hk-adapter", f"[hk_adapter.venues]\n{entries}", version=project["version"])


@pytest.mark.usefixtures("our_distribution")
def test_our_own_venue_is_listed_once_by_its_entry_point() -> None:
    """HashKey comes through the same door as anybody's venue."""
    [ours] = _listed("hashkey")
    assert (ours.distribution, ours.problem) == ("hk-adapter", None)
    assert ours.module == "hk_adapter.venues.hashkey.plugin"


@pytest.mark.usefixtures("our_distribution")
def test_our_own_venue_opens_by_its_entry_point() -> None:
    """HashKey keeps the contract that others are held to."""
    assert _opened("hashkey").hosts


def test_listing_names_distribution_version_and_module(install_venue: Install) -> None:
    """A listing says what is installed and where it comes from."""
    install_venue("blue")
    assert _listed("blue") == [
        VenueListing(id="blue", distribution="blue-dist", version="1.2", module="acme_blue", problem=None)
    ]


def test_listing_imports_no_plugin(install_venue: Install) -> None:
    """A plugin's module is imported only when it is asked for."""
    install_venue("blue", "raise AssertionError('imported')")
    list_venues()
    assert "acme_blue" not in sys.modules


def test_opening_imports_no_other_plugin(install_venue: Install) -> None:
    """Opening one venue leaves the others alone."""
    install_venue("blue")
    install_venue("green")
    _opened("green")
    assert "acme_green" in sys.modules
    assert "acme_blue" not in sys.modules


def _leave_alone(place: Path) -> None:
    """Let a directory have been as it is for years."""
    os.utime(place, (1_700_000_000, 1_700_000_000))


def test_a_place_that_stays_as_it_is_is_read_once(install_venue: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a venue again reads no distribution again."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # else the plugin's import changes its place, once
    place = install_venue("blue")
    _leave_alone(place)
    read: list[Path] = []
    text_of = metadata.PathDistribution.read_text

    def read_text(distribution: metadata.PathDistribution, name: str) -> str | None:
        read.append(Path(str(distribution.locate_file(""))))
        return text_of(distribution, name)

    monkeypatch.setattr(metadata.PathDistribution, "read_text", read_text)
    _opened("blue")
    assert place in read
    read.clear()
    _opened("blue")
    list_venues()
    assert place not in read


def test_what_is_installed_later_is_found(install_venue: Install) -> None:
    """A process that runs sees what is installed, and what is removed, in a place that it has read."""
    place, elsewhere = install_venue("blue"), install_venue("green")
    _leave_alone(place)
    assert _listed("blue")
    sys.path.remove(str(elsewhere))
    assert not _listed("green")
    information = "green_dist-1.2.dist-info"
    shutil.copytree(elsewhere / information, place / information)
    assert _listed("green")
    shutil.rmtree(place / "blue_dist-1.2.dist-info")
    assert _listed("green")
    assert not _listed("blue")


def test_a_half_installed_distribution_is_found_when_it_is_whole(install: Install) -> None:
    """An installer makes the directory first and writes into it: who looks between has seen nothing final."""
    place = install("blue-dist", "")
    assert not _listed("blue")
    (place / "blue_dist-1.0.dist-info" / "entry_points.txt").write_text("[hk_adapter.venues]\nblue = acme_blue\n")
    assert _listed("blue")


def test_a_family_opens_its_members(install_venue: Install) -> None:
    """``family:member`` opens ``family``, which is told the whole id."""
    install_venue("blue")
    settings = cast("Any", _opened("blue:sky")).settings
    assert (settings.venue_id, settings.member) == ("blue:sky", "sky")


def test_an_attribute_of_a_module_may_be_the_plugin(install: Install, install_venue: Install) -> None:
    """An entry point may name a class; it is made without arguments."""
    source = """
from acme_blue import Venue
from hk_adapter.hooks import hookimpl

class Plugin:
    @hookimpl
    def open_venue(self, settings):
        return Venue()
"""
    install_venue("blue")
    install("green-dist", "[hk_adapter.venues]\ngreen = acme_green:Plugin [extra]\n", {"acme_green": source})
    assert _listed("green")[0].module == "acme_green"
    assert _opened("green").request_lifetime == 5000


@pytest.mark.parametrize(
    "source",
    ["import acme_missing_library", "1 / 0", "syntax error", "raise SystemExit(3)", "raise ValueError('no')"],
)
def test_a_plugin_that_fails_to_load_is_named_and_stops_nobody(install_venue: Install, source: str) -> None:
    """The error names plugin, distribution and version, and has the cause; others still open."""
    install_venue("blue")
    install_venue("broken", source)
    with pytest.raises(PluginError, match=r"'broken' \(distribution broken-dist 1\.2\) cannot be loaded") as caught:
        _opened("broken")
    assert caught.value.__cause__ is not None
    assert caught.value.request_state is RequestState.NOT_SENT
    assert _opened("blue").hosts


def test_an_entry_point_to_nowhere_is_named(install: Install) -> None:
    """An entry point that cannot be resolved is the plugin's error, and does not spoil the listing."""
    install("broken-dist", "[hk_adapter.venues]\nbroken = acme_broken:Nothing\n", {"acme_broken": ""})
    assert _listed("broken")
    with pytest.raises(PluginError, match="broken-dist"):
        _opened("broken")


@pytest.mark.parametrize("value", ["acme broken", ":", "acme_broken:"])
def test_an_entry_point_that_is_none_is_pointed_at(install: Install, install_venue: Install, value: str) -> None:
    """Where it is written is told, with its distribution where Python reads that (to 3.14), and nobody is stopped."""
    place = install("broken-dist", f"[hk_adapter.venues]\nbroken = {value}\n", {"acme_broken": ""})
    install_venue("blue")
    assert _opened("blue").hosts
    with pytest.raises((PluginError, ConfigurationError), match=f"broken-dist|could not be read in: {place}"):
        _opened("broken")


def test_a_class_that_cannot_be_made_is_named(install: Install) -> None:
    """A plugin class that wants arguments is refused, with the cause."""
    source = "class Plugin:\n    def __init__(self, wanted): ...\n"
    install("broken-dist", "[hk_adapter.venues]\nbroken = acme_broken:Plugin\n", {"acme_broken": source})
    with pytest.raises(PluginError, match=r"'broken'.*without arguments") as caught:
        _opened("broken")
    assert isinstance(caught.value.__cause__, TypeError)


@pytest.mark.parametrize(
    ("entry_points", "metadata"),
    [
        ("[hk_adapter.venues]\nno equals sign\n", None),
        ("[hk_adapter.venues]\nred = acme_red\n", "Metadata-Version: 2.1\n"),
        ("[hk_adapter.venues]\nred = acme_red\n", ""),
    ],
)
def test_a_distribution_that_cannot_be_read_stops_nobody(
    install: Install, install_venue: Install, entry_points: str, metadata: str | None
) -> None:
    """A spoiled installation hides only itself, and is pointed at where its venue is missed."""
    place = install("red-dist", entry_points, head=metadata)
    install_venue("blue")
    assert _opened("blue").hosts
    with pytest.raises(ConfigurationError, match="could not be read") as caught:
        _opened("red")
    assert str(place) in str(caught.value)


def test_two_distributions_that_claim_one_id_are_refused_when_asked_for(install_venue: Install) -> None:
    """Which of two venues an order goes to is never left to chance; all else keeps working."""
    install_venue("blue")
    install_venue("green", distribution="first-dist")
    install_venue("green", distribution="second-dist")
    with pytest.raises(ConfigurationError, match="green") as caught:
        _opened("green")
    assert "first-dist" in str(caught.value)
    assert "second-dist" in str(caught.value)
    assert "acme_green" not in sys.modules
    assert _opened("blue").hosts


def test_listing_shows_a_conflict_on_both_sides(install_venue: Install) -> None:
    """``list_venues`` shows an id that is claimed twice, each claim naming the other."""
    install_venue("green", distribution="first-dist")
    install_venue("green", distribution="second-dist")
    problems = {listing.distribution: listing.problem or "" for listing in _listed("green")}
    assert "second-dist" in problems["first-dist"]
    assert "first-dist" in problems["second-dist"]


def test_one_id_twice_in_one_distribution_is_a_conflict(install: Install) -> None:
    """A distribution cannot claim an id for two plugins."""
    install("blue-dist", "[hk_adapter.venues]\nblue = acme_one\nblue = acme_two\n")
    with pytest.raises(ConfigurationError, match="also claimed"):
        _opened("blue")


def test_the_same_distribution_further_down_the_path_is_no_conflict(install: Install) -> None:
    """As for imports, the first of two versions of a distribution counts."""
    install("blue-dist", "[hk_adapter.venues]\nblue = acme_blue\n", version="1.0")
    install("Blue_Dist", "[hk_adapter.venues]\nblue = acme_blue\n", version="2.0")
    assert [(listing.version, listing.problem) for listing in _listed("blue")] == [("2.0", None)]


def test_a_denied_venue_is_not_opened(install_venue: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """``HK_ADAPTER_DISABLED_PLUGINS`` keeps a venue from being imported, and the listing shows it."""
    install_venue("blue")
    install_venue("green")
    monkeypatch.setenv("HK_ADAPTER_DISABLED_PLUGINS", "other, BLUE ,")
    with pytest.raises(ConfigurationError, match=r"'blue'.*HK_ADAPTER_DISABLED_PLUGINS"):
        _opened("blue")
    assert "acme_blue" not in sys.modules
    assert "HK_ADAPTER_DISABLED_PLUGINS" in (_listed("blue")[0].problem or "")
    assert _opened("green").hosts


def test_one_member_of_a_family_can_be_denied(install_venue: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """A denied ``family:member`` stays closed, the family's others open."""
    install_venue("blue")
    monkeypatch.setenv("HK_ADAPTER_DISABLED_PLUGINS", "blue:sky")
    assert _opened("blue:sea").hosts
    with pytest.raises(ConfigurationError, match="disabled"):
        _opened("blue:sky")


def test_a_denied_family_denies_its_members(install_venue: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Denying the family is denying every member."""
    install_venue("blue")
    monkeypatch.setenv("HK_ADAPTER_DISABLED_PLUGINS", "blue")
    with pytest.raises(ConfigurationError, match="disabled"):
        _opened("blue:sky")


def test_only_allowed_venues_open(install_venue: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """``HK_ADAPTER_LOAD_PLUGINS`` is the whole list of what may be used."""
    install_venue("blue")
    install_venue("green")
    monkeypatch.setenv("HK_ADAPTER_LOAD_PLUGINS", "green,other")
    assert _opened("green").hosts
    with pytest.raises(ConfigurationError, match="HK_ADAPTER_LOAD_PLUGINS"):
        _opened("blue")
    assert _listed("green")[0].problem is None
    assert "HK_ADAPTER_LOAD_PLUGINS" in (_listed("blue")[0].problem or "")


@pytest.mark.parametrize("value", ["", " , "])
def test_an_empty_allow_list_allows_nothing(
    install_venue: Install, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Set but empty means none, not all."""
    install_venue("blue")
    monkeypatch.setenv("HK_ADAPTER_LOAD_PLUGINS", value)
    with pytest.raises(ConfigurationError, match="HK_ADAPTER_LOAD_PLUGINS"):
        _opened("blue")


def test_denied_wins_over_allowed(install_venue: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """A venue on both lists stays closed."""
    install_venue("blue")
    monkeypatch.setenv("HK_ADAPTER_LOAD_PLUGINS", "blue")
    monkeypatch.setenv("HK_ADAPTER_DISABLED_PLUGINS", "blue")
    with pytest.raises(ConfigurationError, match="HK_ADAPTER_DISABLED_PLUGINS"):
        _opened("blue")


def test_an_unknown_venue_lists_the_known_and_the_close(install_venue: Install) -> None:
    """A typing error is answered with the id that was probably meant, and all there are."""
    install_venue("bluebird")
    install_venue("green")
    with pytest.raises(ConfigurationError, match="Did you mean 'bluebird'") as caught:
        _opened("blubird")
    assert "bluebird, ccxt, green" in str(caught.value)


def test_an_unknown_venue_like_no_other_gets_no_hint(install_venue: Install) -> None:
    """No guess is made where nothing is close."""
    install_venue("bluebird")
    with pytest.raises(ConfigurationError, match=r"^no venue plugin 'zzz' is installed\. Installed: ") as caught:
        _opened("zzz")
    assert "Did you mean" not in str(caught.value)


@pytest.mark.parametrize("exchange", ["kraken", "binance"])
def test_an_exchange_of_ccxts_is_told_its_family(install_venue: Install, exchange: str) -> None:
    """Who gives ccxt's own id for it learns how it is opened here; not where another id is near."""
    install_venue("bluebird")
    with pytest.raises(ConfigurationError, match=f"'{exchange}' is installed.* its id is 'ccxt:{exchange}'"):
        _opened(exchange)
    for other in ("blubird", "green:sky"):
        with pytest.raises(ConfigurationError) as caught:
            _opened(other)
        assert "ccxt:" not in str(caught.value)


def test_an_id_in_capitals_is_told_how_it_is_written(install_venue: Install) -> None:
    """It stays refused; where lower case would not mend it, nothing is suggested."""
    install_venue("blue")
    with pytest.raises(InvalidArgument, match="did you mean 'blue:sky'"):
        _opened("Blue:Sky")
    with pytest.raises(InvalidArgument) as caught:
        _opened("Blue Sky")
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("venue_id", ["", " ", "Blue", " blue", "blue ", "blue\n", "blue:", ":sky", "blue:a:b", "bläu"])
def test_text_that_is_no_id_is_an_invalid_argument(install_venue: Install, venue_id: str) -> None:
    """What cannot be an id is refused with the rule, and never quietly repaired."""
    install_venue("blue")
    with pytest.raises(InvalidArgument, match="lower-case letters") as caught:
        _opened(venue_id)
    assert repr(venue_id) in str(caught.value)


@pytest.mark.parametrize("venue_id", [None, 5, b"blue", ["blue"]])
def test_an_id_that_is_not_text_is_an_invalid_argument(venue_id: Any) -> None:
    """An id of the wrong type is refused by its type."""
    with pytest.raises(InvalidArgument, match=type(venue_id).__name__):
        _opened(venue_id)


def test_an_installed_id_that_nobody_can_type_is_shown(install: Install) -> None:
    """An entry point whose name is no venue id is listed with what is wrong."""
    install("blue-dist", "[hk_adapter.venues]\nBlue = acme_blue\n")
    assert "lower-case letters" in (_listed("Blue")[0].problem or "")
