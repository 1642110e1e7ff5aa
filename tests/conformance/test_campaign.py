"""The campaign over scripts: it finds the plugins that lie about cancels, and nothing in those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance import Asked, Request, Script, VenueSuite
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.campaigns import CASE
from hk_adapter.testing.conformance.promises import BrokenPromise
from hk_adapter.testing.conformance.scripted_campaign.player import ScriptedPlayer
from hk_adapter.testing.conformance.suite import REPLAY
from hk_adapter.testing.conformance.summary import pytest_collection_modifyitems
from tests.conformance import bad_lagoons, test_lagoon
from tests.conformance.hashkey_script import HashKeyScript
from tests.conformance.lagoon import Lagoon, LagoonScript

LIES = (
    bad_lagoons.ForgetsFills,
    bad_lagoons.BelievesTheAcknowledgement,
    bad_lagoons.CallsUnknownStatesCanceled,
    bad_lagoons.CallsAllEndsClosed,
    bad_lagoons.RefusesWhatItDoesNotKnow,
    bad_lagoons.BelievesGateways,
    bad_lagoons.FillsInTheId,
    bad_lagoons.CallsTheMissingCanceled,
    bad_lagoons.CallsTheFinishedMissing,
    bad_lagoons.ReadsFloats,
    bad_lagoons.TripsOverGarbage,
    bad_lagoons.SendsCancelsTwice,
    bad_lagoons.NamesNoLimit,
    bad_lagoons.SendsElsewhere,
    bad_lagoons.GivesRows,
    bad_lagoons.NeverFinds,
)
"""Those that lie about a cancel, or about an order that was looked up for one."""
SCRIPTS: dict[str, Script] = {"hashkey": HashKeyScript(), "lagoon": LagoonScript()}


@pytest.fixture(autouse=True)
def registered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let ``lagoon`` be the plugin that the test is about."""
    hk.register_venue("lagoon", test_lagoon.Opens(getattr(request, "param", Lagoon)))
    yield
    unregister_venue("lagoon")


def _stage(venue_id: str, script: Script | None = None) -> ScriptedPlayer:
    chosen = SCRIPTS[venue_id] if script is None else script
    return ScriptedPlayer(Bench(venue_id, chosen, {}), chosen, frozenset())


@pytest.mark.parametrize("venue_id", SCRIPTS)
@pytest.mark.parametrize("seed", [1_000, 2_000, 3_000])
def test_nothing_is_found_in_a_plugin_that_tells_the_truth(venue_id: str, seed: int) -> None:
    """Whatever seeds are played, every report of theirs is true."""
    found = _stage(venue_id).run(200, seed)
    assert found.wrong == {}
    assert found.cancels >= 200


@pytest.mark.parametrize("registered", LIES, ids=[one.__name__ for one in LIES], indirect=True)
def test_a_lie_about_a_cancel_is_found(registered: None) -> None:
    """A campaign of the size that a suite plays finds it, and names a seed that shows it again."""
    found = _stage("lagoon").run(test_lagoon.TestLagoon.cancels, first=True)
    assert found.wrong
    seed = next(iter(found.wrong))
    assert f"--hk-replay {seed}: " in str(found)
    assert _stage("lagoon").play(seed)[1] == found.wrong[seed]


def test_a_scenario_is_the_same_whatever_was_played_before() -> None:
    """A seed decides all of it: what happens, and what is reported."""
    alone, after = _stage("lagoon"), _stage("lagoon")
    after.run(30)
    for seed in range(40, 60):
        assert alone.play(seed, told=True)[0].timeline == after.play(seed, told=True)[0].timeline


@pytest.mark.parametrize("venue_id", SCRIPTS)
def test_every_kind_of_fault_strikes(venue_id: str) -> None:
    """Faults of the network, garbage, refusals and rows that prove nothing all occur in a suite's own campaign."""
    stage = _stage(venue_id)
    struck = {name for seed in range(300) for name in stage.play(seed)[0].struck}
    named = {fault.name for faults in stage.faults.values() for fault in faults}
    assert struck >= {"stall without an answer", "HTML at HTTP 200", "refused: bad_key", "undocumented word"}
    assert struck >= {"another order's answer", "unknown status word", "truncated unnoticed"}
    assert len(named - struck) <= 5


def test_batches_are_played() -> None:
    """A call for several orders goes out as the plugin would send it."""
    asked: list[Request] = []

    class Listens(LagoonScript):
        def read(self, request: hk.HttpRequest) -> Asked:
            found = super().read(request)
            asked.append(found.kind)
            return found

    _stage("lagoon", Listens()).run(300)
    assert {Request.CANCEL, Request.CANCEL_MANY, Request.QUERY, Request.OPEN_ORDERS} <= set(asked)


def _played(seed: int | None) -> tuple[Any, list[str]]:
    suite, told = test_lagoon.TestLagoon(), list[str]()
    suite.absent, suite.replayed, suite.tell, suite.cancels = frozenset(), seed, told.append, 50
    suite.bench = Bench("lagoon", suite.script, {})
    return suite, told


def test_a_replay_tells_its_history() -> None:
    """With a seed the case plays that scenario alone, and tells what happened, by the virtual second."""
    suite, told = _played(5)
    getattr(suite, CASE)()
    assert len(told) == 1
    assert "cancel goes out" in told[0]
    assert told[0].endswith("wrong: nothing")


@pytest.mark.parametrize("registered", [bad_lagoons.CallsAllEndsClosed], indirect=True)
def test_a_replay_of_a_lie_fails(registered: None) -> None:
    """It tells what happened, and what is wrong with it."""
    seed = next(iter(_stage("lagoon").run(100, first=True).wrong))
    suite, told = _played(seed)
    with pytest.raises(BrokenPromise, match=f"scenario {seed}: wrong end"):
        getattr(suite, CASE)()
    assert told[0].endswith("wrong: wrong end")


@pytest.mark.parametrize(("seed", "left"), [(None, 3), (7, 2)])
def test_a_replay_leaves_out_the_other_cases(seed: int | None, left: int) -> None:
    """Of a suite only the campaign's case runs; whatever is no suite's is left alone."""
    gone: list[Any] = []
    suite = type("TestSome", (VenueSuite,), {})
    items: list[Any] = [
        SimpleNamespace(cls=suite, originalname=CASE),
        SimpleNamespace(cls=suite, originalname="test_a_lost_answer"),
        SimpleNamespace(cls=None, originalname="test_anything"),
    ]

    def deselected(items: list[Any]) -> None:
        gone.extend(items)

    hook = SimpleNamespace(pytest_deselected=deselected)
    config: Any = SimpleNamespace(getoption=lambda name, default: seed if name == REPLAY else default, hook=hook)
    pytest_collection_modifyitems(config, items)
    assert (len(items), len(gone)) == (left, 3 - left)
