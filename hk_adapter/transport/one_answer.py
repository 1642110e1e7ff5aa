"""One answer to one request on a connection for threads: words before it are skipped, bytes after it are noticed."""

from __future__ import annotations

import http.client
from contextlib import suppress
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect

from hk_adapter.transport.http_rules import MOST_INTERIM, UnusableAnswer, framing_fault

_LOST = (FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect)
"""Lines after which Python's reader takes the other headers for the body, without a word."""


class OneAnswer(http.client.HTTPResponse):
    """Python's own reader skips 100 alone, and drops what it has read beyond the answer without a word.

    Attributes:
        surplus: bytes beyond the answer came with it.
    """

    surplus = False

    def begin(self) -> None:
        """Read the head. Raises UnusableAnswer where it does not tell plainly where the answer ends."""
        super().begin()
        lost = [defect for defect in self.headers.defects if isinstance(defect, _LOST)]
        fault = framing_fault(self.headers.items(), chunks=self.version >= 11)
        if lost or fault:
            raise UnusableAnswer(f"the answer has {fault or 'a line in its head that is no header'}")

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MOST_INTERIM + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not version.startswith("HTTP/1."):
                raise http.client.UnknownProtocol(version)
            if not 100 < status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise UnusableAnswer(f"more than {MOST_INTERIM} interim answers come before the answer")

    def _close_conn(self) -> None:
        # The buffer is empty, or has what nobody asked for. Without a socket beneath it nothing more is read.
        fp = self.fp
        if not self.will_close:
            with suppress(OSError, ValueError):
                fp.raw.close()
                self.surplus = bool(fp.peek(1))
        super()._close_conn()  # type: ignore[misc]
