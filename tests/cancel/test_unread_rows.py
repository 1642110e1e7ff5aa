"""``cancel_all_orders`` over a list with rows that cannot be read: it cancels what it can, and tells of the others."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome

OPEN_ORDERS = "/api/v1/spot/openOrders"


@pytest.fixture
async def free_desk(open_desk, skipped_time):
    """A venue without a budget."""
    return await open_desk(budget="unlimited", timeout=60.0)


async def listed(desk, **damage):
    """Let three orders rest, and damage the middle one's row in every list of open orders; give their ids.

    What the venue said of them as they were placed is forgotten, as where another process placed them.
    """
    ids = [(await desk.place()).id for _ in range(3)]
    desk.venue._connection.shared.looks.known.clear()
    simulator = desk.simulator._simulator
    handle = simulator.handle

    def damaged(request, now):
        answer = handle(request, now)
        if (request.method, request.path) != ("GET", OPEN_ORDERS):
            return answer
        rows = json.loads(answer.body)
        for row in rows:
            if row["orderId"] == ids[1]:
                row.update(damage)
                for name in [name for name, value in damage.items() if value is None]:
                    del row[name]
        return replace(answer, body=json.dumps(rows).encode())

    simulator.handle = damaged
    return ids


def outcomes(reports):
    """What each report tells, by the order's id."""
    return {None if report.order is None else report.order.id: report.outcome for report in reports}


DAMAGE = {
    "word": {"status": "HALTED"},
    "no-status": {"status": None},
    "number": {"executedQty": "1.2.3"},
    "negative": {"executedQty": "-1"},
    "more-than-all": {"executedQty": "7"},
    "no-amount": {"origQty": None},
    "side": {"side": "BOTH"},
    "time": {"time": "yesterday"},
    "price": {"price": "NaN"},
}


@pytest.mark.parametrize("name", DAMAGE)
@pytest.mark.parametrize("symbol", ["ETH/USD", None])
async def test_a_row_that_tells_its_id(free_desk, name, symbol):
    """It is canceled by its id as all others are, and its end is read from the venue."""
    ids = await listed(free_desk, **DAMAGE[name])
    reports = await free_desk.call("cancel_all_orders", symbol)
    assert outcomes(reports) == dict.fromkeys(ids, CancelOutcome.CANCELED)
    assert {free_desk.simulator.order(one).status for one in ids} == {"CANCELED"}


@pytest.mark.parametrize("order_id", [None, "", "1,2", "0x1", "abc", True, 1.5, []])
async def test_a_row_without_an_id(free_desk, order_id):
    """Nothing can be sent for it: one report says so, and why."""
    ids = await listed(free_desk, orderId=order_id)
    reports = await free_desk.call("cancel_all_orders", "ETH/USD")
    expected = dict.fromkeys([ids[0], ids[2]], CancelOutcome.CANCELED) | {None: CancelOutcome.NOT_SENT}
    assert outcomes(reports) == expected
    assert free_desk.simulator.order(ids[1]).status == "NEW"
    [untold] = [report for report in reports if report.order is None]
    assert isinstance(untold.error, hk.UnexpectedPayload)
    assert "orderId" in str(untold.error)
    with pytest.raises(hk.NotSent):
        untold.order_or_raise()


@pytest.mark.parametrize(
    ("damage", "asked"),
    [
        ({"side": None}, {"side": "buy"}),
        ({"side": "BOTH"}, {"side": "buy"}),
        ({"clientOrderId": None, "status": "HALTED"}, {"client_id_prefix": "x"}),
        ({"symbol": None}, {"symbol": "ETH/USD"}),
        ({"symbol": 7}, {"symbol": "ETH/USD"}),
    ],
)
async def test_a_row_that_does_not_tell_whether_it_is_meant(free_desk, damage, asked):
    """What a call picks by, and the row does not say, is no consent: it is told by its id, and not canceled."""
    ids = await listed(free_desk, **damage)
    reports = await free_desk.call("cancel_all_orders", **asked)
    assert outcomes(reports)[ids[1]] is CancelOutcome.NOT_SENT
    assert free_desk.simulator.order(ids[1]).status == "NEW"


@pytest.mark.parametrize(
    ("damage", "asked"),
    [
        ({"side": "SELL", "status": "HALTED"}, {"side": "buy"}),
        ({"clientOrderId": "theirs", "status": "HALTED"}, {"client_id_prefix": "mine"}),
        ({"symbol": "BTCUSD", "status": "HALTED"}, {"symbol": "ETH/USD"}),
        ({"symbol": "BTCUSD"}, {"symbol": "ETH/USD"}),
    ],
)
async def test_a_row_that_is_not_meant(free_desk, damage, asked):
    """What is not asked for is neither canceled nor told of."""
    ids = await listed(free_desk, **damage)
    reports = await free_desk.call("cancel_all_orders", **asked)
    assert ids[1] not in outcomes(reports)
    assert free_desk.simulator.order(ids[1]).status == "NEW"


async def test_a_row_that_says_it_has_ended(free_desk):
    """An open order whose row calls it canceled is canceled; the row alone proves nothing."""
    ids = await listed(free_desk, status="CANCELED")
    reports = await free_desk.call("cancel_all_orders", "ETH/USD")
    assert outcomes(reports) == dict.fromkeys(ids, CancelOutcome.CANCELED)
    assert free_desk.simulator.order(ids[1]).status == "CANCELED"


async def test_what_a_list_showed_counts(free_desk):
    """Filled stays filled: a later row that says canceled with less is no end, whichever list or query shows it."""
    ids = await listed(free_desk, executedQty="0.4", status="PARTIALLY_FILLED")
    reports = await free_desk.call("cancel_all_orders", "ETH/USD")
    told = outcomes(reports)
    assert (told[ids[0]], told[ids[2]]) == (CancelOutcome.CANCELED, CancelOutcome.CANCELED)
    assert told[ids[1]] in {CancelOutcome.PENDING, CancelOutcome.OFF_BOOK}
