"""Deliver requests to a simulated venue in process: no socket, no thread, no loop."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.real_time import monotonic
from hk_adapter.flow.simulated import SimulatedAnswer, SimulatedVenue


class BlockingInProcess:
    """Stands where an HTTP library would, for threads."""

    def __init__(self, simulator: SimulatedVenue) -> None:
        self._simulator = simulator
        self._closed = False

    def send(self, request: HttpRequest, deadline: float) -> Response:
        """Hand a request to the simulator and carry out the network fault that it answers with."""
        _check_open(self._closed)
        answer = _handle(self._simulator, request)
        if answer.network == "stall":
            time.sleep(max(0.0, deadline - monotonic()))
        return _delivered(answer)

    def close(self) -> None:
        """Send nothing more, as over HTTP. Idempotent."""
        self._closed = True


class AsyncInProcess:
    """Stands where an HTTP library would, for asyncio."""

    def __init__(self, simulator: SimulatedVenue) -> None:
        self._simulator = simulator
        self._closed = False

    async def send(self, request: HttpRequest, deadline: float) -> Response:
        """Hand a request to the simulator and carry out the network fault that it answers with."""
        _check_open(self._closed)
        answer = _handle(self._simulator, request)
        if answer.network == "stall":
            from hk_adapter.flow.loop_time import sleep  # noqa: PLC0415 - a simulator serves threads, too

            await sleep(max(0.0, deadline - monotonic()))
        return _delivered(answer)

    async def close(self) -> None:
        """Send nothing more, as over HTTP. Idempotent."""
        self._closed = True


def _check_open(closed: bool) -> None:
    if closed:
        raise NotSent("the connection to the venue is closed; open another one")


def _handle(simulator: SimulatedVenue, request: HttpRequest) -> SimulatedAnswer:
    parts = urlsplit(request.url)
    return simulator.answer(
        request.method, parts.path, parts.query, request.headers, request.body or b"", int(time.time() * 1000)
    )


def _delivered(answer: SimulatedAnswer) -> Response:
    match answer.network:
        case None:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Response(answer.status, headers, answer.body)
        case "refuse":
            raise NotSent("the simulated venue refused the connection", unreachable=True)
        case "stall":
            raise OutcomeUnknown("no answer came before the deadline")
        case _:
            raise OutcomeUnknown(f"the connection was lost ({answer.network})")
