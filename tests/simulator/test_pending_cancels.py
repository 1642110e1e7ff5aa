"""Cancels that take their time, and what may happen before they have their effect."""

from decimal import Decimal

import pytest

from hk_adapter.simulator import Dialect, Simulator
from tests.cases import each

from .conftest import NOW, ORDER, Client, speaking

SOON = (100, 100)


@pytest.mark.parametrize(("in_flight", "word"), [("as_before", "NEW"), ("PENDING_CANCEL", "PENDING_CANCEL")])
def test_an_accepted_cancel_takes_effect_later(in_flight: str, word: str) -> None:
    """Until its time the order is open under the dialect's word, then it is CANCELED, dated with that time."""
    client = speaking(cancel_delay_ms=SOON, cancel_in_flight=in_flight)
    order_id = client.rest()
    assert client.ok("DELETE", ORDER, orderId=order_id)["status"] == "NEW"
    client.now += 99
    assert client.query(order_id)["status"] == word
    assert client.control.order(order_id).status == "NEW"
    client.now += 1
    found = client.query(order_id)
    assert (found["status"], found["updateTime"], found["ordCxlReason"]) == ("CANCELED", str(NOW + 100), "USER_CANCEL")
    assert client.control.balance("USD").locked == 0


@each(
    ("words", "delay", "status"),
    [
        ("as_before", (0, 0), "PARTIALLY_FILLED"),
        ("as_before", SOON, "PARTIALLY_FILLED"),
        ("as_after", (0, 0), "PARTIALLY_CANCELED"),
        ("as_after", SOON, "PARTIALLY_FILLED"),
        ("CANCELED", (0, 0), "PARTIALLY_CANCELED"),
        ("CANCELED", SOON, "PARTIALLY_CANCELED"),
    ],
)
def test_what_the_cancel_answer_says(words: str, delay: tuple[int, int], status: str) -> None:
    """The order before, the order after, or a claim that it is canceled: fields and fills are the same."""
    client = speaking(cancel_answer=words, cancel_delay_ms=delay)
    order_id = client.rest()
    client.control.fill(order_id, "0.4")
    answer = client.ok("DELETE", ORDER, orderId=order_id)
    assert (answer["status"], answer["executedQty"], len(answer)) == (status, "0.4", 12)


def test_the_cancel_answer_after_an_unfilled_order() -> None:
    """Without fills the word is CANCELED, or PENDING_CANCEL where the dialect has it."""
    assert _answer(speaking(cancel_answer="CANCELED"))["status"] == "CANCELED"
    assert _answer(speaking(cancel_answer="as_after"))["status"] == "CANCELED"
    pending = speaking(cancel_answer="as_after", cancel_delay_ms=SOON, cancel_in_flight="PENDING_CANCEL")
    assert _answer(pending)["status"] == "PENDING_CANCEL"


def _answer(client: Client) -> dict[str, object]:
    return client.ok("DELETE", ORDER, orderId=client.rest())


@pytest.mark.parametrize(
    ("amount", "status", "effective"), [(None, "FILLED", False), ("0.4", "PARTIALLY_CANCELED", True)]
)
def test_a_fill_may_win_the_race(amount: str | None, status: str, effective: bool) -> None:
    """A fill that comes before the cancel's effect counts; a full one leaves nothing to cancel."""
    client = speaking(cancel_delay_ms=SOON)
    order_id = client.rest()
    client.control.fill_at(order_id, amount, NOW + 60)
    client.ok("DELETE", ORDER, orderId=order_id)
    client.now += 59
    assert client.query(order_id)["status"] == "NEW"
    client.control.advance(NOW + 1000)
    truth = client.control.truth(order_id)
    assert truth.status == status
    assert truth.filled == Decimal(amount or 1)
    assert [seen.effective for seen in truth.cancel_requests] == [effective]
    assert truth.ended_at == NOW + (100 if effective else 60)


def test_a_counter_order_may_win_the_race_too(client: Client) -> None:
    """An order whose cancel is on its way still rests, and trades with whom it meets."""
    client = speaking(cancel_delay_ms=SOON)
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    client.control.counter_order("ETHUSD", "SELL", "0.3", "1900", now=NOW + 50)
    client.now += 100
    assert client.query(order_id)["status"] == "PARTIALLY_CANCELED"


@pytest.mark.parametrize("at", [NOW, NOW + 10])
def test_a_fill_comes_at_its_time(client: Client, at: int) -> None:
    """A fill for now happens now, one for later when time gets there, dated with its time."""
    order_id = client.rest()
    client.control.fill_at(order_id, "0.25", NOW + 5)
    client.now = at
    client.control.advance(at)
    client.control.fill_at(order_id, "0.25", at)
    order = client.control.order(order_id)
    assert (order.filled, order.updated) == (Decimal("0.5") if at > NOW else Decimal("0.25"), at)


