"""Venues whose ids have a form, or whose acceptance says nothing, pass as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

import hk_adapter as hk
from hk_adapter.registry import unregister_venue
from hk_adapter.testing.conformance import Capabilities, VenueSuite
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.scripted_campaign.player import ScriptedPlayer
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


class TerseNumbers(terse.Terse, terse.Numbers):
    """Both at once: what is of the one shows in no case of the other."""


class TerseNumbersScript(terse.TerseScript, terse.NumbersScript):
    """Writes empty objects, and reads numbers."""


class NullForms(terse.Nulls, terse.Forms):
    """Both at once."""


class NullFormsScript(terse.NullScript, terse.FormsScript):
    """Writes nulls, and reads UUIDs."""


class TestTerseNumbers(_Terse):
    """One that takes numbers for client order ids, and accepts cancels by an empty object."""

    plugin, script = TerseNumbers, TerseNumbersScript()


class TestNullForms(_Terse):
    """One that takes UUIDs, and refuses a query otherwise than a cancel."""

    plugin, script = NullForms, NullFormsScript()


@pytest.mark.parametrize("seed", [0, 2_000])
def test_an_acceptance_is_no_garbage(seed: int) -> None:
    """Whatever seeds are played, nothing is found in a venue that accepts by an empty object."""
    hk.register_venue("lagoon", Opens(terse.Terse))
    try:
        script = terse.TerseScript()
        assert ScriptedPlayer(Bench("lagoon", script, {}), script, frozenset()).run(800, seed).wrong == {}
    finally:
        unregister_venue("lagoon")
