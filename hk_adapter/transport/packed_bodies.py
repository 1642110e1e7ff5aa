"""Bodies that came packed in gzip or deflate: unpacked as they arrive, and refused where the packing has no end.

The libraries hand on what they could unpack of a gzip body that is cut, where its length was told as that of the cut.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping

from hk_adapter.transport.http_rules import UnusableAnswer

_MOST_AT_ONCE = 65536
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_MAGIC = b"\x1f\x8b"
_PACKED = re.compile(r"gzip|deflate|br|zstd|compress", re.IGNORECASE)
_WORDS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}


class Unpacker:
    """Unpacks one body; a gzip body may have several members, and anything after the last."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._member: zlib._Decompress | None = None
        self._is_over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield what more came of the body, in pieces. Raises UnusableAnswer for what is not so packed."""
        while data and not self._has_ended(data):
            member = self._begun(data)
            try:
                piece = member.decompress(data, _MOST_AT_ONCE)
                while piece:
                    yield piece
                    piece = member.decompress(member.unconsumed_tail, _MOST_AT_ONCE)
            except zlib.error:
                raise UnusableAnswer("the answer is not packed as it says") from None
            data = member.unused_data

    def finish(self) -> None:
        """Raise UnusableAnswer where the packing has not come to its end. An empty body is none."""
        if self._member is not None and not self._member.eof:
            raise UnusableAnswer("the answer ended before the end of its packed body")

    def _has_ended(self, data: bytes) -> bool:
        """Whether the packing is at its end, and what comes next begins no further member."""
        if self._member is not None and self._member.eof:
            self._is_over = self._is_over or not (self._window == _GZIP and _MAGIC.startswith(data[:2]))
        return self._is_over

    def _begun(self, data: bytes) -> zlib._Decompress:
        if self._member is None and self._window == _ZLIB and data[0] & 0xF != 8:
            self._window = _RAW  # many servers mean that by deflate
        if self._member is None or self._member.eof:
            self._member = zlib.decompressobj(self._window)
        return self._member


def unpacker_for(headers: Mapping[str, str]) -> Unpacker | None:
    """Return what unpacks a body; None for one that is not packed, or in a way that is left to the libraries.

    ``headers`` have lower-case names.
    """
    window = _WORDS.get(headers.get("content-encoding", "").strip().lower())
    return None if window is None else Unpacker(window)


def check_packing(headers: Mapping[str, str]) -> None:
    """Raise UnusableAnswer for a body that is packed otherwise, or twice: nobody asked for that."""
    word = headers.get("content-encoding", "").strip().lower()
    if word not in _WORDS and _PACKED.search(word):
        raise UnusableAnswer("the answer is packed in a way that was not asked for")


def unpacked(parts: Iterable[bytes], unpacker: Unpacker) -> Iterator[bytes]:
    """Yield a body, unpacked. Raises UnusableAnswer where it is not whole."""
    for part in parts:
        yield from unpacker.feed(part)
    unpacker.finish()
