"""From the code in a HashKey answer to the error it means for the call that was made.

A code is a refusal only where its meaning fits the operation; everything else is a doubt, never a guess.
"""

from __future__ import annotations

from hk_adapter.errors import AdapterError, RateLimited, UnexpectedPayload
from hk_adapter.parsing import ErrorTable
from hk_adapter.venues.hashkey.error_table import ROWS

VENUE = "hashkey"

TABLE = ErrorTable(VENUE, ROWS)

ORDER_LIMIT_PENALTY = 60.0
"""Seconds to be silent after a breach of the order limit (HashKey documentation, Nov 2025)."""

RATE_STATUSES = frozenset({418, 429})

_SUCCESS = frozenset({"0", "0000", "200"})
_LONGEST_CODE = 32


def normalise(code: object) -> str | None:
    """Return the code as the venue wrote it, or None for success.

    None (absent), 0, "0", "0000", 200 and "200" are success. Leading zeros and the sign stay.

    Raises:
        UnexpectedPayload: the code is no text and no whole number, or is empty, very long or not printable.
    """
    if code is None:
        return None
    if isinstance(code, int) and not isinstance(code, bool) and abs(code) < 10**_LONGEST_CODE:
        code = str(int(code))
    if not isinstance(code, str) or not 0 < len(code) <= _LONGEST_CODE or not code.isprintable():
        raise UnexpectedPayload(f"{VENUE} sent an error code of a kind that we do not know", venue=VENUE)
    return None if code in _SUCCESS else code


def error_for(code: str, message: str, http_status: int, operation: str) -> AdapterError:
    """Build the error that a code in an answer's body means for ``operation``, as ``ErrorTable.error`` does.

    A 5xx is a doubt whatever the code (HashKey documentation, Nov 2025), unless the code says that the venue is closed.
    ``code`` is text, from `normalise`.
    """
    read_as = "0002" if _is_signature(code, message) else None
    error = TABLE.error(code, message, http_status=http_status, operation=operation, read_as=read_as)
    if isinstance(error, RateLimited) or http_status in RATE_STATUSES:
        error.retry_after = penalty_of(operation)
    return error


def penalty_of(operation: str) -> float | None:
    """Return how long to be silent after a breach of a rate limit, in seconds; None where no time is documented."""
    return ORDER_LIMIT_PENALTY if operation.startswith(("cancel_", "create_")) else None


def _is_signature(code: str, message: str) -> bool:
    """Distinguish the two documented meanings of 0001: a field, or the signature."""
    return code == "0001" and "signature" in message.lower()
