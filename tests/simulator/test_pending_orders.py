"""Orders that wait to be accepted: PENDING_NEW, then open or REJECTED."""

import pytest

from hk_adapter.simulator import Dialect, Simulator
from tests.cases import each

from .conftest import CREATE, LIMIT_BUY, NOW, OPEN_ORDERS, ORDER, Client, speaking

SOON = (100, 100)


def test_an_order_waits_until_it_is_accepted() -> None:
    """It is PENDING_NEW in the answer and in a query, locks its money, and becomes NEW at its time."""
    client = speaking(accept_delay_ms=SOON)
    answer = client.create()
    assert answer["status"] == "PENDING_NEW"
    assert client.control.balance("USD").locked == 1900
    client.now += 99
    assert client.query(answer["orderId"])["status"] == "PENDING_NEW"
    client.now += 1
    found = client.query(answer["orderId"])
    assert (found["status"], found["time"], found["updateTime"]) == ("NEW", str(NOW), str(NOW + 100))


@pytest.mark.parametrize("word", ["NEW", "PENDING_NEW", "as_matched"])
def test_the_create_answer_admits_that_it_waits(word: str) -> None:
    """However the dialect words a create, an order that is not accepted yet is not called NEW."""
    assert speaking(create_status=word, accept_delay_ms=SOON).create()["status"] == "PENDING_NEW"


def test_time_does_what_is_due_before_it_answers() -> None:
    """A single late request sees everything that happened until then, each thing dated with its own time."""
    client = speaking(accept_delay_ms=SOON, cancel_delay_ms=(50, 50))
    order_id = client.rest()
    client.now += 100
    client.ok("DELETE", ORDER, orderId=order_id)
    client.now += 10_000
    found = client.query(order_id)
    assert (found["status"], found["updateTime"]) == ("CANCELED", str(NOW + 150))


def test_an_order_matches_only_once_accepted() -> None:
    """What is PENDING_NEW is not on the book: nobody meets it, and it meets others when its time comes."""
    client = speaking(accept_delay_ms=SOON)
    order_id = client.rest()
    assert client.control.counter_order("ETHUSD", "SELL", "0.4", "1900").status == "NEW"
    assert client.control.order(order_id).filled == 0
    client.control.advance(NOW + 100)
    assert client.control.order(order_id).status == "PARTIALLY_FILLED"


def test_a_post_only_order_may_meet_somebody_while_it_waits() -> None:
    """A LIMIT_MAKER that crossed nothing when it came, but would on acceptance, is REJECTED in any dialect."""
    client = speaking(accept_delay_ms=SOON)
    order_id = client.rest(type="LIMIT_MAKER")
    client.control.counter_order("ETHUSD", "SELL", "1", "1900")
    client.control.advance(NOW + 100)
    assert client.control.order(order_id).status == "REJECTED"


@pytest.mark.parametrize("delay", [(0, 0), SOON])
def test_the_next_orders_can_be_rejected(delay: tuple[int, int]) -> None:
    """Rejected orders were taken in: they have an id, an end, no fills, and no lock."""
    client = speaking(accept_delay_ms=delay)
    client.control.reject_next(2)
    order_ids = [client.rest() for _ in range(3)]
    client.now += delay[1]
    found = [client.query(order_id) for order_id in order_ids]
    assert [row["status"] for row in found] == ["REJECTED", "REJECTED", "NEW"]
    assert (found[0]["updateTime"], found[0]["ordCxlReason"]) == (str(client.now), "")
    assert client.control.balance("USD").locked == 1900
    assert client.control.truth(order_ids[0]).ended_at == client.now
    assert client.control.truth(order_ids[0]).canceled_at is None


def test_only_a_count_of_orders_can_be_rejected(client: Client) -> None:
    """Less than one order is a wrong argument."""
    with pytest.raises(ValueError, match="times must be at least 1"):
        client.control.reject_next(0)


@pytest.mark.parametrize(("share", "rejected"), [(0.0, {"NEW"}), (1.0, {"REJECTED"}), (0.5, {"NEW", "REJECTED"})])
def test_a_share_of_orders_is_rejected(share: float, rejected: set[str]) -> None:
    """None, all, or some of them."""
    client = speaking(reject_share=share)
    assert {client.query(client.rest(quantity="0.1"))["status"] for _ in range(40)} == rejected


def test_an_order_rejected_at_once_is_answered_as_the_dialect_says() -> None:
    """Only the dialect that shows the matched state says REJECTED in the create answer."""
    for word, status in (("NEW", "NEW"), ("PENDING_NEW", "PENDING_NEW"), ("as_matched", "REJECTED")):
        client = speaking(create_status=word)
        client.control.reject_next()
        assert client.create()["status"] == status


@pytest.mark.parametrize(
    ("shown", "queried", "listed"),
    [("everywhere", True, True), ("query_only", True, False), ("nowhere", False, False)],
)
def test_where_a_waiting_order_can_be_seen(shown: str, queried: bool, listed: bool) -> None:
    """The dialect hides it from the list, or from queries too, until it is accepted."""
    client = speaking(accept_delay_ms=SOON, pending_new_shown=shown)
    order_id = client.rest(newClientOrderId="mine")
    for answer in (client.send("GET", ORDER, orderId=order_id), client.send("GET", ORDER, origClientOrderId="mine")):
        assert (answer.status == 200) is queried
    assert (client.listed(OPEN_ORDERS) == [order_id]) is listed
    client.now += 100
    assert client.query(order_id)["status"] == "NEW"
    assert client.listed(OPEN_ORDERS) == [order_id]


