"""A caller's value, however it misbehaves, is refused in a short message of ours before anything is sent."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn
from unittest.mock import MagicMock

import pytest

import hk_adapter as hk
from hk_adapter.model.frozen import thawed
from hk_adapter.venue.api import arguments, copies
from tests.cases import each

HUGE = 10 ** (sys.get_int_max_str_digits() + 1)
ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


def _raise(*_: object) -> NoReturn:
    raise LookupError("the caller's own")


class Wild:
    """Raises whatever is asked of it."""

    __repr__ = __index__ = __fspath__ = _raise
    __eq__ = _raise
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


class Impostor:
    """Says that it is of another class, as a mock with a ``spec`` does, and proxies."""

    def __init__(self, kind: object) -> None:
        self._kind = kind

    @property
    def __class__(self) -> Any:
        return self._kind

    @__class__.setter
    def __class__(self, kind: object) -> None:
        self._kind = kind


def nameless() -> Any:
    """Make an object whose class raises where it is asked for its name, or for what it says it is."""

    class Nameless(type):
        __name__ = property(_raise)

    class Made(metaclass=Nameless):
        __class__ = property(_raise)

    return Made()


class WildMapping(Mapping[str, Any]):
    """A mapping that raises where it is read."""

    __iter__ = __getitem__ = __len__ = _raise
    __eq__ = _raise
    __hash__ = object.__hash__


class Endless(Mapping[str, Any]):
    """A mapping that has no end."""

    def __iter__(self) -> Iterator[str]:
        return map(str, itertools.count())

    def __getitem__(self, key: object) -> Any:
        return 1

    def __len__(self) -> int:
        return 1


class Growing(dict[str, Any]):
    """A dict that another thread adds to while it is read."""

    def items(self) -> Any:
        """Give what there is, and what came meanwhile."""
        for number, pair in enumerate(super().items()):
            self[f"more {number}"] = 1
            yield pair


VALUES = {
    **{f"what says it is {kind}": Impostor(kind) for kind in (str, int, float, bool, Decimal, dict, list, bytes, 7)},
    "a mock of a text": MagicMock(spec=str),
    "what raises where its class is asked for": nameless(),
    "a mapping that raises": WildMapping(),
    "a mapping without an end": Endless(),
    "an int that takes minutes to be written": 1 << 30_000_000,
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
ARGUMENTS = (
    "environment",
    "site",
    "base_url",
    "profile",
    "timeout",
    "budget",
    "proxy",
    "ca_file",
    "key_parts",
    "recv_window",
)


@each("call", CALLS)
def test_no_argument_of_a_call_is_met_with_another_error(call: str) -> None:
    """InvalidArgument names the argument and stays short; nothing is sent."""
    name, others = CALLS[call]
    with hk.connect("hashkey", environment="simulator") as venue:
        for value in VALUES.values():
            if name in {"order_id", "timeout"} and issubclass(type(value), str | float):
                continue  # one of those
            with pytest.raises(hk.InvalidArgument, match=name) as caught:
                getattr(venue, call.partition(" ")[0])(**others, **{name: value})
            assert len(str(caught.value)) < 500
        assert venue.simulator is not None
        assert venue.simulator.requests == []


@each("name", ARGUMENTS)
def test_no_argument_of_connect_is_met_with_another_error(name: str) -> None:
    """ConfigurationError or InvalidArgument names it and stays short."""
    for value in VALUES.values():
        given: dict[str, Any] = {name: value}
        if name in {"timeout", "profile"} and issubclass(type(value), str | float):
            continue  # one of those
        with pytest.raises((hk.ConfigurationError, hk.InvalidArgument), match=name) as caught:
            hk.connect("hashkey", **given)
        assert len(str(caught.value)) < 500


@each("kind", VALUES)
def test_no_field_of_a_record_is_met_with_another_error(kind: str) -> None:
    """Making an order, a market or a balance of it is InvalidArgument; ``from_ccxt`` likewise."""
    value = VALUES[kind]
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
    for _ in range(copies.DEEPEST_PARAMS):
        deep = {"a": deep}
    for value in ({"a": ENDLESS}, {"a": shared}, deep):
        with pytest.raises(hk.InvalidArgument, match="params must not"):
            arguments.frozen_params(value)
    assert thawed(arguments.frozen_params(deep["a"])) == deep["a"]


UNREADABLE: dict[str, Any] = {
    "endless": {"a": Endless()},
    "raising": {"a": WildMapping()},
    "impostor": {"a": Impostor(str)},
    "growing": Growing(a=1, b=2),
}


@each("value", UNREADABLE.values(), ids=UNREADABLE)
@each("call", ["try_cancel", "fetch_order", "fetch_balance", "fetch_ticker"])
def test_params_are_read_once_and_to_an_end(call: str, value: Any) -> None:
    """What cannot be read within bounds, or changes meanwhile, is refused; nothing is sent."""
    given = {"fetch_balance": (), "fetch_ticker": ("ETH/USD",)}.get(call, ("1", None))
    with hk.connect("hashkey", environment="simulator") as venue:
        with pytest.raises(hk.InvalidArgument, match="params"):
            getattr(venue, call)(*given, params=value)
        assert venue.simulator.requests == []


def test_params_are_copied_as_what_they_are() -> None:
    """Texts and numbers of a caller's own classes, keys too, count by their value; nothing else can be read of them."""

    class Two(int):
        def __index__(self) -> int:
            return 7

    taken = arguments.frozen_params({Apart("a"): WildText("x"), "b": {"c": [Two(2), WildFloat(1.5)]}})
    assert thawed(taken) == {"a": "x", "b": {"c": [2, 1.5]}}
    assert [type(key) for key in taken] == [str, str]
    assert [type(one) for one in taken["b"]["c"]] == [int, float]


