"""Cancels of several orders, of a symbol, or of everything: what is sent, and what little the answers say."""

from __future__ import annotations

from typing import Any

import pytest

from hk_adapter.errors import (
    AdapterError,
    CancelRejected,
    InvalidArgument,
    NotSupported,
    OrderNotFound,
    OutcomeUnknown,
    UnexpectedPayload,
)
from hk_adapter.flow.effects import Lane
from hk_adapter.model import CancelAllRequest, CancelOrdersRequest, OrderSide
from tests.cases import each
from tests.venues.hashkey.driving import answered, opened, sent

IDS = ("1507155386372816640", "1507155487740667904")
BOTH = CancelOrdersRequest(order_ids=IDS)


def refused(payload: Any) -> dict[str, AdapterError]:
    """Give what an answer says was refused of both orders."""
    return dict(answered(opened().cancel_orders(BOTH), payload).refused)


def test_the_ids_go_in_one_list() -> None:
    """Joined by commas, in the cancels' lane, at the dearer documented weight."""
    call = sent(opened().cancel_orders(BOTH))
    assert (call.method, call.path) == ("DELETE", "/api/v1/spot/cancelOrderByIds")
    assert call.params == {"ids": "1507155386372816640,1507155487740667904"}
    assert (call.lane, call.group, call.weight) == (Lane.CANCEL, "orders", 5)


@pytest.mark.parametrize("result", [[], None])
def test_nothing_listed_is_nothing_refused(result: Any) -> None:
    """The samples show an empty list, a note of the same pages null."""
    assert refused({"code": "0000", "result": result}) == {}


@each(
    ("code", "kind"),
    [
        ("0211", OrderNotFound),
        ("-2013", OrderNotFound),
        (-2013, OrderNotFound),
        ("0212", CancelRejected),
        ("-1007", OutcomeUnknown),
    ],
)
def test_what_is_listed_was_refused(code: object, kind: type[AdapterError]) -> None:
    """Each with its own code, read as that of a single cancel; ids may be text or numbers, and stay exact."""
    for order_id in (IDS[1], int(IDS[1])):
        found = refused({"code": "0000", "result": [{"orderId": order_id, "code": code}]})
        assert list(found) == [IDS[1]]
        assert isinstance(found[IDS[1]], kind)


def test_a_listed_success_is_no_refusal() -> None:
    """Should the venue list what it canceled, too."""
    assert refused({"code": "0000", "result": [{"orderId": IDS[0], "code": "0000"}]}) == {}


@each(
    "payload",
    [
        {},
        {"result": []},
        {"code": "0000"},
        {"code": "0000", "result": "all"},
        {"code": "0000", "result": [None]},
        {"code": "0000", "result": [{"code": "0211"}]},
        {"code": "0000", "result": [{"orderId": "7", "code": "0211"}]},
        {"code": "0000", "result": [{"orderId": IDS[0], "code": []}]},
    ],
)
def test_an_answer_that_cannot_be_read_accepts_nothing(payload: Any) -> None:
    """An id that was not asked for, a list that is none: whose refusal it is cannot be told."""
    with pytest.raises(UnexpectedPayload):
        refused(payload)


@pytest.mark.parametrize(("side", "params"), [(None, {}), (OrderSide.BUY, {"side": "BUY"})])
def test_all_orders_of_a_symbol(side: OrderSide | None, params: dict[str, str]) -> None:
    """One request names the symbol, and the side if there is one."""
    call = sent(opened().cancel_all_orders(CancelAllRequest(symbol="ETH/USD", side=side)))
    assert (call.method, call.path, call.lane) == ("DELETE", "/api/v1/spot/openOrders", Lane.CANCEL)
    assert call.params == {"symbol": "ETHUSD"} | params


@pytest.mark.parametrize("site", ["global", "mena"])
def test_all_orders_of_every_symbol(site: str) -> None:
    """As many as one request takes; that ``lastOrderId`` is printed rounded does no harm, for it is not read."""
    venue = opened(site)
    call = sent(venue.cancel_all_orders(CancelAllRequest(side=OrderSide.SELL)))
    assert (call.path, call.params) == ("/api/v1/spot/cancelAllOpenOrders", {"limit": "200", "side": "SELL"})
    answer = {"code": "0000", "message": "success", "timestamp": 1722006209990, "lastOrderId": 1738708541676585728}
    assert answered(venue.cancel_all_orders(CancelAllRequest()), answer) is True


def test_hong_kong_cancels_every_symbol_in_no_single_request() -> None:
    """Its pages do not have that endpoint."""
    with pytest.raises(NotSupported, match=r"hk.*cancelAllOpenOrders"):
        sent(opened("hk").cancel_all_orders(CancelAllRequest()))


def test_only_success_is_success() -> None:
    """The answer of a symbol's cancel has one field, and it must be true."""
    asked = CancelAllRequest(symbol="ETH/USD")
    assert answered(opened().cancel_all_orders(asked), {"success": True}) is True
    for payload in ({}, {"success": False}, {"success": "true"}, {"success": 1}):
        with pytest.raises(UnexpectedPayload):
            answered(opened().cancel_all_orders(asked), payload)


def test_what_hashkey_does_not_take_is_refused_before_it_is_sent() -> None:
    """Params, ids that are too long, symbols that are none."""
    venue = opened()
    with pytest.raises(InvalidArgument):
        sent(venue.cancel_orders(CancelOrdersRequest(order_ids=("9" * 21,))))
    with pytest.raises(InvalidArgument):
        sent(venue.cancel_orders(CancelOrdersRequest(order_ids=IDS, params={"x": 1})))
    with pytest.raises(InvalidArgument):
        sent(venue.cancel_all_orders(CancelAllRequest(symbol="ETHUSD")))
    with pytest.raises(InvalidArgument):
        sent(venue.cancel_all_orders(CancelAllRequest(symbol="ETH/USD", params={"x": 1})))
