"""What a key's connections placed and saw is remembered: bounded, newest first, without a clock."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.flow.effects import Moment
from hk_adapter.simulator import serve


def test_what_was_placed_is_known_by_both_ids():
    """An order placed is known by the venue's id and the client's, and counts as seen."""
    known = KnownOrders()
    known.note_placed("1", "mine", 5.0)
    assert (known.placed_at("1"), known.placed_at(client_order_id="mine"), known.id_of("mine")) == (5.0, 5.0, "1")
    assert known.was_seen("1")
    assert not known.was_seen("2")
    assert (known.placed_at("2"), known.placed_at(), known.id_of("other")) == (None, None, None)


def test_a_client_id_used_again_names_the_newest_order():
    """The newest order under a client's id is the one it names; while that is in doubt it names none."""
    known = KnownOrders()
    known.note_placed("1", "mine", 5.0)
    known.note_placed(None, "mine", 7.0)
    assert (known.id_of("mine"), known.placed_at(client_order_id="mine"), known.placed_at("1")) == (None, 7.0, 5.0)
    known.note_placed("2", "mine", 7.0)
    assert (known.id_of("mine"), known.was_seen("1")) == ("2", True)


def test_an_order_without_an_id_is_none_to_cancel():
    """An answer that shows no id of the venue's names nothing that a kill could cancel."""
    known = KnownOrders()
    known.note_opened(hk.Order(id=None, client_order_id="mine", symbol="ETH/USD"), 5.0, "mine")
    assert (known.still_open(), known.opened_since(0.0)) == ([], [])


def test_an_end_is_known_since_it_was_first():
    """The first time at which an end was known counts."""
    known = KnownOrders()
    known.note_ended("1", "ETH/USD", 8.0)
    known.note_ended("1", "ETH/USD", 3.0)
    known.note_ended("1", "ETH/USD", 9.0)
    known.note_ended(None, None, 9.0)
    assert (known.ended_at("1", "ETH/USD"), known.ended_at("2", "ETH/USD")) == (3.0, None)


def test_an_end_is_that_of_its_symbol():
    """Some venues count ids by symbol: the end of another symbol's order says nothing of when this one ended."""
    known = KnownOrders()
    known.note_ended("1", "ETH/USD", 3.0)
    assert known.ended_at("1", "BTC/USD") is None
    known.note_ended("1", "BTC/USD", 8.0)
    assert (known.ended_at("1", "BTC/USD"), known.was_seen("1", 9.0)) == (8.0, True)


def test_an_order_is_seen_under_its_symbol():
    """Some venues count ids by symbol: one that was seen in another market may be new in this one."""
    known = KnownOrders()
    known.note_placed("1", None, 5.0, "ETH/USD")
    known.note_seen("1", 3.0, "ETH/USD")
    assert (known.was_seen("1"), known.was_seen("1", 4.0, "ETH/USD"), known.was_seen("1", 9.0, "BTC/USD")) == (
        True,
        True,
        False,
    )
    known.note_seen("1", 7.0)
    assert (known.was_seen("1", 9.0, "BTC/USD"), known.was_seen("1", 6.0, "BTC/USD")) == (True, False)


def test_it_is_bounded():
    """Who was noted first is forgotten first, and all of it can be."""
    known = KnownOrders(most=2)
    for number in range(3):
        known.note_seen(str(number))
        known.note_placed(None, f"c{number}", float(number))
    known.note_seen(None)
    assert [known.was_seen(str(number)) for number in range(3)] == [False, True, True]
    assert [known.placed_at(client_order_id=f"c{number}") for number in range(3)] == [None, 1.0, 2.0]
    known.clear()
    assert not known.was_seen("2")


def test_an_order_is_as_old_as_an_answer_has_shown():
    """By when it was shown, or by its own time, less what the clocks may be apart: the oldest of all counts."""
    known = KnownOrders()
    now = Moment(100.0, 1_700_000_100_000, doubt=50)
    shown = (
        hk.Order(id="1"),
        hk.Order(id="2", timestamp=1_700_000_040_000),
        hk.Order(id="3", timestamp=1_700_000_200_000),
    )
    for order in (*shown, hk.Order(id=None, client_order_id="mine"), hk.Order(id="5", timestamp=0)):
        known.note_existed(order, now)
    known.note_existed(hk.Order(id="1"), now.replace(monotonic=50.0))
    known.note_existed(hk.Order(id="2"), now)
    known.note_placed("2", "mine", at=40.0)
    assert known.existed_by(hk.CancelOrdersRequest(order_ids=("1", "2", "3", "4", "5"))) == (50, 41, 100, None, 100)
    assert known.existed_by(hk.CancelRequest(client_order_id="mine")) == (41,)
    assert known.existed_by(hk.CancelRequest(client_order_id="other")) == (None,)
    assert known.existed_by(hk.CancelRequest(order_id="3", client_order_id="mine")) == (100,)


