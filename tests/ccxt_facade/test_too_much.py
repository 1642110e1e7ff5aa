"""What ccxt's own methods read is bounded too: a number that its arithmetic would write out holds no bot."""

from __future__ import annotations

import ccxt
import pytest


@pytest.mark.parametrize("huge", ['"1e99999999"', "1e99999999", "1" + "0" * 5000])
async def test_a_number_that_would_be_written_out(make_bot, huge):
    """A look-up answered so raises BadResponse."""
    one = await make_bot()
    order_id = await one.place()
    one.fail(method="GET", body=f'{{"orderId": "{order_id}", "status": "NEW", "executedQty": {huge}}}')
    with pytest.raises(ccxt.BadResponse, match="digits"):
        await one.call("fetch_order", order_id, "ETH/USD")
