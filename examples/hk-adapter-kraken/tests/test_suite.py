"""The plugin passes every case of hk_adapter's suite."""

from __future__ import annotations

from kraken_script import KrakenScript

from hk_adapter.testing import Capabilities, Refusal, VenueSuite


class TestKraken(VenueSuite):
    """What is absent is so at the venue, or not written yet, as it says."""

    venue_id = "kraken"
    script = KrakenScript()
    capabilities = Capabilities(
        absent={
            Refusal.CLOSED: "its words for it (EService:Unavailable, EService:Busy) do not say that nothing ran",
            Refusal.DUPLICATE: "its documentation has no word for a cl_ord_id that is used",
            "cancel_orders": "CancelOrderBatch answers how many orders it took, and not which",
            "market_data": "not written yet",
            "streams": "not written yet",
            "cancel_all_orders_after": "not written yet",
            "create_orders": "not written: AddOrderBatch takes JSON, and answers by position",
        }
    )
