"""One answer to one request on a connection for asyncio: what comes unasked ends the connection, and is not read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from aiohttp import ClientResponse
from aiohttp.client_proto import ResponseHandler

from hk_adapter.transport.http_rules import MOST_INTERIM, UnusableAnswer, framing_fault

_END_OF_HEAD = re.compile(rb"\n\r?\n")
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r?\n", re.IGNORECASE)


def _lines(head: bytes) -> list[tuple[str, str]]:
    """Return the headers of a head; a folded line stays one, with its line break."""
    lines = re.split(r"\r?\n(?![ \t])", head.decode("latin-1"))[1:]
    return [(name, value) for name, _, value in (line.partition(":") for line in lines)]


class OneAnswerHandler(ResponseHandler):
    """aiohttp takes bytes that lie on an idle connection for the next answer, and surplus ones for a broken one.

    Attributes:
        give_up: ends the call that waits for the answer, as if its time were over.
    """

    give_up: Callable[[], object] | None = None

    _head = b""
    _left: int | None = 0
    """Bytes of the body still to come; None where they are not counted: in a head, or where no length is named."""
    _in_head = False
    _interim = 0
    """Interim answers that came before the answer."""

    def set_response_params(self, **params: Any) -> None:
        """Begin a request's answer."""
        self._head, self._left, self._in_head, self._interim = b"", None, True, 0
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
        while data and self._in_head:
            data = self._read_head(data)
        if self._left is None:
            if data:
                super().data_received(data)
            return
        own, surplus = data[: self._left], data[self._left :]
        self._left -= len(own)
        if own:
            super().data_received(own)
        if surplus:
            self.force_close()

    def _read_head(self, data: bytes) -> bytes:
        """Hand on a head, or a part of one, and give back what follows it."""
        known = len(self._head)
        self._head += data
        end = _END_OF_HEAD.search(self._head, max(0, known - 3))
        if end is None:
            super().data_received(data)
            return b""
        head, rest = self._head[: end.end()], self._head[end.end() :]
        self._head = b""
        if re.match(rb"HTTP/1\.[01] 1(?!01)", head):
            self._interim += 1
            if self._interim > MOST_INTERIM:
                return self._refuse(f"more than {MOST_INTERIM} interim answers come before the answer")
        else:
            self._in_head = False
            if fault := framing_fault(_lines(head), chunks=not head.startswith(b"HTTP/1.0")):
                return self._refuse(f"the answer has {fault}")
        super().data_received(data[: len(data) - len(rest)])
        if not self._in_head:
            length = _LENGTH.search(head)
            counted = length is not None and b"\r\ntransfer-encoding:" not in head.lower()
            self._left = int(length[1]) if length is not None and counted else None
        return rest

    def _refuse(self, fault: str) -> bytes:
        """Read nothing more of an answer that cannot be used; nothing is left to hand on."""
        self.set_exception(UnusableAnswer(fault))
        self.force_close()
        self._left, self._in_head = 0, False
        return b""


async def next_part(answer: ClientResponse) -> bytes:
    """Return what came of a body; empty at its end. Raises UnusableAnswer where the rest will never come."""
    try:
        return await answer.content.readany()
    except RuntimeError as error:
        if type(error) is not RuntimeError:
            raise
        # How aiohttp tells of a connection that closed while it held back what was still to be decompressed.
        raise UnusableAnswer("the connection closed before the whole answer was decompressed") from None
