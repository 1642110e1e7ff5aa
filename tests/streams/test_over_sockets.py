"""A watch over real WebSockets: the served simulator, both facades, a dead server, a redirect, and no secret shown."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import socket
import ssl
import traceback
from operator import methodcaller

import pytest
import trustme
from aiohttp import web

import hk_adapter as hk
from hk_adapter.errors import NotSent, PluginError, VenueUnavailable
from hk_adapter.flow.real_time import monotonic
from hk_adapter.simulator import serve
from hk_adapter.transport.aiohttp_streams import AiohttpStreams
from hk_adapter.transport.stream_urls import allowed
from tests.lateness import on_time

SIMULATOR = {"environment": "simulator", "budget": "unlimited"}
KEYS = {"api_key": "key", "secret": "secret"}
SECRET = "listenkeylistenkeylistenkey"


def test_asyncio_watches_over_a_socket():
    """Live updates, a cut connection, and nothing left open."""

    async def run(served):
        async with hk.connect_async(
            "hashkey", environment="simulator", base_url=served.url, budget="unlimited"
        ) as venue:
            order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            async with venue.watch_orders() as updates:
                assert (await anext(updates)).live is False
                served.control.fill(order.id, "0.4")
                update = await anext(updates)
                assert (update.live, str(update.order.filled)) == (True, "0.4")
                served.control.streams.restart()
                await venue.cancel_order(order.id)
                update = await asyncio.wait_for(anext(updates), 8)
                assert update.order.status == "canceled"
        assert len(asyncio.all_tasks()) == 1

    with serve() as served:
        asyncio.run(run(served))
        gc.collect()  # an unclosed socket would warn, and warnings are errors
        assert served.control.streams.connections == []


def test_threads_watch_over_a_socket():
    """The same from a thread."""
    with (
        serve() as served,
        hk.connect("hashkey", **SIMULATOR, base_url=served.url) as venue,
    ):
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        with venue.watch_orders() as updates:
            next(updates)
            venue.cancel_order(order.id)
            assert next(updates).order.status == "canceled"


def streams(origin):
    """Give what may open streams at an origin."""
    return AiohttpStreams(allowed(frozenset({origin}), None))


async def site_of(handler, context=None):
    """Serve one handler on a free port; give what stops it, and the origin for streams."""
    app = web.Application()
    app.router.add_get("/{tail:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    return runner, f"{'ws' if context is None else 'wss'}://127.0.0.1:{port}"


def test_a_redirect_is_not_followed(caplog):
    """It would take the listen key elsewhere; the error shows neither key nor URL, with its causes."""
    asked = []

    async def redirect(request):
        asked.append(request.path)
        raise web.HTTPFound(f"/elsewhere/{SECRET}")

    async def run():
        runner, origin = await site_of(redirect)
        try:
            with pytest.raises(NotSent) as failed:
                await streams(origin).open_stream(f"{origin}/{SECRET}", monotonic() + 2)
        finally:
            await runner.cleanup()
        assert asked == [f"/{SECRET}"]
        assert SECRET not in "".join(traceback.format_exception(failed.value))

    with caplog.at_level(logging.DEBUG, "aiohttp.client"):
        asyncio.run(run())


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_refused_upgrade_is_not_sent_and_shows_no_key(status):
    """The status is told."""

    async def refuse(request):
        return web.Response(status=status)

    async def run():
        runner, origin = await site_of(refuse)
        try:
            with pytest.raises(NotSent, match=str(status)) as failed:
                await streams(origin).open_stream(f"{origin}/{SECRET}", monotonic() + 2)
        finally:
            await runner.cleanup()
        assert SECRET not in "".join(traceback.format_exception(failed.value))

    asyncio.run(run())


def test_a_server_that_does_not_answer_is_given_up_by_the_deadline():
    """Nothing is left open."""

    async def run(origin):
        with on_time(0.1), pytest.raises(NotSent):
            await streams(origin).open_stream(f"{origin}/{SECRET}", monotonic() + 0.1)

    with socket.create_server(("127.0.0.1", 0)) as deaf:
        asyncio.run(run(f"ws://127.0.0.1:{deaf.getsockname()[1]}"))
        gc.collect()


def test_tls_is_checked(tmp_path):
    """A private authority is trusted where it is named, and nowhere else."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    async def talk(request):
        upgraded = web.WebSocketResponse()
        await upgraded.prepare(request)
        await upgraded.send_str("hello")
        await upgraded.receive()
        return upgraded

    async def run():
        runner, origin = await site_of(talk, context)
        check = allowed(frozenset({origin}), None)
        link = await AiohttpStreams(check, ca_file=str(tmp_path / "ca.pem")).open_stream(f"{origin}/x", monotonic() + 2)
        assert await link.receive(monotonic() + 2) == "hello"
        await link.close()
        with pytest.raises(NotSent, match="TLS"):
            await AiohttpStreams(check).open_stream(f"{origin}/x", monotonic() + 2)
        await runner.cleanup()

    asyncio.run(run())
    gc.collect()


