"""Ctrl-C while a request is on its way, over TLS, blocking and in asyncio: its traceback's variables tell no secret."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import threading
import traceback

import pytest
import trustme

import hk_adapter as hk
from hk_adapter.settings import HmacCredentials
from hk_adapter.simulator import Simulator
from tests.secrets.test_canaries import KEY, SECRET, Told, without_the_tests_own
from tests.sockets.front import Front


@pytest.fixture
def struck(tmp_path):
    """Serve a venue over TLS that strikes this process when a cancel arrives; give what connects to it."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    simulator, over = Simulator(api_key=KEY, secret=SECRET), threading.Event()
    handle = simulator.handle

    def strike(request, now):
        if request.method == "DELETE":
            os.kill(os.getpid(), signal.SIGINT)
            over.wait(5)
        return handle(request, now)

    simulator.handle = strike
    front = Front(simulator, context)
    yield {
        "environment": "simulator",
        "base_url": f"https://127.0.0.1:{front.listener.port}",
        "api_key": KEY,
        "secret": SECRET,
        "ca_file": tmp_path / "ca.pem",
    }
    over.set()
    front.listener.close()


def blocking(options):
    """Cancel from a thread."""
    with hk.connect("hashkey", **options) as venue:
        venue.cancel_order("1")


def in_a_loop(options):
    """Cancel in asyncio."""

    async def cancel():
        async with hk.connect_async("hashkey", **options) as venue:
            await venue.cancel_order("1")

    asyncio.run(cancel())


def own_handler(number, frame):
    """Handle Ctrl-C without asyncio's help."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("handler", [signal.default_int_handler, own_handler])
@pytest.mark.parametrize("way", [blocking, in_a_loop])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_ctrl_c_over_tls_tells_none(struck, monkeypatch, way, handler):
    """Neither key nor secret nor signature stands in any frame, as error trackers keep them."""
    told, sign = Told(), HmacCredentials.hmac_sha256

    def signing(self, message):
        told.signatures.add(signature := sign(self, message))
        return signature

    monkeypatch.setattr(HmacCredentials, "hmac_sha256", signing)
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            way(struck)
    finally:
        signal.signal(signal.SIGINT, before)
    for error in (caught.value, caught.value.__cause__, caught.value.__context__):
        if error is not None:
            shown = traceback.TracebackException.from_exception(error, capture_locals=True)
            told.add("traceback", without_the_tests_own("".join(shown.format()), locals_too=True))
    assert told.signatures
    assert told.leaks() == []
