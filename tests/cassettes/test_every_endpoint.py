"""No endpoint of the plugin goes without a cassette, and no cassette without a test that plays it."""

from __future__ import annotations

from urllib.parse import urlsplit

from vcr.serializers import yamlserializer

from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.endpoints import ENDPOINTS, Endpoint
from tests.cases import each

from . import (  # noqa: F401 - they name the cassettes that they play
    documented,
    scenes,
    test_replay_documented,
    test_replay_documented_orders,
    test_simulator_account,
    test_simulator_markets,
    test_simulator_orders,
    test_simulator_streams,
)
from .conftest import CASSETTES

BY_NAME = {name.lower(): value for name, value in vars(endpoints).items() if isinstance(value, Endpoint)}
SIMULATED = CASSETTES / "simulated" / "hashkey"
STORIES = {"place_query_cancel", "place_fill_cancel"}
"""Cassettes of several endpoints, which ``test_record`` plays."""


def test_every_endpoint_has_its_test() -> None:
    """Each row of the plugin's table is played, under its own name there."""
    assert set(BY_NAME.values()) == set(ENDPOINTS)
    assert set(BY_NAME) == scenes.PLAYED


@each("name", BY_NAME)
def test_its_cassette_shows_it(name: str) -> None:
    """The endpoint's own request is in the cassette, and was answered with success."""
    recorded = yamlserializer.deserialize((SIMULATED / f"{name}.yaml").read_text(encoding="utf-8"))["interactions"]
    answered = {
        (one["request"]["method"], urlsplit(one["request"]["uri"]).path)
        for one in recorded
        if one["response"]["status"]["code"] == 200
    }
    assert (BY_NAME[name].method, BY_NAME[name].path) in answered


def test_every_simulated_cassette_is_played() -> None:
    """A cassette that no test plays back would prove nothing."""
    assert {path.stem for path in SIMULATED.glob("*.yaml")} == scenes.PLAYED | STORIES


def test_every_documented_cassette_is_played() -> None:
    """Nor would one that was typed and is never read."""
    assert {path.stem for path in (CASSETTES / "documented" / "hashkey").glob("*.yaml")} == documented.PLAYED
