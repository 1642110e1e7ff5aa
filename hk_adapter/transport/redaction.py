"""The one place where a library's exceptions and log lines are made safe to show.

Their texts hold the signed URL, and their frames the headers with the key.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import socket
import ssl
from collections.abc import Iterator
from itertools import islice

from hk_adapter.flow.plain_errors import came_of
from hk_adapter.transport.http_rules import UnusableAnswer

_QUERY = r"\?[^\s\"'<>=?]*=[^\s\"'<>]*"
_NAMED_VALUE = (
    r"(?i)(?<![A-Za-z0-9])(sign(?:ature)?|secret|token|authorization|passphrase|password|(?:api|private)[-_]?key)\b"
    r"(['\"]?\s*[=:]\s*)(?:'[^']*'[^\s,;&]*|\"[^\"]*\"[^\s,;&]*|[^\s,;&]+)"
)
_PEM = r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
_TUNNEL_STATUS = re.compile(r"Tunnel connection failed: (\d{3})")
_CHATTY_LOGGERS = tuple(
    logging.getLogger(name)
    for name in (
        "urllib3.connectionpool",
        "urllib3.connection",
        "urllib3.util.retry",
        "aiohttp.client",
        "aiohttp.internal",
        "asyncio",
        "ccxt.base.exchange",  # by whose code the class for bots places and reads: its lines have all of a request
    )
)
"""Looked up once: that takes the lock of ``logging``, and an interrupt may have left it taken when a call needs one."""


_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL})
_FORBIDDEN = frozenset({errno.EPERM, errno.EACCES})
"""A firewall of this machine's."""
_LACKING = frozenset({errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT})
"""A kind of address that this machine does not speak."""
_OWN = _SHORTAGES | _FORBIDDEN | _LACKING
_MOST_LINKS = 8
_MOST_NAMES = 6


class LibraryFailure(Exception):
    """Stands in, as a cause, for the exception of an HTTP library: its type and reason, and nothing else."""


def stand_in(error: BaseException) -> LibraryFailure:
    """Return a safe account of a library's exception: no URL, no header, no byte of the answer, no frames."""
    names: list[str] = []
    reason = ""
    for link in islice(_links(error), _MOST_LINKS):
        name = type(link).__name__
        if name not in names:
            names.append(name)
        reason = _reason(link) or reason
    text = " < ".join(names[:_MOST_NAMES])
    return LibraryFailure(f"{text}: {reason}" if reason else text)


def is_own_shortage(error: BaseException) -> bool:
    """Whether this machine had nothing to open a connection with, or forbade it: files, memory, ports, its firewall.

    The venue is not to blame, nor for a name that could not be looked up without files.
    """
    for link in islice(_links(error), _MOST_LINKS):
        if isinstance(link, socket.gaierror):  # its numbers are others
            return link.errno == socket.EAI_MEMORY or not _can_open_a_file()
        of_the_system = isinstance(link, OSError) and not isinstance(link, ssl.SSLError)  # whose numbers are OpenSSL's
        if isinstance(link, MemoryError) or (of_the_system and getattr(link, "errno", None) in _OWN):
            return True
    return False


def _can_open_a_file() -> bool:
    """Whether there is a file left to be opened: without one, the system's own look-up says that it knows no name."""
    try:
        socket.socket().close()
    except OSError:
        return False
    return True


def redact(text: str) -> str:
    """Return a text without query strings, private keys, and values named as a key, passphrase, signature or token."""
    return re.sub(_NAMED_VALUE, _with_name, re.sub(_QUERY, "?[redacted]", re.sub(_PEM, "[redacted]", text)))


def _with_name(match: re.Match[str]) -> str:
    """Keep the name. As a function, since a template is compiled by a module that an ending interpreter has not."""
    return f"{match[1]}{match[2]}[redacted]"


def redact_library_logs() -> None:
    """Keep query strings out of what the HTTP libraries log. Idempotent; it holds for the whole process."""
    for logger in _CHATTY_LOGGERS:
        logger.addFilter(_REDACTING)


class _RedactingFilter(logging.Filter):
    """Rewrites a record only where it holds something to hide."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - a library's own mistake, or a class that cannot be written: never the caller's
            record.msg, record.args = f"a line that cannot be written: {redact(str.__str__(str(record.msg)))}", None
            return True
        safe = redact(message)
        if safe != message:
            record.msg, record.args = safe, None
        if record.exc_info:
            trace = logging.Formatter().formatException(record.exc_info)
            if (safe_trace := redact(trace)) != trace:
                record.exc_info, record.exc_text = None, safe_trace
        return True


_REDACTING = _RedactingFilter()


def _links(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came of, then what the last of these was made with, and so on."""
    link = error
    for link in came_of(error):
        yield link
    inside = next((value for value in link.args if isinstance(value, BaseException)), None)
    if inside is not None:
        yield from _links(inside)


def _reason(error: BaseException) -> str:
    """Only what is known to be a constant of ours, of the operating system's or of OpenSSL's.

    Exact types, because the libraries derive their own from these and put other texts in.
    """
    if isinstance(error, UnusableAnswer):
        return str(error)
    if type(error) is ssl.SSLCertVerificationError and hasattr(error, "reason"):  # Python's own; others leave it out
        return f"TLS: {error.reason}, {error.verify_message}"
    if type(error).__module__ == "ssl":
        reason = getattr(error, "reason", None)
        return f"TLS: {reason}" if reason else ""
    if type(error) is socket.gaierror:
        return f"name not found: {error.strerror or error.errno}"
    if isinstance(error, OSError) and isinstance(error.errno, int) and error.errno in errno.errorcode:
        return f"{errno.errorcode[error.errno]}, {os.strerror(error.errno)}"
    return _proxy_refusal(error)


def _proxy_refusal(error: BaseException) -> str:
    """http.client tells it in an OSError's text, aiohttp in the ``status`` of an error of its own.

    Its other errors have one too, which is aiohttp's own word for an answer that it cannot read.
    """
    names = {one.__name__ for one in type(error).__mro__}
    if "ClientResponseError" in names and "ClientHttpProxyError" not in names:
        return "the answer is not HTTP as it should be"
    status = getattr(error, "status", None)
    if isinstance(error, OSError) and (told := _TUNNEL_STATUS.match(str(error))):
        status = told[1]
    return f"proxy: HTTP status {status}" if status else ""
