"""What both transports hold a request and the head of an answer to.

A request is checked before it is written, its URL split, its headers completed. Where an answer ends must be told once
and plainly, or nobody knows where the next one begins (RFC 9112, 6.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from hk_adapter.flow.http import HttpRequest
from hk_adapter.flow.real_time import monotonic
from hk_adapter.version import VERSION

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a decompressed answer that are still believed to come from a venue."""

LONGEST_HEAD = 65536
"""Bytes of an answer's head that are still believed to be one: common servers send at most an eighth of it."""

MOST_INTERIM = 100
"""Words of the 1xx kind before one answer. Whoever sends more means no answer, and each costs time to read."""

KEEP_ALIVE = 45.0
"""Seconds after which an idle connection is not trusted: common load balancers cut theirs at 60."""

USER_AGENT = f"hk-adapter/{VERSION}"

_URL = re.compile(r"(https?://[A-Za-z0-9._~:\[\]-]+)((?:[/?][!\"$-~]*)?)")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_METHOD = re.compile(r"[A-Z]+")
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_FRAMING = re.compile(
    rb"\n([ \t\f\v]*)(content-length|transfer-encoding)([ \t\f\v]*):([^\n]*)(?=\n([ \t]?))", re.IGNORECASE
)
_LENGTH = re.compile(rb"[0-9]{1,18}")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")


class Address(NamedTuple):
    """A URL cut in two: whom to connect to, and what to ask for, byte for byte. It prints no signature."""

    origin: str
    target: str

    def __repr__(self) -> str:
        return f"<Address {self.origin}>"


class Framing(NamedTuple):
    """Where an answer's body ends: after ``length`` bytes, after its chunks, or, with neither, with the connection."""

    length: int | None
    chunked: bool


class UnusableAnswer(Exception):
    """The answer cannot be trusted as a whole one. Its text is ours, so it is safe to show."""


def address_of(request: HttpRequest, deadline: float, *, closed: bool = False) -> Address | str:
    """Return the parts of a request's URL, or why it must not be sent, in safe words.

    It raises nothing: an error would hold what is in the variables here. Reasons: the transport is closed, the deadline
    is over, HTTP cannot carry the request unchanged. What passes fails, if at all, only by the network.
    """
    try:
        address = split(request.url)
    except ValueError:
        address = None
    if address is None or not _is_origin(address.origin) or not _METHOD.fullmatch(request.method):
        return "a request's method or URL is not one that HTTP can carry unchanged"
    if closed:
        return f"{request!r}: the connection to the venue is closed"
    if deadline <= monotonic():
        return f"{request!r}: the deadline was over before it was sent"
    for name, value in request.headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            return f"{request!r}: its header {name!r} is not one that HTTP can carry unchanged"
    return address


@lru_cache(maxsize=64)
def _is_origin(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


@lru_cache(maxsize=1)  # a request's is asked for as it is signed, and at once again as it is sent
def split(url: str) -> Address:
    """Return the parts of a URL; raises ValueError for one that HTTP cannot carry unchanged."""
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError("not a URL that HTTP can carry unchanged")
    origin, target = match[1], match[2]
    return Address(origin, target if target.startswith("/") else f"/{target}")


def complete_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with our User-Agent, asking for an uncompressed answer, unless they say otherwise."""
    given = set(map(str.lower, headers))
    complete = dict(headers)
    if "user-agent" not in given:
        complete["User-Agent"] = USER_AGENT
    if "accept-encoding" not in given:
        complete["Accept-Encoding"] = "identity"
    return complete


def written(request: HttpRequest, origin: str, target: str) -> bytes:
    """Return the bytes of a whole request; ``origin`` and ``target`` are what ``address_of`` said of it."""
    lines = [f"{request.method} {target} HTTP/1.1", f"Host: {origin.partition('//')[2]}"]
    lines += [f"{name}: {value}" for name, value in complete_headers(request.headers).items()]
    body = request.body or b""
    if body or request.method in _WITH_BODY:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join((*lines, "", "")).encode("latin-1") + body


def lower_case(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return an answer's headers under lower-case names; repeated ones are joined by a comma."""
    merged: dict[str, str] = {}
    for name, value in headers:
        key = name.lower()
        merged[key] = f"{merged[key]}, {value}" if key in merged else value
    return merged


def framing(head: bytes, *, chunks: bool) -> Framing:
    """Return where an answer's body ends. Raises UnusableAnswer where its head does not tell that once and plainly.

    ``head`` is all of it, the empty line included, or begins with the line feed before its first header. ``chunks``:
    whether the answer's version of HTTP has them.
    """
    lengths: list[bytes] = []
    codings: list[bytes] = []
    for before, name, after, value, folded in _FRAMING.findall(head):
        if before or after or folded:
            raise UnusableAnswer(f"the answer has a blank beside its {name.decode().lower()}, or a line break in it")
        (lengths if len(name) == len("content-length") else codings).append(value.strip(b" \t\r"))
    if lengths and codings:
        raise UnusableAnswer("the answer has a Content-Length beside a Transfer-Encoding")
    if len(lengths) > 1 or (lengths and not _LENGTH.fullmatch(lengths[0])):
        raise UnusableAnswer("the answer has a Content-Length that is no number, or two of them")
    if codings and (not chunks or len(codings) > 1 or codings[0].lower() != b"chunked"):
        raise UnusableAnswer("the answer has a Transfer-Encoding that is not chunked alone")
    return Framing(int(lengths[0]) if lengths else None, chunked=bool(codings))
