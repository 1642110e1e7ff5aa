"""Records, reports and errors as ``json.dumps`` takes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter import plain
from hk_adapter.settings.profiles import Profile

CANCELED = hk.Order(
    id="1", symbol="ETH/USD", amount=Decimal("0.50"), filled=Decimal(0), status=hk.OrderStatus.CANCELED,
    fees=(hk.Fee(currency="USD", cost=Decimal("0.1")),), info={"orderId": "1", "at": Decimal("1E+3")},
)  # fmt: skip


def test_decimals_are_written_out() -> None:
    """A decimal keeps every digit and has no exponent."""
    assert [plain(Decimal(text)) for text in ("1E+3", "1E-10", "1.500")] == ["1000", "0.0000000001", "1.500"]


def test_a_set_is_a_list_in_order() -> None:
    """Whatever kind of collection a record keeps its values in, and whatever stands in it."""
    assert plain({"earlier_ids": frozenset({"12", "11"})}) == {"earlier_ids": ["11", "12"]}
    assert plain({None, "b", 1}) == [1, None, "b"]


def test_a_report_goes_to_json_and_back() -> None:
    """Every field is there, words as text, and whether it is final; so is the order with what is in it."""
    report = hk.CancelReport(outcome=hk.CancelOutcome.CANCELED, order=CANCELED, evidence=hk.Evidence.QUERY, attempts=1)
    told = json.loads(json.dumps(plain(report)))
    assert (told["final"], told["outcome"], told["evidence"], told["wait"]) == (True, "canceled", "query", "final")
    assert {**told["order"], "info": None}.items() >= {"id": "1", "amount": "0.50", "status": "canceled"}.items()
    assert told["order"]["fees"][0]["cost"] == "0.1"
    assert told["order"]["info"] == {"orderId": "1", "at": "1000"}
    assert set(told) == {"final", *hk.CancelReport.__struct_fields__}


def test_an_error_is_an_object_of_what_it_tells() -> None:
    """Its class, its words and the venue's, what became of the request; what its class alone has stands behind."""
    refused = hk.CancelRejected("no", venue="v", code="-1", http_status=400, reason=hk.CancelRejectReason.BUSY)
    assert json.loads(json.dumps(plain(refused))) == {
        "type": "CancelRejected", "message": "no", "venue": "v", "operation": None, "request_state": "refused",
        "code": "-1", "http_status": 400, "retry_after": None, "reason": "busy",
    }  # fmt: skip
    assert plain(hk.NotSent("no", unreachable=True))["unreachable"] is True


def test_an_error_that_has_its_own_report_ends() -> None:
    """The report of ``cancel_order``'s error has that error: neither is written without end."""
    report = hk.CancelReport(outcome=hk.CancelOutcome.NOT_FOUND, error=hk.OrderNotFound("no", venue="v"))
    with pytest.raises(hk.OrderNotFound) as caught:
        report.order_or_raise()
    assert plain(caught.value)["type"] == plain(caught.value.report)["error"]["type"] == "OrderNotFound"


def test_what_many_calls_return() -> None:
    """A report of a kill switch, of creates, of balances and lists: all of it goes to JSON."""
    order = hk.StoppedOrder(order_id="1", order=CANCELED)
    kill = hk.KillReport(accounts=(hk.AccountStop(account="a", venue_id="v", orders=(order,), error=hk.NotSent("x")),))
    told = plain(kill)
    assert (told["complete"], told["accounts"][0]["complete"], told["accounts"][0]["orders"][0]["final"]) == (
        False,
    ) * 3
    balance = hk.Balance(free=Decimal(1), used=None, total=None)
    balances = hk.Balances(by_currency={"USD": balance}, known=frozenset({"USD"}))
    assert plain(balances)["by_currency"] == {"USD": {"free": "1", "used": None, "total": None}}
    create = hk.CreateReport(created=None, order=CANCELED, error=hk.OutcomeUnknown("lost"))
    assert json.dumps(plain([create, balances, told]))


def test_what_may_hold_a_secret_is_its_text() -> None:
    """A signed request and a venue's settings are no more in JSON than where they are printed."""
    request = hk.HttpRequest("GET", "https://venue/path?signature=canary", {"X-KEY": "canary"}, b"canary")
    settings = hk.VenueSettings(venue_id="v", environment="production", options={"password": "canary"})
    assert plain([request, settings]) == [str(request), str(settings)]
    assert "canary" not in json.dumps(plain([request, settings]))


def test_what_hides_a_secret_where_it_is_printed_hides_it_here() -> None:
    """A profile, and a class of a caller's that leaves a field out of its repr, are their text."""

    @dataclass
    class Login:
        user: str
        password: str = field(repr=False)

    profile = Profile(name="main", venue="v", plugin_settings={"journal": {"url": "canary"}})
    login = Login("me", "canary")
    assert plain([profile, {"of": login}]) == [str(profile), {"of": str(login)}]
    assert "canary" not in json.dumps(plain([profile, login]))


def test_a_float_that_json_has_no_number_for_is_its_text() -> None:
    """``json.dumps`` would write words that no other reader of JSON takes."""
    told = plain(CANCELED.replace(info={"rate": float("nan"), "most": float("inf"), "left": 0.5}))
    assert told["info"] == {"rate": "nan", "most": "inf", "left": 0.5}
    assert json.dumps(told, allow_nan=False)


def test_a_class_is_its_text() -> None:
    """A record's own, too: it has the fields' names, and no values."""
    assert plain([hk.Order, hk.Balances]) == [str(hk.Order), str(hk.Balances)]


def test_what_is_no_record_is_its_text() -> None:
    """Whatever a venue's raw payload, or a caller, has in it."""
    assert plain({1: b"x", "of": object}) == {"1": "b'x'", "of": "<class 'object'>"}
