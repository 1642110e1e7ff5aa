"""A venue that was closed sends nothing more, in process as over HTTP."""

from __future__ import annotations

import hk_adapter as hk


def test_a_closed_venue_sends_nothing() -> None:
    """A bot that uses a venue after it closed it finds that out in its offline tests."""
    venue = hk.connect("hashkey", environment="simulator")
    order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    venue.close()
    report = venue.try_cancel(order.id)
    assert (report.outcome, report.attempts) == (hk.CancelOutcome.NOT_SENT, 0)
    assert "closed" in str(report.error)


async def test_a_closed_asyncio_venue_sends_nothing() -> None:
    """Nor does one for asyncio."""
    venue = await hk.connect_async("hashkey", environment="simulator")
    order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    await venue.close()
    assert (await venue.try_cancel(order.id)).outcome is hk.CancelOutcome.NOT_SENT
