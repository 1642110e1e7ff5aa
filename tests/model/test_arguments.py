"""What a caller may hand in, checked before anything is sent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Wait
from hk_adapter.venue.api import arguments
from tests.cases import each

NO_TEXT = ["", " ", "\t\n", "\u00a0", "a\nb", "a\x00", "\x7f", "a\u200bb", "\u00e9", "\uff11", " a", "a ", "-5", "-007"]
NO_STR = [True, False, 1.0, float("nan"), b"1", ["1"], {}, Decimal(1), object()]


@each("value", ["1", "0", "O7ICPO-F4CLJ-MVBLHC", "5bd6e9286d99522a52e458de", "-", "a" * 300, "-5a"])
def test_printable_text_is_taken_as_it_is(value: str) -> None:
    """Ids are not rewritten: what the caller gave is what is sent."""
    assert arguments.order_id("order_id", value) == value
    assert arguments.client_order_id("client_order_id", value) == value
    assert arguments.printable_text("symbol", value) == value


def test_none_stays_none() -> None:
    """An id that was not given is not an error here."""
    assert arguments.order_id("order_id", None) is None
    assert arguments.printable_text("client_order_id", None) is None


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1500000000000000001, "1500000000000000001")])
def test_an_order_id_may_be_an_int(value: int, text: str) -> None:
    """A whole number names an order by its digits."""
    assert arguments.order_id("order_id", value) == text


@pytest.mark.parametrize("value", [-1, -(10**5000), 10**5000], ids=lambda value: f"{value.bit_length()} bits")
def test_an_int_that_names_no_order_is_refused(value: int) -> None:
    """A negative or absurdly long int is InvalidArgument, never an error of Python's own."""
    with pytest.raises(InvalidArgument, match="order_id"):
        arguments.order_id("order_id", value)


@each("value", NO_TEXT, ids=ascii)
def test_text_that_is_no_id_is_refused(value: str) -> None:
    """Blank, control, invisible and non-ASCII characters, outer blanks and negative numbers are refused by name."""
    with pytest.raises(InvalidArgument, match="order_id"):
        arguments.order_id("order_id", value)
    with pytest.raises(InvalidArgument, match="client_order_id"):
        arguments.printable_text("client_order_id", value)


@each("value", NO_STR, ids=lambda value: type(value).__name__)
def test_what_is_not_text_is_refused(value: Any) -> None:
    """A bool, a float (an id loses digits in one) or any other type is refused by name."""
    with pytest.raises(InvalidArgument, match="order_id"):
        arguments.order_id("order_id", value)
    with pytest.raises(InvalidArgument, match="client_order_id"):
        arguments.printable_text("client_order_id", value)


def test_a_client_order_id_is_no_number() -> None:
    """Only a venue's id may be given as int."""
    with pytest.raises(InvalidArgument, match="client_order_id must be a str, not int"):
        arguments.printable_text("client_order_id", 5)


@each("value", ["final", "ack", Wait.FINAL, Wait.ACK])
def test_wait_takes_its_two_words(value: str) -> None:
    """``final`` and ``ack`` are taken, as text or as enum."""
    assert arguments.wait(value) is Wait(value)


@each("value", [None, "", "FINAL", "done", True, 1, [], {}], ids=repr)
def test_wait_takes_nothing_else(value: Any) -> None:
    """Another word is refused, and both words are named."""
    with pytest.raises(InvalidArgument, match="'final' or 'ack'"):
        arguments.wait(value)


@pytest.mark.parametrize(("value", "seconds"), [(None, 10.0), (3, 3.0), (0.25, 0.25)])
def test_a_timeout_is_seconds(value: float | None, seconds: float) -> None:
    """None is the connection's timeout, a number is seconds."""
    taken = arguments.timeout(value, 10.0)
    assert taken == seconds
    assert isinstance(taken, float)


@each(
    "value",
    [0, 0.0, -1, -0.5, float("nan"), float("inf"), True, "5", Decimal(5), [], 10**400],
    ids=lambda value: repr(value)[:20],
)
def test_a_timeout_that_is_no_time_is_refused(value: Any) -> None:
    """Zero, negative, endless, NaN, unrepresentable and non-numeric timeouts are refused by name."""
    with pytest.raises(InvalidArgument, match="timeout"):
        arguments.timeout(value, 10.0)


def test_params_are_copied() -> None:
    """The caller's mapping is not shared, and None is empty."""
    given = {"clientOrderId": "c1"}
    taken = arguments.frozen_params(given)
    given["other"] = "1"
    assert taken == {"clientOrderId": "c1"}
    assert arguments.frozen_params(None) == {}


@each("value", ["a=b", [("a", "b")], 5, True, {1: "a"}, {None: "a"}], ids=repr)
def test_params_that_are_no_mapping_of_names_are_refused(value: Any) -> None:
    """Only a mapping with str keys is taken."""
    with pytest.raises(InvalidArgument, match="params"):
        arguments.frozen_params(value)
