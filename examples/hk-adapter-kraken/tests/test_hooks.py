"""What each hook sends, and what it makes of an answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from driven import NOW, answers, opened, says
from hk_adapter_kraken.plugin import open_venue
from kraken_script import row

import hk_adapter as hk
from hk_adapter.testing import ScriptedOrder

ID, OTHER, OWN_ID = "OABCDE-FGHIJ-KLMNOP", "OABCDE-FGHIJ-KLMNOQ", "6d1b345e-2821-40e2-ad83-4ecb18a06876"
ORDER = row(ScriptedOrder(id=ID, created=NOW - 7_000, updated=NOW))
COUNTED = says({"count": 1})


def cancel(*responses: hk.Response, venue: Any = None, **given: Any) -> tuple[Any, list[hk.HttpCall]]:
    """Cancel, once."""
    return answers((venue or opened()).cancel_order(hk.CancelRequest(**given)), *responses)


def create(*responses: hk.Response, **given: Any) -> tuple[Any, list[hk.HttpCall]]:
    """Place a limit order, once."""
    terms: dict[str, Any] = {"symbol": "ETH/USD", "type": hk.OrderType.LIMIT, "side": hk.OrderSide.BUY}
    terms |= {"client_order_id": OWN_ID, "amount": Decimal(1), "price": Decimal(2)}
    return answers(opened().create_order(hk.CreateOrderRequest(**terms | given)), *responses)


@pytest.mark.parametrize(
    ("given", "params"),
    [
        ({"order_id": ID}, {"txid": ID}),
        ({"client_order_id": OWN_ID}, {"cl_ord_id": OWN_ID}),
        ({"order_id": ID, "client_order_id": OWN_ID}, {"txid": ID}),
    ],
)
def test_a_cancel_names_the_order_by_one_id(given: dict[str, str], params: dict[str, str]) -> None:
    """The venue's goes first; the order is pending, for the answer shows nothing of it."""
    order, [call] = cancel(COUNTED, **given)
    assert (call.path, call.params, call.lane) == ("/0/private/CancelOrder", params, hk.Lane.CANCEL)
    assert (order.status, order.filled) == ("pending_cancel", None)


@pytest.mark.parametrize("order_id", ["1", "36493663", f"{ID},{OTHER}", ID.lower(), "", f" {ID}"])
def test_an_id_that_may_name_several_orders_is_not_sent(order_id: str) -> None:
    """Kraken reads a number as a userref, which many orders can have."""
    with pytest.raises(hk.InvalidArgument, match="order_id"):
        cancel(order_id=order_id)


@pytest.mark.parametrize("own_id", ["x" * 19, "a b", "", OWN_ID.upper()])
def test_a_client_id_that_kraken_could_not_have(own_id: str) -> None:
    """It is refused before anything is sent."""
    with pytest.raises(hk.InvalidArgument, match="client_order_id"):
        cancel(client_order_id=own_id)


@pytest.mark.parametrize(
    "result", [{"count": 0}, {"count": 2}, {"count": "1"}, {"count": True}, {}, [], None, {ID: ORDER}]
)
def test_an_acceptance_that_does_not_count_one_order_is_a_doubt(result: Any) -> None:
    """None, several, or another answer altogether: what ran is not known."""
    with pytest.raises(hk.UnexpectedPayload) as caught:
        cancel(says(result), order_id=ID)
    assert caught.value.request_state == "unknown"


