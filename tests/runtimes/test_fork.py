"""What is open belongs to the process that opened it: parent and child never read each other's answers."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.runtime import COUNTED_LATE
from hk_adapter.hooks import RateLimit
from hk_adapter.simulator.server import Served
from hk_adapter.transport.rate_budget import RateBudget

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

LUCK_OF_EACH = """
import os, hk_adapter
luck = hk_adapter.connect("hashkey", environment="simulator")._connection.runtime.rng
reader, writer = os.pipe()
if os.fork() == 0:
    os.write(writer, repr(luck.random()).encode())
    os._exit(0)
os.wait()
print(os.read(reader, 100).decode() == repr(luck.random()))
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
import gc, os, sys, threading, hk_adapter, hk_adapter.ccxt_facade.connections, hk_adapter.venues.ccxt_bridge.throttle
import hk_adapter.simulator.forks
from hk_adapter.flow.guard import Guard
hk_adapter.simulator.forks.PATIENCE = 0.05
url, *ids = sys.argv[1:]
venue = hk_adapter.connect("hashkey", environment="simulator", base_url=url)
own = hk_adapter.connect("hashkey", environment="simulator")
resting = own.create_order("ETH/USD", "limit", "buy", "0.01", "1900")
pace = hk_adapter.venues.ccxt_bridge.throttle.Pace(50)
assert venue.cancel_order(ids[0]).status == "canceled"
pools = list(venue._transport._pools.values())
for pool in pools:
    pool.pool.mutex.acquire()
guards = [one for one in gc.get_objects() if isinstance(one, Guard)]
held = threading.Event()
def hold(guards):
    if not guards:
        with own.simulator._simulator.lock:
            held.set()
            threading.Event().wait()
    with guards[0]:
        hold(guards[1:])
threading.Thread(target=hold, args=(guards,), daemon=True).start()
held.wait()
child = os.fork()
if child == 0:
    pace.take(1.0, 0.0)
    Plugin = type("Plugin", (), {"open_venue": hk_adapter.hookimpl(lambda self, settings: 1)})
    hk_adapter.register_venue("another", Plugin())
    print(len(guards) > 5, venue.try_cancel(ids[1]).outcome, own.try_cancel(resting.id).outcome, flush=True)
    venue.close()
    sys.exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
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

IN_AN_EXCHANGE = """
import os, sys, threading, urllib3.connection, hk_adapter
url, one, two = sys.argv[1:]
venue = hk_adapter.connect("hashkey", environment="simulator", base_url=url)
connection, parent, asked, go_on = urllib3.connection.HTTPConnection, os.getpid(), threading.Event(), threading.Event()
real = connection.getresponse
def slow(self):
    if os.getpid() == parent:
        asked.set()
        go_on.wait(20)
    return real(self)
connection.getresponse = slow
reports = []
thread = threading.Thread(target=lambda: reports.append(venue.try_cancel(one, timeout=20)))
thread.start()
asked.wait(20)
child = os.fork()
if child == 0:
    links = [os.readlink(f"/proc/self/fd/{fd}") for fd in range(3, 99) if os.path.exists(f"/proc/self/fd/{fd}")]
    report = venue.try_cancel(two)
    print(any("socket" in link for link in links), report.outcome, report.attempts, flush=True)
    os._exit(0)
os.waitpid(child, 0)
go_on.set()
thread.join()
print(reports[0].outcome, reports[0].attempts, reports[0].ambiguous_attempts, reports[0].order.id == one)
venue.close()
"""

IN_THE_MIDDLE = """
import os, sys, threading, hk_adapter
from hk_adapter.plugins.journal import Journal
from hk_adapter.transport.requests_transport import _close_all as close_all
url, journal, *ids = sys.argv[1:]
url = url.replace("127.0.0.1", "localhost")
venue = hk_adapter.connect(
    "hashkey", environment="simulator", base_url=url, budget="unlimited", plugins=[Journal(journal, cancel_patience=20)]
)
own = hk_adapter.connect("hashkey", environment="simulator", budget="unlimited")
place = lambda: own.create_order("ETH/USD", "limit", "buy", "0.01", "1900").id
mine, wrong, over = [place() for _ in range(4)], [], threading.Event()
def busy(ids):
    try:
        for one in ids:
            if over.is_set():
                break
            wrong.extend(report for report in (venue.try_cancel(one), own.try_cancel(place())) if not report.final)
            close_all(venue._transport._idle)   # so that names are looked up as well
    except BaseException as error:
        wrong.append(error)
threads = [threading.Thread(target=busy, args=(ids[4 + n::3],)) for n in range(3)]
for thread in threads:
    thread.start()
ends = []
for one, local in zip(ids[:4], mine):
    if (child := os.fork()) == 0:
        reports = [venue.try_cancel(one), own.try_cancel(local)]
        os._exit(sum(report.outcome != "canceled" or report.elapsed > 5 for report in reports))
    ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
over.set()
for thread in threads:
    thread.join()
print(ends, wrong)
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


def test_parent_and_child_wait_differently() -> None:
    """Pauses before repeats are drawn anew in a child: else all workers of one parent would come again at once."""
    assert run(LUCK_OF_EACH) == "False\n"


def test_locks_that_were_held_are_free_in_the_child(served: Served, resting: Resting) -> None:
    """Whatever another thread held when the process forked, the child cancels, and ends."""
    assert run(LOCKS_HELD, served.url, *resting(2)) == "True canceled canceled\n0\n"


def test_a_fork_during_a_name_lookup(served: Served, resting: Resting) -> None:
    """The child looks the name up itself, and does not wait for a thread that it does not have."""
    assert run(DURING_A_LOOKUP, served.url, *resting(2)).split() == ["canceled", "canceled"]


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="this system does not tell what a process has open")
def test_a_fork_during_an_exchange(served: Served, resting: Resting) -> None:
    """The child has no copy of the connection in use, and opens its own; the parent's answer is still the parent's."""
    expected = ["False canceled 1", "canceled 1 0 True"]
    assert run(IN_AN_EXCHANGE, served.url, *resting(2)).splitlines() == expected


def test_forks_while_other_threads_are_busy(served: Served, resting: Resting, tmp_path: Path) -> None:
    """Wherever threads are in calls, with a journal and a simulator in process: children and parent cancel rightly."""
    assert run(IN_THE_MIDDLE, served.url, tmp_path / "journal.sqlite", *resting(60)) == "[0, 0, 0, 0] []\n"


def test_what_was_under_way_in_the_parent_holds_no_place_for_long() -> None:
    """Ten requests of the parent that nobody will end in the child cost it two seconds, and not their deadlines."""
    budget = RateBudget({"orders": RateLimit(amount=10, window=1.0)})
    call = HttpCall("DELETE", "/order", group="orders", lane=Lane.CANCEL)
    began = monotonic()
    for _ in range(10):
        assert budget.ask(budget.enter(call, began + 30), began) == 0
    budget.renew_in_child()
    mine = budget.enter(call, began + 30)
    assert budget.ask(mine, began + 2.0) < 1.0
    assert budget.ask(mine, monotonic() + COUNTED_LATE + 1.0) == 0
