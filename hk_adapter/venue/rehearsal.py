"""What a test kit may put around connections that are opened while a test plays a recording, or makes one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from hk_adapter.hooks import OpenedVenue, VenueSettings
from hk_adapter.registry import KeyRedactor
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue.api.client_ids import ClientIdSource


class Rehearsal(Protocol):
    """Stands around every connection opened meanwhile, whoever opens it.

    Attributes:
        replays: whether answers come from a recording: then no venue's rate limit is to be kept.
        client_ids: makes the client order ids of orders whose caller gives none, for all connections together: no two
            orders of a recording have the same one. None leaves them to chance.
    """

    @property
    def replays(self) -> bool:
        """Whether answers come from a recording."""

    @property
    def client_ids(self) -> ClientIdSource | None:
        """What makes client order ids."""

    def opened(self, settings: VenueSettings, venue: OpenedVenue, redactor: KeyRedactor) -> None:
        """Record a venue that is open now, and the secrets that its redactor knows."""

    def clock(self) -> VenueClock:
        """Return the clock that the connection goes by; not asked for a simulator in process."""


_held: list[Rehearsal] = []


def current() -> Rehearsal | None:
    """Return the one in force; None outside tests."""
    return _held[-1] if _held else None


@contextmanager
def in_force(held: Rehearsal) -> Iterator[None]:
    """Let one be in force, for the whole process."""
    _held.append(held)
    try:
        yield
    finally:
        _held.remove(held)
