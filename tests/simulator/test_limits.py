"""Limits per key: exact rolling seconds at arrival, 429, a minute's suspension, and 418."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import Bans, Dialect, Limits, SimRequest, SimResponse, Simulator
from tests.cases import each

from .conftest import (
    CANCEL_ALL,
    CANCEL_BY_IDS,
    CREATE,
    HISTORY,
    LIMIT_BUY,
    NOW,
    OPEN_ORDERS,
    ORDER,
    Client,
    speaking,
)


def limited(dialect: Dialect | None = None, **limits: int) -> Client:
    """Give a client of a venue with limits."""
    return Client(Simulator(limits=Limits(**limits), dialect=dialect))


def ask(client: Client, count: int, method: str = "GET", path: str = ORDER, **parameters: Any) -> list[int]:
    """Send the same request so many times, and give the statuses, 200 for anything not refused by limits."""
    answers = [client.send(method, path, **({"orderId": "1"} | parameters)) for _ in range(count)]
    return [answer.status if answer.status in {429, 418} else 200 for answer in answers]


def test_without_limits_everything_passes() -> None:
    """No limits is the default."""
    client = Client()
    assert ask(client, 50) == [200] * 50
    assert not client.control.bans
    assert client.control.bans == Bans()


def test_two_queries_a_second() -> None:
    """The third within a second answers 429, of whatever kind the queries are."""
    client = limited()
    assert ask(client, 1) + ask(client, 1, path=OPEN_ORDERS) + ask(client, 1, path=HISTORY) == [200, 200, 429]
    assert client.control.bans.queries_refused == 1
    assert client.control.bans
    client.now += 1000
    assert ask(client, 1) == [200]


def test_the_second_rolls_from_each_arrival() -> None:
    """A place is free again exactly 1000 ms after it was taken, not at a full second."""
    client = limited()
    for at, status in ((0, 200), (600, 200), (999, 429), (1000, 200), (1599, 429), (1600, 200), (1601, 429)):
        client.now = NOW + at
        assert ask(client, 1) == [status], at


def test_ten_orders_a_second_by_weight() -> None:
    """Creates and cancels weigh 1, cancels of several `batch_weight`."""
    assert ask(limited(), 11, "DELETE") == [200] * 10 + [429]
    assert ask(limited(), 11, "POST", CREATE, **LIMIT_BUY) == [200] * 10 + [429]
    for path in (OPEN_ORDERS, CANCEL_ALL, CANCEL_BY_IDS):
        assert ask(limited(), 3, "DELETE", path, ids="1", symbol="ETHUSD") == [200, 200, 429]
        assert ask(limited(batch_weight=1), 11, "DELETE", path, ids="1", symbol="ETHUSD") == [200] * 10 + [429]


def test_a_call_dearer_than_the_limit_takes_a_whole_second() -> None:
    """It passes only when nothing else was asked in that second."""
    client = limited(orders_per_second=3)
    assert ask(client, 1, "DELETE", CANCEL_BY_IDS, ids="1") == [200]
    client.now += 999
    assert ask(client, 1, "DELETE") == [429]
    client = limited(orders_per_second=3)
    assert ask(client, 1, "DELETE") + ask(client, 1, "DELETE", CANCEL_BY_IDS, ids="1") == [200, 429]


def test_queries_and_orders_are_counted_apart() -> None:
    """Queries do not use up orders, nor public calls anything."""
    client = limited()
    assert ask(client, 3) == [200, 200, 429]
    assert ask(client, 10, "DELETE") == [200] * 10
    assert {client.simulator.handle(SimRequest("GET", "/api/v1/time"), NOW).status for _ in range(30)} == {200}


def test_keys_are_counted_apart() -> None:
    """What one key used up is another's to use; a key nobody knows is refused as such."""
    client = limited()
    client.control.open_account("other", "hush")
    assert ask(client, 3) == [200, 200, 429]
    assert ask(Client(client.simulator, NOW, "other", "hush"), 2) == [200, 200]
    assert ask(Client(client.simulator, NOW, "stranger"), 5) == [200] * 5


def test_too_many_orders_cost_a_minute() -> None:
    """All order calls of the key are refused until the suspension is over; queries go on."""
    client = limited()
    ask(client, 11, "DELETE")
    assert client.control.bans.suspensions == 1
    client.now += 59_999
    assert ask(client, 1, "POST", CREATE, **LIMIT_BUY) == [429]
    assert ask(client, 1) == [200]
    client.now += 1
    assert ask(client, 10, "DELETE") == [200] * 10
    assert client.control.bans == Bans(orders_refused=2, suspensions=1)