@pytest.mark.parametrize("params", [{"a": "\ud800"}, {"a\udfff": 1}, {"a": [{"b": "x\udc00y"}]}], ids=ascii)
def test_params_have_whole_characters(params: dict[str, Any]) -> None:
    """Half of a surrogate pair, which no request can carry, is refused here and not by what would encode it."""
    with pytest.raises(hk.InvalidArgument, match="half a character"):
        arguments.frozen_params(params)
    assert arguments.frozen_params({"a": "\U0001f600 \u00e9"}) == {"a": "\U0001f600 \u00e9"}


@pytest.mark.parametrize("value", [10**19, HUGE], ids=["10**19", "huge"])
def test_a_limit_is_a_count_of_rows(value: int) -> None:
    """A count that no venue can have is refused, before anybody writes it down."""
    with pytest.raises(hk.InvalidArgument, match="limit"):
        arguments.limit(value)


def test_params_must_not_say_one_key_twice() -> None:
    """Two keys of one text, which only their own classes tell apart, are no params."""
    with pytest.raises(hk.InvalidArgument, match="twice"):
        arguments.frozen_params({"a": 1, Apart("a"): 2})


class Apart(str):
    """Text that is equal to none."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


@each("call", ["cancel_orders", "create_orders", "fetch_tickers"])
@each("values", [itertools.repeat("1"), range(10**12), [Endless()]], ids=["repeat", "range", "mapping"])
def test_what_has_no_end_is_refused(call: str, values: Iterable[Any]) -> None:
    """An iterable or a mapping without an end is InvalidArgument, and fills no memory."""
    with hk.connect("hashkey", environment="simulator") as venue:
        with pytest.raises(hk.InvalidArgument):
            getattr(venue, call)(values)
        assert venue.simulator.requests == []


def test_a_mode_that_only_says_it_is_one_is_refused() -> None:
    """What is sent of ``params`` is text that was looked at."""
    with hk.connect("hashkey", environment="simulator") as venue:
        for value in (MagicMock(spec=str), ["EXPIRE_TAKER"], WildText("EXPIRE")):
            with pytest.raises(hk.InvalidArgument, match="params"):
                venue.create_order("ETH/USD", "limit", "buy", "1", "100", params={"stpMode": value})
        assert venue.simulator.requests == []


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