@pytest.mark.parametrize(
    ("seconds", "cost"),
    [(0, 8), (4, 8), (5, 6), (9, 6), (10, 5), (15, 4), (45, 2), (90, 1), (299, 1), (300, 0), (9999, 0), (None, 8)],
)
def test_a_cancel_costs_by_the_orders_age(seconds: int | None, cost: int) -> None:
    """The younger an order is by what the host knows, the dearer; one of which nothing is known is the dearest."""
    _, [call] = cancel(COUNTED, order_id=ID)
    weight = call.weight
    assert isinstance(weight, hk.CostByAge)
    existed = None if seconds is None else 10_000.0 - seconds
    known = hk.CostByAge(steps=weight.steps, request=weight.request, existed=(existed,))
    assert (call.group, known.at(10_000.0), weight.request) == ("engine", cost, hk.CancelRequest(order_id=ID))


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        (["EOrder:Unknown order"], hk.OrderNotFound),
        (["EAPI:Invalid nonce"], hk.ClockSkew),
        (["EGeneral:Invalid arguments:txid"], hk.BadRequest),
        (["EGeneral:Permission denied"], hk.PermissionDenied),
        (["EService:Unavailable"], hk.OutcomeUnknown),
        (["EService:Busy"], hk.OutcomeUnknown),
        (["EOrder:Insufficient funds"], hk.OutcomeUnknown),
        (["EOrder:Unknown order", "EGeneral:Permission denied"], hk.OutcomeUnknown),
        (["nobody knows"], hk.OutcomeUnknown),
    ],
)
def test_what_an_error_means_for_a_cancel(errors: list[str], kind: type[hk.AdapterError]) -> None:
    """A documented word that fits a cancel refuses it; all else, and two words at once, leaves it open."""
    with pytest.raises(hk.AdapterError) as caught:
        cancel(says(None, *errors), order_id=ID)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (hk.Response(502, {}, b"<html>"), hk.OutcomeUnknown),
        (hk.Response(429, {"retry-after": "3"}, b""), hk.RateLimited),
        (hk.Response(200, {}, b"<html>"), hk.UnexpectedPayload),
        (hk.Response(200, {}, b'{"result": {"count": 1}}'), hk.UnexpectedPayload),
        (says({"count": 1}, status=500), hk.OutcomeUnknown),
        (says({"count": 1}, "EOrder:Unknown order"), hk.UnexpectedPayload),
        (says(None, "EOrder:Unknown order", status=503), hk.OutcomeUnknown),
    ],
)
def test_what_is_not_krakens_own_answer(response: hk.Response, kind: type[hk.AdapterError]) -> None:
    """A gateway's page, and an answer that says no and yes, leave a cancel open."""
    with pytest.raises(hk.AdapterError) as caught:
        cancel(response, order_id=ID)
    assert type(caught.value) is kind


def test_a_warning_is_no_error() -> None:
    """What begins with W says something beside the result."""
    order, _ = cancel(says({"count": 1}, "WGeneral:Danger"), order_id=ID)
    assert order.status == "pending_cancel"


def test_a_lockout_lasts_a_quarter_of_an_hour() -> None:
    """The host is silent so long."""
    with pytest.raises(hk.RateLimited) as caught:
        cancel(says(None, "EGeneral:Temporary lockout"), order_id=ID)
    assert caught.value.retry_after == 900


def test_all_orders_are_canceled_at_once_or_not_by_this() -> None:
    """Kraken has no narrower mass cancel; the host cancels those that it listed, by id."""
    done, [call] = answers(opened().cancel_all_orders(hk.CancelAllRequest()), says({"count": 4}))
    assert (done, call.path, call.params) == (True, "/0/private/CancelAll", {})
    with pytest.raises(hk.NotSupported):
        answers(opened().cancel_all_orders(hk.CancelAllRequest(symbol="ETH/USD")))


def test_an_order_goes_out_as_it_was_asked_for() -> None:
    """Kraken's words, plain digits, the client's id."""
    order, [call] = create(says({"descr": {"order": "..."}, "txid": [ID]}), post_only=True)
    told = {"ordertype": "limit", "type": "buy", "volume": "1", "pair": "ETHUSD", "price": "2", "oflags": "post"}
    assert call.params == told | {"cl_ord_id": OWN_ID}
    assert (order.id, order.client_order_id, order.status) == (ID, OWN_ID, None)


def test_a_market_order_by_its_cost() -> None:
    """Its volume is money."""
    given = {"type": hk.OrderType.MARKET, "amount": None, "price": None, "cost": Decimal(50)}
    _, [call] = create(says({"txid": [ID]}), **given)
    assert (call.params["volume"], call.params["oflags"], "price" in call.params) == ("50", "viqc", False)


def test_an_order_that_is_only_checked() -> None:
    """It has no id, for there is none."""
    order, [call] = create(says({"descr": {"order": "..."}}), test=True)
    assert (call.params["validate"], order.id) == ("true", None)


@pytest.mark.parametrize("ids", [[], [ID, OTHER], ["x"], [7], None])
def test_a_create_that_names_no_one_order_is_a_doubt(ids: Any) -> None:
    """The order may exist, and is looked for."""
    with pytest.raises(hk.UnexpectedPayload):
        create(says({"txid": ids}))


