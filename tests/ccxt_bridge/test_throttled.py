"""HTTP 418 and 429 are the venue's word for asking too often, whatever ccxt makes of the body beside them."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from tests.ccxt_bridge.by_hand import always, opened, run

BODIES = ["{}", '{"code":"-1003","msg":"Too many requests"}', '{"code":1,"msg":"banned"}', "<html>", ""]


def failed(flow, answer, sent=None):
    """The error that a flow ends in."""
    with pytest.raises(hk.AdapterError) as caught:
        run(flow, answer, sent)
    return caught.value


@pytest.mark.parametrize("status", [418, 429])
@pytest.mark.parametrize("body", BODIES)
def test_a_throttled_cancel_is_not_sent_again_within_the_minute(status, body):
    """Nothing ran, nothing is in doubt, and every further send would prolong a ban."""
    with hk.connect("ccxt:hashkey", environment="simulator", rateLimit=1) as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        venue.simulator.requests.clear()
        venue.simulator.fail_next(status=status, times=99, body=body)
        report = venue.try_cancel(order.id, "ETH/USD", timeout=3)
        sent = [request.method for request in venue.simulator.requests]
    assert (report.outcome, report.retry_after) == (hk.CancelOutcome.RATE_LIMITED, 60.0)
    assert (report.attempts, report.ambiguous_attempts, sent) == (1, 0, ["DELETE"])


@pytest.mark.parametrize("status", [418, 429])
def test_the_time_that_the_venue_names_is_kept(status):
    """Retry-After in seconds; zero names none."""
    for header, seconds in (("7", 7.0), ("0", 60.0), ("soon", 60.0)):
        flow = opened("hashkey").cancel_order(hk.CancelRequest(order_id="41", symbol="ETH/USD"))
        error = failed(flow, always(status, b"{}", **{"retry-after": header}))
        assert isinstance(error, hk.RateLimited)
        assert (error.http_status, error.retry_after) == (status, seconds)


def test_a_throttled_look_is_a_rate_limit_too():
    """A block silences everything; a mere 429 to a read no longer than the core's own pause."""
    for status, seconds in ((418, 60.0), (429, None)):
        flow = opened("hashkey").fetch_order(hk.FetchOrderRequest(order_id="41"))
        error = failed(flow, always(status, b'{"code": 1}'))
        assert isinstance(error, hk.RateLimited)
        assert (error.http_status, error.retry_after) == (status, seconds)


def test_a_throttled_part_of_several_requests_proves_nothing_of_the_others():
    """Where ccxt sends more than one request for an order, an earlier one may have been the order."""
    asked = hk.CreateOrderRequest(
        symbol="ETH/USD",
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.BUY,
        client_order_id="a1b2c3",
        amount=Decimal(1),
        price=Decimal(1900),
    )

    def answer(request):
        if "account/detail" in request.url:
            return Response(200, {}, b'{"user_id": 1, "key": {"mode": 1}}')
        return Response(429, {}, b"{}")

    sent = []
    error = failed(opened("gate").create_order(asked), answer, sent)
    assert len(sent) == 2
    assert error.request_state == "unknown"
    assert (error.http_status, error.retry_after) == (429, 60.0)
