"""Canceling by a list of ids, by pair, and all: who is canceled, and what the answer says of it."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import Dialect, Simulator
from tests.cases import each

from .conftest import CANCEL_ALL, CANCEL_BY_IDS, NOW, OPEN_ORDERS, ORDER, Client, sign, speaking

SOON = (100, 100)


def many(count: int, **settings: Any) -> tuple[Client, list[str]]:
    """Open a venue with so many small orders of one millisecond each, oldest first."""
    client = Client(Simulator(balances={"USD": 100_000_000, "ETH": 1000}, dialect=Dialect(**settings)))
    order_ids = []
    for _ in range(count):
        order_ids.append(client.rest(quantity="0.01"))
        client.now += 1
    return client, order_ids


def statuses(client: Client, order_ids: list[str]) -> list[str]:
    """Tell how orders truly stand."""
    return [client.control.order(order_id).status for order_id in order_ids]


@pytest.mark.parametrize(("words", "result"), [("empty_list", []), ("null", None)])
def test_all_ids_canceled(words: str, result: list[str] | None) -> None:
    """The answer is a code and no failures, written as the dialect says."""
    client, order_ids = many(3, batch_all_done=words)
    assert client.ok("DELETE", CANCEL_BY_IDS, ids=",".join(order_ids)) == {"code": "0000", "result": result}
    assert set(statuses(client, order_ids)) == {"CANCELED"}


@pytest.mark.parametrize("in_body", [False, True])
def test_a_bare_comma_is_read(in_body: bool) -> None:
    """Commas may be sent unescaped, in query or body."""
    client, order_ids = many(2)
    text = f"ids={','.join(order_ids)}&timestamp={client.now}"
    response = client.send_text("DELETE", CANCEL_BY_IDS, f"{text}&signature={sign(text)}", in_body=in_body)
    assert json.loads(response.body)["result"] == []


@pytest.mark.parametrize(
    ("words", "codes"),
    [("0211", ["0211", "0211"]), ("-2013", ["-2013", "-2013"]), ("as_single", ["-1139", "0211"])],
)
def test_the_answer_lists_failures_only(words: str, codes: list[str]) -> None:
    """Each failure has its id and the dialect's code, and does not keep the others from being canceled."""
    client, (first, filled, last) = many(3, batch_failure=words)
    client.control.fill(filled)
    answer = client.ok("DELETE", CANCEL_BY_IDS, ids=f"{first},{filled},12345,{last}")
    assert answer == {
        "code": "0000",
        "result": [{"orderId": filled, "code": codes[0]}, {"orderId": "12345", "code": codes[1]}],
    }
    assert statuses(client, [first, filled, last]) == ["CANCELED", "FILLED", "CANCELED"]


def test_an_id_given_twice_fails_once() -> None:
    """The second time it is already canceled."""
    client, (order_id,) = many(1)
    answer = client.ok("DELETE", CANCEL_BY_IDS, ids=f"{order_id},{order_id}")
    assert answer["result"] == [{"orderId": order_id, "code": "0211"}]


@pytest.mark.parametrize("code", ["-2022", "-2030"])
def test_a_hundred_ids_are_the_most(code: str) -> None:
    """One more is refused as a whole, and nothing is canceled."""
    client, order_ids = many(101, batch_too_large=code)
    assert client.refused("DELETE", CANCEL_BY_IDS, ids=",".join(order_ids)) == code
    assert set(statuses(client, order_ids)) == {"NEW"}
    assert client.ok("DELETE", CANCEL_BY_IDS, ids=",".join(order_ids[:100]))["result"] == []


@pytest.mark.parametrize(("ids", "code"), [("", "0001"), (",", "-1130"), ("1,,2", "-1130")])
def test_ids_are_required(client: Client, ids: str, code: str) -> None:
    """No ids, or an empty one among them, is refused."""
    assert client.refused("DELETE", CANCEL_BY_IDS, ids=ids) == code


def test_client_ids_are_not_supported(client: Client) -> None:
    """A client id among the ids is an order nobody knows."""
    client.rest(newClientOrderId="77")
    assert client.ok("DELETE", CANCEL_BY_IDS, ids="77")["result"] == [{"orderId": "77", "code": "0211"}]


def test_ids_of_another_account_fail(client: Client) -> None:
    """An order of somebody else is not found, and stays."""
    client.control.open_account("other", "hush")
    theirs = Client(client.simulator, NOW, "other", "hush").rest()
    assert client.ok("DELETE", CANCEL_BY_IDS, ids=theirs)["result"] == [{"orderId": theirs, "code": "0211"}]
    assert client.control.order(theirs).status == "NEW"


