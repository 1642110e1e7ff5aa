"""Where a call goes: which venue, which of its environments, on whose account, and by which settings."""

from __future__ import annotations

import hashlib

from msgspec.structs import replace

from hk_adapter.record import Record


class Place(Record, frozen=True, kw_only=True):
    """Two calls with equal places, whose ``view`` is known, speak of the same orders.

    Attributes:
        venue_id: as the user typed it.
        environment: ``production``, ``sandbox`` or ``simulator``.
        origin: the venue's hosts, such as ``https://api.example``.
        account: tells keys apart and shows none (``account_mark``); None without a key.
        view: a mark of the settings that a connection was opened with, for one opened otherwise may see another book
            of the account; None where nobody can tell whether two were opened alike.
    """

    venue_id: str
    environment: str
    origin: str
    account: str | None
    view: str | None = None

    def is_on_account_of(self, other: Place) -> bool:
        """Return whether both are one account of one venue, whatever of it either sees."""
        return replace(self, view=None) == replace(other, view=None)

    def sees_as(self, other: Place) -> bool:
        """Return whether both are known to see the same book of one account."""
        return self.view is not None and self == other


def account_mark(api_key: str) -> str:
    """Make a short mark of a key's public part, from which the key cannot be had back."""
    return hashlib.sha256(b"hk_adapter account\0" + api_key.encode()).hexdigest()[:12]
