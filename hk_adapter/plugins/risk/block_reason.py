"""Why creates are blocked, in words; a block never fails for its words, and is never lifted by them."""

from __future__ import annotations

BY_HAND = "by hand"


def block_reason(given: object) -> str:
    """Return the words that a caller gave, or ``by hand`` for what is no text, None among it."""
    return str.__str__(given) if isinstance(given, str) and given else BY_HAND
