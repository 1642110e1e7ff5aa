"""ccxt.pro beside a poll: what it hears makes the poll ask at once, whatever becomes of it the watch goes on."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import threading
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.errors import PluginError
from hk_adapter.hooks import VenueSettings
from hk_adapter.hooks.hints import About, Hint, Wanted
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.transport.aiohttp_streams import AiohttpStreams
from hk_adapter.transport.foreign_sockets import ForeignSockets
from hk_adapter.transport.stream_urls import allowed
from hk_adapter.venues.ccxt_bridge import pro_hints
from hk_adapter.venues.ccxt_bridge.config import configured_exchange, configured_pro, stream_hosts_of
from hk_adapter.venues.ccxt_bridge.pro_exchange import TrackedLoop
from hk_adapter.venues.ccxt_bridge.pro_hints import ProHints, hints_in

pro = pytest.importorskip("ccxt.pro")

SELDOM = {"budget": "unlimited", "rateLimit": 1, "poll_every": 3600}
KEY = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET}


@pytest.fixture
def served():
    """Serve a fresh venue, and look that nobody stays connected, as soon as it has noticed that all have gone."""
    with serve() as server:
        yield server
        asyncio.run(listening(server, 0))


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """Let nobody wait for what is tried again."""
    monkeypatch.setattr(pro_hints, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(pro_hints, "RECONNECTED", 0.05)


def connected(served, **more: Any):
    """Connect to the served venue by ccxt, and list once an hour."""
    return hk.connect_async("ccxt:hashkey", **KEY, base_url=served.url, **(SELDOM | more))


async def until(holds):
    """Wait until something holds: what makes it so is on its way."""
    async with asyncio.timeout(20):
        while not holds():
            await asyncio.sleep(0.005)


async def news(updates):
    """Wait for the next update, and not for ever."""
    return await asyncio.wait_for(anext(updates), 20)


async def listening(served, number=1):
    """Wait until ccxt.pro is connected."""
    await until(lambda: len(served.control.streams.connections) == number)


def placed(venue):
    """Place an order."""
    return venue.create_order("ETH/USD", "limit", "buy", "1", "1900")


async def test_orders_fills_and_balances_are_told_long_before_a_list_is_due(served):
    """All is found by asking, and nothing is live; ``has`` says that it is made out of other calls."""
    async with connected(served) as venue:
        assert {venue.has[key] for key in ("watchOrders", "watchMyTrades", "watchBalance")} == {"emulated"}
        async with venue.watch_orders() as orders, venue.watch_my_trades() as fills, venue.watch_balance() as balances:
            await listening(served)
            await news(balances)
            order = await placed(venue)
            assert (await news(orders)).order.id == order.id
            assert "USD" in (await news(balances)).changed
            served.control.fill(order.id, "0.4")
            update = await news(orders)
            assert (str(update.order.filled), update.live, str(update.evidence)) == ("0.4", False, "query")
            fill = await news(fills)
            assert (str(fill.trade.amount), fill.live, str(fill.evidence)) == ("0.4", False, "query")
            assert fill.trade.id == (await venue.fetch_my_trades("ETH/USD"))[0].id
            assert not orders.is_live
            served.control.fill(order.id)
            assert (await news(orders)).order.status == "closed"
    assert len(asyncio.all_tasks()) == 1
    gc.collect()


async def test_an_order_that_is_filled_at_once_is_told(served):
    """ccxt.pro reads it as open, and no list of open orders ever had it."""
    async with connected(served) as venue, venue.watch_orders() as orders:
        await listening(served)
        served.control.counter_order("ETHUSD", "SELL", "1", "1900")
        order = await placed(venue)
        update = await news(orders)
        assert (update.order.id, update.order.status, str(update.order.filled)) == (order.id, "closed", "1")


def test_a_thread_watches_by_the_background_loop(served):
    """The same from a thread, in its one background loop."""
    with (
        hk.connect("ccxt:hashkey", **KEY, base_url=served.url, **SELDOM) as venue,
        venue.watch_orders("ETH/USD") as orders,
    ):
        asyncio.run(listening(served))
        order = placed(venue)
        assert next(orders).order.id == order.id
        served.control.fill(order.id)
        assert next(orders).order.status == "closed"
    assert "hk_adapter stream" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("kind", ["drop", "truncate"])
async def test_a_lost_connection_is_made_again(served, kind):
    """What was lost with it is asked for as soon as somebody listens again."""
    async with connected(served) as venue, venue.watch_orders() as orders:
        await listening(served)
        served.control.streams.fail_next(kind)
        lost = await placed(venue)
        assert (await news(orders)).order.id == lost.id
        await listening(served)
        served.control.fill(lost.id, "0.4")
        assert str((await news(orders)).order.filled) == "0.4"


async def test_a_venue_that_starts_anew_is_listened_to_again(served):
    """Every connection is lost, and every listen key with it."""
    async with connected(served) as venue, venue.watch_orders() as orders:
        await listening(served)
        order = await placed(venue)
        await news(orders)
        served.control.streams.restart()
        await listening(served, 0)
        await listening(served)
        served.control.fill(order.id, "0.4")
        assert str((await news(orders)).order.filled) == "0.4"


async def test_a_silent_connection_leaves_the_poll(served):
    """Nothing is heard any more, and all is told by lists all the same."""
    async with connected(served, poll_every=0.05) as venue, venue.watch_orders() as orders:
        await listening(served)
        served.control.streams.fail_next("stall")
        order = await placed(venue)
        assert (await news(orders)).order.id == order.id
        served.control.fill(order.id)
        assert (await news(orders)).order.status == "closed"


@pytest.mark.parametrize("kind", ["drop", "lose", "duplicate", "late", "split", "truncate", "reorder", "stall"])
async def test_whatever_befalls_its_stream_each_change_is_told_once_and_in_its_order(served, kind):
    """Lists find what it did not hear, and what it heard twice or late is no news."""
    async with connected(served, poll_every=0.2) as venue, venue.watch_orders() as orders:
        await listening(served)
        order = await placed(venue)
        told = [await news(orders)]
        for amount in ("0.4", "0.3"):
            served.control.streams.fail_next(kind)
            served.control.fill(order.id, amount)
            told.append(await news(orders))
        await venue.cancel_order(order.id, "ETH/USD")
        told.append(await news(orders))
    assert [(one.order.status, str(one.order.filled)) for one in told] == [
        ("open", "0"),
        ("open", "0.4"),
        ("open", "0.7"),
        ("canceled", "0.7"),
    ]
    assert {one.live for one in told} == {False}


@pytest.mark.parametrize("fault", [RuntimeError("a bug"), KeyError("ws"), asyncio.CancelledError(), hk.NotSent("no")])
async def test_whatever_ccxt_pro_raises_the_watch_goes_on(served, monkeypatch, fault):
    """And nothing else notices, by lists alone."""

    async def broken(self, *arguments):
        raise fault

    monkeypatch.setattr(pro.hashkey, "watch_orders", broken)
    async with connected(served, poll_every=0.05) as venue, venue.watch_orders() as orders:
        order = await placed(venue)
        assert (await news(orders)).order.id == order.id
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize("part", ["__init__", "describe", "close"])
async def test_a_class_that_breaks_is_done_without(served, monkeypatch, part):
    """As it is made, and as it is closed."""

    def broken(self, *arguments, **keywords):
        raise RuntimeError("a bug")

    monkeypatch.setattr(pro.hashkey, part, broken, raising=False)
    async with connected(served, poll_every=0.05) as venue, venue.watch_orders() as orders:
        order = await placed(venue)
        assert (await news(orders)).order.id == order.id


async def test_it_may_be_switched_off(served):
    """Then nobody connects, and lists tell."""
    async with connected(served, poll_every=0.05, ccxt_pro=False) as venue, venue.watch_orders() as orders:
        order = await placed(venue)
        assert (await news(orders)).order.id == order.id
        assert served.control.streams.connections == []
    with pytest.raises(hk.ConfigurationError, match="ccxt_pro"):
        hk.connect_async("ccxt:hashkey", ccxt_pro="no")


async def test_who_comes_and_goes_leaves_the_others_listening(served):
    """A watch of ccxt.pro's that is canceled as it logs in would leave the others waiting for good."""
    async with connected(served) as venue, venue.watch_orders() as orders:
        async with venue.watch_balance(), venue.watch_my_trades():
            pass
        await listening(served)
        order = await placed(venue)
        assert (await news(orders)).order.id == order.id
        async with venue.watch_balance() as balances:
            await news(balances)
            served.control.fill(order.id)
            assert (await news(balances)).changed


