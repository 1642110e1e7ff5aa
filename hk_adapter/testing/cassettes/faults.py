"""What a network does to requests, done to those of a test: while it plays a recording, makes one, or neither."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow import loop_time, real_time
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.testing.cassettes import in_force
from hk_adapter.testing.cassettes.transports import asyncio_transports, blocking_transports

Kind = Literal["refuse", "lose", "cut", "stall", "garbage"]

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD")
GARBAGE = b"<html><head><title>502 Bad Gateway</title></head></html>"
_REASONS = {
    "lose": "no whole answer came back: ConnectionResetError: ECONNRESET, Connection reset by peer",
    "cut": "no whole answer came back: IncompleteRead",
    "stall": "no whole answer came back: TimeoutError: timed out",
}


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault that waits for its requests.

    Attributes:
        left: how many requests it strikes still; None is every one.
        struck: how many it has struck.
    """

    kind: Kind
    method: str | None
    path: str | None
    left: int | None
    acted: bool
    status: int = 200
    body: bytes = GARBAGE
    struck: int = 0

    def meets(self, request: HttpRequest) -> bool:
        """Whether a request is one that it strikes."""
        if self.left == 0 or (self.method is not None and request.method != self.method):
            return False
        return self.path is None or self.path in urlsplit(request.url).path


class Faults:
    """Faults for the next requests. Each method takes which of them it strikes, and gives the fault, which counts them.

    ``method``, in any case, and ``path`` (a part of it) tell which; None is any. ``times`` is how many it strikes,
    and None all from now on.
    ``acted`` tells whether the request reached the venue: then its answer is taken from the recording, and lost on the
    way back.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def refuse(self, method: str | None = None, path: str | None = None, *, times: int | None = 1) -> Fault:
        """Let no connection be opened: the request provably never left."""
        return self._add(Fault(kind="refuse", method=method, path=path, left=times, acted=False))

    def lose(
        self, method: str | None = None, path: str | None = None, *, times: int | None = 1, acted: bool = True
    ) -> Fault:
        """Drop the connection after the request has left."""
        return self._add(Fault(kind="lose", method=method, path=path, left=times, acted=acted))

    def cut(self, method: str | None = None, path: str | None = None, *, times: int | None = 1) -> Fault:
        """Cut the answer within its body."""
        return self._add(Fault(kind="cut", method=method, path=path, left=times, acted=True))

    def stall(
        self, method: str | None = None, path: str | None = None, *, times: int | None = 1, acted: bool = True
    ) -> Fault:
        """Return no answer until the request's time is over; while a recording is played, that is over at once."""
        return self._add(Fault(kind="stall", method=method, path=path, left=times, acted=acted))

    def garbage(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        times: int | None = 1,
        acted: bool = True,
        body: bytes = GARBAGE,
        status: int = 200,
    ) -> Fault:
        """Answer with something else: by default a gateway's page under the status 200."""
        return self._add(
            Fault(kind="garbage", method=method, path=path, left=times, acted=acted, body=body, status=status)
        )

    def unused(self) -> list[Fault]:
        """Return those that struck fewer requests than they were to; of those for all, those that struck none."""
        return [fault for fault in self._faults if (not fault.struck if fault.left is None else fault.left > 0)]

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Stand before everything that sends, until the patch is undone."""
        for transport in blocking_transports():
            patch.setattr(transport, "send", _before_blocking(self, transport.send))
        for transport in asyncio_transports():
            patch.setattr(transport, "send", _before_async(self, transport.send))

    def take(self, request: HttpRequest) -> Fault | None:
        """Return the fault that strikes a request, if any."""
        with self._lock:
            fault = next((one for one in self._faults if one.meets(request)), None)
            if fault is not None:
                fault.left = None if fault.left is None else fault.left - 1
                fault.struck += 1
            return fault

    def _add(self, fault: Fault) -> Fault:
        """Keep a fault. Raises ValueError for one that could strike nothing, for its test would never fail."""
        if fault.method is not None and (method := fault.method.upper()) not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}: {method!r}")
        if fault.left is not None and fault.left < 1:
            raise ValueError(f"times must be at least 1: {fault.left!r}")
        fault.method = None if fault.method is None else fault.method.upper()
        with self._lock:
            self._faults.append(fault)
        return fault


def _before_blocking(faults: Faults, send: Callable[..., Response]) -> Callable[..., Response]:
    def struck(transport: Any, request: HttpRequest, deadline: float) -> Response:
        fault = faults.take(request)
        if fault is None:
            return send(transport, request, deadline)
        if fault.acted:
            send(transport, request, deadline)
        if (seconds := _wait(fault, deadline)) > 0:
            time.sleep(seconds)
        return _delivered(fault, request)

    return struck


def _before_async(faults: Faults, send: Callable[..., Any]) -> Callable[..., Any]:
    async def struck(transport: Any, request: HttpRequest, deadline: float) -> Response:
        fault = faults.take(request)
        if fault is None:
            answer: Response = await send(transport, request, deadline)
            return answer
        if fault.acted:
            await send(transport, request, deadline)
        await loop_time.sleep(_wait(fault, deadline))
        return _delivered(fault, request)

    return struck


def _wait(fault: Fault, deadline: float) -> float:
    """Return for how many seconds the answer still does not come; time that is a recording's passes here."""
    if fault.kind != "stall":
        return 0.0
    tape = in_force.current()
    if tape is not None and tape.replays:
        tape.time.pass_by(deadline - tape.time.monotonic())
        return 0.0
    return max(0.0, deadline - real_time.monotonic())


def _delivered(fault: Fault, request: HttpRequest) -> Response:
    if fault.kind == "garbage":
        return Response(fault.status, {"content-type": "text/html"}, fault.body)
    if fault.kind == "refuse":
        raise NotSent(f"{request!r}: no connection could be opened: ECONNREFUSED", unreachable=True)
    raise OutcomeUnknown(f"{request!r}: {_REASONS[fault.kind]}")
