"""Where an answer ends must be told once and plainly, or nobody knows where the next one begins (RFC 9112, 6.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LENGTH = re.compile(r"[ \t]*[0-9]{1,18}[ \t]*", re.ASCII)


def framing_fault(headers: Iterable[tuple[str, str]], *, chunks: bool = True) -> str | None:
    """Return why the length of an answer's body cannot be told, by all its header lines; None where it can.

    ``chunks``: whether the answer's version of HTTP has them.
    """
    lengths: list[str] = []
    codings: list[str] = []
    for name, value in headers:
        plain = name.strip().lower()
        if plain in {"content-length", "transfer-encoding"}:
            if name != name.strip():
                return f"a blank beside the name of its {plain}"
            (lengths if plain == "content-length" else codings).append(value)
    if lengths and codings:
        return "a Content-Length beside a Transfer-Encoding"
    if len(lengths) > 1 or not all(_LENGTH.fullmatch(length) for length in lengths):
        return "a Content-Length that is no number, or two of them"
    if codings and (not chunks or len(codings) > 1 or codings[0].strip(" \t").lower() != "chunked"):
        return "a Transfer-Encoding that is not chunked alone"
    return None
