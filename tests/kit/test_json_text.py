"""What is kept of a JSON text is kept to the letter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hk_adapter.testing.cassettes.json_text import like, rewritten, text_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(VALUES, st.sampled_from([None, 2]))
def test_a_text_that_is_not_changed_stays(value: Any, indent: int | None) -> None:
    """Whatever JSON it is, and however it is laid out."""
    text = json.dumps(value, indent=indent)
    assert rewritten(text, lambda token, _: token, lambda token, _: token) == text


def test_digits_and_doubled_keys_stay() -> None:
    """No reader and writer comes between: what no parser would give back is there still."""
    text = '{"a": 1.10, "a":1e5 ,"b": 12345678901234567890.10, "c":{"d":["\\u0041", -0.0]}}'
    assert rewritten(text, lambda token, _: token, lambda token, _: token) == text


def test_each_value_is_named() -> None:
    """By its field, which the elements of a list share; keys are named by where their object stands."""
    seen: list[tuple[str, str]] = []

    def note(token: str, name: str) -> str:
        seen.append((text_of(token), name))
        return token

    rewritten('{"a": ["x", {"b": 1}], "c": {"d": "y"}}', note, note)
    assert seen == [("a", ""), ("x", "a"), ("b", "a"), ("1", "b"), ("c", ""), ("d", "c"), ("y", "d")]


@pytest.mark.parametrize("text", ["", "{", "[1,]", "NaN", '{"a": Infinity}', "a=1", "<html>"])
def test_what_is_no_json_is_told(text: str) -> None:
    """It is for somebody else to say what becomes of it."""
    with pytest.raises(ValueError, match=r".*"):
        rewritten(text, lambda token, _: token, lambda token, _: token)


def test_a_value_is_written_as_it_stood() -> None:
    """A text with quotes, a number without."""
    assert (like('"1"', "2"), like("1", "2")) == ('"2"', "2")
