"""HashKey's plugin passes every case of the suite."""

from __future__ import annotations

from hk_adapter.testing.conformance import Capabilities, VenueSuite
from tests.conformance.hashkey_script import HashKeyScript


class TestHashKey(VenueSuite):
    """Nothing is absent that the venue has."""

    venue_id = "hashkey"
    script = HashKeyScript()
    capabilities = Capabilities(
        absent={
            "ordered": "it takes requests in any order, by their time",
            "cancel_all_orders_after": "it has no countdown",
        }
    )
    two_pages = 1001
