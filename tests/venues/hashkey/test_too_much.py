"""An answer longer than the largest page is refused by count and size, before a row of it is read."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.parsing import json_body
from hk_adapter.venues.hashkey.parse import orders

LONG = {
    "rows": "[" + ",".join(["{}"] * 400_000) + "]",
    "numbers": "[" + "1," * 400_000 + "1]",
    "bytes": '["' + "x" * 5_000_000 + '"]',
}


@pytest.fixture
def read(monkeypatch):
    """Count the rows that are read."""
    seen = []
    for module, name in ((json_body, "decoded"), (orders, "parse_order")):
        whole = getattr(module, name)
        counting = lambda *given, whole=whole, **named: seen.append(1) or whole(*given, **named)  # noqa: E731
        monkeypatch.setattr(module, name, counting)
    return seen


@pytest.mark.parametrize("body", LONG.values(), ids=LONG)
async def test_a_list_of_too_much_is_not_decoded(desk, read, body):
    """A list of more bytes or values than a page has is unexpected; nothing of it is decoded."""
    desk.simulator.fail_next(method="GET", body=body)
    with pytest.raises(hk.UnexpectedPayload, match="at most"):
        await desk.call("fetch_open_orders")
    assert read == []


async def test_more_rows_than_the_largest_page(desk, read):
    """A list that is not long, but has more rows than a page has."""
    desk.simulator.fail_next(method="GET", body="[" + ",".join(["{}"] * 1001) + "]")
    with pytest.raises(hk.UnexpectedPayload, match="1001 rows"):
        await desk.call("fetch_open_orders")
    assert len(read) == 1  # the body, and none of its rows


@pytest.mark.parametrize("body", LONG.values(), ids=LONG)
async def test_a_cancel_answered_so_is_settled_by_a_look(desk, body):
    """A cancel answered so is a doubt, which a look settles."""
    order = await desk.place()
    desk.simulator.fail_next(method="DELETE", body=body)
    report = await desk.try_cancel(order.id)
    assert report.ambiguous_attempts == 1
    assert desk.simulator.order(order.id).status == "CANCELED"


async def test_a_limit_is_one_all_the_same(desk):
    """HTTP 429 says what it says beside any body."""
    desk.simulator.fail_next(method="GET", body=LONG["rows"], status=429)
    with pytest.raises(hk.RateLimited):
        await desk.call("fetch_open_orders")