def exchanged(venue, seen):
    """Note each request of a connection, and its answer."""
    send = venue._transport.send

    async def noted(request, over_by):
        answer = await send(request, over_by)
        seen.append((request, answer))
        return answer

    venue._transport.send = noted


async def test_no_secret_is_shown(served, caplog):
    """Neither the key nor a listen key, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    seen: list[Any] = []
    async with connected(served) as venue:
        exchanged(venue, seen)
        async with venue.watch_orders() as orders:
            await listening(served)
            served.control.streams.fail_next("drop")
            await placed(venue)
            await news(orders)
            served.control.streams.restart()
            await listening(served, 0)
            await listening(served)
    listen_keys = {json.loads(answer.body)["listenKey"] for one, answer in seen if "userDataStream" in one.url}
    assert listen_keys
    for word in (DEFAULT_SECRET, DEFAULT_API_KEY, *listen_keys):
        assert word not in caplog.text


async def test_what_it_asks_is_paced_and_sent_by_the_connection(served):
    """ccxt.pro has no way to the network of its own."""
    seen: list[Any] = []
    async with connected(served) as venue:
        exchanged(venue, seen)
        async with venue.watch_orders():
            await listening(served)
    assert [one.method for one, _ in seen if "userDataStream" in one.url] == ["POST"]


@pytest.mark.parametrize(
    ("about", "rows", "hints"),
    [
        (About.ORDERS, [{"id": "1", "symbol": "ETH/USD"}, {"id": "1", "symbol": "ETH/USD"}], [("1", "ETH/USD")]),
        (About.FILLS, [{"id": "t", "order": "1", "symbol": "ETH/USD"}], [("1", "ETH/USD")]),
        (About.ORDERS, [{"id": 7, "symbol": ["x"]}, "nonsense"], [(None, None)]),
        (About.ORDERS, {"1": {}}, [(None, None)]),
        (About.BALANCE, {"USD": {"free": 1}}, [(None, None)]),
        (About.ORDERS, [], []),
    ],
)
def test_only_names_are_read_of_a_row(about, rows, hints):
    """Whatever else a row says is not believed."""
    assert [(one.order_id, one.symbol) for one in hints_in(about, rows)] == hints
    assert {one.about for one in hints_in(about, rows)} <= {about}


class Exchange:
    """Stands for ccxt.pro's: what its watches do is scripted."""

    def __init__(self, watch):
        self.has = {"watchOrders": True, "watchMyTrades": True}
        self.urls = {"api": {"ws": "wss://stream.example/x"}}
        self.watch_orders = self.watch_my_trades = watch
        self.detached = False

    def attach(self, asks, ways):
        """Note nothing."""

    def implode_hostname(self, url):
        """Give it back."""
        return url

    async def detach(self):
        """Note it."""
        self.detached = True


