"""The simulator over real HTTP on loopback: the same answers, and faults carried out on the socket."""

import asyncio
import errno
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest
import requests

from hk_adapter.simulator import DEFAULT_API_KEY, Simulator, serve
from hk_adapter.simulator.server import Served, run, start_async

from .conftest import CREATE, LIMIT_BUY, NOW, ORDER, sign


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve a fresh venue whose clock stands still."""
    with serve(clock=lambda: NOW) as server:
        yield server


def send(served: Served, method: str, path: str, *, in_body: bool = False, **parameters: object) -> requests.Response:
    """Send a signed request over HTTP; the order id `stalled` gets a short timeout."""
    text = urlencode({"timestamp": NOW} | parameters)
    signed = f"{text}&signature={sign(text)}"
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            method,
            served.url + path + ("" if in_body else f"?{signed}"),
            data=signed if in_body else None,
            headers={"X-HK-APIKEY": DEFAULT_API_KEY, "Content-Type": "application/x-www-form-urlencoded"},
            timeout=0.3 if parameters.get("orderId") == "stalled" else 5,
        )


@pytest.mark.parametrize("in_body", [False, True])
def test_the_life_of_an_order(served: Served, in_body: bool) -> None:
    """Create, query and cancel work over HTTP, with parameters in query or body."""
    created = send(served, "POST", CREATE, **LIMIT_BUY, in_body=in_body)
    assert created.headers["Content-Type"] == "application/json"
    order_id = created.json()["orderId"]
    assert send(served, "GET", ORDER, orderId=order_id).json()["status"] == "NEW"
    assert send(served, "DELETE", ORDER, orderId=order_id, in_body=in_body).json()["status"] == "NEW"
    assert served.control.order(order_id).status == "CANCELED"
    assert send(served, "DELETE", ORDER, orderId=order_id).json()["code"] == "-1142"


def test_the_query_is_taken_as_its_bytes_came(served: Served) -> None:
    """Percent-encoding reaches the core untouched, so that the signature holds over what was sent."""
    client_id = "a/b~c%2C,é"
    assert send(served, "POST", CREATE, **LIMIT_BUY, newClientOrderId=client_id).status_code == 200
    assert send(served, "DELETE", ORDER, clientOrderId=client_id).json()["clientOrderId"] == client_id


def test_the_clock_is_the_servers(served: Served) -> None:
    """Server time comes from the clock handed in; without one, from the machine."""
    assert send(served, "GET", "/api/v1/time").json() == {"serverTime": NOW}
    with serve() as real:
        assert send(real, "GET", "/api/v1/time").json()["serverTime"] > NOW


@pytest.mark.parametrize(("kind", "acted"), [("refuse", False), ("cut", False), ("cut", True)])
def test_a_cut_connection_answers_nothing(served: Served, kind: str, acted: bool) -> None:
    """The client sees the connection end without an answer, whether the venue acted or not."""
    order_id = send(served, "POST", CREATE, **LIMIT_BUY).json()["orderId"]
    served.control.fail_next(kind, acted=acted)
    with pytest.raises(requests.ConnectionError):
        send(served, "DELETE", ORDER, orderId=order_id)
    assert served.control.order(order_id).status == ("CANCELED" if acted else "NEW")
    assert send(served, "GET", ORDER, orderId=order_id).status_code == 200


def test_a_stall_lasts_until_the_client_gives_up(served: Served) -> None:
    """A stalled request times out at the client, and the server goes on."""
    served.control.fail_next("stall")
    with pytest.raises(requests.ReadTimeout):
        send(served, "GET", ORDER, orderId="stalled")
    assert send(served, "GET", "/api/v1/ping").json() == {}


def test_closing_ends_a_stall() -> None:
    """A server that closes cuts its stalled connections instead of waiting for them."""
    with serve(clock=lambda: NOW) as served:
        served.control.fail_next("stall")
        address = urlsplit(served.url)
        with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as client:
            client.sendall(b"GET /api/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n")
            while not served.control.requests:
                threading.Event().wait(0.005)
            served.close()
            assert client.recv(100) == b""


def test_half_a_body_arrives_when_truncated(served: Served) -> None:
    """Under `truncate` the head promises the whole body, and the first half of it arrives."""
    served.control.fail_next("truncate", body="0123456789")
    address = urlsplit(served.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as client:
        client.sendall(b"GET /api/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(1000), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"Content-Length: 10" in head
    assert body == b"01234"


def test_a_truncated_answer_breaks_the_client(served: Served) -> None:
    """A client that counts sees the truncated answer as a broken one; the venue acted."""
    order_id = send(served, "POST", CREATE, **LIMIT_BUY).json()["orderId"]
    served.control.fail_next("truncate", acted=True)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        send(served, "DELETE", ORDER, orderId=order_id)
    assert served.control.order(order_id).status == "CANCELED"


def test_an_arranged_answer_arrives_as_arranged(served: Served) -> None:
    """Status, headers and body of an arranged answer reach the client."""
    served.control.fail_next(status=418, headers={"Retry-After": "120"}, body="{}")
    response = send(served, "GET", "/api/v1/ping")
    assert (response.status_code, response.headers["Retry-After"], response.text) == (418, "120", "{}")


def test_a_simulator_of_ones_own_is_served() -> None:
    """The simulator handed in is the one that answers."""
    simulator = Simulator(api_key="mine")
    with serve(simulator=simulator, clock=lambda: NOW) as served:
        assert served.simulator is simulator
        assert send(served, "GET", ORDER, orderId="1").json()["code"] == "0102"


def test_closing_twice_is_harmless_and_frees_the_port() -> None:
    """After close nobody listens; a second close does nothing."""
    served = serve()
    served.close()
    served.close()
    with pytest.raises(requests.ConnectionError):
        send(served, "GET", "/api/v1/ping")


def test_a_taken_port_is_told_to_the_caller() -> None:
    """A start that fails raises in the caller, not in the thread."""
    with serve() as served, pytest.raises(OSError, match="address already in use"):
        serve(port=urlsplit(served.url).port or 0)


@pytest.mark.parametrize("host", ["0.0.0.0", "example.com", "192.0.2.1"])
def test_only_loopback_unless_asked(host: str) -> None:
    """A host that strangers can reach needs allow_remote."""
    with pytest.raises(ValueError, match="allow_remote"):
        serve(host)


async def test_serving_from_the_callers_loop() -> None:
    """Who is in a loop already serves from it, without a thread."""
    threads = threading.active_count()
    async with await start_async(clock=lambda: NOW) as served, aiohttp.ClientSession() as session:
        async with session.get(f"{served.url}/api/v1/time") as response:
            assert await response.json() == {"serverTime": NOW}
        assert threading.active_count() == threads


@pytest.mark.parametrize("kind", ["cut", "stall", "truncate"])
async def test_a_broken_request_leaves_nothing_running(kind: str) -> None:
    """Once its client is gone, a broken or stalled request has no task left on the server."""
    async with await start_async(clock=lambda: NOW) as served, aiohttp.ClientSession() as session:
        before = len(asyncio.all_tasks())
        # A POST, because the client silently sends a GET again when its connection is cut.
        served.control.fail_next(kind)
        with pytest.raises((aiohttp.ClientError, TimeoutError)):
            async with session.post(f"{served.url}/api/v1/time", timeout=aiohttp.ClientTimeout(0.05)) as response:
                await response.read()
        async with asyncio.timeout(2):
            while len(asyncio.all_tasks()) > before:
                await asyncio.sleep(0)


def test_running_until_closed() -> None:
    """`run` tells where it listens and blocks until somebody closes it."""
    seen: list[int] = []

    def once_started(served: Served) -> None:
        seen.append(send(served, "GET", "/api/v1/ping").status_code)
        served.close()

    run(on_start=once_started)
    assert seen == [200]


@pytest.mark.parametrize("error", [OSError(errno.EMFILE, "Too many open files"), MemoryError()], ids=repr)
def test_a_server_whose_loop_cannot_be_made_says_why(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever serves gets what the machine said, and does not wait for ever."""

    def none_left() -> asyncio.AbstractEventLoop:
        raise error

    monkeypatch.setattr(asyncio.events, "new_event_loop", none_left)
    failed: list[BaseException] = []

    def begin() -> None:
        try:
            serve()
        except (OSError, MemoryError) as raised:
            failed.append(raised)

    thread = threading.Thread(target=begin, daemon=True)
    thread.start()
    thread.join(20)
    assert failed == [error]


def test_a_server_without_a_socket_is_an_oserror(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no file is left asyncio listens at nothing; before Python 3.13 it says so to nobody."""

    def none_left(*_: object) -> socket.socket:
        raise OSError(errno.EMFILE, "Too many open files")

    async def begin() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(socket, "socket", none_left)
            with pytest.raises(OSError, match=r"no socket|could not bind"):
                await start_async()

    asyncio.run(begin())