@pytest.mark.parametrize(
    "given",
    [
        {"time_in_force": hk.TimeInForce.FOK},
        {"time_in_force": hk.TimeInForce.IOC, "post_only": True},
        {"params": {"leverage": "5:1"}},
        {"symbol": "ETH/EUR"},
        {"client_order_id": "x" * 19},
    ],
)
def test_what_kraken_could_not_take_is_not_sent(given: dict[str, Any]) -> None:
    """It is the caller's to change."""
    with pytest.raises(hk.InvalidArgument):
        create(**given)


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        ({}, hk.OrderNotFound),
        ({OTHER: ORDER}, hk.UnexpectedPayload),
        ({ID: ORDER, OTHER: ORDER}, hk.UnexpectedPayload),
        ({ID: ORDER | {"status": "drifting"}}, hk.UnexpectedPayload),
        ({ID: ORDER | {"vol_exec": "2"}}, hk.UnexpectedPayload),
        ({ID: ORDER | {"vol_exec": "NaN"}}, hk.UnexpectedPayload),
        ([], hk.UnexpectedPayload),
        (None, hk.UnexpectedPayload),
    ],
)
def test_a_look_that_shows_something_else(result: Any, kind: type[hk.AdapterError]) -> None:
    """Nothing of another order's, and nothing that contradicts itself, is taken for the one that was asked for."""
    with pytest.raises(hk.AdapterError) as caught:
        answers(opened().fetch_order(hk.FetchOrderRequest(order_id=ID)), says(result))
    assert type(caught.value) is kind


def test_a_look_by_the_clients_id_that_finds_another() -> None:
    """The row must carry it."""
    with pytest.raises(hk.UnexpectedPayload):
        answers(opened().fetch_order(hk.FetchOrderRequest(client_order_id=OWN_ID)), says({"open": {ID: ORDER}}))


def test_open_orders_are_all_there_and_of_the_symbol() -> None:
    """Kraken lists every pair; a row of another was asked for by nobody, and one that cannot be read is told."""
    rows = {ID: ORDER, OTHER: ORDER | {"descr": ORDER["descr"] | {"pair": "XBTEUR"}}}
    flow = opened().fetch_open_orders(hk.ListOrdersRequest(symbol="ETH/USD"))
    page, [call] = answers(flow, says({"open": rows | {"odd": ORDER}}))
    assert ([order.id for order in page.orders], page.complete, page.left_out) == ([ID], False, 2)
    assert (call.path, call.reads, call.group) == ("/0/private/OpenOrders", True, "counter")


def test_a_full_page_of_ended_orders_names_the_next_by_its_rows() -> None:
    """Kraken's pages are counted, fifty rows each."""
    ended = ORDER | {"status": "canceled", "closetm": NOW // 1000}
    rows = {f"O{number:05d}-AAAAA-AAAAAA": ended for number in range(50)}
    flow = opened().fetch_orders(hk.ListOrdersRequest(before_id="50"))
    page, [call] = answers(flow, says({"closed": rows, "count": 120}))
    assert (call.params, page.next_before_id, page.complete) == ({"ofs": "50"}, "100", False)
    with pytest.raises(hk.InvalidArgument, match="before_id"):
        answers(opened().fetch_orders(hk.ListOrdersRequest(before_id=ID)))


def test_balances_that_cannot_be_read_are_told() -> None:
    """The others are there; what was lent counts as free."""
    rows = {"ZEUR": {"balance": "1", "hold_trade": "0"}, "XXDG": {"balance": "?"}}
    lent = {"ZUSD": {"balance": "1", "hold_trade": "3", "credit": "10", "credit_used": "2"}}
    balances, _ = answers(opened().fetch_balance(hk.AccountRequest()), says(rows | lent))
    assert (set(balances), balances["USD"].free, [one.about for one in balances.unread]) == (
        {"EUR", "USD"},
        6,
        ["XXDG"],
    )


def test_settings() -> None:
    """A tier is one that Kraken has; there is no sandbox, site or member."""
    assert opened(tier="pro").limits["engine"] == hk.LeakyBucket(capacity=180, refill=3.75, kept=60)
    for given in (
        {"venue_id": "kraken", "environment": "sandbox"},
        {"venue_id": "kraken:futures", "environment": "production"},
        {"venue_id": "kraken", "environment": "production", "site": "eu"},
        {"venue_id": "kraken", "environment": "production", "options": {"tier": "gold"}},
    ):
        with pytest.raises(hk.ConfigurationError):
            open_venue(hk.VenueSettings(**given))


def test_an_id_that_the_host_makes_is_a_uuid() -> None:
    """Kraken takes nothing else of that length."""
    own_id = opened().client_id_form("0123456789abcdef0123456789abcdef")
    opened().check_cancel(hk.CancelRequest(client_order_id=own_id))
    assert len(own_id) == 36