def test_a_refused_order_is_not_carried_out() -> None:
    """A cancel over the limit leaves its order open."""
    client = limited(orders_per_second=1)
    order_id = client.rest()
    assert client.send("DELETE", ORDER, orderId=order_id).status == 429
    truth = client.control.truth(order_id)
    assert (truth.status, truth.cancel_sends, truth.cancel_requests) == ("NEW", 1, ())


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_going_on_after_429_blocks_the_address(method: str) -> None:
    """The Nth further refused call answers 418, and so does everything from anybody until the block is over."""
    client = limited(orders_per_second=2, block_after=3, block_ms=10_000, suspension_ms=1000)
    assert ask(client, 6, method) == [200, 200, 429, 429, 429, 418]
    assert client.control.bans.blocks == 1
    client.control.open_account("other", "hush")
    client.now += 9_999
    for blocked in (client, Client(client.simulator, client.now, "other", "hush")):
        assert ask(blocked, 1, "GET") + ask(blocked, 1, "DELETE") == [418, 418]
    assert client.simulator.handle(SimRequest("GET", "/api/v1/time"), client.now).status == 418
    assert client.control.bans.refused_while_blocked == 5
    client.now += 1
    assert ask(client, 1, "GET") + ask(client, 1, "DELETE") == [200, 200]


def test_a_call_that_was_let_through_forgives() -> None:
    """Refused calls are counted until one passes, so that a client that slows down is not blocked."""
    client = limited(block_after=2)
    for _ in range(5):
        assert ask(client, 4) == [200, 200, 429, 429]
        client.now += 1000
    assert client.control.bans == Bans(queries_refused=10)


@each(
    ("words", "statuses", "content_type", "is_json"),
    [
        ("json", (429, 418), "application/json", True),
        ("json_400", (400, 418), "application/json", True),
        ("empty", (429, 418), "application/json", False),
        ("html", (429, 418), "text/html", False),
    ],
)
@each("retry_after", ["absent", "seconds"])
def test_how_a_refusal_by_limits_reads(
    words: str, statuses: tuple[int, int], content_type: str, is_json: bool, retry_after: str
) -> None:
    """Body, status and Retry-After are the dialect's; the wait is rounded up to whole seconds."""
    client = limited(Dialect(limit_answer=words, retry_after=retry_after), orders_per_second=1, block_after=1)
    client.send("DELETE", ORDER, orderId="1")
    client.now += 500
    answers = [client.send("DELETE", ORDER, orderId="1") for _ in range(3)]
    assert tuple(answer.status for answer in answers) == (*statuses, 418)
    assert {answer.headers["Content-Type"] for answer in answers} == {content_type}
    waits = ["60", "120", "120"] if retry_after == "seconds" else [None] * 3
    assert [answer.headers.get("Retry-After") for answer in answers] == waits
    assert [_code(answer) for answer in answers] == (["0003"] * 3 if is_json else [None] * 3)
    assert (answers[0].body == b"") is (words == "empty")


def _code(answer: SimResponse) -> str | None:
    try:
        code: str = json.loads(answer.body)["code"]
    except json.JSONDecodeError:
        return None
    return code


def test_the_wait_after_too_many_queries_is_what_is_left_of_the_second() -> None:
    """Retry-After says a second at most."""
    client = limited(Dialect(retry_after="seconds"))
    ask(client, 2)
    client.now += 1
    assert client.send("GET", ORDER, orderId="1").headers["Retry-After"] == "1"


@pytest.mark.parametrize("kind", ["cut", "stall", "refuse"])
def test_what_arrives_counts_whatever_becomes_of_it(kind: str) -> None:
    """A request whose answer is lost has used its place; one that never arrived has not."""
    client = limited(queries_per_second=1)
    client.control.fail_next(kind)
    client.send("GET", ORDER, orderId="1")
    assert ask(client, 1) == ([200] if kind == "refuse" else [429])


def test_a_request_over_the_limit_is_not_acted_on_though_its_answer_is_lost() -> None:
    """The limiter stands in front: a lost 429 canceled nothing."""
    client = limited(orders_per_second=1)
    order_id = client.rest()
    client.control.fail_next("cut", acted=True)
    client.send("DELETE", ORDER, orderId=order_id)
    assert client.control.order(order_id).status == "NEW"
    assert client.control.bans.orders_refused == 1


def test_a_wrong_signature_counts_too() -> None:
    """What is counted is what arrives under a key, before anything is checked."""
    client = limited()
    assert ask(Client(client.simulator, NOW, secret="wrong"), 2) == [200, 200]
    assert ask(client, 1) == [429]


def test_bans_are_a_copy() -> None:
    """What was read of the counts does not change later."""
    client = limited()
    before = client.control.bans
    ask(client, 3)
    assert not before
    assert client.control.bans


@each("name", ["orders_per_second", "queries_per_second", "batch_weight", "suspension_ms",
                                  "block_after", "block_ms"])  # fmt: skip
def test_limits_that_cannot_be_are_told(name: str) -> None:
    """Every limit is at least 1."""
    with pytest.raises(ValueError, match=f"limits {name} must be at least 1"):
        Limits(**{name: 0})


def test_the_defaults_are_those_of_november_2025() -> None:
    """Two queries, ten orders, five for a batch, a minute's suspension."""
    limits = Limits()
    assert (limits.queries_per_second, limits.orders_per_second, limits.batch_weight) == (2, 10, 5)
    assert limits.suspension_ms == 60_000
    assert not speaking().control.bans
