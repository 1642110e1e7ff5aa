"""One answer to one request on a connection for asyncio: what comes unasked ends the connection, and is not read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import StreamReader
from aiohttp.client_proto import ResponseHandler

from hk_adapter.transport.http_rules import LONGEST_HEAD, MOST_INTERIM, UnusableAnswer, framing
from hk_adapter.transport.packed_bodies import check_packing, unpacker_for
from hk_adapter.transport.ways_out import Network

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_INTERIM = re.compile(rb"HTTP/1\.[01] 1(?!01)")
_WITHOUT_BODY = re.compile(rb"HTTP/1\.[01] (?:204|304)")


class OneAnswerHandler(ResponseHandler):
    """aiohttp takes bytes that lie on an idle connection for the next answer, and surplus ones for a broken one.

    Attributes:
        give_up: ends the call that waits for the answer, as if its time were over.
        opened_through: what the connection was opened through, once it was handed over for the first time.
    """

    give_up: Callable[[], object] | None = None
    opened_through: Network | None = None

    _head = b""
    _left: int | None = 0
    """Bytes of the body still to come; None where they are not counted: in a head, or where no length is named."""
    _in_head = False
    _of_head = False
    """Whether the request was a HEAD, whose answer has no body."""
    _interim = 0
    """Interim answers that came before the answer."""

    def set_response_params(self, **params: Any) -> None:
        """Begin a request's answer."""
        self._head, self._left, self._in_head, self._interim = b"", None, True, 0
        self._of_head = bool(params.get("skip_payload"))
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Hand on what belongs to the answer, and nothing else."""
        try:
            self._hand_on(data)
        except (KeyboardInterrupt, SystemExit):
            # What was being read is lost, and asyncio would go on waiting for it; the call may, in a loop that goes on.
            self.set_exception(UnusableAnswer("an interrupt struck while the answer was read"))
            if self.transport is not None:
                self.transport.abort()
            if self.give_up is not None:
                self.give_up()  # aiohttp may have forgotten already whom to wake
            raise

    def _hand_on(self, data: bytes) -> None:
        own = 0
        while self._in_head and data:
            own = self._read_head(data)
            if self._in_head:  # a part of a head, or one before the answer's
                super().data_received(data[:own])
                data, own = data[own:], 0
        if self._left is None:
            own = len(data)
        else:
            body = min(self._left, len(data) - own)
            self._left -= body
            own += body
        if own:
            super().data_received(data[:own])
        if own < len(data):
            self.force_close()

    def _read_head(self, data: bytes) -> int:
        """Return how many bytes belong to a head, and learn from it once it is whole."""
        known = len(self._head)
        self._head += data
        end = _END_OF_HEAD.search(self._head, max(0, known - 3))
        if (len(self._head) if end is None else end.end()) > LONGEST_HEAD:
            return self._refuse(UnusableAnswer(f"the answer has a head of more than {LONGEST_HEAD} bytes"))
        if end is None:
            return len(data)
        head, self._head = self._head[: end.end()], b""
        if _INTERIM.match(head):
            self._interim += 1
            if self._interim > MOST_INTERIM:
                return self._refuse(UnusableAnswer(f"more than {MOST_INTERIM} interim answers come before the answer"))
            return len(head) - known
        self._in_head = False
        try:
            self._left = _length(head)
        except UnusableAnswer as fault:
            return self._refuse(fault)
        if self._of_head:
            self._left = 0
        return len(head) - known

    def _refuse(self, fault: UnusableAnswer) -> int:
        """Read nothing more of an answer that cannot be used; nothing is left to hand on."""
        self.set_exception(fault)
        self.force_close()
        self._left, self._in_head = 0, False
        return 0


def _length(head: bytes) -> int | None:
    """Return how long the body is after a head; None where its chunks tell, or the end of the connection."""
    if not head.startswith(b"HTTP/1."):
        raise UnusableAnswer("the answer does not begin with a status line of HTTP/1.0 or HTTP/1.1")
    length = framing(head, chunks=not head.startswith(b"HTTP/1.0")).length
    return 0 if _WITHOUT_BODY.match(head) else length


async def read_whole(content: StreamReader, headers: Mapping[str, str], most: int) -> bytes:
    """Return a whole body of ``most`` bytes at the most, unpacked; ``headers`` have lower-case names.

    Raises UnusableAnswer where it is longer, where its packing has no end, and where it is packed in another way than
    gzip and deflate: nobody asked for that.
    """
    # A test tool's own stream, vcrpy's for one, has bodies that are unpacked already.
    is_raw = isinstance(content, StreamReader)
    unpacker = unpacker_for(headers) if is_raw else None
    if is_raw:
        check_packing(headers)
    parts: list[bytes] = []
    size = 0
    while part := await _next_part(content):
        for piece in (part,) if unpacker is None else unpacker.feed(part):
            size += len(piece)
            if size > most:
                raise UnusableAnswer(f"the answer is longer than {most} bytes")
            parts.append(piece)
    if unpacker is not None:
        unpacker.finish()
    return b"".join(parts)


async def _next_part(content: StreamReader) -> bytes:
    """Return what came of a body; empty at its end. Raises UnusableAnswer where the rest will never come."""
    try:
        return await content.readany()
    except RuntimeError as error:
        if type(error) is not RuntimeError:
            raise
        # How aiohttp tells of a connection that closed while it held back what was still to be decompressed.
        raise UnusableAnswer("the connection closed before the whole answer was decompressed") from None