@pytest.mark.parametrize("code", ["-1144", "0211"])
def test_a_cancel_of_a_waiting_order_may_be_refused(code: str) -> None:
    """Locked, or not found yet: the order is accepted all the same, and can be canceled then."""
    client = speaking(accept_delay_ms=SOON, cancel_pending_new=code)
    order_id = client.rest()
    assert client.refused("DELETE", ORDER, orderId=order_id) == code
    client.now += 100
    assert client.query(order_id)["status"] == "NEW"
    client.ok("DELETE", ORDER, orderId=order_id)
    assert client.query(order_id)["status"] == "CANCELED"


@pytest.mark.parametrize(("delay", "ends"), [((0, 0), 100), ((30, 30), 100), ((250, 250), 250)])
def test_a_cancel_of_a_waiting_order_may_be_applied_after_it(delay: tuple[int, int], ends: int) -> None:
    """Accepted, it takes effect as soon as both the order's and its own delay are over."""
    client = speaking(accept_delay_ms=SOON, cancel_delay_ms=delay)
    order_id = client.rest()
    assert client.ok("DELETE", ORDER, orderId=order_id)["status"] == "PENDING_NEW"
    client.now += 99
    assert client.query(order_id)["status"] == "PENDING_NEW"
    client.control.advance(NOW + 1000)
    truth = client.control.truth(order_id)
    assert (truth.status, truth.canceled_at) == ("CANCELED", NOW + ends)


def test_of_several_cancels_of_a_waiting_order_the_first_counts() -> None:
    """All are accepted; the one whose time came first is the one that ends the order."""
    client = speaking(accept_delay_ms=SOON)
    order_id = client.rest()
    for _ in range(3):
        client.ok("DELETE", ORDER, orderId=order_id)
    client.control.advance(NOW + 100)
    assert [seen.effective for seen in client.control.truth(order_id).cancel_requests] == [True, False, False]


def test_a_waiting_order_trades_before_its_cancel_is_applied() -> None:
    """Acceptance comes first: what the order meets then is traded, and the cancel takes the rest."""
    client = speaking(accept_delay_ms=SOON)
    client.control.counter_order("ETHUSD", "SELL", "0.4", "1900", now=NOW)
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    client.now += 100
    found = client.query(order_id)
    assert (found["status"], found["executedQty"]) == ("PARTIALLY_CANCELED", "0.4")


def test_a_cancel_that_was_accepted_may_find_a_rejected_order() -> None:
    """The order ends REJECTED; the cancel is accepted, and has no effect."""
    client = speaking(accept_delay_ms=SOON)
    client.control.reject_next()
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    client.now += 100
    assert client.query(order_id)["status"] == "REJECTED"
    (seen,) = client.control.truth(order_id).cancel_requests
    assert (seen.accepted, seen.effective) == (True, False)


@each("code", ["0212", "0211", "-1143", "-2011"])
def test_a_cancel_of_a_rejected_order(code: str) -> None:
    """It answers the dialect's code."""
    client = speaking(cancel_rejected=code)
    client.control.reject_next()
    assert client.refused("DELETE", ORDER, orderId=client.rest()) == code


def test_control_cannot_trade_or_end_what_is_not_open_yet() -> None:
    """A fill or cancel by control needs an open order, and says so."""
    client = speaking(accept_delay_ms=SOON)
    order_id = client.rest()
    for action in (client.control.fill, client.control.cancel):
        with pytest.raises(ValueError, match="is PENDING_NEW, not open yet"):
            action(order_id)
    with pytest.raises(ValueError, match="only what has ended can be forgotten"):
        client.control.forget(order_id)


def test_delays_are_drawn_between_their_bounds_from_the_seed() -> None:
    """Equal seeds wait equally long, others differ, and no wait leaves its bounds."""

    def waits(seed: int) -> list[int]:
        client = Client(Simulator(dialect=Dialect(accept_delay_ms=(10, 60)), seed=seed))
        order_ids = [client.rest(quantity="0.1") for _ in range(30)]
        client.control.advance(NOW + 60)
        return [client.control.order(order_id).updated - NOW for order_id in order_ids]

    assert waits(1) == waits(1) != waits(2)
    assert min(waits(1)) >= 10
    assert max(waits(1)) <= 60
    assert len(set(waits(1))) > 5


@each(
    ("settings", "message"),
    [
        ({"accept_delay_ms": (5, 4)}, "0 <= low <= high"),
        ({"cancel_delay_ms": (-1, 4)}, "0 <= low <= high"),
        ({"reject_share": 1.1}, "expected 0 to 1"),
        ({"reject_share": -0.1}, "expected 0 to 1"),
        ({"mass_cancel_cap": 100}, "expected one of 200, 1000"),
    ],
)
def test_a_dialect_that_cannot_be_is_told(settings: dict[str, object], message: str) -> None:
    """Bounds, shares and counts out of range raise ValueError."""
    with pytest.raises(ValueError, match=message):
        speaking(**settings)


def test_every_choice_of_a_dialect_can_be_listed_and_made() -> None:
    """A campaign can walk through all candidates; the first of each is the default."""
    candidates = Dialect.candidates()
    assert {"cancel_filled", "cancel_pending_new", "limit_answer", "mass_cancel_cap"} <= set(candidates)
    for name, words in candidates.items():
        assert getattr(Dialect(), name) == words[0]
        assert [getattr(Dialect(**{name: word}), name) for word in words] == list(words)  # type: ignore[arg-type]


def test_an_order_refused_at_the_door_is_no_order() -> None:
    """Neither money nor a client id nor a wait is left of a refused order."""
    client = speaking(accept_delay_ms=SOON)
    assert client.refused("POST", CREATE, **(LIMIT_BUY | {"quantity": "1000"}), newClientOrderId="mine") == "0401"
    assert len(client.simulator.agenda) == 0
    assert client.rest(newClientOrderId="mine")
