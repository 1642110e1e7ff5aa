"""A caller's value, however it misbehaves, is refused in a short message of ours before anything is sent."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import Any, NoReturn

import pytest

import hk_adapter as hk
from hk_adapter.model.frozen import thawed
from hk_adapter.venue.api import arguments

HUGE = 10 ** (sys.get_int_max_str_digits() + 1)
ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


def _raise(*_: object) -> NoReturn:
    raise LookupError("the caller's own")


class Wild:
    """Raises whatever is asked of it."""

    __repr__ = __index__ = __fspath__ = _raise
    __eq__ = _raise  # type: ignore[assignment]
    __hash__ = object.__hash__


class WildText(str):  # noqa: PLW1641 - its hash is one that raises
    """Text that raises where it is compared or written."""

    __slots__ = ()
    __repr__ = __str__ = __format__ = __hash__ = _raise
    __eq__ = _raise
    lower = _raise


class WildFloat(float):
    """A float that cannot be written."""

    __repr__ = __str__ = _raise


VALUES = {
    "an int too long to be written": HUGE,
    "one inside a list": [HUGE],
    "an object that raises": Wild(),
    "one inside a dict": {"a": [Wild()]},
    "text that raises": WildText("text"),
    "a float that raises": WildFloat(1.5),
    "what holds itself": ENDLESS,
    "long text": "x" * 10_000,
    "many of them": [["x" * 1000] * 100] * 100,
}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "cancel_order wait": ("wait", {"order_id": "1"}),
    "cancel_order timeout": ("timeout", {"order_id": "1"}),
    "cancel_order params": ("params", {"order_id": "1"}),
    "try_cancel order_id": ("order_id", {}),
    "cancel_orders order_ids": ("order_ids", {}),
    "create_order side": ("side", {"symbol": "ETH/USD", "type": "limit", "amount": "1", "price": "9"}),
    "create_order amount": ("amount", {"symbol": "ETH/USD", "type": "limit", "side": "buy", "price": "9"}),
    "create_order post_only": (
        "post_only",
        {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "9"},
    ),
    "fetch_orders since": ("since", {}),
    "fetch_ohlcv timeframe": ("timeframe", {"symbol": "ETH/USD"}),
}
ARGUMENTS = ("environment", "site", "base_url", "profile", "timeout", "budget", "proxy", "ca_file", "recv_window")


@pytest.mark.parametrize("call", CALLS)
def test_no_argument_of_a_call_is_met_with_another_error(call: str) -> None:
    """InvalidArgument names the argument and stays short; nothing is sent."""
    name, others = CALLS[call]
    with hk.connect("hashkey", environment="simulator") as venue:
        for value in VALUES.values():
            if name in {"order_id", "timeout"} and isinstance(value, str | float):
                continue  # one of those
            with pytest.raises(hk.InvalidArgument, match=name) as caught:
                getattr(venue, call.partition(" ")[0])(**others, **{name: value})
            assert len(str(caught.value)) < 500
        assert venue.simulator is not None
        assert venue.simulator.requests == []


@pytest.mark.parametrize("name", ARGUMENTS)
def test_no_argument_of_connect_is_met_with_another_error(name: str) -> None:
    """ConfigurationError or InvalidArgument names it and stays short."""
    for value in VALUES.values():
        given: dict[str, Any] = {name: value}
        if name in {"timeout", "profile"} and isinstance(value, str | float):
            continue  # one of those
        with pytest.raises((hk.ConfigurationError, hk.InvalidArgument), match=name) as caught:
            hk.connect("hashkey", **given)
        assert len(str(caught.value)) < 500


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_no_field_of_a_record_is_met_with_another_error(value: Any) -> None:
    """Making an order, a market or a balance of it is InvalidArgument; ``from_ccxt`` likewise."""
    with pytest.raises(hk.InvalidArgument):
        hk.Order(id="1", amount=value)
    with pytest.raises(hk.InvalidArgument):
        hk.Order(id="1", timestamp=value)
    with pytest.raises(hk.InvalidArgument):
        hk.Balance(free=value, used=None, total=None)
    with pytest.raises(hk.InvalidArgument):
        hk.Order.from_ccxt({"id": "1", "status": value})


@pytest.mark.parametrize("value", [b"12", bytearray(b"12"), memoryview(b"12")], ids=lambda value: type(value).__name__)
def test_bytes_are_not_several_ids(value: Any) -> None:
    """``cancel_orders(b"12")`` is refused: it would cancel the orders 49 and 50."""
    with hk.connect("hashkey", environment="simulator") as venue:
        with pytest.raises(hk.InvalidArgument, match="order_ids must be several"):
            venue.cancel_orders(value)
        assert venue.simulator is not None
        assert venue.simulator.requests == []


def test_params_are_bounded() -> None:
    """``params`` that hold themselves, are nested too deep or share their parts a million times are refused at once."""
    shared: Any = "x"
    for _ in range(10):
        shared = [shared] * 50
    deep: Any = {}
    for _ in range(arguments.DEEPEST_PARAMS):
        deep = {"a": deep}
    for value in ({"a": ENDLESS}, {"a": shared}, deep):
        with pytest.raises(hk.InvalidArgument, match="params must not"):
            arguments.frozen_params(value)
    assert thawed(arguments.frozen_params(deep["a"])) == deep["a"]


def test_a_time_ends_with_the_year_9999() -> None:
    """Nanoseconds given for milliseconds are refused, and no library is asked for such a date."""
    with pytest.raises(hk.InvalidArgument, match=r"until must be an int of ms UTC, up to the year 9999"):
        arguments.time("until", 1_700_000_000_000_000_000)
    assert arguments.time("until", 253_402_300_799_999) == 253_402_300_799_999


def test_texts_of_a_callers_class_are_taken_as_they_are() -> None:
    """A subclass of str counts by its text, whatever it does with comparisons."""
    assert arguments.wait(WildText("ack")) is hk.Wait.ACK
    assert arguments.positive("amount", WildText("1.5")) == Decimal("1.5")
    with hk.connect(WildText("hashkey"), environment=WildText("simulator"), site=WildText("mena")) as venue:  # type: ignore[arg-type]
        assert venue.venue_id == "hashkey"