async def listen_for(hints, seconds=0.3):
    """Listen for a while, and give what was told."""
    told: list[Hint] = []
    hints.want(Wanted(orders=frozenset({None}), fills=frozenset({None}), balance=True))
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(hints.listen(told.append), seconds)
    return told


async def test_an_exchange_that_fails_is_made_anew(monkeypatch):
    """The broken one is closed first; one that never says a word is given up, and what it has not is not tried."""
    made: list[Exchange] = []

    async def fails(*arguments):
        raise RuntimeError("a bug")

    def make():
        made.append(Exchange(fails))
        return made[-1]

    monkeypatch.setattr(pro_hints, "FIRST_PAUSE", 0.0)
    await listen_for(ProHints(make, None, None))
    assert len(made) == pro_hints.MOST_BREAKS + 1
    assert all(one.detached for one in made)


async def test_a_network_that_is_down_for_long_is_tried_again(monkeypatch):
    """However often it failed: once it is up, hints come again."""
    tries = 0

    async def fails(*arguments):
        nonlocal tries
        tries += 1
        if tries < 100:
            raise pro.NetworkError("down")
        await asyncio.sleep(0.05)
        return [{"id": "1", "symbol": "ETH/USD"}]

    monkeypatch.setattr(pro_hints, "FIRST_PAUSE", 0.0)
    told = await listen_for(ProHints(lambda: Exchange(fails), None, None))
    assert {one.order_id for one in told if one.about is About.ORDERS} == {None, "1"}


