"""Client order ids for the suite's own orders, in the form that the opened venue says it takes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

_DIGITS = 32
"""Hexadecimal digits that ``client_id_form`` writes in the venue's form."""


def own_id(venue: object, number: int) -> str:
    """Write the id of a number, another for each: by ``largest_client_id`` or ``client_id_form`` of the venue."""
    largest: int | None = getattr(venue, "largest_client_id", None)
    form: Callable[[str], str] | None = getattr(venue, "client_id_form", None)
    if largest is not None:
        return str(1 + (largest - number) % largest)  # the longest that it may have
    if form is not None:
        return form(hashlib.sha256(str(number).encode()).hexdigest()[:_DIGITS])
    return f"kit{number:014}"


def own_id_in_capitals(venue: object, number: int) -> str | None:
    """Write an id in capitals; None where the venue says that ids have a form, or that they are not kept."""
    if any(hasattr(venue, name) for name in ("largest_client_id", "client_id_form", "client_ids")):
        return None
    return own_id(venue, number).upper()
