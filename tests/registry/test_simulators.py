"""`environment="simulator"` opens what the venue's own distribution brings, through the same door as ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import hk_adapter as hk

Install = Callable[..., Path]

VENUE = """
import json
from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest
from hk_adapter.hooks import RateLimit, hookimpl

class Venue:
    hosts = frozenset({"https://api.blue.example"})
    limits = {"orders": RateLimit(amount=10)}
    request_lifetime = 5000

    def sign(self, call, credentials, timestamp):
        headers = {"X-Key": credentials.api_key} if credentials else {}
        return HttpRequest(method="GET", url="https://api.blue.example/time", headers=headers)

    @hookimpl
    async def fetch_time(self):
        return json.loads((await HttpCall("GET", "/time", group="orders", signed=True)).body)["time"]

@hookimpl
def open_venue(settings):
    return Venue()
"""
SIMULATOR = """
import json

class Answer:
    status, headers, network = 200, {}, None

    def __init__(self, body, network=None):
        self.body, self.network = body, network

class World:
    def __init__(self, key):
        self.key, self.seen, self.control, self.network = key, [], self, None

    def answer(self, method, path, query, headers, body, timestamp):
        self.seen.append((method, path, headers.get("X-Key"), self.key))
        return Answer(json.dumps({"time": 1700000000000}).encode(), self.network)

class Blue:
    api_key = "blue-key"
    secret = "blue-secret"

    def open_simulator(self, *, api_key, secret, public_key):
        return World(api_key)
"""


@pytest.fixture
def blue(install: Install) -> None:
    """A distribution with a venue and its simulator."""
    groups = "[hk_adapter.venues]\nblue = acme_blue\n[hk_adapter.simulators]\nblue = acme_blue_world:Blue\n"
    install("blue-dist", groups, {"acme_blue": VENUE, "acme_blue_world": SIMULATOR})


@pytest.mark.usefixtures("blue")
def test_another_distributions_simulator_answers() -> None:
    """Its venue runs offline, signed by the simulator's key; its own handle is `venue.simulator`."""
    with hk.connect("blue", environment="simulator") as venue:
        assert venue.fetch_time() == 1_700_000_000_000
        assert venue.simulator.seen == [("GET", "/time", "blue-key", "blue-key")]  # type: ignore[attr-defined]
    with hk.connect("blue", environment="simulator", api_key="mine", secret="s") as venue:
        venue.fetch_time()
        assert venue.simulator.seen == [("GET", "/time", "mine", "mine")]  # type: ignore[attr-defined]


@pytest.mark.usefixtures("blue")
@pytest.mark.parametrize(("fault", "error"), [("refuse", hk.NotSent), ("cut", hk.OutcomeUnknown)])
def test_its_network_faults_are_carried_out(fault: str, error: type[hk.AdapterError]) -> None:
    """What a simulator says of the network is what the caller meets."""
    with hk.connect("blue", environment="simulator") as venue:
        venue.simulator.network = fault  # type: ignore[attr-defined]
        with pytest.raises(error):
            venue.fetch_time()


def test_a_venue_without_one_says_which_there_are(install: Install) -> None:
    """Nothing is opened that could be mistaken for a simulator."""
    install("blue-dist", "[hk_adapter.venues]\nblue = acme_blue\n", {"acme_blue": VENUE})
    with pytest.raises(hk.NotSupported, match="blue has no simulator; there is one of hashkey"):
        hk.connect("blue", environment="simulator")


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("class Blue:\n    api_key = 'k'\n", "secret"),
        ("class Blue:\n    api_key, secret = 'k', 's'\n", "open_simulator"),
    ],
)
def test_one_that_is_none_is_named(install: Install, source: str, missing: str) -> None:
    """What an entry point gives is checked before anything is opened, and what it lacks is told."""
    groups = "[hk_adapter.venues]\nblue = acme_blue\n[hk_adapter.simulators]\nblue = acme_blue_world:Blue\n"
    install("blue-dist", groups, {"acme_blue": VENUE, "acme_blue_world": source})
    with pytest.raises(hk.PluginError, match=f"simulator 'blue' .* has no readable '{missing}'"):
        hk.connect("blue", environment="simulator")


@pytest.mark.parametrize(
    ("opens", "word"),
    [
        ("def open_simulator(self, *, api_key, secret): return self", "open_simulator failed with TypeError"),
        ("def open_simulator(self, **key): return Answer(b'')", "opened Answer, which has no 'answer'"),
    ],
)
def test_one_that_opens_nothing_is_named(install: Install, opens: str, word: str) -> None:
    """Whose simulator it is, and what is wrong with it, is told at once, as a fault of the plugin's."""
    source = f"{SIMULATOR.rpartition('    def open_simulator')[0]}    {opens}\n"
    groups = "[hk_adapter.venues]\nblue = acme_blue\n[hk_adapter.simulators]\nblue = acme_blue_world:Blue\n"
    install("blue-dist", groups, {"acme_blue": VENUE, "acme_blue_world": source})
    with pytest.raises(hk.PluginError, match=f"^the simulator of blue .*{word}") as caught:
        hk.connect("blue", environment="simulator")
    assert caught.value.request_state == "not_sent"
