"""The suite on a venue of the hardest shape."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import hk_adapter as hk
from hk_adapter.testing import VenueSuite
from tests.conformance.skerry import plugin
from tests.conformance.skerry.script import SkerryScript


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    """Let ``skerry`` be the plugin."""
    hk.register_venue("skerry", plugin)
    yield
    hk.unregister_venue("skerry")


class TestSkerry(VenueSuite):
    """Nothing is absent."""

    venue_id = "skerry"
    script = SkerryScript()
