"""The suite on a venue of the hardest shape."""

from __future__ import annotations

from hk_adapter.testing import Capabilities, VenueSuite
from tests.conformance.skerry.script import SkerryScript


class TestSkerry(VenueSuite):
    """All but what Skerry does not show, or take."""

    venue_id = "skerry"
    script = SkerryScript()
    two_pages = 60
    capabilities = Capabilities(
        absent={
            "fetch_balance": "what an account has is told by its broker alone",
            "fetch_markets": "its pairs stand on paper",
            "market_data": "and it sells its prices apart",
            "open_market_stream": "nor does it shout them",
            "renew_stream": "a token opens one connection, and cannot be prolonged",
            "close_stream": "nor given back",
            "streamed_fills": "its stream tells how orders stand",
            "cancel_all_orders_after": "and cancels when it is told to, not before",
            "market_orders": "it takes orders with a price alone",
        }
    )
