"""What goes in and out of the simulator's core: requests and responses as bytes, and network faults.

Nothing here opens a socket. Whoever delivers a response (an in-process transport, the HTTP server) carries
its `network` fault out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import parse_qsl

import msgspec

JSON_HEADERS: Mapping[str, str] = MappingProxyType({"Content-Type": "application/json"})
BODY = "(body)"
"""Where `SimRequest.parameters` puts a JSON body, whole; no parameter has brackets in its name."""


class NetworkFault(StrEnum):
    """Name what happens on the wire instead of a whole answer."""

    REFUSE = "refuse"
    """No connection could be opened: no byte of the request arrives."""
    CUT = "cut"
    """The request arrives; the connection closes without one byte of answer."""
    STALL = "stall"
    """The request arrives; nothing comes back until the client gives up."""
    TRUNCATE = "truncate"
    """The answer's head and the first half of its body arrive, then the connection closes."""


@dataclass(frozen=True, slots=True)
class SimRequest:
    """Hold one HTTP request as its bytes came in; `query` is the raw text after the `?`, without it.

    `address` is the caller's IP address.
    """

    method: str
    path: str
    query: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    address: str = "127.0.0.1"

    @property
    def has_json(self) -> bool:
        """Return whether the body is JSON, not a form."""
        return (self.header("Content-Type") or "").lower().startswith("application/json")

    def header(self, name: str) -> str | None:
        """Return the header's value whatever its case, or None."""
        if (exact := self.headers.get(name)) is not None:
            return exact
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), None)

    def parameters(self) -> dict[str, str]:
        """Read the decoded parameters: query and form body, the query winning; GET has only a query.

        The documents both sign a request whose parameters are split over the two places and say that the
        query is the one used: a name found in both is read from the query. The first of a repeated name counts.
        A JSON body holds no parameters: it stands there as a whole, under `BODY`.
        """
        found: dict[str, str] = {}
        _read(self.query, found)
        if self.body and self.method != "GET":
            text = self.body.decode("utf-8", "replace")
            if self.has_json:
                found[BODY] = text
            else:
                _read(text, found)
        return found


@dataclass(frozen=True, slots=True)
class SimResponse:
    """Hold one HTTP response; with `network` set, the deliverer breaks the connection that way.

    Under `truncate` the body is whole: the deliverer sends its first half. Under the other faults status,
    headers and body are never delivered.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: JSON_HEADERS)
    body: bytes = b""
    network: NetworkFault | None = None


def json_response(value: object, status: int = 200) -> SimResponse:
    """Build a JSON answer, written compactly as the venue does."""
    return SimResponse(status, JSON_HEADERS, msgspec.json.encode(value))


def _read(text: str, found: dict[str, str]) -> None:
    if "%" in text or "+" in text:
        for name, value in parse_qsl(text, keep_blank_values=True):
            found.setdefault(name, value)
        return
    # Nothing is encoded, as in nearly every request: the same reading at a quarter of the cost.
    for part in text.split("&"):
        name, _, value = part.partition("=")
        if part and name not in found:
            found[name] = value
