"""A watch of both facades, against the simulator in process: how it begins, goes on, and ends with nothing left."""

from __future__ import annotations

import asyncio
import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

import pytest

import hk_adapter as hk
from hk_adapter.venue.thread_streams import end_all

SIMULATOR = {"environment": "simulator", "budget": "unlimited"}


def placed(venue, price="1900"):
    """Place an order, by a facade for threads or for asyncio."""
    return venue.create_order("ETH/USD", "limit", "buy", "1", price)


def requests(venue, path="/api/v1/userDataStream"):
    """List by which methods a path was asked for."""
    return [request.method for request in venue.simulator.requests if request.path == path]


async def settled(venue):
    """Wait until what was left in the background is over, for a fifth of a second at the most."""
    for _ in range(20):
        if len(asyncio.all_tasks()) == 1 and not venue.simulator.streams.connections:
            return
        await asyncio.sleep(0.01)


def test_a_quoter_needs_no_query():
    """What is open, a new order, a fill and a cancel are told, in their order: one list, and no look-up of its own."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            first = await placed(venue)
            async with venue.watch_orders() as updates:
                assert updates.is_live
                second = await placed(venue, "1890")
                venue.simulator.fill(second.id, "0.4")
                await venue.cancel_order(first.id)
                told = [await anext(updates) for _ in range(4)]
            assert [(one.order.id, str(one.order.status), one.live, str(one.evidence)) for one in told] == [
                (first.id, "open", False, "query"),
                (second.id, "open", True, "stream"),
                (second.id, "open", True, "stream"),
                (first.id, "canceled", True, "stream"),
            ]
            assert str(told[2].order.filled) == "0.4"
            assert not updates.is_live
            assert requests(venue, "/api/v1/spot/openOrders") == ["GET"]
            assert requests(venue, "/api/v1/spot/order") == ["DELETE"]

    asyncio.run(run())


def test_several_watch_one_stream_and_the_last_one_closes_it():
    """One listen key for all; a ``break`` leaves, and the last one gives it back: no task and no connection is left."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            order = await placed(venue)
            async with venue.watch_orders() as one, venue.watch_orders("ETH/USD") as other:
                assert (await anext(one)).order.id == (await anext(other)).order.id == order.id
                async for update in venue.watch_orders():
                    assert update.order.id == order.id
                    break
                await asyncio.sleep(0)
                assert requests(venue) == ["POST"]
                await venue.cancel_order(order.id)
                assert [(await anext(watch)).order.status for watch in (one, other)] == ["canceled", "canceled"]
            await settled(venue)
            assert requests(venue) == ["POST", "DELETE"]
            assert len(asyncio.all_tasks()) == 1
            assert venue.simulator.streams.connections == []
            async with venue.watch_orders():
                assert requests(venue) == ["POST", "DELETE", "POST"]
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_a_consumer_that_raises_or_is_canceled_leaves_nothing():
    """Its own error or cancellation comes out, and the stream is closed behind it."""

    async def broken(venue):
        async for _ in venue.watch_orders():
            raise ZeroDivisionError

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            await placed(venue)
            with pytest.raises(ZeroDivisionError):
                await broken(venue)
            gc.collect()  # the traceback held the watch
            watch = venue.watch_orders()
            await anext(watch)
            task = asyncio.ensure_future(anext(watch))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            del watch, task
            gc.collect()
            await settled(venue)
            assert len(asyncio.all_tasks()) == 1
            assert requests(venue) == ["POST", "DELETE"] * (len(requests(venue)) // 2)

    asyncio.run(run())


def test_a_limit_of_asyncios_around_a_loop_leaves_the_watch_open():
    """What is told later is told to the next loop, and nothing is lost."""

    async def all_for(seconds, updates):
        async with asyncio.timeout(seconds):
            async for _ in updates:
                pass

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue, venue.watch_orders() as updates:
            for _ in range(3):
                with pytest.raises(TimeoutError):
                    await all_for(0, updates)
                order = await placed(venue)
                assert (await anext(updates)).order.id == order.id

    asyncio.run(run())


def test_a_closed_venue_ends_every_watch():
    """Whoever waits is let go without an error; a new watch is refused."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            watch = venue.watch_orders()
            waiting = asyncio.ensure_future(anext(watch, "the end"))
            await asyncio.sleep(0.01)
            await venue.close()
            assert await waiting == "the end"
            assert requests(venue) == ["POST", "DELETE"]
            with pytest.raises(hk.NotSent):
                await anext(venue.watch_orders())
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_another_loop_is_refused_while_the_first_one_runs_and_begins_anew_after():
    """A stream belongs to its loop."""
    venue = hk.connect_async("hashkey", **SIMULATOR)

    async def elsewhere():
        with pytest.raises(hk.ConfigurationError, match="another event loop"):
            await anext(venue.watch_orders())

    async def run():
        await placed(venue)
        async with venue.watch_orders() as watch:
            await anext(watch)
            await asyncio.to_thread(asyncio.run, elsewhere())

    async def again():
        async with venue.watch_orders() as watch:
            await anext(watch)
        await venue.close()

    asyncio.run(run())
    asyncio.run(again())


def test_wrong_arguments_are_refused_before_anything_is_sent():
    """A symbol that is none, that the loaded markets have not, or no key."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        for wrong in ("", " ETH/USD", 5):
            with pytest.raises(hk.InvalidArgument):
                venue.watch_orders(wrong)
        venue.load_markets()
        with pytest.raises(hk.InvalidArgument):
            venue.watch_orders("NO/SUCH")
        assert requests(venue) == []
    with hk.connect("hashkey", **SIMULATOR) as venue, pytest.raises(hk.InvalidArgument, match="ETHUSD"):
        next(venue.watch_orders("ETHUSD"))
    with hk.connect("hashkey") as venue, pytest.raises(hk.ConfigurationError):
        venue.watch_orders()


def test_get_takes_seconds_from_0_up():
    """0 waits for nothing, and what is below is refused with the bound that holds."""
    with hk.connect("hashkey", **SIMULATOR) as venue, venue.watch_orders() as watch:
        for wrong in (-1, float("nan"), "1"):
            with pytest.raises(hk.InvalidArgument, match="timeout"):
                watch.get(timeout=wrong)
        with pytest.raises(hk.InvalidArgument, match="from 0 up"):
            watch.get(timeout=-0.5)
        with pytest.raises(TimeoutError):
            watch.get(timeout=0)


def threads():
    """Name the threads of ours."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("hk_adapter stream")]


def test_a_symbol_is_asked_for_once():
    """Whichever watches of it follow, of orders or of fills; one that was refused is asked for again."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue, venue.watch_balance():
            lists = len(requests(venue, "/api/v1/spot/openOrders"))
            for watch in (venue.watch_orders, venue.watch_orders, venue.watch_my_trades):
                async with watch("ETH/USD"):
                    pass
            assert len(requests(venue, "/api/v1/spot/openOrders")) == lists + 1
            for _ in range(2):
                with pytest.raises(hk.BadRequest):
                    await anext(venue.watch_orders("DOGE/XYZ"))
            assert len(requests(venue, "/api/v1/spot/openOrders")) == lists + 3

    asyncio.run(run())


def test_a_symbol_is_asked_for_once_by_all_who_begin_at_once():
    """By the venue's limits each question more would keep the last one a second longer; one that fails is its own."""

    async def run():
        async with hk.connect_async("hashkey", environment="simulator") as venue, venue.watch_balance():
            lists = len(requests(venue, "/api/v1/spot/openOrders"))
            flows = [watch._check_symbol() for watch in (venue.watch_orders("ETH/USD") for _ in range(4))]
            assert await asyncio.gather(*flows) == [None] * 4
            assert len(requests(venue, "/api/v1/spot/openOrders")) == lists + 1
            venue.simulator.fail_next(path="/api/v1/spot/openOrders", status=503)
            flows = [watch._check_symbol() for watch in (venue.watch_orders("BTC/USD") for _ in range(3))]
            told = await asyncio.gather(*flows, return_exceptions=True)
            assert [type(one) for one in told].count(hk.OutcomeUnknown) == 1
            assert told.count(None) == 2

    asyncio.run(run())


def test_a_symbol_that_the_venue_does_not_have_is_its_refusal():
    """Where no markets are loaded the venue is asked; nothing is opened, and nobody waits for what never comes."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            with pytest.raises(hk.BadRequest):
                await anext(venue.watch_orders("DOGE/XYZ"))
            with pytest.raises(hk.BadRequest):
                async with venue.watch_orders("DOGE/XYZ"):
                    pass
            assert requests(venue) == []
            async with venue.watch_orders("ETH/USD") as updates:
                assert updates.is_live

    asyncio.run(run())
    with hk.connect("hashkey", **SIMULATOR) as venue, pytest.raises(hk.BadRequest):
        next(venue.watch_orders("DOGE/XYZ"))


def test_a_watch_that_has_ended_is_not_begun_again():
    """``with`` says so: an iterator that has ended would tell nothing for ever."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        watch = venue.watch_orders()
        assert repr(watch) == "<Watch of all orders, not begun>"
        with watch:
            assert repr(watch) == "<Watch of all orders, begun>"
        with pytest.raises(hk.ConfigurationError, match="this watch has ended"), watch:
            pass
        assert list(watch) == []


def test_what_kept_a_stream_from_being_opened_is_told():
    """Beside the time that was over: the last thing that went wrong."""
    with hk.connect("hashkey", timeout=0.2, **SIMULATOR) as venue:
        venue.simulator.streams.refuse_next(503, times=10**6)
        with pytest.raises(hk.AdapterError, match="503"), venue.watch_orders():
            pass


def test_threads_watch_by_one_background_thread():
    """It begins with the first watch, serves several threads, and is gone with the venue."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        assert threads() == []
        with venue.watch_orders() as updates:
            assert next(updates).order.id == order.id
            assert threads() == ["hk_adapter stream"]
            ready = threading.Barrier(3)

            def last_word():
                with venue.watch_orders() as watch:
                    ready.wait()
                    return [next(watch).order.status for _ in range(2)]

            with ThreadPoolExecutor(2) as pool:
                words = [pool.submit(last_word) for _ in range(2)]
                ready.wait()
                venue.cancel_order(order.id)
                assert [word.result() for word in words] == [["open", "canceled"]] * 2
            assert next(updates).order.status == "canceled"
            assert requests(venue) == ["POST"]
    assert threads() == []
    assert requests(venue) == ["POST", "DELETE"]


def test_a_thread_that_breaks_out_can_watch_again():
    """What the last one left is closed, and opened anew."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        for _ in range(3):
            for update in venue.watch_orders():
                assert update.order.id == order.id
                break
    assert requests(venue) == ["POST", "DELETE"] * 3
    assert threads() == []


def test_a_thread_waits_for_so_long_at_most():
    """``get`` says that nothing came, loses nothing, and the watch goes on; None is its end, and wrong numbers none."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        with venue.watch_orders() as updates:
            for timeout in (0, 0.01):
                with pytest.raises(TimeoutError):
                    updates.get(timeout=timeout)
            order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            assert updates.get(timeout=60).order.id == order.id
            venue.cancel_order(order.id)
            assert updates.get().order.status == "canceled"
            for wrong in (-1, "soon", float("nan")):
                with pytest.raises(hk.InvalidArgument):
                    updates.get(timeout=wrong)
            with pytest.raises(TimeoutError):
                updates.get(timeout=0)
        assert updates.get() is None
        assert updates.get(timeout=1) is None


def test_what_ends_a_watch_is_raised_by_get_too():
    """As by iterating; after it there is the end."""
    with hk.connect("hashkey", api_key="k", secret="s" * 32, base_url="http://127.0.0.1:1", timeout=0.3) as venue:
        updates = venue.watch_orders()
        with pytest.raises(hk.AdapterError):
            updates.get(timeout=60)
        assert updates.get() is None


def test_closing_a_venue_ends_a_thread_that_waits():
    """It comes back from its loop as if there were nothing more to tell."""
    venue = hk.connect("hashkey", **SIMULATOR)
    with venue.watch_orders() as watch, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(list, watch)
        venue.close()
        assert waiting.result() == []
    with pytest.raises(hk.NotSent):
        next(venue.watch_orders())
    assert threads() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_process_begins_a_watch_of_its_own():
    """The parent's is refused there, at once; its own works, and leaves the parent's stream alone."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders() as updates:
            next(updates)
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    try:
                        next(updates)
                    except hk.ConfigurationError:
                        with venue.watch_orders() as own:
                            code = 0 if next(own).order.id == order.id else 2
                finally:
                    os._exit(code)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
            venue.cancel_order(order.id)
            assert next(updates).order.status == "canceled"


def in_a_child(check):
    """Run a check in a forked child; return whether it held there."""
    child = os.fork()
    if child == 0:
        held = False
        try:
            held = check()
        finally:
            os._exit(0 if held else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_the_parents_watch_is_never_live_in_a_child():
    """It says whose it is, can be closed there, and goes on in the parent; nor is it live beside one of the child's."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders() as updates, venue.watch_order_book("ETH/USD") as books:
            next(updates)
            assert updates.is_live
            assert books.is_live

            def check():
                seen = [updates.is_live, books.is_live, "the parent process's" in repr(updates)]
                with venue.watch_orders() as own:
                    seen += [updates.is_live, own.is_live]
                for watch in (updates, books):
                    watch.close()
                venue.close()
                return seen == [False, False, True, False, True]

            assert in_a_child(check)
            assert updates.is_live
            assert books.is_live
            venue.cancel_order(order.id)
            assert next(updates).order.status == "canceled"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_the_parents_watch_of_a_loop_is_never_live_in_a_child():
    """Nor does a close there wait for, or disturb, what goes on in the parent."""

    async def run():
        async with hk.connect_async("hashkey", **SIMULATOR) as venue:
            order = await placed(venue)
            async with venue.watch_orders() as updates:
                await anext(updates)
                assert updates.is_live

                def check():
                    asyncio.events._set_running_loop(None)
                    live = updates.is_live

                    async def later():
                        with pytest.raises(hk.ConfigurationError):
                            await anext(updates)
                        await venue.close()

                    asyncio.run(later())
                    return not live and not updates.is_live

                assert in_a_child(check)
                assert updates.is_live
                await venue.cancel_order(order.id)
                assert (await anext(updates)).order.status == "canceled"

    asyncio.run(run())


def test_a_venue_without_a_stream_says_so():
    """``has`` and the call agree."""

    class Plain:
        hosts = frozenset({"https://plain.example"})
        limits = MappingProxyType({})
        request_lifetime = 5000

        def sign(self, call, credentials, timestamp):
            return hk.HttpRequest(call.method, "https://plain.example", {})

    class Plugin:
        @hk.hookimpl
        def open_venue(self, settings):
            return Plain()

    hk.register_venue("plain", Plugin())
    try:
        with hk.connect("plain", api_key="k", secret="s") as venue:
            assert venue.has["watchOrders"] is False
            with pytest.raises(hk.NotSupported):
                venue.watch_orders()
    finally:
        hk.unregister_venue("plain")


def test_a_watch_is_neither_copied_nor_pickled():
    """A copy that is dropped would end the watch that it is one of."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        with venue.watch_orders() as updates:
            for copy_of in (copy.copy, copy.deepcopy, pickle.dumps):
                with pytest.raises(TypeError, match="begin another one"):
                    copy_of(updates)
            gc.collect()
            assert next(updates).order.id == order.id


def test_the_end_of_the_interpreter_ends_what_is_watched():
    """The listen key is given back; the connection may be used again by whoever comes later in the exit."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        order = placed(venue)
        updates = venue.watch_orders()
        next(updates)
        end_all()
        assert (threads(), requests(venue), list(updates)) == ([], ["POST", "DELETE"], [])
        with venue.watch_orders() as again:
            assert next(again).order.id == order.id


def test_a_script_that_just_ends_leaves_no_listen_key():
    """However it ends: the exit of the interpreter comes to it."""
    script = """
import atexit, sys
atexit.register(lambda: print([one.method for one in venue.simulator.requests if "userData" in one.path]))
import hk_adapter as hk
from hk_adapter.venue.thread_streams import end_all
venue = hk.connect("hashkey", environment="simulator")
updates = venue.watch_orders()
updates.__enter__()
sys.exit(3)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (3, "['POST', 'DELETE']", "")


def test_a_machine_without_threads_is_told_and_leaves_nothing(monkeypatch):
    """Nobody waits for a stream that nothing could keep; a later watch begins as ever."""
    with hk.connect("hashkey", **SIMULATOR) as venue:
        placed(venue)
        with monkeypatch.context() as shortage:
            shortage.setattr(threading.Thread, "start", lambda self: _no_thread())
            for _ in range(2):
                with pytest.raises(hk.NotSent, match="no thread"):
                    next(venue.watch_orders())
        end_all()
        with venue.watch_orders() as updates:
            assert next(updates).order.status == "open"
    assert threads() == []


def _no_thread():
    raise RuntimeError("can't start new thread")
