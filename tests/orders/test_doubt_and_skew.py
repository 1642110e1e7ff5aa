"""A create in doubt is looked for on a measured clock, where the venue refuses the look's timestamp."""

from __future__ import annotations

import pytest

import hk_adapter as hk

TIME = "/api/v1/time"


def paths(desk):
    """What arrived, in order: a request's method, or "time"."""
    return ["time" if one.path == TIME else one.method for one in desk.simulator.requests]


@pytest.mark.parametrize("client_order_id", [None, "my-own-1"])
async def test_a_look_after_a_doubtful_create(desk, client_order_id):
    """The clock is measured before the next look, once."""
    desk.simulator.fail_next(status=503, acted=True, method="POST")
    desk.simulator.fail_next(code="-1021", method="GET", path="/api/v1/spot/order", times=2)
    order = await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", client_order_id=client_order_id)
    assert order.status is hk.OrderStatus.OPEN
    assert paths(desk) == ["POST", "GET", "time", "time", "time", "GET", "GET"]