def test_what_has_no_id_yet_is_no_order():
    """A create in doubt without any id tells nothing, and takes nothing away."""
    known = KnownOrders()
    known.note_placed("1", None, 5.0)
    known.note_placed(None, None, 6.0)
    assert (known.placed_at("1"), known.was_seen("1")) == (5.0, True)


async def test_creates_are_noted(desk):
    """Whatever way an order was placed, the key's connections know it, also while nobody knows whether it exists."""
    known = shared_looks(desk).known
    order = await desk.place(client_order_id="one")
    assert (known.id_of("one"), known.was_seen(order.id)) == (order.id, True)
    desk.simulator.fail_next(kind="cut", method="POST", acted=True)
    found = await desk.place(client_order_id="two")
    assert known.id_of("two") == found.id
    desk.simulator.fail_next(kind="cut", method="POST")
    with pytest.raises(hk.OutcomeUnknown):
        await desk.place(client_order_id="three")
    assert (known.id_of("three"), known.placed_at(client_order_id="three") is None) == (None, False)


def shared_looks(desk):
    """The look-ups of a desk's connection."""
    return desk.venue._connection.shared.looks


@pytest.mark.parametrize("call", ["create_order", "create_orders"])
def test_what_is_being_placed_is_no_order_that_is_not_found(skipped_time, monkeypatch, call):
    """Whoever cancels what another call of the connection is placing is not told that there is no such order."""
    reports = []
    terms = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}
    with hk.connect("hashkey", environment="simulator") as venue:
        handle = venue.simulator._simulator.handle

        def slow(request, now):
            if request.method == "POST":
                reports.append(venue.try_cancel(client_order_id="mine", timeout=4))
            return handle(request, now)

        monkeypatch.setattr(venue.simulator._simulator, "handle", slow)
        if call == "create_order":
            venue.create_order(**terms, client_order_id="mine")
        else:
            venue.create_orders([terms | {"client_order_id": name} for name in ("mine", "other")])
        assert [report.outcome for report in reports] == [hk.CancelOutcome.UNKNOWN]
        assert venue.try_cancel(client_order_id="nobodys", timeout=4).outcome is hk.CancelOutcome.NOT_FOUND
        assert venue.try_cancel(client_order_id="mine").outcome is hk.CancelOutcome.CANCELED


def test_what_one_connection_placed_is_known_to_all_of_its_key(skipped_time):
    """However each of them is limited: an order that this process has just placed is not told as not found."""
    with (
        serve() as server,
        hk.connect("hashkey", environment="simulator", base_url=server.url) as one,
        hk.connect("hashkey", environment="simulator", base_url=server.url, budget="unlimited") as other,
    ):
        one.create_order("ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine")
        server.control.fail_next(method="DELETE", code="0212", times=9)
        server.control.fail_next(method="GET", code="0211", times=99)
        assert other.try_cancel(client_order_id="mine", timeout=4).outcome is hk.CancelOutcome.UNKNOWN
        assert other.try_cancel(client_order_id="nobodys", timeout=4).outcome is hk.CancelOutcome.NOT_FOUND


def test_what_was_placed_is_known_of_its_symbol():
    """Where ids count by symbol, an order of another market is not the one that was placed."""
    known = KnownOrders()
    known.note_placed("1", None, 5.0, "ETH/USD", 1_700_000_000_000)
    known.note_placed("1", None, 7.0, "BTC/USD")
    placed = [known.placed("1", None, symbol) for symbol in ("ETH/USD", "BTC/USD", "XRP/USD", None)]
    assert placed == [(5.0, 1_700_000_000_000), (7.0, None), (None, None), (7.0, None)]
    known.note_placed("2", None, 8.0)
    assert known.placed_at("2", symbol="ETH/USD") == 8.0


def test_an_order_that_ended_does_not_rise_with_the_next_connection():
    """What answers showed is forgotten with the last connection, and with an end the order that had it."""
    known = KnownOrders()
    for order_id in ("1", "2"):
        known.note_opened(hk.Order(id=order_id, symbol="ETH/USD"), 5.0)
    known.note_ended("1", "ETH/USD", 6.0)
    known.hold(known)
    assert [one.id for one in known.opened_since(0.0)] == [one.id for one, _ in known.still_open()] == ["2"]
