"""How a cancel leaves: over the bot's own session, proxy and throttle; once; and honestly judged."""

from __future__ import annotations

import asyncio
import copy
import gzip
import inspect
import pickle
import socket
import threading
import time
from collections import deque

import aiohttp
import ccxt
import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter

from hk_adapter.ccxt_facade.throttle_line import wait_first
from tests.cases import each
from tests.ccxt_facade.lines import REFUSED, http, urls


@pytest.fixture
def closed_port():
    """A port of this machine at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


async def left_in_doubt(make_bot, timeout=600, **config):
    """Cancel where no whole answer comes; with more time, where a busy machine sent nothing in the first. In ms."""
    for time_given in (timeout, 5 * timeout):
        one = await make_bot(timeout=time_given, **config)
        with pytest.raises(ccxt.NetworkError) as told:
            await one.cancel("7")
        if told.value.report.attempts:
            break
    assert isinstance(told.value, ccxt.RequestTimeout)
    return told.value.report


async def test_a_refused_connection_is_not_available(make_bot, closed_port):
    """Where nobody listens nothing was sent, and the exception says so."""
    one = await make_bot(urls=urls(f"http://127.0.0.1:{closed_port}"))
    with pytest.raises(ccxt.ExchangeNotAvailable) as told:
        await one.cancel("7")
    assert (told.value.report.outcome, told.value.report.attempts) == ("venue_down", 0)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_refused_proxy_is_not_available(make_bot, closed_port, scheme):
    """Where nobody listens at the proxy's port nothing was sent, and a bot is not told to doubt it."""
    proxy = {f"{scheme}Proxy": f"http://127.0.0.1:{closed_port}"}
    one = await make_bot(urls=urls(f"{scheme}://127.0.0.1:9"), **proxy)
    with pytest.raises(ccxt.ExchangeNotAvailable) as told:
        await one.cancel("7")
    assert (told.value.report.outcome, told.value.report.attempts) == ("venue_down", 0)


async def test_a_proxy_that_hangs_up_is_a_doubt(make_bot, serve_lines):
    """Once a connection to the proxy was open the request may have left."""
    proxy = serve_lines(lambda number: None)
    report = await left_in_doubt(make_bot, urls=urls("http://127.0.0.1:9"), httpProxy=proxy.url)
    assert report.attempts > 0


