"""Open orders and order history: which rows, which fields, in which order, page by page."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import Simulator
from tests.cases import each

from .conftest import HISTORY, NOW, OPEN_ORDERS, ORDER, Client, speaking
from .test_query_and_cancel import QUERY_FIELDS

ROW_FIELDS = QUERY_FIELDS - {"feeCoin", "feeAmount", "sumFeeAmount", "ordCxlReason", "stpMode"}
DAY = 24 * 3600 * 1000


def fill_up(client: Client, count: int, *, end: bool, **terms: Any) -> list[str]:
    """Create so many orders, one each millisecond, and cancel them if they are to end; oldest first."""
    order_ids = []
    for _ in range(count):
        order_ids.append(client.rest(**({"quantity": "0.01"} | terms)))
        if end:
            client.ok("DELETE", ORDER, orderId=order_ids[-1])
        client.now += 1
    return order_ids


def rich(**settings: Any) -> Client:
    """Give a client whose money does not run out."""
    client = speaking(**settings)
    client.control.deposit("USD", 10_000_000)
    return client


@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
def test_an_empty_list_is_an_empty_array(client: Client, path: str) -> None:
    """Nothing to list is `[]`."""
    assert json.loads(client.send("GET", path).body) == []


def test_what_is_on_which_list(client: Client) -> None:
    """What rests is open; what was filled, canceled or rejected is history, canceled orders without fills too."""
    new, part, filled, canceled, partly = (client.rest() for _ in range(5))
    client.control.reject_next()
    rejected = client.rest()
    client.control.fill(part, "0.1")
    client.control.fill(filled)
    client.control.fill(partly, "0.1")
    for order_id in (canceled, partly):
        client.ok("DELETE", ORDER, orderId=order_id)
    assert set(client.listed(OPEN_ORDERS)) == {new, part}
    history = {row["orderId"]: row["status"] for row in json.loads(client.send("GET", HISTORY).body)}
    assert history == {
        filled: "FILLED", canceled: "CANCELED", partly: "PARTIALLY_CANCELED", rejected: "REJECTED"
    }  # fmt: skip


@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
def test_a_row_has_the_documented_fields(client: Client, path: str) -> None:
    """A query's fields without fees, reason and stpMode, and with the same values."""
    order_id = client.rest()
    client.control.fill(order_id, "0.25", "1800.5", now=NOW + 5)
    if path == HISTORY:
        client.ok("DELETE", ORDER, orderId=order_id)
    (row,) = json.loads(client.send("GET", path).body)
    assert set(row) == ROW_FIELDS
    found = client.query(order_id)
    assert row == {name: found[name] for name in ROW_FIELDS}


@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
def test_lists_can_be_narrowed(path: str) -> None:
    """By pair, by side, and to a number of rows."""
    client, end = rich(), path == HISTORY
    (buy,), (sell,) = fill_up(client, 1, end=end), fill_up(client, 1, end=end, side="SELL", price="2000")
    (tether,) = fill_up(client, 1, end=end, symbol="ETHUSDT")
    assert client.listed(path) == [tether, sell, buy]
    assert client.listed(path, symbol="ETHUSD") == [sell, buy]
    assert client.listed(path, side="BUY") == [tether, buy]
    assert client.listed(path, symbol="ETHUSD", side="BUY") == [buy]
    assert client.listed(path, limit=1) == [tether]
    assert client.listed(path, symbol="BTCUSD") == []


@each("path", [OPEN_ORDERS, HISTORY])
@each(("limit", "rows"), [(None, 500), (1000, 1000), (5000, 1000)])
def test_a_page_has_so_many_rows_at_most(path: str, limit: int | None, rows: int) -> None:
    """500 unless told, and never more than 1000: the newest."""
    client = rich()
    order_ids = fill_up(client, 1002, end=path == HISTORY)
    listed = client.listed(path, **({} if limit is None else {"limit": limit}))
    assert listed == order_ids[::-1][:rows]


@each("path", [OPEN_ORDERS, HISTORY])
@each(
    ("words", "name", "goes_on"),
    [
        ("fromOrderId", "fromOrderId", True),
        ("fromOrderId", "orderId", False),
        ("orderId", "orderId", True),
        ("orderId", "fromOrderId", False),
        ("either", "orderId", True),
        ("either", "fromOrderId", True),
    ],
)
def test_the_cursor_has_the_dialects_name(path: str, words: str, name: str, goes_on: bool) -> None:
    """Under its name it gives the ids smaller than itself; under the other it means nothing."""
    client = rich(cursor_name=words)
    first, second, third = fill_up(client, 3, end=path == HISTORY)
    assert client.listed(path, **{name: third}) == ([second, first] if goes_on else [third, second, first])


@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
def test_pages_follow_each_other(path: str) -> None:
    """Going on from the last id until nothing comes gives every order once."""
    client = rich()
    order_ids = fill_up(client, 23, end=path == HISTORY)
    pages: list[list[str]] = []
    while page := client.listed(path, limit=5, **({"fromOrderId": pages[-1][-1]} if pages else {})):
        pages.append(page)
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert [order_id for page in pages for order_id in page] == order_ids[::-1]


