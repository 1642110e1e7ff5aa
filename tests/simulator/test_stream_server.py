"""Streams over real WebSockets on loopback: frames go out when they are due, and both sides may end."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from hk_adapter.simulator import Dialect, Simulator, serve
from hk_adapter.simulator.server import AsyncServed, start_async, system_clock

from .conftest import ORDER, Client

SOON = 5.0
"""Seconds after which a wait for what must come has failed."""


@pytest.fixture
async def served() -> AsyncIterator[AsyncServed]:
    """Serve a fresh venue at the machine's time."""
    async with await start_async() as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Give a client's session."""
    async with aiohttp.ClientSession() as session:
        yield session


async def listen(session: aiohttp.ClientSession, served: AsyncServed) -> aiohttp.ClientWebSocketResponse:
    """Open a private stream."""
    return await session.ws_connect(
        f"{served.stream_url}/api/v1/ws/{served.control.streams.listen_key(now=system_clock())}"
    )


async def frame(stream: aiohttp.ClientWebSocketResponse) -> Any:
    """Give the next frame, decoded."""
    return json.loads(await stream.receive_str(timeout=SOON))


async def end(stream: aiohttp.ClientWebSocketResponse) -> int | None:
    """Wait for the end, and give its code."""
    message = await stream.receive(timeout=SOON)
    assert message.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
    return stream.close_code


async def test_an_event_arrives_at_once(served: AsyncServed, session: aiohttp.ClientSession) -> None:
    """What a control call, in any thread, or a request brings about goes out without anybody asking."""
    assert served.stream_url.startswith("ws://127.0.0.1:")
    stream = await listen(session, served)
    await asyncio.to_thread(served.control.deposit, "ETH", 2)
    assert [(event["e"], event["B"][0]["f"]) for event in await frame(stream)] == [("outboundAccountInfo", "1002")]


async def test_what_comes_due_goes_out_then(session: aiohttp.ClientSession) -> None:
    """A cancel that takes a while is told of without any request, though nothing was due when it was asked for."""
    simulator = Simulator(dialect=Dialect(cancel_delay_ms=(20, 20)))
    async with await start_async(simulator=simulator) as served:
        stream = await listen(session, served)
        order_id = await asyncio.to_thread(place_and_cancel, served)
        statuses = [event["X"] for _ in range(4) for event in await frame(stream) if event.get("i") == order_id]
        assert statuses == ["NEW", "CANCELED"]


def place_and_cancel(served: AsyncServed) -> str:
    """Send the two requests of an order's life to the core."""
    client = Client(served.simulator, now=system_clock())
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    return order_id


async def test_both_sides_ping(session: aiohttp.ClientSession) -> None:
    """The venue's ping comes when it is due; pings of messages and of WebSockets are answered."""
    clock = [system_clock()]
    async with await start_async(clock=lambda: clock[0]) as served:
        stream = await listen(session, served)
        await stream.send_json({"ping": 7})
        assert (await frame(stream))["pong"] == 7
        await stream.ping(b"x")
        clock[0] += 30_000
        await stream.send_json({"pong": 7})
        assert (await frame(stream))["ping"] == clock[0]
        assert served.control.streams.connections[0].unread == 0


async def test_a_key_that_ends_closes_the_socket(served: AsyncServed, session: aiohttp.ClientSession) -> None:
    """With code 1000, behind what was told before."""
    stream = await listen(session, served)
    served.control.deposit("ETH", 2)
    served.control.streams.expire_keys()
    assert (await frame(stream))[0]["e"] == "outboundAccountInfo"
    assert await end(stream) == 1000


async def test_what_is_no_stream_is_refused(served: AsyncServed, session: aiohttp.ClientSession) -> None:
    """HTTP statuses instead of a connection; a plain request there is an unknown path."""
    for path, status in (("/api/v1/ws/unknown", 400), ("/elsewhere", 404)):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await session.ws_connect(served.stream_url + path)
        assert refused.value.status == status
    async with session.get(f"{served.url}/quote/ws/v1") as answer:
        assert answer.status == 404
    async with session.get(f"{served.url}/quote/ws/v1", headers={"Upgrade": "websocket"}) as answer:
        assert answer.status == 400
    served.control.streams.refuse_next(503)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await listen(session, served)
    assert refused.value.status == 503
    served.control.streams.refuse_next(0, times=2)  # aiohttp tries once more where a kept connection broke
    with pytest.raises(aiohttp.ClientError):
        await listen(session, served)


