"""One answer to one request on a connection for asyncio: what comes unasked ends the connection, and is not read."""

from __future__ import annotations

import re
from typing import Any

from aiohttp.client_proto import ResponseHandler

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)


class OneAnswerHandler(ResponseHandler):
    """aiohttp takes bytes that lie on an idle connection for the next answer, and surplus ones for a broken one."""

    _head = b""
    _left: int | None = 0
    """Bytes of the body still to come; None where they are not counted: in a head, or where no length is named."""
    _in_head = False

    def set_response_params(self, **params: Any) -> None:
        """Begin a request's answer."""
        self._head, self._left, self._in_head = b"", None, True
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        """Hand on what belongs to the answer, and nothing else."""
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
        end = self._head.find(_END_OF_HEAD, max(0, known - 3))
        if end < 0:
            super().data_received(data)
            return b""
        head, rest = self._head[: end + len(_END_OF_HEAD)], self._head[end + len(_END_OF_HEAD) :]
        super().data_received(data[: len(data) - len(rest)])
        self._head = b""
        if not re.match(rb"HTTP/1\.[01] 1(?!01)", head):
            self._in_head = False
            length = _LENGTH.search(head)
            counted = length is not None and b"\r\ntransfer-encoding:" not in head.lower()
            self._left = int(length[1]) if length is not None and counted else None
        return rest