def test_open_orders_may_page_upwards() -> None:
    """The direction of open orders is documented nowhere: oldest first goes on with greater ids."""
    client = speaking(open_orders_paging="oldest_first")
    first, second, third = fill_up(client, 3, end=False)
    assert client.listed(OPEN_ORDERS, limit=2) == [first, second]
    assert client.listed(OPEN_ORDERS, fromOrderId=second) == [third]
    assert speaking(open_orders_paging="newest_first").listed(OPEN_ORDERS) == []


@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"symbol": "DOGEUSD"}, "0201"),
        ({"side": "buy"}, "-1117"),
        ({"limit": "many"}, "-1130"),
        ({"limit": "0"}, "-1130"),
        ({"fromOrderId": "abc"}, "-1130"),
        ({"accountId": "1"}, "-3117"),
    ],
)
def test_a_list_that_is_asked_for_wrongly(client: Client, path: str, parameters: dict[str, str], code: str) -> None:
    """Wrong parameters are refused."""
    assert client.refused("GET", path, **parameters) == code


@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
def test_lists_are_each_accounts_own(client: Client, path: str) -> None:
    """Nobody sees another account's orders, nor counter orders."""
    client.control.open_account("other", "hush")
    other = Client(client.simulator, NOW, "other", "hush")
    fill_up(other, 1, end=path == HISTORY)
    client.control.counter_order("ETHUSD", "SELL", "1", "3000")
    assert client.listed(path) == []


@pytest.mark.parametrize("word", ["as_before", "PENDING_CANCEL"])
def test_the_list_shows_a_cancel_on_its_way(word: str) -> None:
    """The order is listed as open until the cancel has its effect, under the same word as in a query."""
    client = speaking(cancel_delay_ms=(100, 100), cancel_in_flight=word)
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    (row,) = json.loads(client.send("GET", OPEN_ORDERS).body)
    assert row["status"] == client.query(order_id)["status"] == ("NEW" if word == "as_before" else word)
    assert client.listed(HISTORY) == []
    client.now += 100
    assert (client.listed(OPEN_ORDERS), client.listed(HISTORY)) == ([], [order_id])


@pytest.mark.parametrize(("words", "by"), [("created", 0), ("updated", 1)])
def test_history_between_two_times(words: str, by: int) -> None:
    """The times startTime and endTime, both included, are held against the dialect's choice of an order's times."""
    client = speaking(history_time=words)
    times = [(NOW, NOW + 50), (NOW + 10, NOW + 20), (NOW + 30, NOW + 40)]
    order_ids = []
    for created, ended in times:
        client.now = created
        order_ids.append(client.rest(quantity="0.1"))
        client.control.cancel_at(order_ids[-1], ended)
    client.now = NOW + 60
    for start, end in (
        (NOW + 10, NOW + 40),
        (NOW + 20, NOW + 40),
        (NOW, NOW + 20),
        (NOW + 41, NOW + 60),
        (NOW + 30, NOW + 29),
    ):
        expected = [one for one, time in zip(order_ids, times, strict=True) if start <= time[by] <= end]
        assert client.listed(HISTORY, startTime=start, endTime=end) == expected[::-1]
    assert len(client.listed(HISTORY, endTime=NOW + 20)) == 2 - by
    assert len(client.listed(HISTORY, startTime=NOW + 30)) == 1 + by
    assert client.refused("GET", HISTORY, startTime="yesterday") == "-1130"


@pytest.mark.parametrize(("words", "reached"), [("created", False), ("updated", True)])
def test_history_reaches_back_90_days(words: str, reached: bool) -> None:
    """Older orders are gone from it, whatever startTime says, but can still be queried."""
    client = speaking(history_time=words)
    order_id = client.rest()
    client.now += DAY
    client.ok("DELETE", ORDER, orderId=order_id)
    client.now = NOW + 90 * DAY
    assert client.listed(HISTORY) == [order_id]
    client.now += 1
    assert client.listed(HISTORY, startTime=NOW) == ([order_id] if reached else [])
    assert client.query(order_id)["status"] == "CANCELED"


@pytest.mark.parametrize(("words", "rows"), [("listed", 1), ("absent", 0)])
def test_whether_history_has_rejected_orders(words: str, rows: int) -> None:
    """The documents call it traded orders and show canceled ones: of rejected ones they say nothing."""
    client = speaking(history_rejected=words)
    client.control.reject_next()
    client.rest()
    assert len(client.listed(HISTORY)) == rows


def test_history_is_in_the_order_of_ids_not_of_ends(client: Client) -> None:
    """An order that ended last stands where its id puts it."""
    first, second, third = fill_up(client, 3, end=False)
    for order_id in (second, third, first):
        client.ok("DELETE", ORDER, orderId=order_id)
    assert client.listed(HISTORY) == [third, second, first]


@pytest.mark.parametrize("path", [OPEN_ORDERS, HISTORY])
def test_faults_reach_lists_too(client: Client, path: str) -> None:
    """A fault for a list's path meets that list only."""
    client.control.fail_next(status=503, method="GET", path=path)
    assert client.send("GET", OPEN_ORDERS if path == HISTORY else HISTORY).status == 200
    assert client.send("GET", path).status == 503
    assert client.send("GET", path).status == 200


def test_lists_need_a_signature() -> None:
    """A list without key and signature is refused like any private call."""
    client = Client(Simulator(), secret="wrong")
    assert client.refused("GET", OPEN_ORDERS) == "0001"
