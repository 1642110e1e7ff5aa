"""One answer to one request on a connection for threads: words before it are skipped, bytes after it are noticed."""

from __future__ import annotations

import http.client
import re
from contextlib import suppress
from typing import BinaryIO

from hk_adapter.transport.http_rules import LONGEST_HEAD, MOST_INTERIM, UnusableAnswer, framing, lower_case

_STATUS = re.compile(rb"(HTTP/1\.[01]) ([1-9][0-9]{2})(?: ([^\r\n]*))?\r?\n")
_LINE = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n\0]*)\r?\n")
_FOLDED = re.compile(r"[ \t]([^\r\n\0]*)\r?\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_WITHOUT_BODY = frozenset({http.client.NO_CONTENT, http.client.NOT_MODIFIED})


class OneAnswer(http.client.HTTPResponse):
    """An answer, read more strictly than by Python's own reader, and without its way through the parser of mails.

    That one skips 100 alone, takes the end of the stream for the end of the head, reads on after a line that is no
    header, says nothing of a body that was cut short, and drops without a word what it has read beyond the answer.

    Attributes:
        named: its headers under lower-case names.
        surplus: bytes beyond the answer came with it.
    """

    named: dict[str, str]
    surplus = False

    def begin(self) -> None:
        """Read the head. Raises UnusableAnswer where it does not tell plainly where the answer ends."""
        version, self.status, self.reason = self._read_status()
        self.code, self.version = self.status, 10 if version == "HTTP/1.0" else 11
        head, headers = _read_head(self.fp)
        self.length, self.chunked = framing(head, chunks=self.version >= 11)
        self.chunk_left = None
        self.headers = self.msg = http.client.HTTPMessage()
        for name, value in headers:
            self.headers.set_raw(name, value)
        self.named = lower_case(headers)
        connection = self.named.get("connection", "").lower()  # all of them: one may say the opposite of another
        if self.status in _WITHOUT_BODY or self._method == "HEAD":  # type: ignore[attr-defined]
            self.length, self.chunked = 0, False
        lasts = "close" not in connection if self.version >= 11 else "keep-alive" in connection
        self.will_close = not lasts or (self.length is None and not self.chunked)

    def read(self, amt: int | None = None) -> bytes:
        """Read on in the body, which is empty at its end. Raises IncompleteRead where it ends too early."""
        data = super().read(amt)
        if not data and self.length:
            raise http.client.IncompleteRead(b"", self.length)
        return data

    def _read_status(self) -> tuple[str, int, str]:
        # Python's own takes +200 and 2_00 for a status, and any version that begins with 1.
        for _ in range(MOST_INTERIM + 1):
            line = self.fp.readline(LONGEST_HEAD)
            if not line:
                raise http.client.RemoteDisconnected("the connection was closed without an answer")
            match = _STATUS.fullmatch(line)
            if match is None:
                raise UnusableAnswer("the answer does not begin with a status line of HTTP/1.0 or HTTP/1.1")
            status = int(match[2])
            if not 100 <= status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return match[1].decode(), status, (match[3] or b"").decode("latin-1")
            _read_head(self.fp)
        raise UnusableAnswer(f"more than {MOST_INTERIM} interim answers come before the answer")

    def _get_chunk_left(self) -> int | None:
        # Python's own passes over any two bytes between two chunks.
        if self.chunk_left == 0:
            if self.fp.readline(2) != b"\r\n":
                raise UnusableAnswer("the answer has a chunk that does not end where it says")
            self.chunk_left = None
        left: int | None = super()._get_chunk_left()  # type: ignore[misc]
        return left

    def _read_next_chunk_size(self) -> int:
        # Python's own takes -1 for one, and reads on without an end.
        match = _CHUNK_SIZE.fullmatch(self.fp.readline(LONGEST_HEAD))
        if match is None:
            raise UnusableAnswer("the answer has a chunk whose size is no number")
        return int(match[1], 16)

    def _read_and_discard_trailer(self, *_: object) -> None:
        # Python's own takes any lines, and the end of the connection for theirs.
        head, _headers = _read_head(self.fp)
        if framing(head, chunks=True) != (None, False):
            raise UnusableAnswer("the answer says after its body how long that is")

    def _close_conn(self) -> None:
        # Let go first: what strikes in between, as Ctrl-C does, leaves no half closed stream for `close` to flush.
        fp, self.fp = self.fp, None  # type: ignore[assignment]
        try:
            # The buffer is empty, or has what nobody asked for. Without a socket beneath it nothing more is read.
            if not self.will_close:
                with suppress(OSError, ValueError):
                    fp.raw.close()
                    self.surplus = bool(fp.peek(1))
        finally:
            fp.close()


def _read_head(stream: BinaryIO) -> tuple[bytes, list[tuple[str, str]]]:
    """Read a head from its first header on: its bytes, after a line feed, and its headers; a folded one stays so."""
    head, headers = b"\n", list[tuple[str, str]]()
    while len(head) <= LONGEST_HEAD:
        line = stream.readline(LONGEST_HEAD)
        head += line
        if line in {b"\r\n", b"\n"}:
            return head, headers
        text = line.decode("latin-1")
        if match := _LINE.fullmatch(text):
            headers.append((match[1], match[2].rstrip(" \t")))
        elif headers and _FOLDED.fullmatch(text):
            name, value = headers[-1]
            headers[-1] = name, f"{value}\r\n{text.rstrip()}"
        elif text.endswith("\n"):
            raise UnusableAnswer("the answer has a line in its head that is no header")
        else:
            raise UnusableAnswer("the answer ended within its head, or has too long a line there")
    raise UnusableAnswer(f"the answer has a head of more than {LONGEST_HEAD} bytes")
