"""A stream goes through the proxy that requests go through, in a tunnel; one that refuses is told, and no secret."""

from __future__ import annotations

import asyncio
import gc
import logging
import ssl
import traceback

import pytest
import trustme

import hk_adapter as hk
from hk_adapter.errors import NotSent
from hk_adapter.flow.real_time import monotonic
from hk_adapter.simulator import serve
from hk_adapter.transport.aiohttp_streams import AiohttpStreams
from hk_adapter.transport.stream_urls import allowed
from tests.streams.proxy import proxied

SECRET = "listenkeylistenkeylistenkey"
PASSWORD = "canarycanary"


@pytest.fixture(scope="module")
def trust(tmp_path_factory):
    """A server's context, and the file of the authority that vouches for it."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    file = tmp_path_factory.mktemp("trust") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return context, str(file)


def settings(url, proxy, file):
    """Give what a venue is opened with."""
    return {
        "environment": "simulator",
        "budget": "unlimited",
        "base_url": url,
        "proxy": proxy,
        "ca_file": file,
    }


def test_threads_watch_through_a_proxy(trust):
    """The proxy is asked for a tunnel, with its password, and sees neither key nor listen key."""
    context, file = trust
    with serve() as served, proxied(served.url, context, password=f"user:{PASSWORD}") as (proxy, url):
        with hk.connect("hashkey", **settings(url, proxy.url, file)) as venue:
            order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            with venue.watch_orders() as updates:
                next(updates)
                served.control.fill(order.id, "0.4")
                update = next(updates)
                assert (update.live, str(update.order.filled)) == (True, "0.4")
                assert len(served.control.streams.connections) == 1
        assert {head.split(" HTTP/")[0] for head in proxy.heads} == {f"CONNECT {url.removeprefix('https://')}"}
        assert proxy.arrived == len(proxy.heads) >= 2
        assert not [head for head in proxy.heads if "ws/" in head or "APIKEY" in head]
    gc.collect()  # an unclosed socket would warn, and warnings are errors


def test_asyncio_watches_through_the_proxy_of_the_environment(trust, monkeypatch):
    """Where the environment is asked for; a stream that is lost is opened again through it."""
    context, file = trust

    async def run(served, proxy, url):
        async with hk.connect_async("hashkey", **settings(url, "environment", file)) as venue:
            order = await venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
            async with venue.watch_orders() as updates:
                await anext(updates)
                before = len(proxy.heads)
                served.control.streams.restart()
                await venue.cancel_order(order.id)
                assert (await asyncio.wait_for(anext(updates), 8)).order.status == "canceled"
                assert len(proxy.heads) > before

    with serve() as served, proxied(served.url, context) as (proxy, url):
        monkeypatch.setenv("https_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        asyncio.run(run(served, proxy, url))
        assert all(head.startswith("CONNECT ") for head in proxy.heads)
        assert proxy.arrived == len(proxy.heads)
    gc.collect()


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        ("407 Who are you", "opened: ClientHttpProxyError: proxy: HTTP status 407"),
        ("403 Not there", "opened: ClientHttpProxyError: proxy: HTTP status 403"),
        (None, "no stream could be opened"),
    ],
)
def test_a_proxy_that_refuses_is_told_and_no_secret(trust, caplog, refusal, told):
    """By its status; neither the listen key nor the proxy's password is in the error, its causes, or the log."""
    context, file = trust

    async def run(proxy, url):
        origin = url.replace("https", "wss")
        opener = AiohttpStreams(allowed(frozenset({origin}), None), proxy=proxy.url, ca_file=file)
        with pytest.raises(NotSent, match=told) as failed:
            await opener.open_stream(f"{origin}/{SECRET}", monotonic() + 5)
        shown = "".join(traceback.format_exception(failed.value)) + caplog.text
        assert SECRET not in shown
        assert PASSWORD not in shown

    with (
        caplog.at_level(logging.DEBUG),
        proxied("http://127.0.0.1:1", context, refusal=refusal, password=f"user:{PASSWORD}") as (proxy, url),
    ):
        asyncio.run(run(proxy, url))
        assert len(proxy.heads) == 1
    gc.collect()


def test_whoever_watches_is_told_that_the_proxy_refuses(trust, caplog):
    """After the time that a stream has to be open, with the proxy's status, and without its password."""
    context, file = trust
    with serve() as served, proxied(served.url, context, password=f"user:{PASSWORD}") as (proxy, url):
        with hk.connect("hashkey", **settings(url, proxy.url, file), timeout=1.0) as venue:
            venue.fetch_open_orders("ETH/USD")
            proxy.refusal = "403 No more"
            watch = venue.watch_orders()
            with (
                caplog.at_level(logging.DEBUG),
                pytest.raises(hk.NotSent, match="proxy: HTTP status 403") as failed,
                watch,
            ):
                pass
        shown = "".join(traceback.format_exception(failed.value)) + caplog.text
        assert PASSWORD not in shown
    gc.collect()
