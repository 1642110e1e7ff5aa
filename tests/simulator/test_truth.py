"""What an oracle needs: the truth about each order and its cancels, and memory that stays flat."""

import gc

import pytest

from hk_adapter.simulator import CancelSeen, Simulator

from .conftest import CANCEL_ALL, CANCEL_BY_IDS, HISTORY, NOW, OPEN_ORDERS, ORDER, Client, sign, speaking


def test_the_truth_about_an_order_nobody_touched(client: Client) -> None:
    """It has not ended, and nobody asked to cancel it."""
    truth = client.control.truth(client.rest())
    assert (truth.status, truth.ended_at, truth.canceled_at, truth.canceled_by) == ("NEW", None, None, None)
    assert (truth.cancel_sends, truth.cancel_requests) == (0, ())
    assert {name: getattr(truth, name) for name in ("amount", "filled", "created")} == {
        "amount": 1, "filled": 0, "created": NOW
    }  # fmt: skip


def test_who_canceled_and_when(client: Client) -> None:
    """The user by a request, or the venue by itself."""
    by_user, by_venue, filled = (client.rest() for _ in range(3))
    client.now += 10
    client.ok("DELETE", ORDER, orderId=by_user)
    client.control.cancel(by_venue)
    client.control.fill(filled)
    truths = [client.control.truth(order_id) for order_id in (by_user, by_venue, filled)]
    assert [truth.canceled_by for truth in truths] == ["user", "system", None]
    assert [truth.canceled_at for truth in truths] == [NOW + 10, NOW + 10, None]
    assert [truth.ended_at for truth in truths] == [NOW + 10] * 3


def test_every_cancel_that_was_carried_out_is_known(client: Client) -> None:
    """Accepted or refused, effective or not, each with its time."""
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    client.now += 5
    client.refused("DELETE", ORDER, orderId=order_id)
    truth = client.control.truth(order_id)
    assert truth.cancel_requests == (
        CancelSeen(NOW, accepted=True, effective=True, code=""),
        CancelSeen(NOW + 5, accepted=False, effective=False, code="-1142"),
    )
    assert truth.cancel_sends == 2


def test_sends_that_were_not_carried_out_are_counted(client: Client) -> None:
    """Lost, badly signed, late: they arrived and named the order, and did nothing. A refused connection did not."""
    order_id = client.rest(newClientOrderId="mine")
    for kind in ("refuse", "cut", "stall"):
        client.control.fail_next(kind)
        client.send("DELETE", ORDER, orderId=order_id)
    client.send("DELETE", ORDER, clientOrderId="mine", timestamp=NOW - 60_000)
    client.send_text("DELETE", ORDER, f"orderId={order_id}&timestamp={NOW}&signature=00")
    client.send("DELETE", CANCEL_BY_IDS, ids=f"1,{order_id}", timestamp=1)
    client.send("GET", ORDER, orderId=order_id)
    truth = client.control.truth(order_id)
    assert (truth.status, truth.cancel_sends, truth.cancel_requests) == ("NEW", 5, ())


def test_a_send_of_another_key_is_not_counted(client: Client) -> None:
    """Only who owns an order can mean it."""
    order_id = client.rest()
    client.control.open_account("other", "hush")
    for stranger in (Client(client.simulator, NOW, "other", "hush"), Client(client.simulator, NOW, "nobody")):
        stranger.send("DELETE", ORDER, orderId=order_id)
    assert client.control.truth(order_id).cancel_sends == 0


@pytest.mark.parametrize("path", [CANCEL_BY_IDS, OPEN_ORDERS, CANCEL_ALL])
def test_cancels_of_several_are_known_too(client: Client, path: str) -> None:
    """A batch names its orders; a mass cancel names none, but what it took knows of it."""
    order_id = client.rest()
    client.ok("DELETE", path, ids=order_id, symbol="ETHUSD")
    truth = client.control.truth(order_id)
    assert truth.cancel_requests == (CancelSeen(NOW, accepted=True, effective=True, code=""),)
    assert truth.cancel_sends == (1 if path == CANCEL_BY_IDS else 0)


