"""Whom a connection trusts, and that its errors say at which step none could be opened."""

from __future__ import annotations

import inspect
import socket
import time

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest
from hk_adapter.transport.requests_transport import RequestsTransport


def knows_no_key(peer):
    """Answer as a venue that takes no such key: there is nothing more to ask."""
    while peer.read_request():
        peer.answer(b'{"code": "0102", "msg": "API key not accepted"}', status="401 Unauthorized")


def needs_a_password(peer):
    """Be a proxy that refuses its client."""
    peer.read_request()
    peer.answer(status="407 Proxy Authentication Required")


@pytest.fixture
def pem(authority, tmp_path):
    """Write the private authority to a file."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def report(library):
    """Try a cancel through the facade that uses the library under test."""

    async def run(**options):
        options = {"api_key": "k", "secret": "s", "timeout": 10.0, "budget": "unlimited", **options}
        venue = (hk.connect if library == "requests" else hk.connect_async)("hashkey", **options)
        told = venue.try_cancel("1")
        told = await told if inspect.isawaitable(told) else told
        closing = venue.close()
        if inspect.isawaitable(closing):
            await closing
        return told

    return run


async def test_a_private_authority(serve, report, pem, monkeypatch, tmp_path):
    """``ca_file`` as text or path, a profile's, or SSL_CERT_FILE where the environment is trusted; else nobody's."""
    url = serve(knows_no_key, tls=True).origin
    for given in (str(pem), pem):
        assert (await report(base_url=url, ca_file=given)).outcome is hk.CancelOutcome.AUTH
    config = tmp_path / "config.toml"
    config.write_text(f'[profiles.desk]\nvenue = "hashkey"\nca_file = "{pem}"\n')
    config.chmod(0o600)
    monkeypatch.setenv("HK_ADAPTER_CONFIG", str(config))
    assert (await report(base_url=url, profile="desk")).outcome is hk.CancelOutcome.AUTH
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setenv("NO_PROXY", "*")
    assert (await report(base_url=url, proxy="environment")).outcome is hk.CancelOutcome.AUTH
    assert (await report(base_url=url)).outcome is hk.CancelOutcome.VENUE_DOWN


def test_plain_http_needs_no_trust(serve, monkeypatch):
    """Who goes to a loopback venue by plain HTTP does not wait for the authorities of the web to be read."""

    def unwanted(*args, **options):
        raise AssertionError("the authorities were read")

    monkeypatch.setattr("hk_adapter.transport.requests_transport.trusting_context", unwanted)
    with hk.connect("hashkey", api_key="k", secret="s", base_url=serve(knows_no_key).origin) as venue:
        assert venue.try_cancel("1").outcome is hk.CancelOutcome.AUTH


def test_tls_after_all(serve, pem, monkeypatch):
    """A transport that expects plain HTTP alone trusts whom another one does, and nobody else, where TLS comes up."""
    request = HttpRequest("GET", f"{serve(knows_no_key, tls=True).origin}/x", {})
    with pytest.raises(hk.NotSent):
        RequestsTransport(plain=True).send(request, time.monotonic() + 5)
    monkeypatch.setattr("certifi.where", lambda: str(pem))
    assert RequestsTransport(plain=True).send(request, time.monotonic() + 5).status == 401


@pytest.mark.parametrize("given", ["", "/nowhere/ca.pem", 5, __file__])
async def test_a_file_that_cannot_be_used(report, given):
    """It is refused before anything is sent, never passed over."""
    with pytest.raises(hk.ConfigurationError, match="ca_file"):
        await report(ca_file=given)


@pytest.mark.parametrize("step", ["tls", "name", "proxy", "refused"])
async def test_the_error_says_at_which_step(serve, report, step, monkeypatch):
    """In its own text: TLS, the name, the proxy's 407 and a refused connection are told apart."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]

    def unknown(*args, **kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    if step == "name":
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    options = {
        "tls": lambda: {"base_url": serve(knows_no_key, tls=True).origin},
        "name": lambda: {"base_url": "https://venue.invalid"},
        "proxy": lambda: {"base_url": "https://venue.invalid", "proxy": serve(needs_a_password).origin},
        "refused": lambda: {"base_url": f"http://127.0.0.1:{closed}"},
    }[step]()
    told = await report(**options)
    with pytest.raises(hk.AdapterError) as failure:
        told.order_or_raise()
    words = {"tls": "TLS: ", "name": "name not found: ", "proxy": "proxy: HTTP status 407", "refused": "ECONNREFUSED"}
    assert [one for one, text in words.items() if text in str(failure.value)] == [step]
