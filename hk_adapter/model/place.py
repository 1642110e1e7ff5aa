"""Where a call goes: which venue, which of its environments, and on whose account."""

from __future__ import annotations

import hashlib

from hk_adapter.record import Record


class Place(Record, frozen=True, kw_only=True):
    """Two calls with equal places speak of the same orders.

    Attributes:
        venue_id: as the user typed it.
        environment: ``production``, ``sandbox`` or ``simulator``.
        origin: the venue's hosts, such as ``https://api.example``.
        account: tells keys apart and shows none (``account_mark``); None without a key.
    """

    venue_id: str
    environment: str
    origin: str
    account: str | None


def account_mark(api_key: str) -> str:
    """Make a short mark of a key's public part, from which the key cannot be had back."""
    return hashlib.sha256(b"hk_adapter account\0" + api_key.encode()).hexdigest()[:12]
