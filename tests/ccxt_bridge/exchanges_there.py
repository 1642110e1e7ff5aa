"""Which exchanges the installed ccxt has: releases add some and take others out, and a test is about those that are."""

from __future__ import annotations

from collections.abc import Iterable

import ccxt
import pytest

MADE_WITH = "4.5.90"
"""The release that the tests were written with: by it every exchange that they name is there, or is misspelt."""


def has(member: str) -> bool:
    """Whether the installed ccxt has an exchange."""
    found = member in ccxt.exchanges
    assert found or ccxt.__version__ != MADE_WITH, f"no release has {member}"
    return found


def there(members: Iterable[str]) -> list[str]:
    """Return those of some exchanges that the installed ccxt has."""
    return [member for member in members if has(member)]


def needs(member: str) -> pytest.MarkDecorator:
    """Mark a test that is about one exchange."""
    return pytest.mark.skipif(not has(member), reason=f"this ccxt has no {member}")
