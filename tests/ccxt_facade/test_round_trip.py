"""What a cancel over a plain session of the bot's reads, and which connections it keeps."""

from __future__ import annotations

import gzip
import json
import threading

import ccxt
import pytest

from tests.ccxt_facade.lines import REFUSED, http, urls

ROW = {"orderId": "7", "symbol": "ETHUSD", "side": "BUY", "type": "LIMIT", "status": "CANCELED", "price": "1900"}
CANCELED = json.dumps(ROW | {"origQty": "1", "executedQty": "0"}).encode()


@pytest.fixture
def bot_of(serve_lines):
    """Make an instance of a server that answers by a script."""
    made = []

    def make(answer, **config):
        server = serve_lines(answer)
        fixed = {"apiKey": "k", "secret": "s", "enableRateLimit": False, "timeout": 1500, "urls": urls(server.url)}
        made.append(ccxt.hkadapter(fixed | config))
        return made[-1], server

    yield make
    for exchange in made:
        exchange.session.close()


def test_a_packed_answer(bot_of):
    """Ccxt asks for packed answers: they are unpacked."""
    exchange, server = bot_of(lambda number: http(b"200 OK", gzip.compress(CANCELED), b"Content-Encoding: gzip\r\n"))
    assert exchange.cancel_order("7")["status"] == "canceled"
    assert "Accept-Encoding: gzip, deflate" in server.headers


def test_an_answer_in_chunks(bot_of):
    """Chunks are put together, and the connection is used again."""
    chunked = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (CANCELED[:9], CANCELED[9:], b""))
    exchange, server = bot_of(lambda number: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked)
    assert exchange.cancel_order("7")["status"] == "canceled"
    assert (len(server.lines) > 1, server.connections) == (True, 1)


@pytest.mark.parametrize("head", [b"Content-Length: 999\r\nConnection: close\r\n", b"Content-Length: 999\r\n"])
def test_an_answer_that_breaks_off(bot_of, head):
    """A body that ends too early is no answer, even where what came of it can be read."""

    def broken_off(number):
        yield b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + CANCELED
        yield None

    exchange, _ = bot_of(broken_off)
    with pytest.raises(ccxt.RequestTimeout):
        exchange.cancel_order("7")


def test_a_head_that_trickles(bot_of):
    """The head of an answer does not hold a bot beyond its timeout either."""
    left = list(range(1000))
    over = threading.Event()

    def trickling(number):
        yield b"HTTP/1.1 200 OK\r\nX-Slow: "
        while left and not over.wait(0.01):
            yield b"%d" % left.pop()

    exchange, _ = bot_of(trickling, timeout=500)
    with pytest.raises(ccxt.RequestTimeout):
        exchange.cancel_order("7")
    over.set()
    assert left


@pytest.mark.parametrize(
    "answer",
    [http(b"200 OK", CANCELED, b"Connection: close\r\n"), http(b"200 OK", CANCELED) + b"HTTP/1.1 200 OK\r\n"],
    ids=["closing", "surplus"],
)
def test_a_connection_that_is_not_used_again(bot_of, answer):
    """One that the venue closes, or on which more came than was asked for, takes no second request."""
    exchange, server = bot_of(lambda number: answer)
    assert exchange.cancel_order("7")["status"] == "canceled"
    assert len(server.lines) == server.connections > 1


@pytest.mark.parametrize("value", ["späť", "один"])
def test_letters_in_a_header(bot_of, value):
    """Those of Latin-1 are sent as requests sends them; others are told before anything is."""
    exchange, server = bot_of(lambda number: REFUSED, headers={"X-Desk": value})
    fits = value.isascii() or value.encode("latin-1", "ignore").decode("latin-1") == value
    with pytest.raises(ccxt.AuthenticationError if fits else ccxt.NetworkError):
        exchange.cancel_order("7")
    assert bool(server.lines) is fits


def test_a_host_that_the_bot_names(bot_of):
    """It is named instead of the one that is asked, once, as requests has it: a server refuses a request with two."""
    exchange, server = bot_of(lambda number: REFUSED, headers={"host": "venue.example"})
    with pytest.raises(ccxt.AuthenticationError):
        exchange.cancel_order("7")
    hosts = [header for header in server.headers if header.lower().startswith("host:")]
    assert hosts == ["host: venue.example"] * len(server.lines)
