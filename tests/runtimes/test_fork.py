"""What is open belongs to the process that opened it: parent and child never read each other's answers."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from hk_adapter.simulator.server import Served

from .programs import run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

Resting = Callable[[int], list[str]]

BOTH_CANCEL = """
import os, sys, hk_adapter
url, *ids = sys.argv[1:]
venue = hk_adapter.connect("hashkey", environment="simulator", base_url=url, budget="unlimited")
assert venue.cancel_order(ids[0]).status == "canceled"     # a connection is open now
child = os.fork()
mine = ids[1::2] if child else ids[2::2]
reports = [venue.try_cancel(one) for one in mine]
wrong = [report for report in reports if (report.outcome, report.attempts, report.error) != ("canceled", 1, None)]
seen = [venue.fetch_order(one).id for one in mine]
if not child:
    os._exit(len(wrong) + (seen != mine))
_, status = os.waitpid(child, 0)
print(wrong, seen == mine, os.waitstatus_to_exitcode(status))
venue.close()
"""

CHILD_THEN_PARENT = """
import multiprocessing, sys, hk_adapter
url, *ids = sys.argv[1:]
venue = hk_adapter.connect("hashkey", environment="simulator", base_url=url)
assert venue.cancel_order(ids[0]).status == "canceled"
context = multiprocessing.get_context("fork")
def work(one, answers):
    answers.put(str(venue.try_cancel(one).outcome))
    venue.close()
answers = context.SimpleQueue()
for one in ids[1:4]:
    worker = context.Process(target=work, args=(one, answers))
    worker.start()
    print(answers.get())
    worker.join()
print(venue.try_cancel(ids[4]).outcome, worker.exitcode)
venue.close()
"""

ASYNCIO_AFTER_FORK = """
import asyncio, os, sys, hk_adapter
url, *ids = sys.argv[1:]
venue = hk_adapter.connect_async("hashkey", environment="simulator", base_url=url)
async def cancel(one, close=False):
    print(one == (await venue.try_cancel(one)).order.id, flush=True)
    if close:
        await venue.close()
with asyncio.Runner() as mine:
    mine.run(cancel(ids[0]))
    if (child := os.fork()) == 0:
        asyncio.run(cancel(ids[1], close=True))
        os._exit(0)
    os.waitpid(child, 0)
    mine.run(cancel(ids[2], close=True))
"""

LOCKS_HELD = """
import os, sys, threading, hk_adapter
from hk_adapter.flow import process
from hk_adapter.flow.guard import Guard
url, *ids = sys.argv[1:]
venue = hk_adapter.connect("hashkey", environment="simulator", base_url=url)
assert venue.cancel_order(ids[0]).status == "canceled"
pools = list(venue._performer._pools.values())
parts = [part for one in list(process._known) for part in vars(one).values()]
locks = [part for part in parts if isinstance(part, type(threading.Lock()))]
guards = [part for part in parts if isinstance(part, Guard)]
for lock in [*locks, *(pool.pool.mutex for pool in pools)]:
    lock.acquire()
held = threading.Event()
def hold(guards):
    if not guards:
        held.set()
        threading.Event().wait()
    with guards[0]:
        hold(guards[1:])
threading.Thread(target=hold, args=(guards,), daemon=True).start()
held.wait()
child = os.fork()
if child == 0:
    print(len(locks) > 1 and len(guards) > 1, venue.try_cancel(ids[1]).outcome, flush=True)
    venue.close()
    sys.exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
os._exit(0)
"""

DURING_A_LOOKUP = """
import os, socket, sys, threading, hk_adapter
url, one, two = sys.argv[1:]
url = url.replace("127.0.0.1", "localhost")
real, asked, go_on, parent = socket.getaddrinfo, threading.Event(), threading.Event(), os.getpid()
def slow(*args, **kwargs):
    if os.getpid() == parent:
        asked.set()
        go_on.wait(20)
    return real("127.0.0.1", *args[1:], **kwargs)
socket.getaddrinfo = slow
venue = hk_adapter.connect("hashkey", environment="simulator", base_url=url)
thread = threading.Thread(target=lambda: print(venue.try_cancel(one).outcome, flush=True))
thread.start()
asked.wait(20)
child = os.fork()
if child == 0:
    print(venue.try_cancel(two, timeout=5).outcome, flush=True)
    os._exit(0)
os.waitpid(child, 0)
go_on.set()
thread.join()
venue.close()
"""


def test_parent_and_child_cancel_at_once(served: Served, resting: Resting) -> None:
    """Over one connection opened before the fork, both learn what became of their own orders, and of no other's."""
    assert run(BOTH_CANCEL, served.url, *resting(81)) == "[] True 0\n"


def test_preloaded_workers(served: Served, resting: Resting) -> None:
    """Workers forked one after another cancel, and closing their venue leaves the parent's connection alone."""
    assert run(CHILD_THEN_PARENT, served.url, *resting(5)) == "canceled\n" * 3 + "canceled 0\n"


def test_an_asyncio_venue_in_a_forked_child(served: Served, resting: Resting) -> None:
    """A child's own loop opens its own session; the parent's loop still hears its connections after that."""
    assert run(ASYNCIO_AFTER_FORK, served.url, *resting(3)) == "True\n" * 3


def test_locks_that_were_held_are_free_in_the_child(served: Served, resting: Resting) -> None:
    """Whatever another thread held when the process forked, the child cancels, and ends."""
    assert run(LOCKS_HELD, served.url, *resting(2)) == "True canceled\n0\n"


def test_a_fork_during_a_name_lookup(served: Served, resting: Resting) -> None:
    """The child looks the name up itself, and does not wait for a thread that it does not have."""
    assert run(DURING_A_LOOKUP, served.url, *resting(2)).split() == ["canceled", "canceled"]
