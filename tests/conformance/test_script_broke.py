"""What is wrong with a script is told as such, and never as something of the plugin's."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance import Asked, BatchRow, Request, Script
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.campaigns import CASE
from hk_adapter.testing.conformance.guarded import ScriptBroke
from hk_adapter.testing.conformance.scripted_campaign.player import ScriptedPlayer
from tests.conformance import bad_lagoons
from tests.conformance.lagoon import Lagoon, LagoonScript
from tests.conformance.test_lagoon import Opens, TestLagoon


@pytest.fixture(autouse=True)
def registered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let ``lagoon`` be the plugin that the test is about."""
    hk.register_venue("lagoon", Opens(getattr(request, "param", Lagoon)))
    yield
    unregister_venue("lagoon")


class MisspeltRow(LagoonScript):
    """Asks a row for what it has not."""

    def batch(self, rows: Sequence[BatchRow]) -> hk.Response:
        """Break."""
        return hk.Response(200, {}, str([row.order_id for row in rows]).encode())  # type: ignore[attr-defined]


class ReadsNoCancel(LagoonScript):
    """Cannot read a cancel."""

    def read(self, request: hk.HttpRequest) -> Asked:
        """Break."""
        asked = super().read(request)
        if asked.kind is Request.CANCEL:
            raise ValueError("not a cancel of mine")
        return asked


def _suite(script: Script) -> TestLagoon:
    suite = TestLagoon()
    suite.absent, suite.replayed, suite.cancels = frozenset(), None, 100
    suite.script = script  # type: ignore[misc]
    suite.bench = Bench("lagoon", script, {})
    return suite


def test_a_script_that_breaks_in_a_batch_fails_the_case_as_such() -> None:
    """The failure names the script's method and what it raised."""
    suite = _suite(MisspeltRow())
    with pytest.raises(ScriptBroke, match=r"the script broke in `batch`: AttributeError: .*order_id") as caught:
        suite.test_each_order_of_a_batch_has_its_own_answer()
    assert isinstance(caught.value.__cause__, AttributeError)


@pytest.mark.parametrize("case", ["test_a_lost_answer", CASE])
def test_a_script_that_cannot_read_a_request_says_which(case: str) -> None:
    """So does one that breaks while it reads, in a single case and in the campaign."""
    suite = _suite(ReadsNoCancel())
    with pytest.raises(ScriptBroke, match=r"the script broke in `read` of .*DELETE.*: ValueError: not a cancel"):
        getattr(suite, case)()


@pytest.mark.parametrize("registered", [bad_lagoons.ForgetsFills], indirect=True)
def test_a_campaign_that_fails_buries_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """What its hundreds of calls warn of is in no log of the test."""
    caplog.set_level(logging.DEBUG)
    script = LagoonScript()
    assert ScriptedPlayer(Bench("lagoon", script, {}), script, frozenset()).run(300).wrong
    assert caplog.records == []


@pytest.mark.parametrize("registered", [bad_lagoons.TripsOverGarbage], indirect=True)
def test_a_campaign_says_what_was_raised() -> None:
    """Not only that something was."""
    script = LagoonScript()
    found = ScriptedPlayer(Bench("lagoon", script, {}), script, frozenset()).run(300)
    assert not [one for words in found.wrong.values() for one in words if one == "raised"]
