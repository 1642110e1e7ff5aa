"""What the package writes to its log: a line a request, a line a call that changes something, a warning a doubt."""

from __future__ import annotations

import contextlib
import logging
import pickle

import pytest

import hk_adapter as hk

KEY, SECRET = "canary-key-4711", "canary-secret-0815"


@pytest.fixture
def lines(caplog):
    """Read the lines of our logger so far, by level."""
    caplog.set_level(logging.DEBUG, logger="hk_adapter")
    return lambda level: [one.getMessage() for one in caplog.records if one.levelname == level]


async def test_a_request_and_a_call(open_desk, lines):
    """DEBUG has method, path, status, ms and group of each request; INFO has each call that changes something."""
    desk = await open_desk()
    order = await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900")
    await desk.cancel(order.id)
    await desk.call("fetch_open_orders")
    requests = [(one.method, one.path) for one in desk.simulator.requests]
    said = lines("DEBUG")
    assert [tuple(line.split(":")[0].split()) for line in said] == requests
    assert all("200 in " in line and " ms, group " in line for line in said)
    created, canceled = lines("INFO")
    assert created.startswith("create_order at hashkey: open")
    assert canceled.startswith("cancel_order at hashkey: canceled")
    assert all(order.id in line for line in (created, canceled))
    assert lines("WARNING") == []


async def test_a_refused_order_is_named(open_desk, lines):
    """What the venue refused, and what never went out, is told by the id that the caller knows it by."""
    desk = await open_desk()
    terms = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}
    desk.simulator.fail_next(code="0401", method="POST")
    with pytest.raises(hk.InsufficientFunds):
        await desk.call("create_order", **terms, client_order_id="mine")
    assert lines("INFO") == ["create_order at hashkey: InsufficientFunds 0401, refused, client order id mine"]


async def test_a_batch_is_one_line_that_counts_its_ends(open_desk, lines):
    """Several orders are one line, which counts their ends."""
    desk = await open_desk()
    ids = [(await desk.place()).id for _ in range(3)]
    desk.simulator.fill(ids[0])
    await desk.call("cancel_orders", ids)
    assert lines("INFO")[-1] == "cancel_orders at hashkey: 3 orders: 1 too_late_filled, 2 canceled"


@pytest.mark.parametrize("call", ["cancel_order", "try_cancel", "cancel_orders", "create_order", "create_orders"])
async def test_a_doubt_is_a_warning(open_desk, skipped_time, lines, call):
    """Whatever may have run and is not settled is told, with the order's id."""
    desk = await open_desk(timeout=3.0, budget="unlimited")
    order = await desk.place()
    desk.simulator.fail_next(status=503, times=99)
    terms = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}
    arguments = {"cancel_orders": [[order.id]], "create_orders": [[terms | {"client_order_id": "mine"}]]}
    named = arguments.get(call, [order.id])
    more = terms | {"client_order_id": "mine"} if call == "create_order" else {}
    with contextlib.suppress(hk.OutcomeUnknown):
        await desk.call(call, *([] if more else named), **more)
    [doubt] = lines("WARNING")
    assert doubt.startswith({"try_cancel": "cancel_order"}.get(call, call) + " at hashkey: ")
    assert ("mine" if "create" in call else order.id) in doubt


async def test_nothing_secret_is_logged_whatever_goes_wrong(open_desk, skipped_time, lines, caplog):
    """Neither key, secret nor signature is in a line or its record, whatever goes wrong."""
    desk = await open_desk(api_key=KEY, secret=SECRET, timeout=3.0)
    order = await desk.place()
    desk.simulator.fail_next(status=503, times=3)
    await desk.call("try_cancel", order.id, client_order_id=order.client_order_id)
    desk.simulator.fail_next(code="-1002")
    await desk.call("try_cancel", order.id)
    written = pickle.dumps([(one.getMessage(), one.msg, repr(one.args), one.exc_text) for one in caplog.records])
    assert len(caplog.records) > 5
    assert [word for word in (KEY, SECRET, "signature", "timestamp") if word.encode() in written] == []


async def test_silent_where_nobody_listens(open_desk, caplog):
    """Without a level of its own the logger writes no line of a call that went well."""
    caplog.set_level(logging.WARNING)
    desk = await open_desk()
    await desk.cancel((await desk.place()).id)
    assert caplog.records == []