async def test_a_watch_that_waits_for_nothing_is_slowed_down(monkeypatch):
    """It would turn round and round, and let nobody else run."""
    monkeypatch.setattr(pro_hints, "FIRST_PAUSE", 3600.0)
    monkeypatch.setattr(pro_hints, "QUICK", 3600.0)
    calls = 0

    async def at_once(*arguments):
        nonlocal calls
        calls += 1
        return []

    await listen_for(ProHints(lambda: Exchange(at_once), None, None))
    assert calls == 2 * (pro_hints.MOST_QUICK + 1)


async def test_an_exchange_that_ccxt_pro_has_not_is_not_listened_to():
    """Nothing happens at all."""
    hints = ProHints(lambda: None, None, None)
    assert hints.stream_hosts == frozenset()
    assert await listen_for(hints) == []


async def test_tasks_and_timers_of_ccxt_pro_end_with_it():
    """It has none of its own that would end them."""
    loop = TrackedLoop(asyncio.get_running_loop())
    called: list[int] = []
    task = loop.create_task(asyncio.sleep(3600))
    timer = loop.call_later(3600, called.append, 1)
    await loop.end()
    assert task.cancelled()
    assert timer.cancelled()
    late = loop.create_task(asyncio.sleep(3600))
    loop.call_later(0, called.append, 2)
    await asyncio.wait([late])
    await asyncio.sleep(0)
    assert (late.cancelled(), called) == (True, [])


class NoWay:
    """Ways by which nothing comes through."""

    async def ask(self, flow):
        """Refuse it."""
        flow.close()
        raise hk.NotSent("no way")

    async def open_socket(self, url, **options):
        """Refuse it."""
        raise hk.NotSent("no way")


@pytest.mark.parametrize("member", ["mexc", "hashkey", "binance"])
async def test_an_error_that_nobody_waits_for_is_shown_by_nobody(member, caplog):
    """The loop would show it with its words, in which there may be a listen key."""
    exchange = opened(member)
    asks = configured_exchange(VenueSettings(venue_id=f"ccxt:{member}", environment="production"))
    exchange.markets = {"ETH/USD": {}}
    asks.apiKey = asks.secret = "k" * 32
    exchange.attach(asks, NoWay())
    for _ in range(2):
        with pytest.raises((hk.NotSent, pro.BaseError)):
            await asyncio.wait_for(exchange.watch_orders(), 20)
    await exchange.detach()
    del exchange
    gc.collect()
    assert "never retrieved" not in caplog.text


