"""Neither the key nor the signature shows in what a failed call raises or what the libraries log."""

import asyncio
import contextlib
import http.client
import logging
import pickle
import traceback

import pytest

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import HttpRequest
from hk_adapter.transport.redaction import redact, stand_in

CANARIES = ("canary-key-4711", "canary-signature-0815")


def told_by(failure: BaseException) -> str:
    """Return all that a debugger, a log or an error service could show of an exception, but for the test's frames."""
    failure.__traceback__ = failure.__traceback__.tb_next.tb_next
    told = [repr(failure), str(failure), repr(vars(failure)), repr(pickle.dumps(failure))]
    told += traceback.TracebackException.from_exception(failure, capture_locals=True).format()
    link = failure.__cause__
    while link is not None:
        told += [repr(link), repr(link.args), repr(vars(link))]
        assert link.__traceback__ is None
        link = link.__cause__ or link.__context__
    return "\n".join(told)


def hang_up(peer):
    """Take the request and hang up."""
    peer.read_request()


def echo(peer):
    """Send the request back as if it were an answer."""
    peer.send(peer.read_request())


def echo_in_the_status(peer):
    """Send the request line back within a status line that is none."""
    peer.send(b"HTTP/1.1 " + peer.read_request().replace(b"\r\n", b" ") + b"\r\n\r\n")


def echo_in_the_headers(peer):
    """Send the request back in headers that cannot be parsed, and hang up."""
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + peer.read_request() + b"\r\n")


def truncated(peer):
    """Hang up within the body."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")


def silent(peer):
    """Say nothing until the client has gone."""
    peer.read_request()
    peer.wait_until_gone()


async def fail(client, request, seconds=0.12):
    """Return the error of a call that must fail."""
    with pytest.raises(AdapterError) as failure:
        await client.send(request, seconds)
    return failure.value


def granting(peer):
    """Be a proxy that grants CONNECT, and hang up."""
    peer.read_request()
    peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")


def answering(peer):
    """Answer every request."""
    while peer.read_request():
        peer.answer()


@pytest.mark.parametrize("way", ["straight", "proxy", "tunnel"])
async def test_http_client_prints_nothing(serve, connect, cancel, monkeypatch, capfd, way):
    """The switch by which people look at what ``requests`` sends shows no key, no signature and no proxy's password."""
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    server = serve(granting if way == "tunnel" else answering)
    client = connect(proxy=None if way == "straight" else server.origin.replace("//", "//user:pass@"))
    with contextlib.suppress(AdapterError):
        await client.send(cancel("https://venue.example" if way == "tunnel" else server.origin))
    assert len(server.requests) == 1
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("talk", [hang_up, echo, echo_in_the_status, echo_in_the_headers, truncated, silent])
@pytest.mark.parametrize("method", ["DELETE", "POST"])
async def test_a_failed_answer_tells_no_secret(serve, client, cancel, tls, caplog, talk, method):
    """Whatever came back, and with every logger at DEBUG."""
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(True)
    failure = await fail(client, cancel(serve(talk, tls=tls).origin, method=method))
    told = told_by(failure) + caplog.text
    assert not [canary for canary in CANARIES if canary in told]
    assert failure.__context__ is failure.__cause__ or failure.__context__ is None


@pytest.mark.parametrize("origin", ["http://127.0.0.1:1", "https://127.0.0.1:1", "http://no-such-name.invalid"])
async def test_a_failed_connection_tells_no_secret(client, cancel, caplog, monkeypatch, origin):
    """Nor does a request that was never sent."""
    monkeypatch.setattr("socket.getaddrinfo", lambda *_args, **_options: [])
    caplog.set_level(logging.DEBUG)
    told = told_by(await fail(client, cancel(origin))) + caplog.text
    assert not [canary for canary in CANARIES if canary in told]


@pytest.mark.parametrize("seconds", [-1.0, 1.0])
async def test_a_refused_request_tells_no_secret(client, seconds):
    """Nor does one that we refuse to send, for a header that holds the key."""
    request = HttpRequest("GET", f"http://127.0.0.1:1/a?signature={CANARIES[1]}", {"X-KEY": f"{CANARIES[0]}\n"})
    told = told_by(await fail(client, request, seconds))
    assert not [canary for canary in CANARIES if canary in told]


async def test_a_body_that_cannot_be_written_tells_no_secret(serve, client, caplog):
    """An error of aiohttp for a body that the venue stops reading holds the URL."""

    def talk(peer):
        peer.sock.recv(1000)
        peer.reset()

    caplog.set_level(logging.DEBUG)
    url = f"{serve(talk).origin}/a?signature={CANARIES[1]}"
    request = HttpRequest("POST", url, {"X-HK-APIKEY": CANARIES[0]}, b"x" * 900_000)
    told = told_by(await fail(client, request, 2.0)) + caplog.text
    assert not [canary for canary in CANARIES if canary in told]


async def test_the_log_of_urllib3_hides_the_query(client, caplog):
    """Other users of urllib3 in the process, ccxt among them, log their signed paths at DEBUG."""
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger("urllib3.connectionpool")
    logger.debug('%s "%s %s HTTP/1.1" %s', "http://h:80", "GET", f"/a?x=1&signature={CANARIES[1]}", 200)
    assert caplog.messages == ['http://h:80 "GET /a?[redacted] HTTP/1.1" 200']


async def test_a_logged_traceback_hides_the_query(client, caplog):
    """What asyncio logs of exceptions that nobody awaited has the libraries' texts in it."""
    try:
        raise OSError(f"Can not write request body for http://h/a?x=1&signature={CANARIES[1]}")
    except OSError:
        logging.getLogger("asyncio").exception("Task exception was never retrieved")
    assert CANARIES[1] not in caplog.text
    assert "http://h/a?[redacted]" in caplog.text


async def test_a_harmless_record_is_left_alone(client, caplog):
    """A record without anything to hide keeps its arguments and its exception."""
    try:
        raise OSError("plain")
    except OSError:
        logging.getLogger("asyncio").exception("what? %s", "this")
    assert caplog.records[0].args == ("this",)
    assert caplog.records[0].exc_info is not None


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("GET /a?b=c HTTP/1.1", "GET /a?[redacted] HTTP/1.1"),
        ("https://h/p?timestamp=1&signature=s is bad", "https://h/p?[redacted] is bad"),
        ("X-HK-APIKEY: abc", "X-HK-APIKEY: [redacted]"),
        ("body orderId=1&signature=abc&x=2", "body orderId=1&signature=[redacted]&x=2"),
        ("{'secret': 'abc'}", "{'secret': [redacted]"),
        ("really? yes", "really? yes"),
    ],
)
def test_queries_and_named_secrets_are_redacted(text, safe):
    """Queries go altogether, named secrets by name, and the rest stays readable."""
    assert redact(text) == safe


def test_a_stand_in_tells_type_and_reason_only():
    """The system's word for an error is kept; a text that a library wrote is not."""
    raw = OSError("http://h/a?signature=canary")
    raw.__cause__ = ConnectionResetError(104, "canary")
    told = str(stand_in(raw))
    assert told.startswith("OSError < ConnectionResetError: ECONNRESET")
    assert "canary" not in told
