"""Faults waiting for their request: what goes wrong, for which request, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hk_adapter.simulator.http import JSON_HEADERS, NetworkFault, SimRequest, SimResponse
from hk_adapter.simulator.refusals import MESSAGES, gateway_page, refuse

_METHODS = ("GET", "POST", "PUT", "DELETE")


@dataclass(slots=True)
class Fault:
    """Hold one fault; None for `method` or `path` matches all."""

    kind: NetworkFault | None
    answer: SimResponse | None
    acted: bool
    method: str | None
    path: str | None
    times: int
    acted_after: int

    def matches(self, request: SimRequest) -> bool:
        """Return whether this fault is meant for a request."""
        return self.method in (None, request.method) and self.path in (None, request.path)

    def respond(self, true_answer: SimResponse | None) -> SimResponse:
        """Return what goes out, when the venue's own answer (None: it did nothing) is lost or replaced."""
        response = self.answer or true_answer or refuse("-1001", status=500)
        return replace(response, network=self.kind)


class Faults:
    """Keep the faults in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Queue a fault behind the others."""
        self._waiting.append(fault)

    def take(self, request: SimRequest) -> Fault | None:
        """Return the first fault meant for a request, and count it as used."""
        if not self._waiting:
            return None
        fault = next((waiting for waiting in self._waiting if waiting.matches(request)), None)
        if fault is not None:
            fault.times -= 1
            if fault.times == 0:
                self._waiting.remove(fault)
        return fault


def error_answer(
    status: int | None, code: str | None, msg: str | None, body: bytes | str | None, headers: Mapping[str, str] | None
) -> SimResponse | None:
    """Build the answer a fault sends instead: by code, by raw status and body, or None when none is asked for."""
    if code is not None and body is not None:
        raise ValueError("give a code or a raw body, not both")
    if msg is not None and code is None:
        raise ValueError("msg goes with a code")
    if status is not None and not 200 <= status <= 599:
        raise ValueError(f"status must be between 200 and 599: {status!r}")
    if code is not None:
        answer = _by_code(code, msg, 400 if status is None else status)
    elif body is not None:
        raw = body.encode() if isinstance(body, str) else body
        answer = SimResponse(200 if status is None else status, JSON_HEADERS, raw)
    elif status is not None:
        answer = gateway_page(status)
    elif headers is not None:
        raise ValueError("headers go with a status, code or body")
    else:
        return None
    return replace(answer, headers={**answer.headers, **(headers or {})})


def make_fault(
    kind: str | None,
    answer: SimResponse | None,
    *,
    acted: bool,
    acted_after: int,
    method: str | None,
    path: str | None,
    times: int,
) -> Fault:
    """Build a fault; ValueError for what cannot be meant."""
    network = None if kind is None else _network_fault(kind)
    if network is None and answer is None:
        raise ValueError("nothing to fail with: give a kind, status, code or body")
    if answer is not None and network not in (None, NetworkFault.TRUNCATE):
        raise ValueError(f"{network}: no answer gets through, so status, code and body have no meaning")
    if acted and network is NetworkFault.REFUSE:
        raise ValueError("a refused connection delivers no request: the venue cannot have acted")
    if acted_after < 0 or (acted_after and not acted):
        raise ValueError(f"acted_after must be 0 or more ms, and goes with acted: {acted_after!r}")
    if times < 1:
        raise ValueError(f"times must be at least 1: {times!r}")
    if method is not None and method.upper() not in _METHODS:
        raise ValueError(f"method must be one of {', '.join(_METHODS)}: {method!r}")
    if path is not None and not path.startswith("/"):
        raise ValueError(f"path must be a whole path such as /api/v1/spot/order: {path!r}")
    return Fault(network, answer, acted, None if method is None else method.upper(), path, times, acted_after)


def _network_fault(kind: str) -> NetworkFault:
    try:
        return NetworkFault(kind)
    except ValueError as error:
        raise ValueError(f"kind must be one of {', '.join(NetworkFault)}: {kind!r}") from error


def _by_code(code: str, msg: str | None, status: int) -> SimResponse:
    if code not in MESSAGES and msg is None:
        raise ValueError(f"code {code!r} is not in the table, whose codes are text such as '0211': give its msg too")
    return refuse(code, msg=msg, status=status)
