"""A refusal in whose words the exchange waited in vain for itself is none: the request may have run."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from tests.cases import each
from tests.ccxt_bridge.by_hand import NEW, always, run
from tests.ccxt_bridge.market_order_table import ready

CANCEL = hk.CancelRequest(order_id="41", symbol="ETH/USD")
IN_VAIN = {
    "bybit": {"retCode": 170146, "retMsg": "Order creation timeout."},
    "kucoin": {"code": "408000", "msg": "Network timeout, please try again later"},
    "bitget": {"code": "40010", "msg": "Request timed out"},
    "coinsph": {"code": -1001, "msg": "Internal error."},
}
"""ccxt takes these for InvalidOrder, BadRequest and AuthenticationError."""
REFUSED = {
    "bybit": {"retCode": 170131, "retMsg": "Balance insufficient."},
    "kucoin": {"code": "200004", "msg": "Balance insufficient!"},
    "bitget": {"code": "40006", "msg": "Invalid ACCESS_KEY"},
    "coinsph": {"code": -1102, "msg": "A mandatory parameter was not sent."},
}
"""Words of the same exchanges that are a refusal."""


def error_of(flow, body):
    """The error that an answer comes to."""
    with pytest.raises(hk.AdapterError) as caught:
        run(flow, always(200, json.dumps(body).encode()))
    return caught.value


@each("member", IN_VAIN)
def test_an_order_call_is_in_doubt(member):
    """A create and a cancel both may have run; other words still refuse."""
    for flow in (lambda: ready(member).create_order(NEW), lambda: ready(member).cancel_order(CANCEL)):
        assert error_of(flow(), IN_VAIN[member]).request_state == "unknown"
        assert error_of(flow(), REFUSED[member]).request_state == "refused"


@each(
    ("body", "kind"),
    [
        ({"retCode": 10006, "retMsg": "Too many visits, timeout for a minute."}, hk.RateLimited),
        ({"retCode": 10002, "retMsg": "your timestamp or recv_window timed out"}, hk.ClockSkew),
        ({"retCode": 170130, "retMsg": "Data sent for parameter 'time' out of range."}, hk.CancelRejected),
        ({"retCode": 170130, "retMsg": "Order has timed out."}, hk.OutcomeUnknown),
    ],
)
def test_what_is_told_before_anything_runs_stays(body, kind):
    """A limit and a clock are looked at before an order is."""
    assert type(error_of(ready("bybit").cancel_order(CANCEL), body)) is kind
