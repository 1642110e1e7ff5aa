"""The simulator over HTTP: aiohttp around the core, in the caller's loop or in a thread of its own.

With what serves its streams, the only file here that reads a clock, opens a socket or needs aiohttp.
"""

from __future__ import annotations

import asyncio
import ipaddress
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import NoReturn, Self

from aiohttp import web

from hk_adapter.simulator.control import SimulatorControl
from hk_adapter.simulator.core import Simulator
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.http import NetworkFault, SimRequest, SimResponse
from hk_adapter.simulator.streams.server import Clock, StreamServer

# The core answers at once: what is still open when the server closes is stalled, and cut.
_SHUTDOWN_TIMEOUT = 0.1


def system_clock() -> int:
    """Return the machine's Unix time in ms."""
    return time.time_ns() // 1_000_000


def stream_url(url: str) -> str:
    """Return where WebSockets are opened at what is served at an address."""
    return "ws" + url.removeprefix("http")


class AsyncServed:
    """Serve a simulator from the running loop; `start_async` makes one, `close` or `async with` ends it.

    Network faults are carried out truly, but for `refuse`: a socket that has accepted can no longer refuse. The
    venue still neither sees nor does anything, and the client sees the connection cut as under `cut`.
    """

    def __init__(self, simulator: Simulator, clock: Clock) -> None:
        self.simulator = simulator
        self.control = SimulatorControl(simulator)
        self.url = ""
        self._clock = clock
        self._streams = StreamServer(simulator, clock)
        # Only with handler_cancellation does a broken connection end its handler.
        server = web.Server(self._respond, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=_SHUTDOWN_TIMEOUT)

    async def open(self, host: str, port: int) -> None:
        """Listen; OSError when that is not possible."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError:
            await self._runner.cleanup()
            raise
        if not self._runner.addresses:  # asyncio takes a socket that it cannot open for one of another family
            await self._runner.cleanup()
            raise OSError("no socket could be opened to listen at")
        address = self._runner.addresses[0]
        self.url = f"http://[{address[0]}]:{address[1]}" if ":" in address[0] else f"http://{address[0]}:{address[1]}"

    @property
    def stream_url(self) -> str:
        """Where WebSockets are opened, without a path."""
        return stream_url(self.url)

    async def close(self) -> None:
        """Stop listening, and cut streams and what is stalled."""
        self._streams.close()
        await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._streams.is_meant_by(request):
            return await self._streams.respond(request)
        path, _, query = request.raw_path.partition("?")
        asked = SimRequest(
            request.method, path, query, dict(request.headers), await request.read(), request.remote or ""
        )
        response = self.simulator.handle(asked, self._clock())
        if response.network is None:
            return web.Response(status=response.status, headers=response.headers, body=response.body)
        return await _break(request, response)


class Served:
    """Serve a simulator from a background thread; `close` or `with` ends it."""

    def __init__(self, simulator: Simulator, clock: Clock, host: str, port: int) -> None:
        self.simulator = simulator
        self.control = SimulatorControl(simulator)
        self._stop: Callable[[], object] = lambda: None
        started: Future[str] = Future()
        self._thread = threading.Thread(
            target=self._run, args=(clock, host, port, started), name="hashkey-simulator", daemon=True
        )
        try:
            self._thread.start()
        except RuntimeError as error:
            raise OSError("there is no thread to be had for a server") from error
        self.url = started.result()

    @property
    def stream_url(self) -> str:
        """Where WebSockets are opened, without a path."""
        return stream_url(self.url)

    def close(self) -> None:
        """Stop serving and wait for the thread's end; a second call does nothing."""
        with suppress(RuntimeError):  # the loop is closed already
            self._stop()
        self._thread.join()

    def wait(self) -> None:
        """Block until somebody closes the server; Ctrl-C gets through."""
        while self._thread.is_alive():
            self._thread.join(0.5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _run(self, clock: Clock, host: str, port: int, started: Future[str]) -> None:
        try:
            with asyncio.Runner() as loop:
                loop.run(self._serve(clock, host, port, started))
        except Exception as error:
            if started.done():
                raise
            started.set_exception(error)  # the caller waits for the start

    async def _serve(self, clock: Clock, host: str, port: int, started: Future[str]) -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stop.set)
        server = AsyncServed(self.simulator, clock)
        await server.open(host, port)
        async with server:
            started.set_result(server.url)
            await stop.wait()


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    simulator: Simulator | None = None,
    clock: Clock | None = None,
    allow_remote: bool = False,
) -> Served:
    """Serve from a background thread; see `hk_adapter.simulator.serve`."""
    _check_host(host, allow_remote)
    return Served(simulator or _for_any_site(), clock or system_clock, host, port)


async def start_async(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    simulator: Simulator | None = None,
    clock: Clock | None = None,
    allow_remote: bool = False,
) -> AsyncServed:
    """Serve from the running loop; arguments and errors as for `serve`."""
    _check_host(host, allow_remote)
    server = AsyncServed(simulator or _for_any_site(), clock or system_clock)
    await server.open(host, port)
    return server


def _for_any_site() -> Simulator:
    # Sites differ in what they call the cursor of the order lists; a simulator that nobody made stands for all of them.
    return Simulator(dialect=Dialect(cursor_name="either"))


def run(port: int = 0, host: str = "127.0.0.1", *, on_start: Callable[[Served], object] | None = None) -> None:
    """Serve a fresh simulator and block until Ctrl-C; `on_start` is told once it listens."""
    with suppress(KeyboardInterrupt), serve(host, port) as served:
        if on_start is not None:
            on_start(served)
        served.wait()


async def _break(request: web.BaseRequest, response: SimResponse) -> NoReturn:
    if response.network is NetworkFault.TRUNCATE and response.body:
        await _send_half(request, response)
    if response.network is not NetworkFault.STALL and request.transport is not None:
        request.transport.close()
    # The end of the connection, from whichever side, cancels this handler: nothing more is written.
    await asyncio.get_running_loop().create_future()
    raise AssertionError("only a cancel ends this wait")


async def _send_half(request: web.BaseRequest, response: SimResponse) -> None:
    half = web.StreamResponse(status=response.status, headers=response.headers)
    half.content_length = len(response.body)
    await half.prepare(request)
    await half.write(response.body[: len(response.body) // 2])


def _check_host(host: str, allow_remote: bool) -> None:
    if not allow_remote and not _is_loopback(host):
        raise ValueError(f"{host!r} is no loopback address: pass allow_remote=True to serve strangers")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
