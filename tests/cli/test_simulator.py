"""``hk-adapter simulator``: what it prints is enough to use it, and Ctrl-C ends it cleanly."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from click.testing import Result

import hk_adapter
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.simulator.server import Served

Start = Callable[..., "subprocess.Popen[str]"]
Invoke = Callable[..., Result]


def _printed(process: subprocess.Popen[str]) -> list[str]:
    """Read what it prints once it serves."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Ctrl-C"):
            return lines
    raise AssertionError(f"it ended early: {lines}")


def test_it_serves_what_it_prints_until_ctrl_c(start: Start) -> None:
    """URLs, key and secret that it prints work for a client; Ctrl-C ends it with 0 and no traceback."""
    process = start("simulator", "--port", "0")
    lines = _printed(process)
    url = lines[0].rpartition(" ")[2]
    key, secret = (line.split()[-1] for line in lines[1:3])
    assert (key, secret) == (DEFAULT_API_KEY, DEFAULT_SECRET)
    streams = urlsplit(lines[3].split()[-1])
    assert (streams.scheme, streams.netloc) == ("ws", urlsplit(url).netloc)
    with socket.create_connection((streams.hostname, streams.port)) as opened:
        opened.sendall(
            b"GET /quote/ws/v1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert opened.recv(100).startswith(b"HTTP/1.1 101 ")
    with hk_adapter.connect("hashkey", environment="sandbox", base_url=url, api_key=key, secret=secret) as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        assert venue.cancel_order(order.id).status == "canceled"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "stopped\n", "")


def test_the_printed_command_cancels_there(start: Start, invoke: Invoke) -> None:
    """The command line that it prints reaches it."""
    lines = _printed(start("simulator", "--port", "0"))
    url = lines[0].rpartition(" ")[2]
    with hk_adapter.connect("hashkey", environment="simulator", base_url=url) as venue:
        placed = venue.create_order("ETH/USD", "limit", "buy", "1", "1900").id
    (printed,) = [line.split() for line in lines if line.lstrip().startswith("hk-adapter cancel")]
    assert invoke(*[str(placed) if word == "ORDER_ID" else word for word in printed[1:]]).exit_code == 0


def test_a_taken_port_is_told(invoke: Invoke, served: Served) -> None:
    """A port that somebody has ends in 2, and is named."""
    port = str(urlsplit(served.url).port)
    result = invoke("simulator", "--port", port)
    assert result.exit_code == 2
    assert port in result.stderr


@pytest.mark.parametrize("host", ["0.0.0.0", "example.com"])
def test_strangers_are_not_served(host: str, invoke: Invoke) -> None:
    """Only a loopback address is taken."""
    result = invoke("simulator", "--host", host, "--port", "0")
    assert result.exit_code == 2
    assert "loopback" in result.stderr
