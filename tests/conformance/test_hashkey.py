"""HashKey's plugin passes every case of the suite."""

from __future__ import annotations

from hk_adapter.testing.conformance import VenueSuite
from tests.conformance.hashkey_script import HashKeyScript


class TestHashKey(VenueSuite):
    """Nothing is absent."""

    venue_id = "hashkey"
    script = HashKeyScript()
    two_pages = 1001
