"""Whatever order an answer to a create shows is known at once: who stops the account asks what may be open."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.venues.hashkey.plugin import HashKeyVenue

TERMS = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}
TRIGGER = {"trigger": True}


def known_of(desk):
    """What is known of the key's orders."""
    return desk.venue._connection.shared.looks.known


def interrupt(*_, **__):
    """Strike whoever calls."""
    raise KeyboardInterrupt


async def test_one_in_a_book_of_its_own_is_known_with_its_book(open_desk, skipped_time, monkeypatch):
    """With what its look-ups have to say: no list without it has the order."""
    monkeypatch.setattr(
        HashKeyVenue, "look_params", lambda _, asked: TRIGGER if asked.side == "sell" else {}, raising=False
    )
    desk = await open_desk()
    sides = ("buy", "sell")
    placed = [await desk.call("create_order", **TERMS | {"side": side}) for side in sides]
    reports = await desk.call("create_orders", [TERMS | {"side": side} for side in sides])
    ids = [*(one.id for one in placed), *(one.order.id for one in reports)]
    open_now = {order.id: dict(params) for order, params in known_of(desk).still_open()}
    assert open_now == dict(zip(ids, ({}, TRIGGER) * 2, strict=True))


async def test_one_whose_create_was_broken_off_after_its_answer(desk, monkeypatch):
    """It rests, though nobody was told: it is known by its id, and the create is in doubt until its call would end."""
    monkeypatch.setattr("hk_adapter.execution.create.older_ones", interrupt)
    with pytest.raises(KeyboardInterrupt):
        await desk.call("create_order", **TERMS, client_order_id="mine")
    [(order, _)] = known_of(desk).still_open()
    assert desk.simulator.order(order.id).status == "NEW"
    assert known_of(desk).in_doubt_until > 0


async def test_one_that_may_be_somebody_elses(desk):
    """An answer shows another one: it is known as it was shown, and cancel_all_orders does not expect it in a list."""
    other = await desk.place(client_order_id="theirs")
    known_of(desk).clear()
    desk.simulator.fail_next(body=desk.row(other.id), method="POST", times=9)
    with pytest.raises(hk.OutcomeUnknown):
        await desk.call("create_order", **TERMS, client_order_id="mine", timeout=0.4)
    assert [(one.id, one.client_order_id) for one, _ in known_of(desk).still_open()] == [(other.id, "theirs")]
    assert known_of(desk).opened_since(0.0, apart=False) == []


async def test_one_that_a_cancels_answer_said_to_have_ended(desk):
    """Whoever is content with that answer has nobody look for the order any more; one that says less leaves it."""
    ended, pending = [await desk.place() for _ in range(2)]
    desk.simulator.fail_next(body=desk.row(ended.id, status="CANCELED"), method="DELETE", acted=True)
    reports = [await desk.try_cancel(one.id, wait="ack") for one in (ended, pending)]
    assert [one.outcome for one in reports] == [hk.CancelOutcome.CANCELED, hk.CancelOutcome.PENDING]
    assert reports[0].evidence is hk.Evidence.ACK
    assert [one.id for one, _ in known_of(desk).still_open()] == [pending.id]
