"""The suite on a venue of the hardest shape."""

from __future__ import annotations

from hk_adapter.testing import Capabilities, VenueSuite
from tests.conformance.skerry.script import SkerryScript


class TestSkerry(VenueSuite):
    """All but the lists that Skerry does not keep."""

    venue_id = "skerry"
    script = SkerryScript()
    capabilities = Capabilities(
        absent={
            "fetch_orders": "it forgets what has ended, but for who asks by its number",
            "fetch_my_trades": "it tells of no fills but their sum",
        }
    )