async def test_a_name_without_address_is_not_available(make_bot, monkeypatch):
    """A host that cannot be resolved is a refusal too: there was nobody to send to."""

    def nowhere(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def nowhere_async(*args, **kwargs):
        nowhere()

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", nowhere_async)
    one = await make_bot(urls=urls("https://venue.invalid"))
    with pytest.raises(ccxt.ExchangeNotAvailable) as told:
        await one.cancel("7")
    assert told.value.report.attempts == 0


async def test_a_connection_that_ends_is_a_doubt(make_bot, serve_lines):
    """Once a connection was open the request may have left, whatever broke then."""
    server = serve_lines(lambda number: None)
    report = await left_in_doubt(make_bot, 400, urls=urls(server.url))
    deletes = [line for line in server.lines if line.startswith("DELETE")]
    assert 1 <= report.attempts >= len(deletes)  # a busy server may not have come to read the last


async def test_a_dropped_kept_alive_connection_repeats_nothing(make_bot, serve_lines):
    """A DELETE on a connection that the venue drops goes out once for each send that we count."""
    server = serve_lines(lambda number: http(b"200 OK", b'{"serverTime": 1}') if number == 1 else None)
    one = await make_bot(urls=urls(server.url), timeout=400)
    await one.call("fetch_time")
    with pytest.raises(ccxt.RequestTimeout) as told:
        await one.cancel("7")
    deletes = [line for line in server.lines if line.startswith("DELETE")]
    assert len(deletes) <= told.value.report.attempts


async def test_connections_are_shared_with_the_bots_own_calls(make_bot, serve_lines):
    """A cancel after another call uses the connection that is open already."""
    server = serve_lines(lambda number: http(b"200 OK", b'{"serverTime": 1}'))
    one = await make_bot(urls=urls(server.url), timeout=600)
    await one.call("fetch_time")
    with pytest.raises(ccxt.BaseError):
        await one.cancel("7")
    assert server.lines[0].startswith("GET")
    assert server.lines[1].startswith("DELETE")
    assert server.connections == 1


async def test_a_redirect_is_not_followed(make_bot, serve_lines):
    """An answer that points elsewhere is a doubt, and the signed request goes nowhere else."""
    elsewhere = serve_lines(lambda number: http(b"200 OK"))
    to = b"Location: %b/api\r\n" % elsewhere.url.encode()
    server = serve_lines(lambda number: http(b"307 Temporary Redirect", b"", to))
    await left_in_doubt(make_bot, urls=urls(server.url))
    assert (bool(server.lines), elsewhere.lines) == (True, [])


IN_TIME = 10.0
"""Seconds within which a call is over that has less than one, however busy the machine: what holds it lasts longer."""


def drops(byte):
    """Come byte by byte, for three times as long as a call may take."""
    for _ in range(int(3 * IN_TIME / 0.05)):
        threading.Event().wait(0.05)
        yield byte


def dripping():
    """Begin an answer, and come to no end of it."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"
    yield from drops(b"{")


@pytest.mark.parametrize("drips", [False, True], ids=["stalls", "drips"])
async def test_the_answers_body_is_bounded_by_the_timeout(make_bot, serve_lines, drips):
    """A body that never ends, or comes byte by byte, does not hold the bot beyond its own timeout."""
    stalled = b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n{"
    server = serve_lines(lambda number: dripping() if drips else stalled)
    began = time.monotonic()
    await left_in_doubt(make_bot, urls=urls(server.url))
    assert time.monotonic() - began < IN_TIME


@pytest.mark.parametrize(
    "begun",
    [b"2;name=", b"2\r\n{}\r\n0\r\nX-Sum: "],
    ids=["the line of a chunk's length", "a line after the last chunk"],
)
async def test_the_lines_between_and_after_chunks_are_bounded_by_the_timeout(make_bot, serve_lines, begun):
    """What tells where chunks end belongs to the body: as it trickles in, it does not hold the bot either."""

    def trickling():
        yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + begun
        yield from drops(b"x")

    server = serve_lines(lambda number: trickling())
    began = time.monotonic()
    await left_in_doubt(make_bot, 200, urls=urls(server.url))
    assert time.monotonic() - began < IN_TIME


async def test_the_bots_proxy_is_used(make_bot, serve_lines):
    """What ccxt is told as ``httpProxy`` carries the cancels too."""
    proxy = serve_lines(lambda number: REFUSED)
    one = await make_bot(urls=urls("http://127.0.0.1:9"), httpProxy=proxy.url)
    with pytest.raises(ccxt.AuthenticationError):
        await one.cancel("7")
    assert proxy.lines[0].startswith("DELETE http://127.0.0.1:9/api/v1/spot/order?orderId=7&")


async def test_a_proxy_that_rewrites_urls_is_used(make_bot, serve_lines):
    """``proxyUrl`` is put before the URL, as ccxt does."""
    proxy = serve_lines(lambda number: REFUSED)
    one = await make_bot(urls=urls("http://127.0.0.1:9"), proxyUrl=f"{proxy.url}/?to=")
    with pytest.raises(ccxt.AuthenticationError):
        await one.cancel("7")
    assert proxy.lines[0].startswith("DELETE /?to=http%3A%2F%2F127.0.0.1%3A9%2Fapi")


async def test_proxies_that_contradict_each_other(make_bot):
    """That the settings are wrong is said by ccxt's own exception."""
    one = await make_bot(httpProxy="http://127.0.0.1:9", socksProxy="socks5://127.0.0.1:9")
    with pytest.raises(ccxt.InvalidProxySettings):
        await one.cancel("7")


def _without_timeout(exchange):
    exchange.timeout = None


def _with_two_proxies(exchange):
    exchange.httpProxy, exchange.socksProxy = "http://127.0.0.1:9", "socks5://127.0.0.1:9"


def _closed(exchange):
    if exchange.synchronous:
        exchange.session.close()
        exchange.session = None
    else:
        exchange.closed_by_user = True


@each("change", [_without_timeout, _with_two_proxies, _closed])
async def test_what_a_bot_changes_once_a_cancel_has_left(make_bot, serve_lines, change):
    """A cancel that may have run is told as that, whatever keeps its repeat and its look-ups from leaving."""
    server = serve_lines(lambda number: change(one.exchange))
    one = await make_bot(urls=urls(server.url), timeout=600)
    kept = getattr(one.exchange, "session", None)
    with pytest.raises(ccxt.RequestTimeout) as told:
        await one.cancel("7")
    assert (told.value.report.outcome, told.value.report.ambiguous_attempts, len(server.lines)) == ("unknown", 1, 1)
    if one.exchange.synchronous:
        one.exchange.session = kept


async def test_the_bots_own_headers_are_sent(make_bot, serve_lines):
    """``headers`` of the instance go with the cancel, beside the key."""
    server = serve_lines(lambda number: REFUSED)
    one = await make_bot(urls=urls(server.url), headers={"X-Desk": "seven"})
    with pytest.raises(ccxt.AuthenticationError):
        await one.cancel("7")
    names = {header.partition(":")[0].lower() for header in server.headers}
    assert {"x-desk", "x-hk-apikey"} <= names


async def test_each_request_is_throttled_by_the_bots_throttle(make_bot):
    """With the rate limit on, the cancel and its look-up each wait for ccxt's own throttle."""
    one = await make_bot(enableRateLimit=True)
    order_id = await one.place()
    costs = []
    throttle = one.exchange.throttle

    def counting(cost=None):
        costs.append(cost)
        return throttle(cost)

    one.exchange.throttle = counting
    await one.cancel(order_id)
    assert costs == [1, 1]
    await one.call("cancel_all_orders", "ETH/USD")
    assert costs[2:] == [1]


async def test_a_throttle_without_room_before_the_deadline(make_bot):
    """A cancel that may not go out in time is not sent, and told as the network's: it may be tried again.

    Nor does the bot wait for that longer than its own timeout.
    """
    one = await make_bot(enableRateLimit=True, timeout=150, rateLimit=3000 * IN_TIME)
    await one.call("fetch_time")
    one.served.control.requests.clear()
    began = time.monotonic()
    with pytest.raises(ccxt.NetworkError) as told:
        await one.cancel("7")
    assert (type(told.value), one.sent()) == (ccxt.NetworkError, 0)
    assert time.monotonic() - began < IN_TIME


class TestTheSessionOfTheBlockingClass:
    """``exchange.session`` is used as it is."""

    @pytest.fixture
    def exchange(self, served):
        """An instance."""
        config = {"apiKey": "k", "secret": "s", "enableRateLimit": False, "timeout": 600}
        one = ccxt.hkadapter(config | {"urls": urls(served.url)})
        yield one
        one.session.close()

    def test_a_session_of_the_bots_own(self, exchange):
        """A subclass that the bot put there sees the request, and its hooks run."""
        seen = []

        class Own(requests.Session):
            def send(self, request, **kwargs):
                seen.append((request.method, kwargs["allow_redirects"]))
                return super().send(request, **kwargs)

        exchange.session = Own()
        exchange.timeout = 4000
        exchange.session.hooks["response"].append(lambda answer, **_: seen.append(answer.status_code))
        with pytest.raises(ccxt.AuthenticationError):
            exchange.cancel_order("7")
        assert seen[:2] == [("DELETE", False), 400]

    def test_repeats_that_the_bot_switched_on_are_not_ours(self, exchange, serve_lines):
        """An adapter that repeats requests repeats no cancel; for the bot's own calls it stays as it was."""
        server = serve_lines(lambda number: None)
        adapter = HTTPAdapter(max_retries=urllib3.Retry(3, allowed_methods=None, backoff_factor=0))
        exchange.session.mount("http://", adapter)
        exchange.urls["api"] = urls(server.url)["api"]
        with pytest.raises(ccxt.RequestTimeout) as told:
            exchange.cancel_order("7")
        deletes = [line for line in server.lines if line.startswith("DELETE")]
        assert len(deletes) <= told.value.report.attempts
        assert exchange.session.get_adapter(server.url) is adapter
        assert adapter.max_retries.total == 3


class TestTheSessionOfTheAsyncClasses:
    """The aiohttp session that ``open`` makes, or that the bot gives."""

    async def test_a_session_of_the_bots_own(self, served):
        """The one given in the configuration is used, keeps its own repeats, and is left open."""
        async with aiohttp.ClientSession() as session:
            config = {"apiKey": "k", "secret": "s", "session": session, "timeout": 4000, "enableRateLimit": False}
            one = ccxt.async_support.hkadapter(config | {"urls": urls(served.url)})
            with pytest.raises(ccxt.AuthenticationError):
                await one.cancel_order("7")
            assert session._retry_connection is True
            assert not session.closed
            one.timeout_on_exit = 0
            await one.close()

    async def test_after_close_nothing_is_opened_anew(self, served):
        """A cancel that comes too late does not make a session that nobody would close."""
        config = {"apiKey": "k", "secret": "s", "urls": urls(served.url)}
        one = ccxt.async_support.hkadapter(config)
        one.timeout_on_exit = 0
        await one.close()
        if not hasattr(one, "closed_by_user"):
            pytest.skip("this release of ccxt opens a closed instance anew")
        with pytest.raises(ccxt.ExchangeClosedByUser):
            await one.cancel_order("7")
        assert one.session is None

    async def test_a_session_of_the_bots_own_that_is_closed(self, served):
        """Nothing was sent, in ccxt's words."""
        async with aiohttp.ClientSession() as session:
            config = {"apiKey": "k", "secret": "s", "session": session, "urls": urls(served.url)}
            one = ccxt.async_support.hkadapter(config)
        with pytest.raises(ccxt.NetworkError) as told:
            await one.cancel_order("7")
        assert (told.value.report.outcome, served.control.requests) == ("not_sent", [])
        one.timeout_on_exit = 0
        await one.close()

    async def test_a_canceled_task_is_the_bots_own_affair(self, served):
        """Who abandons the call gets its own CancelledError, and nothing more is sent."""
        config = {"apiKey": "k", "secret": "s", "urls": urls(served.url), "enableRateLimit": False}
        one = ccxt.async_support.hkadapter(config)
        served.control.fail_next(kind="stall")
        task = asyncio.ensure_future(one.cancel_order("7"))
        while not served.control.requests:
            await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert len(served.control.requests) == 1
        one.timeout_on_exit = 0
        await one.close()


class TestTheLineBeforeTheThrottle:
    """A cancel stands before what else of the bot's waits for ccxt's throttle."""

    async def test_a_cancel_passes_what_is_being_created(self, make_bot):
        """Beside 200 creates, which take the throttle four seconds."""
        one = await make_bot(enableRateLimit=True, timeout=20_000, rateLimit=20)
        order_id = await one.place()
        if one.exchange.synchronous:
            pytest.skip("there is no line")
        creates = [asyncio.ensure_future(one.exchange.fetch_time()) for _ in range(200)]
        await asyncio.sleep(0)
        try:
            assert (await one.cancel(order_id))["status"] == "canceled"
            assert one.sent("GET") < 100
        finally:
            for create in creates:
                create.cancel()
            await asyncio.gather(*creates, return_exceptions=True)

    async def test_cancels_go_in_their_order(self, make_bot):
        """Among them none passes another, and one that gave up leaves the others where they were."""
        one = await make_bot(enableRateLimit=True, rateLimit=10_000)
        if one.exchange.synchronous:
            pytest.skip("there is no line")
        exchange, served = one.exchange, []
        exchange.throttler.config["tokens"] = -1.0

        async def stand(name, wait):
            await wait
            served.append(name)

        names = ["create", "first", "gone", "second"]
        waits = [exchange.throttle(1), *(wait_first(exchange, 1) for _ in range(3))]
        tasks = [asyncio.ensure_future(stand(name, wait)) for name, wait in zip(names, waits, strict=True)]
        await asyncio.sleep(0)
        tasks[2].cancel()
        exchange.throttler.config["refillRate"] = 1000.0
        await asyncio.gather(*tasks, return_exceptions=True)
        assert served == ["first", "second", "create"]

    async def test_a_line_that_is_full(self, make_bot):
        """Releases of ccxt that bound it raise; the cancel was not sent."""
        one = await make_bot(enableRateLimit=True, timeout=150)
        if one.exchange.synchronous:
            pytest.skip("there is no line")

        class Full:
            queue = deque()  # noqa: RUF012

            def __call__(self, cost):
                raise RuntimeError("over maxCapacity")

        one.exchange.throttler = Full()
        with pytest.raises(ccxt.NetworkError, match="maxCapacity"):
            await one.cancel("7")
        assert one.sent() == 0


@pytest.mark.parametrize("double", [copy.copy, copy.deepcopy, lambda bot: pickle.loads(pickle.dumps(bot))])
async def test_a_copy_of_an_instance_cancels(make_bot, double):
    """As ccxt's own classes can be copied and pickled where they have opened nothing that cannot be."""
    one = await make_bot()
    order_id = await (one if one.exchange.synchronous else await make_bot()).place()
    other = double(one.exchange)
    try:
        told = other.cancel_order(order_id)
        status = (await told if inspect.isawaitable(told) else told)["status"]
    finally:
        if not other.synchronous:
            other.timeout_on_exit = 0
            await other.close()
    assert status == "canceled"


@pytest.mark.parametrize("through_a_proxy", [False, True])
@pytest.mark.parametrize("cut", [0, 1])
async def test_a_packed_answer_that_is_cut_is_a_doubt(make_bot, serve_lines, through_a_proxy, cut):
    """What came of it can be read, and its length is as told: its packing has no end."""
    row = b'{"orderId":"7","symbol":"ETHUSD","side":"BUY","type":"LIMIT","status":"CANCELED","price":"1900"'
    packed = gzip.compress(row + b',"origQty":"1","executedQty":"0"}')
    packed = packed[:-cut] if cut else packed
    server = serve_lines(lambda number: http(b"200 OK", packed, b"Content-Encoding: gzip\r\n"))
    way = {"httpProxy": server.url} if through_a_proxy else {}
    one = await make_bot(urls=urls("http://127.0.0.1:9" if through_a_proxy else server.url), timeout=600, **way)
    if cut:
        with pytest.raises(ccxt.RequestTimeout) as told:
            await one.cancel("7")
        assert told.value.report.attempts > 0
    else:
        assert (await one.cancel("7"))["status"] == "canceled"
