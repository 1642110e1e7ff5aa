"""How a case fails, and which cases are tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class BrokenPromise(AssertionError):
    """The plugin does not do what every venue plugin must."""


def require(holds: object, broken: str) -> None:
    """Raise BrokenPromise with what went wrong unless it holds."""
    if not holds:
        raise BrokenPromise(broken)


def needs(*names: str) -> Callable[[Callable[[T], None]], Callable[[T], None]]:
    """Mark a case as tried only where the venue has all of these: hooks, ``client_order_id``, refusals."""

    def marked(case: Callable[[T], None]) -> Callable[[T], None]:
        case.needs = names  # type: ignore[attr-defined]
        return case

    return marked


def needs_of(case: object) -> tuple[str, ...]:
    """Return what a case needs."""
    names: tuple[str, ...] = getattr(case, "needs", ())
    return names