PUBLIC_ALONE = {"wss://stream.data.alpaca.markets"}
"""Market data is the same for both there, and needs no key."""


def opened(member, environment="production", **more):
    """Make ccxt.pro's exchange as the bridge does."""
    return configured_pro(VenueSettings(venue_id=f"ccxt:{member}", environment=environment, **more))


def members():
    """Name the exchanges whose orders ccxt.pro watches."""
    kinds = {member: getattr(pro, member) for member in pro.exchanges}
    return [
        member
        for member, kind in kinds.items()
        if not hasattr(kind, "hk_adapter_name") and kind().has.get("watchOrders")
    ]


def test_every_exchange_of_ccxt_pro_declares_where_it_listens():
    """By TLS alone, and none of them at another place where the caller has named one."""
    for member in members():
        hosts = stream_hosts_of(opened(member))
        if not hosts and member.startswith("kucoin"):
            continue  # older releases ask it for one
        assert {host.partition("://")[0] for host in hosts} == {"wss"}, member
        moved = stream_hosts_of(opened(member, base_url="http://127.0.0.1:8080"))
        assert moved == {"ws://127.0.0.1:8080"}, member


def test_a_sandbox_is_listened_to_at_the_sandbox():
    """Never at the production hosts, with a sandbox's key."""
    for member in members():
        if getattr(pro, member)().urls.get("test"):
            try:
                sandbox = opened(member, "sandbox")
            except (hk.NotSupported, hk.ConfigurationError):
                continue
            shared = stream_hosts_of(sandbox) & stream_hosts_of(opened(member))
            assert shared <= PUBLIC_ALONE, member


def test_this_packages_own_class_is_no_exchange(monkeypatch):
    """It may stand among ccxt.pro's; nor is there one where ccxt.pro has none."""
    monkeypatch.setattr(pro.hashkey, "hk_adapter_name", "ours", raising=False)
    assert opened("hashkey") is None
    assert opened("nowhere") is None


async def test_a_socket_is_opened_where_the_exchange_listens_and_nowhere_else():
    """Nor after nobody watches any more."""
    sockets = ForeignSockets(AiohttpStreams(allowed(frozenset({"wss://stream.example"}), None)), 5.0)
    for url in ("wss://other.example/x", "ws://stream.example/x", "wss://stream.example.other/x"):
        with pytest.raises(PluginError, match="stream_hosts"):
            await sockets.open_socket(url)
    await sockets.close()
    with pytest.raises(hk.NotSent):
        await sockets.open_socket("wss://stream.example/x")


async def test_a_socket_that_nobody_waits_for_any_more_is_closed_with_the_others():
    """Whoever asked for it was canceled in the moment in which it was open."""

    class Link:
        closed = False

        async def close(self):
            self.closed = True

    class Streams:
        async def open_link(self, url, until):
            asking.cancel()
            return link

    link, sockets = Link(), ForeignSockets(Streams(), 5.0)
    asking = asyncio.ensure_future(sockets.open_socket("wss://stream.example/x"))
    with pytest.raises(asyncio.CancelledError):
        await asking
    await sockets.close()
    assert link.closed


async def test_no_socket_is_opened_once_all_are_closed():
    """Nor by a library that had asked for one before, and waited for an old one to be closed."""

    class Link:
        def __init__(self):
            self.socket = self
            self.closed = False

        async def close(self):
            closing.set()
            await goes_on.wait()

    class Streams:
        async def open_link(self, url, until):
            opened.append(link := Link())
            return link

    opened, closing, goes_on = [], asyncio.Event(), asyncio.Event()
    sockets = ForeignSockets(Streams(), 5.0)
    (await sockets.open_socket("wss://stream.example/x")).closed = True
    asking = asyncio.ensure_future(sockets.open_socket("wss://stream.example/x"))
    await closing.wait()
    await sockets.close()
    goes_on.set()
    with pytest.raises(hk.NotSent):
        await asking
    assert len(opened) == 1