def test_frames_are_had_in_time_or_not():
    """None after so many seconds; what comes then is not lost; the end is an error; closing twice does nothing."""

    async def talk(request):
        upgraded = web.WebSocketResponse()
        await upgraded.prepare(request)
        await upgraded.receive()
        await upgraded.send_str("one")
        await upgraded.close()
        return upgraded

    async def run():
        runner, origin = await site_of(talk)
        link = await streams(origin).open_stream(f"{origin}/{SECRET}", monotonic() + 2)
        assert await link.receive(monotonic() + 0.01) is None
        await link.send("go on")
        assert await link.receive(monotonic() + 2) == "one"
        with pytest.raises(VenueUnavailable):
            await link.receive(monotonic() + 2)
        await link.close()
        await link.close()
        with pytest.raises(VenueUnavailable):
            await link.send("more")
        await runner.cleanup()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("wss://other.example/x", None),
        ("wss://stream.example:444/x", None),
        ("ws://stream.example/x", None),
        ("https://stream.example/x", None),
        ("wss://stream.example.evil/x", None),
        ("wss://user@stream.example/x", None),
        ("wss://stream.example/a b", None),
        ("wss://stream.example/x", "https://mine.example"),
    ],
)
def test_streams_go_to_declared_hosts_only(url, base_url):
    """And to the caller's own, where he named one; the error shows no URL."""
    check = allowed(frozenset({"wss://stream.example"}), base_url)
    with pytest.raises(PluginError) as refused:
        check(url)
    assert url not in str(refused.value)
    assert allowed(frozenset({"wss://stream.example"}), None)("wss://stream.example/x")


@pytest.mark.parametrize("watch", ["watch_orders", "watch_my_trades", "watch_order_book"])
@pytest.mark.parametrize("begin", [iter, methodcaller("__enter__")], ids=["iter", "with"])
def test_a_thread_is_told_why_its_stream_could_not_begin(watch, begin, tmp_path, capfd):
    """A file of authorities that is gone by then ends the watch with an error, and with no traceback."""
    authorities = tmp_path / "authorities.pem"
    trustme.CA().cert_pem.write_to_path(authorities)
    with hk.connect(
        "hashkey", **KEYS, environment="sandbox", ca_file=str(authorities), base_url="https://127.0.0.1:9"
    ) as venue:
        authorities.unlink()
        symbol = ("ETH/USD",) if watch == "watch_order_book" else ()
        updates = getattr(venue, watch)(*symbol)
        with pytest.raises(hk.ConfigurationError, match="ca_file"):
            next(begin(updates))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("error", [OSError(errno.EMFILE, "Too many open files"), MemoryError()], ids=repr)
def test_a_thread_is_told_what_its_machine_has_run_out_of(error, monkeypatch, capfd):
    """No loop can be made: the watch ends with what the machine said."""

    def none_left():
        raise error

    with hk.connect("hashkey", **SIMULATOR) as venue:
        monkeypatch.setattr(asyncio.events, "new_event_loop", none_left)
        with pytest.raises(NotSent, match=f"no stream could be begun: {type(error).__name__}"):
            next(venue.watch_orders())
    assert capfd.readouterr().err == ""
