"""The suite on a venue of the hardest shape."""

from __future__ import annotations

from hk_adapter.testing import VenueSuite
from tests.conformance.skerry.script import SkerryScript


class TestSkerry(VenueSuite):
    """Nothing is absent."""

    venue_id = "skerry"
    script = SkerryScript()
