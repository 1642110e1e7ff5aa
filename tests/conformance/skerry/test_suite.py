"""The suite on a venue of the hardest shape."""

from __future__ import annotations

from hk_adapter.testing import VenueSuite
from tests.conformance.skerry.script import SkerryScript


class TestSkerry(VenueSuite):
    """All but the lists that Skerry does not keep."""

    venue_id = "skerry"
    script = SkerryScript()
    two_pages = 60
