"""A row that cannot be read is named, and keeps nobody from the others."""

from __future__ import annotations

import pytest

import hk_adapter as hk

CALLS = ["fetch_open_orders", "fetch_orders"]


@pytest.mark.parametrize("name", CALLS)
async def test_the_error_names_the_row(desk, name):
    """Without asking for less, the list is an error that says which row it could not read, and why."""
    good, bad = await desk.place(), await desk.place()
    rows = [
        desk.row(bad.id, status="EVAPORATED", accountId=bad.account_id),
        desk.row(good.id, accountId=good.account_id),
    ]
    body = f"[{', '.join(rows)}]"
    desk.simulator.fail_next(method="GET", body=body)
    with pytest.raises(hk.UnexpectedPayload, match=f"order {bad.id}: .*EVAPORATED"):
        await desk.call(name)


@pytest.mark.parametrize("name", CALLS)
async def test_a_partial_list(desk, name):
    """Asked for what can be read, the call gives it, and tells the rest."""
    good, bad = await desk.place(), await desk.place()
    rows = [
        desk.row(bad.id, status="EVAPORATED", accountId=bad.account_id),
        desk.row(good.id, accountId=good.account_id),
    ]
    body = f"[{', '.join(rows)}]"
    desk.simulator.fail_next(method="GET", body=body)
    found = await desk.call(name, params={"partial": True})
    assert [order.id for order in found] == [good.id]
    assert [row.order.id for row in found.unread] == [bad.id]