def test_a_fill_that_comes_too_late_does_nothing(client: Client) -> None:
    """By its time the order may have ended, or have less left than the fill was to take."""
    ended, smaller = client.rest(), client.rest()
    for order_id in (ended, smaller):
        client.control.fill_at(order_id, "0.8", NOW + 5)
    client.ok("DELETE", ORDER, orderId=ended)
    client.control.fill(smaller, "0.5")
    client.control.advance(NOW + 5)
    assert client.control.order(ended).status == "CANCELED"
    assert (client.control.order(smaller).status, client.control.order(smaller).updated) == ("FILLED", NOW + 5)


def test_a_fill_for_all_that_remains(client: Client) -> None:
    """None takes what is left by then."""
    order_id = client.rest()
    client.control.fill(order_id, "0.5")
    client.control.fill_at(order_id, None, NOW + 5)
    client.control.fill(order_id, "0.1")
    client.control.advance(NOW + 5)
    assert client.control.order(order_id).status == "FILLED"


def test_things_happen_in_the_order_of_their_time(client: Client) -> None:
    """However they were asked for; of two for one time, the one asked for first goes first."""
    order_id, same = client.rest(), client.rest()
    client.control.cancel_at(order_id, NOW + 20)
    client.control.fill_at(order_id, "0.4", NOW + 10)
    client.control.fill_at(same, "0.4", NOW + 30)
    client.control.cancel_at(same, NOW + 30, "OFFLINE_CANCEL")
    client.now += 1000
    found = client.query(order_id)
    assert (found["status"], found["executedQty"], found["updateTime"]) == ("PARTIALLY_CANCELED", "0.4", str(NOW + 20))
    assert (client.query(same)["executedQty"], client.query(same)["ordCxlReason"]) == ("0.4", "OFFLINE_CANCEL")


@pytest.mark.parametrize(
    ("amount", "at", "message"),
    [("0", NOW, "amount must be above 0"), ("1.1", NOW, "at most the remaining"), ("1", NOW - 1, "is past")],
)
def test_a_planned_fill_that_cannot_be_is_told(client: Client, amount: str, at: int, message: str) -> None:
    """Wrong amounts and times raise ValueError and plan nothing."""
    order_id = client.rest()
    with pytest.raises(ValueError, match=message):
        client.control.fill_at(order_id, amount, at)
    with pytest.raises(ValueError, match="is past"):
        client.control.cancel_at(order_id, NOW - 1)
    assert len(client.simulator.agenda) == 0
    client.control.fill(order_id)
    with pytest.raises(ValueError, match="no longer open"):
        client.control.fill_at(order_id, "1", NOW)


def test_a_further_cancel_is_accepted_and_the_first_effect_counts() -> None:
    """Each accepted request has a delay of its own, and only one of them ends the order."""
    client = Client(Simulator(dialect=Dialect(cancel_delay_ms=(50, 500)), seed=2))
    order_id = client.rest()
    for _ in range(5):
        assert client.ok("DELETE", ORDER, orderId=order_id)["status"] == "NEW"
        client.now += 1
    client.now += 1000
    assert client.query(order_id)["status"] == "CANCELED"
    truth = client.control.truth(order_id)
    assert [seen.accepted for seen in truth.cancel_requests] == [True] * 5
    assert sum(seen.effective for seen in truth.cancel_requests) == 1


@pytest.mark.parametrize("code", ["-1144", "-2011", "-1024"])
def test_a_further_cancel_may_be_refused(code: str) -> None:
    """While one is on its way the dialect may refuse another; after its effect the order is canceled."""
    client = speaking(cancel_delay_ms=SOON, cancel_again=code)
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    assert client.refused("DELETE", ORDER, orderId=order_id) == code
    client.now += 100
    assert client.refused("DELETE", ORDER, orderId=order_id) == "-1142"


def test_a_request_that_is_stuck_on_its_way_in(client: Client) -> None:
    """Its client sees a cut; the venue carries it out that much later, and refused repeats change nothing."""
    order_id = client.rest()
    client.control.fail_next("cut", acted=True, acted_after=7000)
    client.send("DELETE", ORDER, orderId=order_id)
    client.now += 6999
    assert client.query(order_id)["status"] == "NEW"
    client.now += 1
    found = client.query(order_id)
    assert (found["status"], found["updateTime"]) == ("CANCELED", str(NOW + 7000))
    with pytest.raises(ValueError, match="acted_after"):
        client.control.fail_next("cut", acted_after=5)


def test_delays_come_from_the_seed() -> None:
    """Equal seeds give equal effects at equal times."""

    def ends(seed: int) -> list[int | None]:
        client = Client(Simulator(dialect=Dialect(cancel_delay_ms=(0, 50)), seed=seed))
        order_ids = [client.rest(quantity="0.1") for _ in range(30)]
        for order_id in order_ids:
            client.ok("DELETE", ORDER, orderId=order_id)
        client.control.advance(NOW + 50)
        return [client.control.order(order_id).ended_at for order_id in order_ids]

    assert ends(1) == ends(1) != ends(2)
    assert None not in ends(1)
