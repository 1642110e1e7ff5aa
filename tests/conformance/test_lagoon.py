"""The suite on a plugin that a stranger wrote, and on those that lie."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance import Capabilities, Script, VenueSuite
from hk_adapter.testing.conformance.batches import Batches
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.promises import BrokenPromise, needs_of
from hk_adapter.testing.conformance.stream_frames import StreamFrames
from hk_adapter.testing.conformance.stream_hooks import StreamHooks
from hk_adapter.testing.conformance.suite import cases
from tests.conformance import (
    bad_lagoons,
    lagoons_that_ask_otherwise,
    lagoons_that_count_falsely,
    lagoons_that_create_falsely,
    lagoons_that_make_things_up,
    lagoons_that_mend_answers,
    lagoons_that_misread,
    lagoons_that_misread_market_streams,
    lagoons_that_misread_markets,
    lagoons_that_misread_streams,
    lagoons_that_sign_falsely,
    lagoons_that_tell_secrets,
)
from tests.conformance.lagoon import Lagoon, LagoonScript
from tests.conformance.lagoons_that_ask_otherwise import NamesOrders

BAD: tuple[Any, ...] = (
    *bad_lagoons.BAD,
    *lagoons_that_sign_falsely.BAD,
    *lagoons_that_misread.BAD,
    *lagoons_that_misread_markets.BAD,
    *lagoons_that_misread_streams.BAD,
    *lagoons_that_misread_market_streams.BAD,
    *lagoons_that_ask_otherwise.BAD,
    *lagoons_that_count_falsely.BAD,
    *lagoons_that_create_falsely.BAD,
    *lagoons_that_make_things_up.BAD,
    *lagoons_that_mend_answers.BAD,
    *lagoons_that_tell_secrets.BAD,
)


class Opens:
    """Opens one object, whatever the settings."""

    def __init__(self, venue: Any) -> None:
        self._venue = venue

    @hk.hookimpl
    def open_venue(self, settings: hk.VenueSettings) -> Any:
        """Open it."""
        return self._venue()


@pytest.fixture(autouse=True)
def registered(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let ``lagoon`` be the plugin that the test is about."""
    hk.register_venue("lagoon", Opens(getattr(request, "param", Lagoon)))
    yield
    unregister_venue("lagoon")


class TestLagoon(VenueSuite):
    """The good one passes."""

    venue_id = "lagoon"
    script = LagoonScript()
    capabilities = Capabilities(absent={"ordered": "it takes requests in any order"})


def broken_promise(case: str, script: Script | None = None) -> str | None:
    """Return what a case finds wrong with ``lagoon``; None where it passes."""
    suite = TestLagoon()
    suite.script = script or TestLagoon.script
    suite.absent, suite.replayed = frozenset(), None
    suite.bench = Bench("lagoon", suite.script, {})
    try:
        getattr(suite, case)()
        suite.bench.close()
    except (BrokenPromise, hk.AdapterError) as broken:
        return str(broken)
    return None


@pytest.mark.parametrize(
    ("registered", "bad"), [(bad, bad) for bad in BAD], ids=[bad.__name__ for bad in BAD], indirect=["registered"]
)
def test_a_plugin_that_lies_fails_at_its_case(registered: None, bad: Any) -> None:
    """The case that is there for its lie finds it."""
    assert broken_promise(bad.case, getattr(bad, "script", None)) is not None


@pytest.mark.parametrize("registered", [NamesOrders], indirect=True)
def test_a_batch_that_is_answered_by_name_passes() -> None:
    """The order of its answers says nothing."""
    for case in vars(Batches):
        assert not case.startswith("test_") or broken_promise(case, NamesOrders.script) is None, case


class LogsIn(Lagoon):
    """Its stream begins with a signed word, and is asked for nowhere first."""

    @hk.hookimpl
    async def open_stream(self, request: Any) -> hk.StreamPlan:
        """Plan a connection."""
        return self.plan("any").replace(key="")


@pytest.mark.parametrize("registered", [LogsIn], indirect=True)
def test_a_stream_that_nothing_is_asked_for_passes() -> None:
    """What is told of keys is told of those that there are."""
    for case in (*vars(StreamHooks), *vars(StreamFrames)):
        needed = needs_of(getattr(VenueSuite, case, None))
        tried = case.startswith("test_") and not {"renew_stream", "close_stream"} & set(needed)
        assert not tried or broken_promise(case) is None, case


def test_every_case_is_proven() -> None:
    """Each has a plugin that lies, and fails at it; one is proven by a test of its own."""
    assert set(cases()) - {bad.case for bad in BAD} == {"test_what_is_absent_is_declared"}


def test_no_group_has_a_case_of_anothers_name() -> None:
    """Of two cases of one name only the first would ever be tried; of two helpers, one would be called for another."""
    groups = [group for group in VenueSuite.__mro__ if group.__module__.startswith("hk_adapter.")]
    named = [name for group in groups for name, found in vars(group).items() if inspect.isfunction(found)]
    assert len(named) == len(set(named))


def test_no_case_can_be_replaced() -> None:
    """A class that overrides a case, or deletes one, is none."""
    with pytest.raises(TypeError, match="test_a_lost_answer"):
        type("Easier", (VenueSuite,), {"test_a_lost_answer": None})


def test_every_case_tells_its_promise_and_where_to_look() -> None:
    """The docstring's first line is the promise; another says what to look at where it fails."""
    for name in cases():
        text = getattr(VenueSuite, name).__doc__ or ""
        assert text.splitlines()[0].endswith("."), name
        assert "Look at: " in text, name


def test_what_is_declared_absent_and_is_there() -> None:
    """A plugin that has what its author calls absent fails."""
    suite = TestLagoon()
    suite.absent = frozenset(Capabilities(absent={"create_order": "by FIX only"}).absent)
    suite.bench = Bench("lagoon", suite.script, {})
    with pytest.raises(BrokenPromise, match="create_order is declared absent"):
        suite.test_what_is_absent_is_declared()


class NamesNoBatch(Lagoon):
    """Has ``cancel_orders``, and does not say how many it takes."""

    cancel_batch = 0


@pytest.mark.parametrize("registered", [NamesNoBatch], indirect=True)
def test_a_batch_of_no_size_is_told_as_such() -> None:
    """The failure says what is missing, and blames no pairing of answers."""
    told = broken_promise("test_each_order_of_a_batch_has_its_own_answer")
    assert told is not None
    assert "no cancel_batch" in told