def test_a_batch_takes_its_time_as_a_single_cancel_does() -> None:
    """An id that is not listed as failed was accepted; its effect comes later."""
    client, order_ids = many(2, cancel_delay_ms=SOON)
    assert client.ok("DELETE", CANCEL_BY_IDS, ids=",".join(order_ids))["result"] == []
    assert set(statuses(client, order_ids)) == {"NEW"}
    client.control.advance(client.now + 100)
    assert set(statuses(client, order_ids)) == {"CANCELED"}


@pytest.mark.parametrize(("words", "failed"), [("applied_after", False), ("-1144", True), ("0211", True)])
def test_a_batch_with_a_waiting_order(words: str, failed: bool) -> None:
    """An order still PENDING_NEW is dealt with as in a single cancel."""
    client = speaking(accept_delay_ms=SOON, cancel_pending_new=words, batch_failure="as_single")
    order_id = client.rest()
    result = client.ok("DELETE", CANCEL_BY_IDS, ids=order_id)["result"]
    assert result == ([{"orderId": order_id, "code": words}] if failed else [])


def test_all_of_a_pair_are_canceled(client: Client) -> None:
    """The answer is `success` and nothing else; other pairs stay."""
    ours, other = [client.rest(), client.rest(side="SELL")], client.rest(symbol="ETHUSDT")
    assert client.ok("DELETE", OPEN_ORDERS, symbol="ETHUSD") == {"success": True}
    assert set(statuses(client, ours)) == {"CANCELED"}
    assert client.control.order(other).status == "NEW"


@pytest.mark.parametrize("path", [OPEN_ORDERS, CANCEL_ALL])
def test_one_side_can_be_chosen(client: Client, path: str) -> None:
    """With `side` only that side's orders go."""
    buy, sell = client.rest(), client.rest(side="SELL", price="2000")
    client.ok("DELETE", path, symbol="ETHUSD", side="SELL")
    assert statuses(client, [buy, sell]) == ["NEW", "CANCELED"]


@pytest.mark.parametrize(
    ("path", "parameters", "code"),
    [
        (OPEN_ORDERS, {}, "0001"),
        (OPEN_ORDERS, {"symbol": "DOGEUSD"}, "0201"),
        (OPEN_ORDERS, {"symbol": "ETHUSD", "side": "buy"}, "-1117"),
        (CANCEL_ALL, {"symbol": "DOGEUSD"}, "0201"),
        (CANCEL_ALL, {"side": "buy"}, "-1117"),
        (CANCEL_ALL, {"limit": "x"}, "-1130"),
        (CANCEL_ALL, {"limit": "0"}, "-1130"),
        (CANCEL_ALL, {"fromOrderId": "-5"}, "-1130"),
    ],
)
def test_a_mass_cancel_that_asks_wrongly(client: Client, path: str, parameters: dict[str, str], code: str) -> None:
    """Wrong parameters are refused, and nothing is canceled."""
    order_id = client.rest()
    assert client.refused("DELETE", path, **parameters) == code
    assert client.control.order(order_id).status == "NEW"


@pytest.mark.parametrize("cap", [200, 1000])
def test_one_call_takes_so_many_and_no_more(cap: int) -> None:
    """The newest go first, up to the dialect's cap; `limit` is no parameter of this call."""
    client, order_ids = many(cap + 3, mass_cancel_cap=cap)
    client.ok("DELETE", OPEN_ORDERS, symbol="ETHUSD", limit=1)
    assert [order_id for order_id in order_ids if client.control.order(order_id).status == "NEW"] == order_ids[:3]
    client.ok("DELETE", OPEN_ORDERS, symbol="ETHUSD")
    assert client.listed(OPEN_ORDERS) == []


def test_nothing_to_cancel() -> None:
    """The documents do not say: success, or not found."""
    assert speaking().ok("DELETE", OPEN_ORDERS, symbol="ETHUSD") == {"success": True}
    assert speaking(mass_cancel_nothing="0211").refused("DELETE", OPEN_ORDERS, symbol="ETHUSD") == "0211"
    client = speaking(mass_cancel_nothing="0211")
    client.rest()
    assert client.ok("DELETE", OPEN_ORDERS, symbol="ETHUSD") == {"success": True}


def test_cancel_all_answers_where_it_stopped() -> None:
    """Code, message, time, and the last id taken as a bare number."""
    client, order_ids = many(3)
    response = client.send("DELETE", CANCEL_ALL)
    answer = json.loads(response.body)
    assert answer == {"code": "0000", "message": "success", "timestamp": client.now, "lastOrderId": int(order_ids[0])}
    assert f'"lastOrderId":{order_ids[0]}'.encode() in response.body
    assert client.ok("DELETE", CANCEL_ALL)["lastOrderId"] == 0


