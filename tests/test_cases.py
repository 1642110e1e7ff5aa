"""What a test says that goes through many cases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import each


def test_what_fails_names_its_case() -> None:
    """By the parameters' names and the value or its id, for each decorator, the inner one first."""

    @each(("a", "b"), [(1, 2), pytest.param(3, 4, id="three and four")])
    @each("c", [5, 6], ids=["five", "six"])
    def rule(a: int, b: int, c: int, found: list[Any]) -> None:
        found.append((a, b, c))
        assert (a, c) != (3, 6)

    found: list[Any] = []
    with pytest.raises(AssertionError) as caught:
        rule(found=found)
    assert found == [(1, 2, 5), (1, 2, 6), (3, 4, 5), (3, 4, 6)]
    assert caught.value.__notes__ == ["in the case c = 'six'", "in the case a, b = 'three and four'"]


async def test_a_test_that_awaits_goes_through_them_too() -> None:
    """One after the other, each with the fixtures of the one test."""

    @each("number", [1, 2])
    async def rule(number: int, found: list[int]) -> None:
        found.append(number)

    found: list[int] = []
    await rule(found=found)
    assert found == [1, 2]


def test_no_case_at_all_is_no_test() -> None:
    """An empty list proves nothing, and says so."""
    with pytest.raises(AssertionError, match="no case at all"):
        each("number", [])
