"""What can befall one exchange on a socket, and what the server then knows of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto


class Ending(StrEnum):
    """How the server's end of a connection goes on once the bytes of a mishap are through."""

    RESET = auto()
    CLOSE = auto()
    """The stream ends, and nothing more is read; under TLS without a word of farewell."""
    FAREWELL = auto()
    """As CLOSE, but TLS is ended first as it should be."""
    HALF = auto()
    """The stream ends towards the client; the server goes on reading."""
    STALL = auto()
    """Silence, until the client goes."""
    TRICKLE = auto()
    """What is left of the answer comes a byte at a time, too slowly for anybody."""


CUTS = (Ending.RESET, Ending.CLOSE, Ending.FAREWELL, Ending.HALF)
"""Endings that the client learns of at once."""


class Framing(StrEnum):
    """How the end of an answer's body is told."""

    LENGTH = auto()
    CHUNKED = auto()
    END = auto()
    """By the end of the stream."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """One exchange's fate. Offsets in bytes of HTTP.

    Attributes:
        request: how much of the request the server reads; None reads it whole, and the venue acts on it.
        answer: how much of the answer it writes then, at most all but its last byte; None writes it whole, and
            nothing ends.
    """

    ending: Ending = Ending.RESET
    request: int | None = None
    answer: int | None = None
    framing: Framing = Framing.LENGTH


@dataclass(slots=True, eq=False)
class Exchange:
    """What the server saw of one request.

    Attributes:
        read: bytes of it.
        acted: whether the venue got it whole, and answered.
        told: whether the whole answer was written; None where it lacked nothing but the words that end it.
    """

    read: int = 0
    first: bytes = b""
    acted: bool = False
    told: bool | None = False

    @property
    def is_cancel(self) -> bool:
        """Whether it was a cancel, by its first byte."""
        return self.first == b"D"
