"""HTTP 418 and 429 are the venue's word for asking too often, whatever ccxt makes of the body beside them."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import Response
from hk_adapter.venues.ccxt_bridge.exchange import FlowExchange
from tests.cases import each
from tests.ccxt_bridge.by_hand import always, opened, run
from tests.ccxt_bridge.client_id_table import limit_order
from tests.ccxt_bridge.driven.exchanges import driven
from tests.ccxt_bridge.exchanges_there import needs

BODIES = ["{}", '{"code":"-1003","msg":"Too many requests"}', '{"code":1,"msg":"banned"}', "<html>", ""]


def failed(flow, answer, sent=None):
    """The error that a flow ends in."""
    with pytest.raises(hk.AdapterError) as caught:
        run(flow, answer, sent)
    return caught.value


@each("status", [418, 429])
@each("body", BODIES)
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


def throttled_after(member, first):
    """Create an order whose last request is throttled; give the error and how many requests left."""
    venue, symbol = driven(member)
    sent = []

    def answer(request):
        return Response(200, {}, first) if len(sent) == 1 else Response(429, {}, b"{}")

    with pytest.raises(hk.AdapterError) as caught:
        run(venue.create_order(limit_order(member, "own1234567", symbol)), answer, sent)
    return caught.value, len(sent)


@needs("pacifica")
def test_a_throttled_part_of_several_requests_proves_nothing_of_the_others(monkeypatch):
    """Where ccxt sends more than one request for an order, an earlier one may have been the order."""
    monkeypatch.delattr(FlowExchange, "initialize_client")  # the first would be known to be no order
    error, sent = throttled_after("pacifica", b'{"success": true}')
    assert (type(error), error.request_state, sent) == (hk.OutcomeUnknown, "unknown", 2)
    assert (error.http_status, error.retry_after) == (429, 60.0)


@needs("pacifica")
def test_what_is_approved_before_a_throttled_order_was_no_order():
    """The fee of ccxt's builder is none of the several."""
    error, sent = throttled_after("pacifica", b'{"success": true}')
    assert (type(error), error.request_state, sent) == (hk.RateLimited, "refused", 2)


def test_a_question_before_a_throttled_order_was_no_order():
    """What only asks is none of the several."""
    error, sent = throttled_after("gate", b'{"user_id": 1, "key": {"mode": 1}}')
    assert (type(error), sent) == (hk.RateLimited, 2)
