"""A server that means harm: a lost stream within bounds of memory, the loop free for others, and never another host."""

from __future__ import annotations

import asyncio
import gc
import traceback
import tracemalloc
import zlib

import pytest

from hk_adapter.errors import NotSent, VenueUnavailable
from hk_adapter.flow.real_time import monotonic
from hk_adapter.transport import aiohttp_streams
from hk_adapter.transport.aiohttp_streams import AiohttpStreams
from hk_adapter.transport.stream_urls import allowed
from tests.cases import each
from tests.lateness import on_time
from tests.streams.hostile import for_ever, frame, header, hostile, until_gone

SECRET = "listenkeylistenkeylistenkey"
MOST_MEMORY = 40_000_000
"""Bytes: a few times the largest frame that is taken."""


def flooding(*frames, first=b""):
    """Send some frames again and again, and read what comes."""
    data = b"".join(frames) * max(1, 50_000 // len(b"".join(frames)))

    async def behave(reader, writer):
        writer.write(first)
        await asyncio.gather(until_gone(reader), for_ever(writer, data))

    return behave


def saying(data, then=until_gone):
    """Send something once."""

    async def behave(reader, writer):
        writer.write(data)
        await then(reader)

    return behave


async def cut(reader):
    """Hang up."""


def deflated(size):
    """Write a frame that is small, and endless once it is decompressed; nobody has offered compression."""
    packer = zlib.compressobj(wbits=-15)
    return frame((packer.compress(b"x" * size) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4], rsv=4)


def linked(origin):
    """Open a stream."""
    return AiohttpStreams(allowed(frozenset({origin}), None)).open_stream(f"{origin}/{SECRET}", monotonic() + 5)


async def all_of(link):
    """Read whatever comes."""
    while True:
        assert await link.receive(monotonic() + 20) is not None


LOST = {
    "a frame of a gigabyte": flooding(b"x" * 1000, first=header(2**30)),
    "a frame without an end": flooding(b"x" * 1000, first=header(2**63 - 1)),
    "fragments without an end": flooding(frame(b"x" * 1000, 0, last=False), first=frame(b"x", last=False)),
    "fragments of a letter": flooding(frame(b"x", 0, last=False), first=frame(b"x", last=False)),
    "what would be a gigabyte": saying(deflated(2**27)),
    "pings without an end": flooding(frame(b"ping", 9)),
    "empty pings without an end": flooding(frame(b"", 9)),
    "pongs without an end": flooding(frame(b"", 10)),
    "empty frames without an end": flooding(frame(b"")),
    "empty frames among others": flooding(frame(b"[]"), frame(b"") * 70),
    "binary frames without an end": flooding(frame(b"\xff\x00", 2)),
    "text that is none": saying(frame(b"\xff\xfe\xfd")),
    "an opcode that is none": saying(frame(b"x", 5)),
    "a close without a reason, and no end": saying(frame(b"", 8)),
    "a close that is none": saying(frame(b"\x00\x01" + b"\xff" * 100, 8)),
    "a close in fragments": saying(frame(b"\x03\xe8", 8, last=False)),
    "a cut at once": saying(b"", cut),
    "a cut within a frame": saying(header(100) + b"x", cut),
}


@each("behave", LOST.values(), ids=list(LOST))
def test_whatever_is_sent_without_measure_or_sense_is_a_lost_stream(behave):
    """Nothing of it is kept; no error shows the key; and what is left of it is closed at once."""

    async def run():
        async with hostile(behave) as server:
            link = await linked(server.origin)
            with pytest.raises(VenueUnavailable) as lost:
                await all_of(link)
            await link.close()
            assert SECRET not in "".join(traceback.format_exception(lost.value))
            assert server.paths == [f"/{SECRET}"]

    tracemalloc.start()
    try:
        asyncio.run(run())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY
    gc.collect()


def test_a_flood_of_frames_leaves_the_loop_to_others():
    """Whoever else lives in it has a turn before some dozens of frames are read; closing reads none of those left."""

    async def run():
        turns = 0

        async def other():
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async with hostile(flooding(frame(b"[]"))) as server:
            link = await linked(server.origin)
            beside = asyncio.ensure_future(other())
            await link.receive(monotonic() + 20)
            begun = turns
            for _ in range(20 * aiohttp_streams.AT_ONCE):
                assert await link.receive(monotonic() + 20) == "[]"
            assert turns - begun >= 19
            beside.cancel()
            await link.close()

    asyncio.run(run())
    gc.collect()


def test_a_server_that_does_not_read_holds_nobody_up(monkeypatch):
    """What cannot be sent within a time is a lost stream: whoever sends would wait for ever."""
    monkeypatch.setattr(aiohttp_streams, "SENDING", 0.05)
    gone = asyncio.Event()

    async def deaf(reader, writer):
        writer.transport.pause_reading()
        await gone.wait()

    async def run():
        async with hostile(deaf) as server:
            link = await linked(server.origin)
            with pytest.raises(VenueUnavailable):
                await asyncio.gather(*(link.send("x" * 100_000) for _ in range(200)))
            with on_time(2 * aiohttp_streams.CLOSING):
                await link.close()
            gone.set()

    asyncio.run(run())
    gc.collect()


def test_heartbeats_of_the_protocol_are_answered_and_are_no_frames():
    """A ping has its pong, with the same words; a frame behind them is read."""
    heard = asyncio.Queue()

    async def beat(reader, writer):
        writer.write(frame(b"a word", 9) + frame(b"", 10))
        head = await reader.readexactly(6)
        words = await reader.readexactly(head[1] & 127)
        heard.put_nowait((head[0] & 15, bytes(one ^ head[2 + at % 4] for at, one in enumerate(words))))
        writer.write(frame(b"text"))
        await until_gone(reader)

    async def run():
        async with hostile(beat) as server:
            link = await linked(server.origin)
            assert await link.receive(monotonic() + 20) == "text"
            assert await heard.get() == (10, b"a word")
            await link.close()

    asyncio.run(run())
    gc.collect()


UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
ANSWERS = {
    "200 and a body without an end": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"5\r\nabcde\r\n"),
    "a header without an end": (b"HTTP/1.1 101 Switching Protocols\r\nX: ", b"x" * 1000),
    "headers without an end": (b"HTTP/1.1 101 Switching Protocols\r\n", b"X: y\r\n" * 100),
    "no HTTP": (b"", b"\x00\xff" * 500),
    "another key's answer": (UPGRADE + b"Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", frame(b"[]")),
}


@each(("first", "then"), ANSWERS.values(), ids=list(ANSWERS))
def test_a_handshake_that_is_none_opens_no_stream(first, then):
    """And nothing of what it says is kept, or shown."""

    async def run():
        async with hostile(flooding(then, first=first), accept=False) as server:
            with pytest.raises(NotSent) as refused:
                await linked(server.origin)
            assert SECRET not in "".join(traceback.format_exception(refused.value))

    tracemalloc.start()
    try:
        asyncio.run(run())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MOST_MEMORY
    gc.collect()


@each("status", [301, 302, 303, 307, 308])
def test_no_redirect_leads_to_another_host(status):
    """It would take the listen key there."""

    async def run():
        async with hostile(saying(b"")) as other:
            place = f"{other.origin}/{SECRET}".replace("ws:", "http:").encode()
            answer = b"HTTP/1.1 %d Elsewhere\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (status, place)
            async with hostile(saying(answer), accept=False) as server:
                with pytest.raises(NotSent) as refused:
                    await linked(server.origin)
                assert SECRET not in "".join(traceback.format_exception(refused.value))
                assert server.paths == [f"/{SECRET}"]
            assert other.paths == []

    asyncio.run(run())
    gc.collect()