@each(("limit", "taken"), [(None, 100), (2, 2), (200, 200), (500, 200)])
def test_cancel_all_takes_a_limited_number(limit: int | None, taken: int) -> None:
    """100 unless told, and never more than 200."""
    client, order_ids = many(203)
    client.ok("DELETE", CANCEL_ALL, **({} if limit is None else {"limit": limit}))
    assert statuses(client, order_ids).count("CANCELED") == taken
    assert set(statuses(client, order_ids[-taken:])) == {"CANCELED"}


def test_cancel_all_goes_on_below_an_id() -> None:
    """`fromOrderId` acts on smaller ids only, so that pages follow each other."""
    client, (first, second, third, fourth) = many(4)
    answer = client.ok("DELETE", CANCEL_ALL, fromOrderId=third)
    assert statuses(client, [first, second, third, fourth]) == ["CANCELED", "CANCELED", "NEW", "NEW"]
    assert answer["lastOrderId"] == int(first)
    assert client.ok("DELETE", CANCEL_ALL, fromOrderId=third)["lastOrderId"] == 0


def test_cancel_all_reaches_every_pair_or_one(client: Client) -> None:
    """Without a symbol all pairs; with one, that pair."""
    orders = [client.rest(), client.rest(symbol="ETHUSDT"), client.rest(symbol="BTCUSD", quantity="0.1")]
    client.ok("DELETE", CANCEL_ALL, symbol="ETHUSDT")
    assert statuses(client, orders) == ["NEW", "CANCELED", "NEW"]
    client.ok("DELETE", CANCEL_ALL)
    assert set(statuses(client, orders)) == {"CANCELED"}


def test_a_site_may_not_have_cancel_all() -> None:
    """There it answers 404 as JSON with a bare number, and nothing is canceled."""
    client = speaking(cancel_all_served=False)
    order_id = client.rest()
    response = client.send("DELETE", CANCEL_ALL)
    assert response.status == 404
    assert json.loads(response.body)["code"] == 404
    assert client.control.order(order_id).status == "NEW"
    assert speaking(cancel_all_served=True).send("DELETE", CANCEL_ALL).status == 200


@each("path", [OPEN_ORDERS, CANCEL_ALL])
@each(("words", "status"), [("spared", "NEW"), ("canceled", "CANCELED")])
def test_a_mass_cancel_and_a_waiting_order(path: str, words: str, status: str) -> None:
    """Whether an order still PENDING_NEW is taken along is documented nowhere: the dialect says."""
    client = speaking(accept_delay_ms=SOON, mass_cancel_pending_new=words)
    order_id = client.rest()
    client.ok("DELETE", path, symbol="ETHUSD")
    client.control.advance(NOW + 100)
    assert client.control.order(order_id).status == status


@pytest.mark.parametrize("path", [OPEN_ORDERS, CANCEL_ALL])
def test_a_mass_cancel_only_says_it_was_accepted(path: str) -> None:
    """Its effects come later, one by one, and another account's orders never."""
    client, order_ids = many(20, cancel_delay_ms=(10, 100))
    client.control.open_account("other", "hush")
    theirs = Client(client.simulator, client.now, "other", "hush").rest()
    client.ok("DELETE", path, symbol="ETHUSD")
    assert set(statuses(client, order_ids)) == {"NEW"}
    client.control.advance(client.now + 100)
    assert set(statuses(client, order_ids)) == {"CANCELED"}
    assert len({client.control.order(order_id).ended_at for order_id in order_ids}) > 5
    assert client.control.order(theirs).status == "NEW"


def test_a_mass_cancel_passes_over_cancels_on_their_way() -> None:
    """Where a second cancel is refused, a mass cancel still succeeds and leaves that order to its first."""
    client = speaking(cancel_delay_ms=SOON, cancel_again="-1144")
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    assert client.ok("DELETE", OPEN_ORDERS, symbol="ETHUSD") == {"success": True}
    client.control.advance(NOW + 100)
    assert client.control.order(order_id).status == "CANCELED"


@pytest.mark.parametrize("path", [CANCEL_BY_IDS, OPEN_ORDERS, CANCEL_ALL])
@pytest.mark.parametrize("acted", [False, True])
def test_faults_reach_these_paths_too(client: Client, path: str, acted: bool) -> None:
    """A fault for a path meets that path only, whether the venue acts or not."""
    order_id = client.rest()
    client.control.fail_next(code="-1007", method="DELETE", path=path, acted=acted)
    assert client.query(order_id)["status"] == "NEW"
    assert client.refused("DELETE", path, ids=order_id, symbol="ETHUSD") == "-1007"
    assert client.query(order_id)["status"] == ("CANCELED" if acted else "NEW")
    assert client.send("DELETE", path, ids=order_id, symbol="ETHUSD").status == 200
