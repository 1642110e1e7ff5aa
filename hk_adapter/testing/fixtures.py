"""The fixtures of the kit; ``hk_adapter.testing.pytest_plugin`` is where a test gets them from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.simulator.control import SimulatorControl
from hk_adapter.simulator.opening import VENUE_ID
from hk_adapter.testing.cassettes import in_force
from hk_adapter.testing.cassettes.check import problems_under
from hk_adapter.testing.cassettes.clock import RecordedClock
from hk_adapter.testing.cassettes.faults import Faults
from hk_adapter.testing.cassettes.ids import ReplayedIds
from hk_adapter.testing.cassettes.recorded import Recorded
from hk_adapter.testing.cassettes.rehearsing import is_rehearsing


@pytest.fixture(scope="session")
def hk_vcr_config() -> dict[str, Any]:
    """What VCR.py is told: what of a request must match, and what of it and of its answer is written.

    It is ``hk_recorded``'s own; use it as ``vcr_config`` for tests that open venues by themselves.
    """
    return dict(in_force.CONFIG)


@pytest.fixture
def hk_recorded(request: pytest.FixtureRequest) -> Iterator[Recorded]:
    """A venue that is recorded with ``--record-mode=once``, and else played back from the test's cassette.

    Such a test needs no marker. ``hk_recorded.connect(...)`` is ``hk_adapter.connect(...)``.
    """
    vcr = request.getfixturevalue("vcr") if request.config.pluginmanager.hasplugin("recording") else None
    tape = in_force.current()
    if vcr is None or tape is None or not is_rehearsing():
        pytest.fail("hk_recorded needs pytest-recording, not disabled, and the kit's own vcr_config", pytrace=False)
    tape.cassette = vcr
    if tape.is_empty:
        pytest.fail(f"nothing is recorded in {vcr.path}; record it with --record-mode=once", pytrace=False)
    if tape.is_added_to:
        told = "is of one time, and nothing is added to it: record it anew with --record-mode=rewrite"
        pytest.fail(f"{vcr.path} {told}", pytrace=False)
    recorded = Recorded(tape)
    try:
        yield recorded
    finally:
        recorded.close()


@pytest.fixture
def hk_client_ids(request: pytest.FixtureRequest) -> ReplayedIds:
    """Client order ids that are the same in a recording and whenever it is played: a function, called for each."""
    _open_cassette(request)
    tape = in_force.current()
    return ReplayedIds(request.node.nodeid if tape is None else tape.seed)


@pytest.fixture
def hk_clock(request: pytest.FixtureRequest) -> RecordedClock:
    """The time of the recording while it is played, and else the machine's."""
    _open_cassette(request)
    return RecordedClock()


def _open_cassette(request: pytest.FixtureRequest) -> None:
    """Open the cassette of a test that has one: its time and seed are read from it."""
    if request.node.get_closest_marker("vcr") is not None:
        request.getfixturevalue("vcr")


@pytest.fixture
def hk_faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    """Lost, cut, stalled and garbage answers, which no cassette can hold."""
    faults = Faults()
    faults.install(monkeypatch)
    return faults


class ServedSimulator:
    """A simulator that is served on this machine, for one test.

    Attributes:
        url: for whatever speaks HTTP.
        control: its control handle.
    """

    api_key = DEFAULT_API_KEY
    secret = DEFAULT_SECRET

    def __init__(self, url: str, control: SimulatorControl) -> None:
        self.url = url
        self.control = control

    def arguments(self, **given: Any) -> dict[str, Any]:
        """Return the arguments of ``connect``."""
        own = {"environment": "sandbox", "base_url": self.url, "api_key": self.api_key, "secret": self.secret}
        return own | given

    def connect(self, **given: Any) -> hk.Venue:
        """Open it for threads; close it by ``with``."""
        return hk.connect(VENUE_ID, **self.arguments(**given))

    def connect_async(self, **given: Any) -> hk.AsyncVenue:
        """Open it for asyncio; close it by ``async with``."""
        return hk.connect_async(VENUE_ID, **self.arguments(**given))


@pytest.fixture
def hk_simulator(request: pytest.FixtureRequest) -> Iterator[ServedSimulator]:
    """HashKey's simulator, served for the test, with its control handle; ``--block-network`` lets it through.

    Not beside ``hk_recorded``, which would record what is sent here, and keep it from this simulator when it is played.
    """
    if "hk_recorded" in request.fixturenames:
        told = "what is sent to hk_simulator would be recorded, too, and never reach it once that is played"
        instead = "open a venue beside hk_recorded's with connect(..., environment='simulator'), in process"
        pytest.fail(f"{told}: {instead}", pytrace=False)
    with serve() as served:
        yield ServedSimulator(served.url, served.control)


@pytest.fixture(scope="session")
def hk_no_secrets() -> Callable[..., None]:
    """A check: ``hk_no_secrets(folder)`` fails where a cassette holds a key, a signature or an account."""

    def check(folder: str | Path, secrets: Iterable[str] = ()) -> None:
        where = Path(folder)
        if not where.is_dir():
            pytest.fail(f"{where} is no folder: nothing is recorded there yet, or it has another name", pytrace=False)
        if problems := problems_under(where, secrets):
            pytest.fail("\n".join(problems), pytrace=False)

    return check
