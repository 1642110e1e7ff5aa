"""One answer to one request on a connection for threads: words before it are skipped, bytes after it are noticed."""

from __future__ import annotations

import http.client
from contextlib import suppress


class OneAnswer(http.client.HTTPResponse):
    """Python's own reader skips 100 alone, and drops what it has read beyond the answer without a word.

    Attributes:
        surplus: bytes beyond the answer came with it.
    """

    surplus = False

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 < status < 200 or status == http.client.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)

    def _close_conn(self) -> None:
        # The buffer is empty, or has what nobody asked for. Without a socket beneath it nothing more is read.
        fp = self.fp
        if not self.will_close:
            with suppress(OSError, ValueError):
                fp.raw.close()
                self.surplus = bool(fp.peek(1))
        super()._close_conn()  # type: ignore[misc]
