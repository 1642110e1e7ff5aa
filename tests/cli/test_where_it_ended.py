"""The command says at which step no connection could be opened, in its report and on stderr."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest
import trustme

from tests.cli.conftest import Invoke

WORDS = {"tls": "TLS: CERTIFICATE_VERIFY_FAILED", "name": "name not found: ", "refused": "ECONNREFUSED"}


@pytest.fixture
def untrusted() -> Iterator[str]:
    """Serve TLS under an authority that nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def shake_hands() -> None:
            with contextlib.suppress(OSError):
                while True:
                    peer, _ = server.accept()
                    with contextlib.suppress(OSError), context.wrap_socket(peer, server_side=True):
                        pass

        thread = threading.Thread(target=shake_hands, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join(30)


@pytest.mark.usefixtures("skipped_sleep")
@pytest.mark.parametrize("step", WORDS)
def test_the_step_is_told(invoke: Invoke, monkeypatch: pytest.MonkeyPatch, untrusted: str, step: str) -> None:
    """TLS, a name that nobody knows and a refused connection are told apart; exit code 5 each time."""

    def unknown(*_given: object, **_named: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with socket.create_server(("127.0.0.1", 0)) as bound:
        closed = f"http://127.0.0.1:{bound.getsockname()[1]}"
    url = {"tls": untrusted, "name": "https://venue.invalid", "refused": closed}[step]
    if step == "name":
        monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_API_KEY", "k")
    monkeypatch.setenv("HK_ADAPTER_HASHKEY_SECRET", "s")
    asked = ("cancel", "1", "--venue", "hashkey", "--environment", "production", "--base-url", url, "--timeout", "20")
    result = invoke(*asked, "--json")
    assert result.exit_code == 5
    for told in (json.loads(result.stdout)["error"]["message"], result.stderr):
        assert [one for one, words in WORDS.items() if words in told] == [step], told
