"""A cancel's answers go through our own reader: what is said twice, and not the same, ends nothing."""

from __future__ import annotations


async def test_a_cancel_is_not_ended_by_it(make_bot):
    """An answer that says both CANCELED and NEW is a doubt; the order is canceled by what follows."""
    one = await make_bot()
    order_id = await one.place()
    one.fail(body=f'{{"orderId": "{order_id}", "status": "NEW", "status": "CANCELED", "executedQty": "0"}}')
    done = await one.cancel(order_id)
    assert (done["status"], one.status(order_id), one.sent()) == ("canceled", "CANCELED", 2)
