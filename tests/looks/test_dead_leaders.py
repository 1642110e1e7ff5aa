"""A look that somebody leads who is gone is taken over at once, whichever way he went. All in virtual time."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading

import pytest

from hk_adapter.execution.attempt import ATTEMPT_TIMEOUT
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.flow.async_runner import AsyncRunner
from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import RateLimit
from hk_adapter.model import OrderStatus
from hk_adapter.testing.virtual_time import VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from tests.looks.book import DEADLINE, Book, named

AT_ONCE = 0.1
"""Virtual seconds; nobody who waits for a living leader is done as soon."""
STILL_COUNTED = 1.0 + 1.0
"""Seconds for which a query that ended without an answer keeps its slot: it may be late, and counts for one."""


class Net:
    """Answers at once, but lets something happen during the first exchange."""

    def __init__(self, during):
        self.during = during

    def send(self, request, deadline):
        """Answer one request."""
        during, self.during = self.during, lambda: None
        during()
        return Response(200, {}, b"")


class NeverAnswering:
    """Answers no request, and tells that one is out."""

    def __init__(self):
        self.out = asyncio.Event()

    async def send(self, request, deadline):
        """Wait for ever."""
        self.out.set()
        await asyncio.Event().wait()


class Bench:
    """One key's look-ups, and runners of one virtual clock."""

    def __init__(self, limits=None):
        self.time = VirtualTime()
        self.looks = SharedLookups()
        self.book = Book(dict.fromkeys("ab", OrderStatus.CANCELED))
        self.runtime = Runtime(
            prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
            clock=VenueClock(self.time.monotonic, self.time.monotonic),
            admission=RateBudget(limits or {}),
            liveness=Liveness(),
            rng=random.Random(1),
        )

    def look(self, name):
        """Give the flow that looks for an order."""
        return self.looks.look(self.book, named(name), DEADLINE)

    def blocking(self, during=lambda: None):
        """Give a runner for threads, whose sleeps take no time."""
        return BlockingRunner(self.runtime, Net(during), sleep=lambda seconds: self.time.jump(self.time.now + seconds))

    def is_taken_over(self):
        """Whether the other order is found at once."""
        begun = self.time.now
        (sight,) = self.blocking().run(self.look("b"))
        return sight.order.id == "b" and self.time.now - begun < AT_ONCE


@pytest.fixture
def bench():
    """Nobody looks yet."""
    return Bench()


def test_a_loop_that_stopped(bench):
    """Its tasks are neither done nor canceled; a thread that looks then waits for none of them."""
    net = NeverAnswering()
    loop = asyncio.new_event_loop()
    task = loop.create_task(AsyncRunner(bench.runtime, net).run(bench.look("a")))
    loop.run_until_complete(net.out.wait())
    assert bench.is_taken_over()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()


def test_the_slot_of_a_leader_that_stopped():
    """Where its query holds the only slot, who takes over waits until that query is over by itself, and no longer.

    Nothing is asked for the one that stopped, which would cost the slot for a second.
    """
    bench, net, loop = Bench({"public": RateLimit(amount=1)}), NeverAnswering(), asyncio.new_event_loop()
    task = loop.create_task(AsyncRunner(bench.runtime, net).run(bench.look("a")))
    loop.run_until_complete(net.out.wait())
    (sight,) = bench.blocking().run(bench.look("b"))
    assert sight.order.id == "b"
    assert ATTEMPT_TIMEOUT + STILL_COUNTED <= bench.time.now < ATTEMPT_TIMEOUT + STILL_COUNTED + AT_ONCE
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()


async def test_a_loop_that_a_handler_froze(bench):
    """A signal handler that blocks the loop's thread is not kept waiting by a task of the loop."""
    net = NeverAnswering()
    task = asyncio.create_task(AsyncRunner(bench.runtime, net).run(bench.look("a")))
    await net.out.wait()
    assert bench.is_taken_over()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("where", ["the same thread", "a thread that ended"])
def test_an_interrupt_where_the_lead_is_given_back(bench, monkeypatch, where):
    """Struck before it could say that it leads no longer, a call leads no longer."""

    def struck(leader):
        raise KeyboardInterrupt

    def interrupted():
        with monkeypatch.context() as patched:
            patched.setattr(bench.looks, "_end_lead", struck)
            with pytest.raises(KeyboardInterrupt):
                bench.blocking().run(bench.look("a"))

    if where == "the same thread":
        interrupted()
    else:
        thread = threading.Thread(target=interrupted)
        thread.start()
        thread.join()
    assert bench.is_taken_over()


async def test_an_interrupt_where_a_task_gives_the_lead_back(bench, monkeypatch):
    """The same where the loop goes on in which the call was: it is over."""

    class AtOnce:
        async def send(self, request, deadline):
            return Response(200, {}, b"")

    def struck(leader):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(bench.looks, "_end_lead", struck)
        with pytest.raises(KeyboardInterrupt):
            await AsyncRunner(bench.runtime, AtOnce()).run(bench.look("a"))
    assert await asyncio.to_thread(bench.is_taken_over)


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="this system has no such signal")
def test_a_signal_handler_above_the_look(bench):
    """The frame beneath the handler goes on only when the handler is through: it is not waited for."""
    found = []
    before = signal.signal(signal.SIGUSR1, lambda *_: found.append(bench.is_taken_over()))
    try:
        (sight,) = bench.blocking(lambda: signal.raise_signal(signal.SIGUSR1)).run(bench.look("a"))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert found == [True]
    assert sight.order.id == "a"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_while_another_thread_looks(bench):
    """The thread is not in the child, where its loop seems to run for ever: the child looks for itself."""
    net, looking, stop = NeverAnswering(), threading.Event(), threading.Event()

    async def lead():
        task = asyncio.create_task(AsyncRunner(bench.runtime, net).run(bench.look("a")))
        await net.out.wait()
        looking.set()
        await asyncio.to_thread(stop.wait)
        task.cancel()
        await asyncio.wait([task])

    thread = threading.Thread(target=lambda: asyncio.run(lead()))
    thread.start()
    looking.wait()
    child = os.fork()
    if not child:
        code = 2
        try:
            code = 0 if bench.is_taken_over() else 1
        finally:
            os._exit(code)
    stop.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_living_leader_is_waited_for(bench):
    """In another thread, within its time: one look at the venue serves both."""
    looking, seen = threading.Event(), threading.Event()

    def until_somebody_waits():
        looking.set()
        seen.wait()

    thread = threading.Thread(target=lambda: bench.blocking(until_somebody_waits).run(bench.look("a")))
    thread.start()
    looking.wait()

    def sleep(seconds):
        seen.set()
        thread.join()

    (sight,) = BlockingRunner(bench.runtime, Net(lambda: None), sleep=sleep).run(bench.look("b"))
    assert seen.is_set()
    assert sight.order.id == "b"
