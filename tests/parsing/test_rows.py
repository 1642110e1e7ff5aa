"""A row that cannot be read is left out, and told: a list never looks whole that is not."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from hk_adapter.parsing import Fields, SaidTwice, by_position, name_of, order_page, read_rows, reading
from tests.cases import each

STATES = {"live": hk.OrderStatus.OPEN, "gone": hk.OrderStatus.CANCELED}


def read_order(payload):
    """Read one row as a plugin does, with the order named where the rest cannot be read."""
    try:
        with reading("an order", "lagoon"):
            row = Fields(payload)
            return hk.Order(
                id=row.id("id"), symbol=row.text("pair"), filled=row.amount("done"), status=row.word("state", STATES)
            )
    except hk.UnexpectedPayload as error:
        name = name_of(payload, "id")
        error.order = None if name is None else hk.Order(id=name)
        raise


def row(number, *, state="live", pair="ETH/USD", done="0"):
    """Write one row."""
    return {"id": str(number), "pair": pair, "done": done, "state": state}


def read_amount(payload):
    """Read one number."""
    with reading("a balance", "lagoon"):
        return Fields(payload).amount("free")


def test_rows_that_can_be_read():
    """What can be read is there, what not is told by its name, and nothing is raised."""
    rows = read_rows([{"coin": "ETH", "free": "1"}, {"coin": "BTC", "free": "-1"}, "noise"], read_amount, "coin")
    assert rows == (Decimal(1),)
    assert [(one.about, one.reason) for one in rows.unread] == [
        ("BTC", "lagoon: not a balance: free is negative"),
        (None, "lagoon: not a balance: no JSON object"),
    ]


def test_a_fault_of_the_plugin_is_no_unread_row():
    """What is not UnexpectedPayload goes through."""
    with pytest.raises(TypeError):
        read_rows([1], lambda one: one["coin"], "coin")


@each(
    ("payload", "named_by", "name"),
    [
        ({"id": 7}, "id", "7"),
        (["a", "b"], 1, "b"),
        (["a"], 1, None),
        (("ETH", {"free": "?"}), 0, "ETH"),
        ({"id": True}, "id", None),
        ({"id": ["x"]}, "id", None),
        ("text", "id", None),
        (SaidTwice("price", {"id": "7"}), "id", "7"),
        (SaidTwice("id", {}), "id", None),
    ],
)
def test_the_name_of_a_row(payload, named_by, name):
    """A row is named by what is certain of it, or not at all."""
    assert name_of(payload, named_by) == name


def test_a_whole_page():
    """A page of which nothing is missing says so."""
    page = order_page([row(2), row(1)], read_order, full=False, symbol="ETH/USD", only_open=True)
    assert [order.id for order in page.orders] == ["2", "1"]
    assert page.complete
    assert (page.left_out, page.next_before_id) == (0, None)


def test_a_full_page_names_the_next():
    """The next page begins after the last order that this one tells of, read or not, or at a cursor of the venue's."""
    rows = [row(2), row(1, done="?")]
    assert order_page(rows, read_order, full=True).next_before_id == "1"
    assert order_page(rows, read_order, full=True, cursor="page-2").next_before_id == "page-2"
    assert not order_page([row(2)], read_order, full=True).complete


@each(
    ("odd", "reason"),
    [
        (row(1, done="?"), "lagoon: not an order: done is not a number: '?'"),
        (row(1, state="resting"), "lagoon: not an order: unknown state 'resting'"),
        (row(1, pair="BTC/USD"), "it is of BTC/USD"),
        (row(1, state="gone"), "it is None, and not open"),
    ],
)
def test_a_row_that_is_left_out(odd, reason):
    """It is counted and told with its order, and the page is not complete."""
    page = order_page([row(2), odd], read_order, full=False, symbol="ETH/USD", only_open=True)
    assert [order.id for order in page.orders] == ["2"]
    assert not page.complete
    assert page.left_out == 1
    assert page.unread[0].reason == reason
    assert page.unread[0].order is not None
    assert page.unread[0].order.id == "1"


def test_a_row_of_nobody():
    """What does not even say which order it is about is counted too."""
    page = order_page(["noise"], read_order, full=True)
    assert (page.left_out, page.unread[0].order, page.next_before_id) == (1, None, None)


def test_a_full_page_whose_next_one_nothing_names_is_cut_off():
    """No row tells the id that the next page is asked by; a page that is not full has no next one."""
    pages = [order_page(rows, read_order, full=full) for rows in (["noise"], [row(2)]) for full in (True, False)]
    assert [page.cut_off for page in pages] == [True, False, False, False]


def test_rows_by_position_each_stand_for_themselves():
    """A refusal or a doubt of one is in its place, and the others are read."""
    refused = hk.OrderNotFound("no such order")

    def read(asked, payload):
        if payload == "no":
            raise refused
        return asked, read_amount(payload)

    found = by_position([{"free": "1"}, "no", {"free": "x"}, {"free": "4"}], "abcd", read)
    assert (found[0], found[1], found[3]) == (("a", Decimal(1)), refused, ("d", Decimal(4)))
    assert isinstance(found[2], hk.UnexpectedPayload)


@each("rows", [[], ["x"], ["x", "x", "x"]])
def test_another_number_of_rows_tells_of_none(rows):
    """Nobody knows which is whose: nothing of it is read."""
    read = []
    with pytest.raises(hk.UnexpectedPayload, match="entries for 2 that were asked for"), reading("a batch", "lagoon"):
        by_position(rows, ("a", "b"), lambda *both: read.append(both))
    assert read == []


@each("payload", [{}, "", {"error": "closed"}, "ok", b"", None, SaidTwice("id", {}), 0, True])
def test_what_is_no_list_is_no_page(payload):
    """An object, a text or nothing where the list belongs is refused: none of them is an empty list."""
    for read in (
        lambda: order_page(payload, read_order, full=False),
        lambda: read_rows(payload, read_amount, "coin"),
        lambda: by_position(payload, ["1", "2"], lambda asked, found: found),
    ):
        with pytest.raises(hk.InvalidArgument, match="no list of rows"):
            read()


@each("payload", [{"a": 1, "b": 2}, "oo"])
def test_keys_and_letters_are_paired_with_nothing(payload):
    """What has as many keys, or letters, as there are ids says nothing of any."""
    with pytest.raises(hk.InvalidArgument, match="no list of rows"):
        by_position(payload, ["1", "2"], lambda asked, found: found)