def test_the_truth_is_not_what_the_dialect_shows() -> None:
    """PENDING_CANCEL and a claimed CANCELED are words; the order is NEW until the cancel has its effect."""
    client = speaking(cancel_delay_ms=(100, 100), cancel_in_flight="PENDING_CANCEL", cancel_answer="CANCELED")
    order_id = client.rest()
    assert client.ok("DELETE", ORDER, orderId=order_id)["status"] == "CANCELED"
    assert client.query(order_id)["status"] == "PENDING_CANCEL"
    assert client.control.truth(order_id).status == "NEW"
    assert client.control.truth(order_id).cancel_requests[0].effective is False


def test_a_forgotten_order_is_not_found(client: Client) -> None:
    """As one that ended long ago: unknown to queries, cancels, history and control."""
    order_id = client.rest(newClientOrderId="mine")
    with pytest.raises(ValueError, match="only what has ended can be forgotten"):
        client.control.forget(order_id)
    client.ok("DELETE", ORDER, orderId=order_id)
    other = client.rest()
    client.ok("DELETE", ORDER, orderId=other)
    client.control.forget(order_id)
    assert client.refused("GET", ORDER, orderId=order_id) == "0211"
    assert client.refused("GET", ORDER, origClientOrderId="mine") == "0211"
    assert client.refused("DELETE", ORDER, orderId=order_id) == "0211"
    assert client.listed(HISTORY) == [other]
    for look in (client.control.order, client.control.truth, client.control.forget):
        with pytest.raises(ValueError, match="knows no order"):
            look(order_id)


def test_forgetting_does_not_undo_what_is_planned() -> None:
    """An effect that comes for a forgotten order finds nothing to do."""
    client = speaking(cancel_delay_ms=(50, 50))
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    client.control.fill(order_id)
    client.control.forget(order_id)
    client.control.advance(NOW + 50)
    assert client.control.balance("USD").locked == 0


@pytest.mark.parametrize(("keep", "kept"), [(None, [1, 2, 3, 4]), (2, [3, 4]), (0, [])])
def test_requests_are_kept_as_many_as_asked_for(keep: int | None, kept: list[int]) -> None:
    """All, the last few, or none; the list may be cleared in any case."""
    client = Client(Simulator(keep_requests=keep))
    for number in range(1, 5):
        client.send("GET", ORDER, orderId=number)
    assert [int(seen.parameters["orderId"]) for seen in client.control.requests] == kept
    client.control.requests.clear()
    client.send("GET", ORDER, orderId="5")
    assert len(client.control.requests) == (0 if keep == 0 else 1)


def test_less_than_no_requests_cannot_be_kept() -> None:
    """A negative number is a wrong argument."""
    with pytest.raises(ValueError, match="keep_requests must be None, 0 or more"):
        Simulator(keep_requests=-1)


def test_a_long_run_leaves_nothing_behind() -> None:
    """Orders that are created, canceled and forgotten do not add up."""
    client = Client(Simulator(keep_requests=10))

    def live_orders() -> int:
        gc.collect()
        return sum(type(thing).__name__ in {"Order", "CancelAttempt"} for thing in gc.get_objects())

    before = live_orders()
    for _ in range(200):
        client.now += 1
        order_id = client.rest(quantity="0.1")
        client.ok("DELETE", ORDER, orderId=order_id)
        client.control.forget(order_id)
    assert client.control.orders() == []
    assert live_orders() <= before
    assert len(client.simulator.agenda) == 0


def test_signed_text_is_what_a_cancel_of_ids_counts(client: Client) -> None:
    """An id past the hundredth of a refused batch is not searched for; the batch is refused as a whole."""
    order_id = client.rest()
    ids = ",".join([order_id, *["1"] * 100])
    text = f"ids={ids}&timestamp={NOW}"
    assert client.send_text("DELETE", CANCEL_BY_IDS, f"{text}&signature={sign(text)}").status == 400
    assert client.control.truth(order_id).cancel_requests == ()
