"""Any bytes under any status and headers are read as what they say, or are one of our errors, and nothing else."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hk_adapter.errors import AdapterError, OutcomeUnknown, UnexpectedPayload
from hk_adapter.flow.http import Response
from hk_adapter.model import Order
from hk_adapter.venues.hashkey.error_codes import error_for, normalise
from hk_adapter.venues.hashkey.parse import ACKNOWLEDGED, STATUSES, parse_order, parse_page
from hk_adapter.venues.hashkey.parse.batches import parse_refusals
from hk_adapter.venues.hashkey.responses import read_list, read_object
from tests.properties.examples import examples
from tests.properties.hostile_answers import ASKED, anything, batch_answers, codes, honest_rows, responses, rows

OPERATIONS = ["cancel_order", "fetch_order", "create_order", "fetch_orders", "fetch_time"]


@pytest.mark.parametrize("operation", OPERATIONS)
@given(response=responses)
@examples(100)
def test_reading_an_answer(operation, response):
    """An object comes out of a 200 alone; everything else is one of our errors."""
    for read, kind in ((read_object, dict), (read_list, list)):
        with suppress(AdapterError):
            assert isinstance(read(response, operation), kind)
            assert response.status == 200


@given(row=honest_rows() | rows() | st.dictionaries(st.text(max_size=8), anything, max_size=4))
@examples(300)
def test_reading_an_order(row):
    """An order says what its row says, digit by digit, or the row is refused."""
    try:
        order = parse_order(row, operation="fetch_order")
    except UnexpectedPayload:
        return
    assert isinstance(order, Order)
    assert order.id == str(row["orderId"])
    assert order.status is STATUSES[row["status"]]
    assert order.filled == Decimal(row["executedQty"])
    assert order.filled >= 0
    assert order.amount == (Decimal(row["origQty"]) or None)
    assert order.amount is None or order.filled <= order.amount
    assert parse_order(row, operation="cancel_order", statuses=ACKNOWLEDGED).filled == order.filled


@given(row=rows())
@examples(100)
def test_reading_an_order_as_it_came(row):
    """The same through the bytes: what JSON makes of a number changes nothing."""
    response = Response(200, {}, json.dumps([row]).encode())
    with suppress(AdapterError):
        (read,) = read_list(response, "fetch_orders")
        order = parse_order(read, operation="fetch_orders")
        assert order.filled == Decimal(str(row["executedQty"]))


@given(document=st.lists(honest_rows() | rows() | anything, max_size=4))
@examples(100)
def test_reading_a_page(document):
    """A page with a row that cannot be read is not a complete one."""
    page = parse_page(document, operation="fetch_orders", limit=1000)
    assert page.complete == (len(page.orders) == len(document))


@given(document=batch_answers)
@examples(200)
def test_reading_a_batch(document):
    """The answer of a batch cancel names orders that were asked for, or is refused."""
    with suppress(UnexpectedPayload):
        assert set(parse_refusals(document, [ASKED])) <= {ASKED}


@given(code=codes, message=anything, operation=st.sampled_from(["cancel_order", "create_orders", "fetch_order"]))
@examples(200)
def test_reading_a_code(code, message, operation):
    """A code is text, success, or unreadable; whatever it says is one of our errors."""
    with suppress(UnexpectedPayload):
        text = normalise(code)
        if text is not None:
            assert isinstance(error_for(text, str(message), 400, operation), AdapterError)
            assert isinstance(error_for("no such code", str(message), 400, "cancel_order"), OutcomeUnknown)
