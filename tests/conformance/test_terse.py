"""Venues whose ids have a form, or whose acceptance says nothing, pass as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance import Capabilities, VenueSuite
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.scripted_campaign.stage import ScriptedStage
from tests.conformance import terse_lagoons as terse
from tests.conformance.test_lagoon import Opens


class _Terse(VenueSuite):
    venue_id: ClassVar[str] = "lagoon"
    plugin: ClassVar[type]
    capabilities = Capabilities(absent={"ordered": "it takes requests in any order"})

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def registered(cls) -> Iterator[None]:
        """Let ``lagoon`` be the plugin that the suite is about."""
        hk.register_venue("lagoon", Opens(cls.plugin))
        yield
        unregister_venue("lagoon")


class TestNumbers(_Terse):
    """One that takes numbers for client order ids."""

    plugin, script = terse.Numbers, terse.NumbersScript()


class TestForms(_Terse):
    """One that takes UUIDs."""

    plugin, script = terse.Forms, terse.FormsScript()


class TestTerse(_Terse):
    """One that accepts cancels by an empty object."""

    plugin, script = terse.Terse, terse.TerseScript()


class TestNulls(_Terse):
    """One that refuses a query otherwise than a cancel."""

    plugin, script = terse.Nulls, terse.NullScript()


@pytest.mark.parametrize("seed", [0, 2_000])
def test_an_acceptance_is_no_garbage(seed: int) -> None:
    """Whatever seeds are played, nothing is found in a venue that accepts by an empty object."""
    hk.register_venue("lagoon", Opens(terse.Terse))
    try:
        script = terse.TerseScript()
        assert ScriptedStage(Bench("lagoon", script, {}), script, frozenset()).run(800, seed).wrong == {}
    finally:
        unregister_venue("lagoon")
