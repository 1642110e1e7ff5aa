"""What many processes share of a key's limits, while Redis is there: the local budget's promises, for all of them."""

from __future__ import annotations

import math
import time

import pytest

import hk_adapter as hk
from hk_adapter.flow.cost_by_age import CostByAge
from hk_adapter.flow.effects import Lane
from hk_adapter.hooks import LeakyBucket, RateLimit
from hk_adapter.transport.shared_budget import admission

from .conftest import Process, Server, wait_until

TEN = {"orders": RateLimit(amount=10, window=60.0, kept=2)}


def pair(server: Server, limits: object, **params: object) -> tuple[Process, Process]:
    """Two processes with one key."""
    key = server.new_key()
    return Process(server, key, limits, **params), Process(server, key, limits, **params)


def test_one_limit_for_all(server: Server) -> None:
    """What one sends is counted for the other: of ten, eight go for anything, and two more for cancels alone."""
    one, other = pair(server, TEN)
    sent = [process.goes() for process in (one, other) * 6]
    assert [ticket is not None for ticket in sent] == [True] * 8 + [False] * 4
    cancels = [process.goes(Lane.CANCEL) for process in (other, one, other)]
    assert [ticket is not None for ticket in cancels] == [True, True, False]


def test_a_slot_is_free_one_window_after_its_exchange_ended(server: Server) -> None:
    """Not after it began: what is under way keeps its slot, and the window begins with its end."""
    one, other = pair(server, {"orders": RateLimit(amount=1, window=0.05)})
    first = one.goes()
    assert other.goes() is None
    ended = time.monotonic()
    one.leave(first)
    other.waits(other.enter())
    assert time.monotonic() - ended >= 0.05


def test_an_exchange_without_an_answer(server: Server) -> None:
    """It is counted from when the venue may still have had it."""
    one, other = pair(server, {"orders": RateLimit(amount=1, window=0.01)})
    one.leave(one.goes(), counted_until=time.monotonic() + 0.1)
    assert other.waits(other.enter()) >= 0.1


def test_weights_groups_and_calls(server: Server) -> None:
    """A call costs each of its groups its weight there, at most the whole; a limit by call counts one each."""
    limits = {
        "orders": RateLimit(amount=10, window=60.0),
        "weight": (RateLimit(amount=7, window=60.0), RateLimit(amount=3, window=60.0, by_weight=False)),
    }
    one, other = pair(server, limits)
    assert one.goes(weight=4, costs={"weight": 3})
    assert other.goes(weight=7) is None
    assert other.goes(weight=6)
    assert one.goes(group="weight", weight=5) is None
    assert one.goes(group="weight", weight=2)
    assert other.goes(group="weight", weight=0)
    assert one.goes(group="weight", weight=0) is None
    assert one.goes(group="nobody declared")


def test_a_cancel_passes_those_that_wait(server: Server) -> None:
    """A slot that comes free goes to the cancel of one process before the older creates of another."""
    one, other = pair(server, {"orders": RateLimit(amount=1, window=0.02)})
    under_way = one.goes()
    create, cancel = one.enter(), other.enter(Lane.CANCEL)
    assert one.answer(create) > 0
    assert other.answer(cancel) > 0
    one.leave(under_way)
    other.waits(cancel)
    assert one.answer(create) > 0


def test_those_that_wait_go_in_their_order(server: Server) -> None:
    """Who came first goes first, whichever process is his."""
    one, other = pair(server, {"orders": RateLimit(amount=1, window=0.02)})
    under_way = one.goes()
    first, second = other.enter(), one.enter()
    assert other.answer(first) > 0
    assert one.answer(second) > 0
    one.leave(under_way)
    time.sleep(0.02)
    assert one.answer(second) > 0
    other.waits(first)


def test_a_leaky_bucket(server: Server) -> None:
    """It fills by weight, leaks for all, and keeps its reserve for cancels."""
    one, other = pair(server, {"orders": LeakyBucket(capacity=10, refill=50.0, kept=4)})
    sent = one.goes(weight=6)
    assert other.goes() is None
    assert other.goes(Lane.CANCEL, weight=4)
    one.leave(sent)
    assert other.waits(other.enter(Lane.CANCEL, weight=5)) >= 0.05


def test_a_cost_that_falls_with_age(server: Server) -> None:
    """A call that waits goes when its order is old enough to cost little."""
    one, other = pair(server, {"orders": RateLimit(amount=10, window=60.0)})
    assert one.goes(weight=8)
    young = CostByAge(steps=((0.05, 8),), least=1, existed=(time.monotonic(),))
    assert 0.03 < other.waits(other.enter(weight=young)) < 1.0


def test_no_slot_before_the_deadline(server: Server) -> None:
    """As soon as that is certain it is told, and nobody is held back any more."""
    one, other = pair(server, {"orders": RateLimit(amount=1, window=60.0)})
    one.leave(one.goes())
    assert other.answer(other.enter()) == math.inf


def test_a_pause_of_one_is_a_pause_of_all(server: Server) -> None:
    """A 429 that one process sees holds the group in each; other groups go on."""
    one, other = pair(server, {**TEN, "queries": RateLimit(amount=10)})
    one.budget.pause("orders", time.monotonic() + 0.1)
    waiting = other.enter(Lane.CANCEL)
    one.answer(one.enter(group="queries"))  # so that the pause is there
    assert other.answer(waiting) > 0.02
    assert 0 < (other.budget.pause_left("orders", time.monotonic()) or 0) <= 0.1
    assert other.goes(group="queries")
    assert other.waits(waiting) > 0.02


def test_a_pause_of_everything(server: Server) -> None:
    """After a 418 nothing leaves any process."""
    one, other = pair(server, TEN)
    one.budget.pause(None, time.monotonic() + 60)
    one.answer(one.enter())
    assert other.answer(other.enter(Lane.CANCEL)) == math.inf


def test_a_process_that_dies_gives_its_slots_back(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its request is over at the latest, and the venue can count it no more; and its place in the queue."""
    monkeypatch.setattr(admission, "COUNTED_LATE", 0.05)
    monkeypatch.setattr(admission, "OVERDUE", 0.3)
    one, other = pair(server, {"orders": RateLimit(amount=1, window=0.02)})
    begun = time.monotonic()
    assert one.goes(timeout=0.05)
    other.waits(other.enter())
    assert time.monotonic() - begun >= 0.05 + 0.3 + 0.05 + 0.02


def test_who_left_the_queue_holds_nobody(server: Server) -> None:
    """A call that is given up while it waits frees its place at once."""
    one, other = pair(server, {"orders": RateLimit(amount=1, window=0.02)})
    under_way = one.goes()
    gone, waiting = one.enter(), other.enter()
    assert one.answer(gone) > 0
    assert other.answer(waiting) > 0
    one.leave(gone)
    one.leave(under_way)
    assert other.waits(waiting) < 0.4


def test_nothing_of_the_key_is_in_redis(server: Server) -> None:
    """What is kept there is named by marks, and holds numbers and group names alone."""
    with hk.connect(
        "hashkey", api_key="canary-of-a-key", secret="canary-of-a-secret", base_url="http://127.0.0.1:1",
        budget=server.url(),
    ) as venue:  # fmt: skip
        venue.try_cancel("1", timeout=0.4)
    with server.client() as client:
        wait_until(lambda: client.keys("hk-adapter:*"))
        dumped = b"".join(key + client.get(key) for key in client.scan_iter("hk-adapter:*"))
    assert b"hashkey" in dumped
    assert b"canary" not in dumped