async def test_a_client_that_leaves_is_forgotten(served: AsyncServed, session: aiohttp.ClientSession) -> None:
    """After it has closed nothing is watched, and the server goes on."""
    stream = await listen(session, served)
    assert len(served.control.streams.connections) == 1
    await stream.close()
    assert stream.close_code == 1000
    async with session.get(f"{served.url}/api/v1/ping") as answer:
        assert answer.status == 200
    await gone(served)


async def gone(served: AsyncServed) -> None:
    """Wait until the server has noticed that nobody is connected."""
    async with asyncio.timeout(SOON):
        while served.simulator.streams.connections:
            await asyncio.sleep(0)


async def test_a_server_that_closes_cuts_its_streams(session: aiohttp.ClientSession) -> None:
    """At once, and leaves nothing watched; from a thread of its own too."""
    served = await start_async()
    stream = await listen(session, served)
    await served.close()
    assert await end(stream) == 1006
    assert served.simulator.streams.connections == []
    with serve() as threaded:
        key = threaded.control.streams.listen_key(now=system_clock())
        stream = await session.ws_connect(f"{threaded.stream_url}/api/v1/ws/{key}")
    assert await end(stream) == 1006


@pytest.mark.parametrize("size", [1, 300, 70_000])
async def test_a_frame_in_two_fragments(served: AsyncServed, session: aiohttp.ClientSession, size: int) -> None:
    """It arrives whole, whatever its size; one that is cut in the middle does not, and the socket is."""
    stream = await listen(session, served)
    served.control.streams.fail_next("split")
    await stream.send_json({"ping": "x" * size})
    assert (await frame(stream))["pong"] == "x" * size
    served.control.streams.fail_next("truncate")
    await stream.send_json({"ping": "x" * size})
    assert await end(stream) == 1006


async def test_a_stalled_socket_answers_nothing(served: AsyncServed, session: aiohttp.ClientSession) -> None:
    """Neither events nor pings of any kind; it stays open until the client closes it."""
    stream = await listen(session, served)
    served.control.streams.fail_next("stall")
    served.control.deposit("ETH", 2)
    await stream.send_json({"ping": 7})
    with pytest.raises(asyncio.TimeoutError):
        await stream.receive(timeout=0.02)
    assert not stream.closed


async def test_a_drop_has_no_close_frame(served: AsyncServed, session: aiohttp.ClientSession) -> None:
    """What was told before arrives; then the connection is gone."""
    stream = await listen(session, served)
    served.control.streams.fail_next("drop", after=1)
    served.control.deposit("ETH", 2)
    served.control.deposit("ETH", 2)
    assert (await frame(stream))[0]["B"][0]["f"] == "1002"
    assert await end(stream) == 1006


@pytest.mark.parametrize(
    ("kind", "ms", "seen"),
    [
        ("lose", 0, ["1001", "1003"]),
        ("duplicate", 0, ["1001", "1002", "1002", "1003"]),
        ("reorder", 0, ["1001", "1003", "1002"]),
        ("late", 20, ["1001", "1002", "1003"]),
        ("split", 20, ["1001", "1002", "1003"]),
    ],
)
async def test_frames_go_wrong_on_a_socket_too(
    served: AsyncServed, session: aiohttp.ClientSession, kind: str, ms: int, seen: list[str]
) -> None:
    """As in process; a late one holds up those behind it, and comes without anybody asking."""
    stream = await listen(session, served)
    served.control.streams.fail_next(kind, after=1, ms=ms)
    for _ in range(3):
        served.control.deposit("ETH", 1)
    assert [(await frame(stream))[0]["B"][0]["f"] for _ in seen] == seen
    served.control.streams.restart()
    assert await end(stream) == 1012


async def test_who_never_reads_is_cut(served: AsyncServed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that takes nothing off its socket fills it, and is cut when too many frames wait."""
    monkeypatch.setattr("hk_adapter.simulator.streams.hub.BACKLOG", 5)
    writer = await raw_listener(served)
    (line,) = served.simulator.streams.connections
    async with asyncio.timeout(SOON):
        while not line.is_over:
            line.put("x" * 1_000_000, system_clock())
            await asyncio.sleep(0)
    served.control.deposit("ETH", 1)
    await gone(served)
    assert line.unread <= 1
    writer.close()


async def raw_listener(served: AsyncServed) -> asyncio.StreamWriter:
    """Open a private stream by hand, on a socket with a small buffer that nobody reads."""
    host, port = urlsplit(served.url).netloc.split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=raw, limit=64)
    key = served.control.streams.listen_key(now=system_clock())
    writer.write(
        f"GET /api/v1/ws/{key} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    assert b"101" in await reader.readline()
    return writer
