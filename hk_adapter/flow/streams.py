"""The effects of a stream, which are the core's own: no hook and no wrapper may await them. And what performs them."""

from __future__ import annotations

from typing import Any, Protocol

from hk_adapter.flow.bell import Bell
from hk_adapter.flow.effects import _CoresOwn
from hk_adapter.record import Record


class Link(Protocol):
    """One open connection, in the loop that opened it. Texts may hold secrets: none is ever logged."""

    async def receive(self, until: float | None) -> str | None:
        """Return the next frame, or None where none came by a time, in seconds of the monotonic clock; None: any time.

        Raises VenueUnavailable where the connection has ended.
        """

    async def send(self, text: str) -> None:
        """Send a frame. Raises VenueUnavailable where the connection has ended."""

    async def close(self) -> None:
        """Close it, whatever state it is in; a second time does nothing. It takes a second at the most."""


class StreamTransport(Protocol):
    """Opens connections."""

    async def open_stream(self, url: str, deadline: float) -> Link:
        """Open a connection by a time, in seconds of the monotonic clock.

        Raises NotSent where it is not there by then, or was refused; the URL is in no error.
        """


class _Open(Record, frozen=True):
    url: str
    deadline: float

    def __repr__(self) -> str:
        return "<OpenStream>"  # the URL is a secret


class OpenStream(_CoresOwn[Any], _Open, frozen=True):
    """Open a connection at a URL by a deadline, in seconds of the monotonic clock; gives a link.

    NotSent is thrown in where it is not open by then.
    """


class _Receive(Record, frozen=True):
    link: Any
    until: float | None


class Receive(_CoresOwn["str | None"], _Receive, frozen=True):
    """Wait for the next frame of a link; None where none came by ``until``, in seconds of the monotonic clock.

    VenueUnavailable is thrown in where the connection has ended.
    """


class _Send(Record, frozen=True):
    link: Any
    text: str


class SendFrame(_CoresOwn[None], _Send, frozen=True):
    """Send a frame over a link. VenueUnavailable is thrown in where the connection has ended."""

    def __repr__(self) -> str:
        return "<SendFrame>"  # a text may hold a signature


class _Close(Record, frozen=True):
    link: Any


class CloseStream(_CoresOwn[None], _Close, frozen=True):
    """Close a link, whatever state it is in."""


class _Listen(Record, frozen=True):
    bell: Bell
    until: float | None


class Listen(_CoresOwn[None], _Listen, frozen=True):
    """Wait until a bell rings, but no longer than ``until``, in seconds of the monotonic clock."""
