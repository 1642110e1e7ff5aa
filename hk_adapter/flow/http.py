"""What crosses the border to an HTTP library: a finished request, and whatever came back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Protocol
from urllib.parse import urlsplit

from hk_adapter.record import Record


class HttpRequest(Record, frozen=True):
    """The exact bytes to send. Holds a key and a signature, so it neither prints nor pickles them.

    Attributes:
        url: absolute, with the query string already encoded and signed.
        headers: complete, except for what HTTP itself adds (Host, Content-Length).
        body: None sends no body.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port, such as ``https://venue.example``."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def path(self) -> str:
        """The path without its query string."""
        return urlsplit(self.url).path

    def __repr__(self) -> str:
        return f"<HttpRequest {self.method} {self.origin}{self.path}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an HttpRequest holds a signature and is never pickled")


class Response(Record, frozen=True):
    """An HTTP answer, whatever its status: judging it is the venue plugin's work.

    Attributes:
        headers: names in lower case.
        body: complete and decompressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


class BlockingTransport(Protocol):
    """Sends a request from a thread and waits for the whole answer."""

    def send(self, request: HttpRequest, deadline: float) -> Response:
        """Send once and return the answer, whatever its status.

        ``deadline`` is in seconds of ``time.monotonic()``. Raises NotSent when provably no byte of the
        request left, OutcomeUnknown for every other failure, and nothing else for what a network can do.
        """

    def close(self) -> None:
        """Close every connection. Idempotent."""


class AsyncTransport(Protocol):
    """Sends a request from an asyncio task and waits for the whole answer."""

    async def send(self, request: HttpRequest, deadline: float) -> Response:
        """As BlockingTransport.send, within the running loop."""

    async def close(self) -> None:
        """Close every connection. Idempotent."""
