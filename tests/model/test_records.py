"""Records are msgspec structs, and to ``dataclasses`` what they always were."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from decimal import Decimal
from pprint import pformat

import pytest
from rich.pretty import pretty_repr

import hk_adapter
from hk_adapter import (
    Balance,
    Balances,
    CancelRequest,
    Fee,
    HttpCall,
    HttpRequest,
    InvalidArgument,
    Order,
    OrderStatus,
    Sleep,
    VenueSettings,
)
from hk_adapter.transport.shared_budget.address import read_address

ETH_ORDER = Order(
    id="1", symbol="ETH/USD", amount=Decimal(2), filled=Decimal(1), status=OrderStatus.OPEN,
    fees=(Fee(currency="USD", cost=Decimal("0.1")),), info={"orderId": "1"},
)  # fmt: skip


def test_replace_gives_a_changed_copy() -> None:
    """``Order.replace`` changes what is named, keeps the rest, and leaves the order as it is."""
    other = ETH_ORDER.replace(status=OrderStatus.EXPIRED)
    assert (other.status, other.id, other.info) == (OrderStatus.EXPIRED, ETH_ORDER.id, ETH_ORDER.info)
    assert ETH_ORDER.status is OrderStatus.OPEN


def test_replace_checks_as_a_new_order_is_checked() -> None:
    """A copy that would contradict itself is refused."""
    with pytest.raises(InvalidArgument):
        ETH_ORDER.replace(filled=Decimal(3))


def test_the_functions_of_dataclasses_take_a_record() -> None:
    """``dataclasses.replace``, ``fields``, ``asdict`` and ``pprint`` do with a record as with a dataclass."""
    assert dataclasses.replace(ETH_ORDER, id="2") == ETH_ORDER.replace(id="2")
    assert dataclasses.is_dataclass(Order)
    assert [one.name for one in dataclasses.fields(Order)] == list(Order.__struct_fields__)
    assert {one.name for one in dataclasses.fields(Order) if not one.compare} == {"info"}
    assert dataclasses.asdict(ETH_ORDER)["fees"][0]["currency"] == ETH_ORDER.fees[0].currency
    assert pformat(Order(id="1"), width=10_000) == repr(Order(id="1"))
    assert next(one.default for one in dataclasses.fields(HttpCall) if one.name == "share") == 1.0


def test_a_records_payload_is_beside_what_it_says() -> None:
    """The raw payload is neither compared, hashed nor printed; a record of another class is never equal."""
    assert ETH_ORDER.replace(info={"other": 1}) == ETH_ORDER
    assert hash(ETH_ORDER) == hash(ETH_ORDER.replace(info={"other": 1}))
    assert "info" not in repr(ETH_ORDER)
    assert ETH_ORDER.replace(id="2") != ETH_ORDER
    assert Order(id="1") != CancelRequest(order_id="1")


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        (HttpRequest("GET", "https://host/path?sign=SECRET", {"key": "SECRET"}), "<HttpRequest GET https://host/path>"),
        (VenueSettings(venue_id="one", environment="sandbox", options={"k": "SECRET"}), "<VenueSettings one, sandbox>"),
        (read_address("redis://:SECRET@host:6379/0"), "<BudgetAddress redis://host:6379/0>"),
        (ETH_ORDER.replace(info={"orderId": "SECRET"}), repr(ETH_ORDER)),
        (Fee(currency="USD", cost=Decimal("0.1")), repr(Fee(currency="USD", cost=Decimal("0.1")))),
    ],
)  # fmt: skip
def test_rich_shows_no_more_of_a_record_than_its_repr(record: object, shown: str) -> None:
    """``rich`` prints a record as ``repr`` does: msgspec has it show every field, a signed URL and a password too."""
    assert pretty_repr(record, max_width=10_000) == shown


def test_records_copy_and_travel() -> None:
    """A record that is copied or pickled is equal, and has its payload."""
    for double in (copy.copy(ETH_ORDER), copy.deepcopy(ETH_ORDER), pickle.loads(pickle.dumps(ETH_ORDER))):
        assert (double, double.info) == (ETH_ORDER, ETH_ORDER.info)


def test_what_must_be_named_is_named() -> None:
    """Fields that are keyword-only stay so, beside those that are not."""
    with pytest.raises(TypeError):
        Order("1")  # type: ignore[misc]
    with pytest.raises(TypeError):
        HttpCall("GET", "/", {})  # type: ignore[misc]
    with pytest.raises(TypeError):
        Sleep(1.0, 2.0)  # type: ignore[misc]
    assert HttpCall("GET", "/").path == "/"


def test_balances_are_replaced_as_every_record() -> None:
    """They are a mapping, too, and have ``replace`` all the same."""
    balances = Balances(by_currency={"USD": Balance(free=None, used=None, total=Decimal(1))}, timestamp=1)
    other = balances.replace(timestamp=2)
    assert (other.timestamp, other["USD"], balances.timestamp) == (2, balances["USD"], 1)
    assert all(hasattr(kind, "replace") for kind in vars(hk_adapter).values() if dataclasses.is_dataclass(kind))
