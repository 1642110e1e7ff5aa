"""A consumer that does not keep up is told so; nobody waits for it, and its memory has an end."""

from __future__ import annotations

import random

import pytest

from hk_adapter.errors import AuthenticationError
from hk_adapter.execution.streams.consumer import Consumer
from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import OrderUpdate
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.streams.script import row


@pytest.fixture
def runner() -> BlockingRunner:
    """A runner for threads, without a network."""
    runtime = Runtime(prepare=lambda call: None, clock=VenueClock(), admission=RateBudget({}), liveness=Liveness())
    return BlockingRunner(runtime, None)


def drained(runner: BlockingRunner, consumer: Consumer) -> list[OrderUpdate]:
    """Read what waits, to its end."""
    consumer.end()
    found = []
    while (update := runner.run(consumer.next())) is not None:
        found.append(update)
    return found


def test_updates_of_one_order_are_folded(runner):
    """The last one is there, and says how many it stands for."""
    consumer = Consumer(most=10)
    for number in range(1, 26):
        consumer.offer(OrderUpdate(order=row("1", filled=f"0.{number:02}")))
    updates = drained(runner, consumer)
    assert str(updates[-1].order.filled) == "0.25"
    assert sum(1 + update.folded for update in updates) == 25
    assert all(update.dropped == 0 for update in updates)


def test_where_folding_is_not_enough_the_oldest_go_and_are_counted(runner):
    """Each update is delivered, folded into one that is, or counted as dropped."""
    consumer = Consumer(most=10)
    for number in range(100):
        consumer.offer(OrderUpdate(order=row(str(number))))
    updates = drained(runner, consumer)
    assert len(updates) <= 10
    assert updates[-1].order.id == "99"
    assert sum(1 + update.folded + update.dropped for update in updates) == 100


def test_nothing_is_lost_uncounted(runner):
    """Whatever is offered and taken when, the sums agree and each order's updates stay in their order."""
    rng, consumer, offered, taken = random.Random(7), Consumer(most=20), 0, []
    for step in range(2000):
        consumer.offer(OrderUpdate(order=row(str(rng.randrange(40)), filled=f"0.{step:05}")))
        offered += 1
        if rng.random() < 0.3:
            taken.append(runner.run(consumer.next()))
        assert len(consumer._waiting) <= 20
    taken += drained(runner, consumer)
    assert sum(1 + update.folded + update.dropped for update in taken) == offered
    last: dict[str, object] = {}
    for update in taken:
        before = last.get(update.order.id)
        assert before is None or before < update.order.filled
        last[update.order.id] = update.order.filled


def test_an_error_comes_after_what_waits_and_once(runner):
    """Then it is over."""
    consumer = Consumer()
    consumer.offer(OrderUpdate(order=row("1")))
    consumer.end(AuthenticationError("no such key"))
    assert runner.run(consumer.next()).order.id == "1"
    with pytest.raises(AuthenticationError):
        runner.run(consumer.next())
    assert runner.run(consumer.next()) is None
