"""Skerry's stream: nothing of it is like HashKey's, and whoever watches is promised the same."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.testing.conformance.bench import Bench
from tests.conformance.skerry import plugin, script
from tests.conformance.skerry.streams import Reader

pytestmark = pytest.mark.usefixtures("simulated")


def opened(**more):
    """Open it for asyncio."""
    return hk.connect_async("skerry", environment="simulator", budget="unlimited", **more)


async def placed(venue, price="1900"):
    """Place an order."""
    return await venue.create_order("ETH/USD", "limit", "buy", "1", price)


def test_a_quoter_needs_no_query():
    """What is open, a new order, a fill and a cancel are told; the stream proves the cancel, and nothing is asked."""

    async def run():
        async with opened() as venue:
            assert venue.has["watchOrders"] is True
            first = await placed(venue)
            async with venue.watch_orders() as updates:
                assert updates.is_live
                second = await placed(venue, "1890")
                venue.simulator.fill(second.id, "0.4")
                report = await venue.try_cancel(second.id)
                told = [await anext(updates) for _ in range(4)]
            assert [(one.order.id, str(one.order.status), str(one.order.filled), one.live) for one in told] == [
                (first.id, "open", "0", False),
                (second.id, "open", "0", True),
                (second.id, "open", "0.4", True),
                (second.id, "canceled", "0.4", True),
            ]
            assert (report.outcome, report.evidence) == ("partially_canceled", "stream")
            assert "/order/show" not in venue.simulator.asked
        assert not venue.simulator.connections

    asyncio.run(run())


def test_a_thread_watches():
    """The same hooks serve threads."""
    with hk.connect("skerry", environment="simulator", budget="unlimited") as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        with venue.watch_orders("ETH/USD") as updates:
            assert next(updates).order.id == order.id
            venue.simulator.fill(order.id, "1")
            assert next(updates).order.status == "closed"


@pytest.mark.parametrize("way", ["lost frame", "cut"])
def test_no_gap_is_left(way):
    """After a number that is missing, or a connection that was cut, another stream is opened, and the gap closed."""

    async def run():
        async with opened() as venue:
            order = await placed(venue)
            async with venue.watch_orders() as updates:
                await anext(updates)
                if way == "cut":
                    venue.simulator.drop()
                else:
                    venue.simulator.loses = 1
                venue.simulator.fill(order.id, "0.4")
                venue.simulator.fill(order.id, "0.1")
                update = await asyncio.wait_for(anext(updates), 8)
                assert (str(update.order.filled), update.live) == ("0.5", False)
                assert venue.simulator.asked.count("/stream/token") == 2

    asyncio.run(run())


def test_a_key_that_cannot_sign_so_ends_the_watch(monkeypatch):
    """What the plugin raises, or gives that is no text, is told to who watches, without the secret."""

    async def watched(error):
        async with opened() as venue:
            with pytest.raises(error) as caught:
                async with venue.watch_orders():
                    pass
        return caught.value

    def refusing(self, plan, credentials, timestamp):
        raise hk.ConfigurationError(f"no such key, {secret}")

    secret = "YSBsYW50ZXJuIG9uIHRoZSBza2Vycnk="
    monkeypatch.setattr(plugin.Skerry, "sign_stream", refusing)
    assert secret not in str(asyncio.run(watched(hk.ConfigurationError)))
    monkeypatch.setattr(plugin.Skerry, "sign_stream", lambda *given: "text")
    assert "tuple of texts" in str(asyncio.run(watched(hk.PluginError)))
    monkeypatch.setattr(plugin.Skerry, "sign_stream", lambda *given: 1 / 0)
    assert "ZeroDivisionError" in str(asyncio.run(watched(hk.PluginError)))


def frame(number, kind="order", **more):
    """Write a frame."""
    return script.json_text({"n": number, "kind": kind, **more})


def test_frames_are_read_exactly(bench: Bench):
    """Twice is once; a missing number, a good-bye and what cannot be read are told as what they are."""
    order = bench.exchange.place(filled="0.4")
    row = script.row(order)
    reader = Reader()
    assert list(reader.read(frame(0, "following"))) == [hk.StreamReady()]
    [seen] = reader.read(frame(1, order=row))
    assert isinstance(seen, hk.OrderSeen)
    assert (seen.order.id, seen.order.filled) == (order.id, Decimal("0.4"))
    assert reader.read(frame(1, order=row)) == ()
    [unread] = reader.read(frame(2, order={**row, "state": "adrift"}))
    assert isinstance(unread, hk.Unread)
    assert unread.order_id == order.id
    assert [type(one) for one in reader.read(frame(3, "tide"))] == [hk.Unread]
    assert [type(one) for one in reader.read(frame(4, "bye"))] == [hk.StreamOver]
    assert [type(one) for one in reader.read(frame(9))] == [hk.StreamOver]
    assert [type(one) for one in reader.read("<html>")] == [hk.Unread]
    assert reader.read("pong") == ()
    assert json.loads(frame(1))["n"] == 1
