"""What wraps a function of a library's own way, or listens in its session, is not passed by."""

from __future__ import annotations

import http.client
from types import MethodType
from typing import Any

import aiohttp
import pytest
import urllib3.connection

BLOCKING = [
    *[(urllib3.connection.HTTPConnection, name) for name in ("request", "putrequest", "putheader", "getresponse")],
    *[(http.client.HTTPConnection, name) for name in ("putrequest", "putheader", "endheaders", "send", "getresponse")],
]
ASYNC = [(aiohttp.ClientSession, "_request"), (aiohttp.ClientRequest, "send"), (aiohttp.TCPConnector, "connect")]


class Wrapper:
    """Says in everything that it is what it wraps, as the wrappers of ``wrapt`` do, which most tracers are made of."""

    def __init__(self, wrapped: Any, seen: list[str]) -> None:
        self.wrapped, self.seen = wrapped, seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self.wrapped, name)

    def __get__(self, instance: object, owner: object = None) -> Any:
        return self if instance is None else Wrapper(MethodType(self.wrapped, instance), self.seen)

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Note the call, and pass it on."""
        self.seen.append(self.wrapped.__name__)
        return self.wrapped(*given, **named)


def answering(peer):
    """Answer every request."""
    while peer.read_request():
        peer.answer(b"reached")


@pytest.mark.parametrize(("kind", "name"), BLOCKING + ASYNC, ids=lambda value: getattr(value, "__name__", value))
async def test_a_wrapper_sees_each_request(serve, client, library, cancel, monkeypatch, kind, name):
    """Also one that has all the names of what it wraps, on a new connection and on a kept one."""
    if ((kind, name) in ASYNC) is (library == "requests"):
        pytest.skip("of the other library")
    server, seen = serve(answering), []
    monkeypatch.setattr(kind, name, Wrapper(getattr(kind, name), seen))
    for number in (1, 2):
        assert (await client.send(cancel(server.origin))).body == b"reached"
        assert len(seen) >= number


async def test_what_listens_in_each_new_session(serve, connect, library, cancel, monkeypatch):
    """As OpenTelemetry's tracer for aiohttp, which puts its listener in where a session is made."""
    if library != "aiohttp":
        pytest.skip("of the other library")
    make, seen = aiohttp.ClientSession.__init__, []

    async def note(session: object, context: object, given: aiohttp.TraceRequestStartParams) -> None:
        seen.append(given.method)

    def listening(session: aiohttp.ClientSession, **named: Any) -> None:
        listener = aiohttp.TraceConfig()
        listener.on_request_start.append(note)
        make(session, **named, trace_configs=[listener])

    monkeypatch.setattr(aiohttp.ClientSession, "__init__", listening)
    assert (await connect().send(cancel(serve(answering).origin))).body == b"reached"
    assert seen == ["DELETE"]
