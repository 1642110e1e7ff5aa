"""A server that says what a test wrote down for it, and notes what it was asked, headers too."""

from __future__ import annotations

import contextlib
import socketserver
from collections.abc import Iterator


class Lines(socketserver.ThreadingTCPServer):
    """A server that notes request lines and answers by a script."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answer):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer
        self.lines = []
        self.headers = []
        self.connections = 0

    @property
    def url(self):
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        self.server.connections += 1
        while line := self.rfile.readline():
            self.server.lines.append(line.decode().strip())
            while (header := self.rfile.readline()).strip():
                self.server.headers.append(header.decode().strip())
            answer = self.server.answer(len(self.server.lines))
            if answer is None:
                return
            with contextlib.suppress(OSError):  # who asked has gone
                for part in answer if isinstance(answer, Iterator) else [answer]:
                    if part is None:  # in the middle of an answer
                        return
                    self.wfile.write(part)


def http(status, body=b"{}", extra=b""):
    """Write an answer."""
    return b"HTTP/1.1 %b\r\n%bContent-Length: %d\r\n\r\n%b" % (status, extra, len(body), body)


REFUSED = http(b"400 Bad Request", b'{"code": "0102", "msg": "Invalid API key"}')
"""A word that ends a call at once: nobody waits for its timeout, which may be long on a busy machine."""


def urls(origin):
    """Point an instance elsewhere."""
    return {"api": {"public": origin, "private": origin}}
