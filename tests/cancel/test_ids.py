"""An id that could be read as another, or as several, is refused in every call, before anything is sent."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

import hk_adapter as hk
from hk_adapter.errors import InvalidArgument
from hk_adapter.model import CancelRequest, FetchOrderRequest, ids
from tests.cancel.test_other_batches import cancel, resting
from tests.cases import each

SPLIT = {
    "comma": "111,222",
    "comma-at-the-end": "111,",
    "semicolon": "111;222",
    "bar": "111|222",
    "blank": "111 222",
    "tab": "111\t222",
    "carriage-return": "111\r222",
    "no-break-space": "111\u00a0222",
    "zero-width": "111\u200b222",
    "nul": "111\x00",
    "percent": "111%2C222",
    "percent-percent": "111%252C222",
    "plus": "+111",
    "ampersand": "111&orderId=222",
    "equals": "111=222",
    "slash": "111/222",
    "backslash": "111\\u002c222",
    "question": "111?x",
    "hash": "111#x",
    "quote": "111'222",
    "double-quote": '"111"',
    "bracket": "[111]",
    "brace": "{symbol}",
    "star": "*",
    "dots": "..",
    "full-width-digits": "\uff11\uff11\uff11",
    "full-width-comma": "111\uff0c222",
    "arabic-comma": "111\u060c222",
    "superscript": "11\u00b9",
    "roman": "\u2167",
    "kelvin": "\u212a1",
    "combining": "1\u0301",
    "all": "all",
    "all-in-capitals": "ALL",
    "none": "None",
    "null": "null",
    "empty": "",
}
"""Of any kind of id."""
NUMBERS = {
    "leading-zero": "0111",
    "zeros": "000",
    "underscore": "1_11",
    "decimal": "111.0",
    "point": "111.",
    "exponent": "111e0",
    "hexadecimal": "0x6F",
    "octal": "0o157",
    "infinity": "Infinity",
}
"""A whole number that is written otherwise: no order id at any venue."""
FOREIGN = {"letters": "abc", "dash": "111-222", "zero": "0", "word": "1a"}
"""Ids of other venues: HashKey's are digits."""
OWN = SPLIT | {"slash": "a/../b", "dots": "../a", "trailing-slash": "a/"}
BY_ID = ("cancel_order", "try_cancel", "fetch_order")
CREATE = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": "1", "price": "1900"}


class Lying(str):
    """A text that tells another one."""

    __slots__ = ()

    def __str__(self):
        """Tell another one."""
        return "222"


async def refused(desk, call, /, *args, **kwargs):
    """See one call refused, and nothing sent."""
    with pytest.raises(hk.InvalidArgument) as caught:
        await desk.call(call, *args, **kwargs)
    assert caught.value.request_state is hk.RequestState.NOT_SENT
    assert desk.simulator.requests == []


@each("name", [*SPLIT, *NUMBERS, *FOREIGN])
async def test_an_order_id_that_could_be_another_is_refused(desk, name):
    """Of one order or of several, alone in a batch of good ones or with a client id beside it."""
    text = (SPLIT | NUMBERS | FOREIGN)[name]
    for call in BY_ID:
        await refused(desk, call, text)
        await refused(desk, call, text, client_order_id="mine")
    await refused(desk, "cancel_orders", [text])
    await refused(desk, "cancel_orders", ["333", text, "444"])
    await refused(desk, "cancel_orders", [text], client_order_ids=["mine"])


@each("name", OWN)
async def test_client_order_ids(desk, name):
    """Of one order or of several, as keyword and in ``params``, also of an order that is yet to be placed."""
    text = OWN[name]
    for call in (*BY_ID, "fetch_my_trades"):
        await refused(desk, call, client_order_id=text)
        await refused(desk, call, params={"clientOrderId": text})
    await refused(desk, "cancel_orders", [], client_order_ids=["mine", text])
    await refused(desk, "create_order", **CREATE, client_order_id=text)
    await refused(desk, "create_order", **CREATE, params={"clientOrderId": text})
    await refused(desk, "create_orders", [CREATE, CREATE | {"client_order_id": text}])


@each("account", ["1,2", "007", "1%2C2", "all", "1 2"])
async def test_an_account_id_is_one_id(desk, account):
    """A sub-account's id is one id."""
    await refused(desk, "fetch_order", "111", account_id=account)
    for call in ("fetch_open_orders", "fetch_orders", "fetch_my_trades", "fetch_balance"):
        await refused(desk, call, account_id=account)


@pytest.mark.parametrize("pair", [("abc", "ABC"), ("007", "7"), ("0", "000")])
async def test_two_ids_of_one_call_that_a_venue_could_take_for_one(desk, pair):
    """Letters in another case and leading zeros: a venue that folds them would be asked for one order twice."""
    await refused(desk, "cancel_orders", [], client_order_ids=pair)
    await refused(desk, "create_orders", [CREATE | {"client_order_id": one} for one in pair])


async def test_a_text_that_tells_another_one(desk):
    """What is checked is what is sent."""
    order = await desk.place()
    report = await desk.try_cancel(Lying(order.id))
    assert (report.outcome, report.order.id) == (hk.CancelOutcome.CANCELED, order.id)


@pytest.mark.parametrize("own", ["x-HNA2TXFJ:0/1", "a.b_c-d~e@f", "007", "1e3", "99999888912"])
async def test_ids_that_are_plain(desk, own):
    """Letters, digits and the signs that no encoding changes are sent as they are."""
    order = await desk.place(client_order_id=own)
    report = await desk.try_cancel(client_order_id=own)
    assert (report.outcome, report.order.id) == (hk.CancelOutcome.CANCELED, order.id)


@each("name", [*(name for name in SPLIT if name != "empty"), *NUMBERS])
@each("batch", [0, 10])
def test_ids_of_any_venue(name, batch):
    """The core refuses them whatever the venue's plugin checks, and whoever asks: a journal's row is no better."""
    venue, requests = resting("none", 2)
    damaged = CancelRequest(order_id=(SPLIT | NUMBERS)[name])
    with pytest.raises(InvalidArgument):
        cancel(venue, *requests, damaged, batch=batch)
    with pytest.raises(InvalidArgument):
        cancel(venue, name="cancel_order", request=damaged)
    with pytest.raises(InvalidArgument):
        cancel(venue, name="fetch_order", request=FetchOrderRequest(order_id=damaged.order_id))
    assert venue.sent == []


@given(st.text(max_size=30))
def test_a_taken_order_id_is_one_id(text):
    """Whatever list, path, query or number a taken id stands in, it comes back as it is."""
    try:
        ids.check_order_id("order_id", text)
    except InvalidArgument:
        return
    assert ids.is_order_id(text)
    assert text.isascii()
    assert not set(text) & set(" ,;|/\\?#%&=+\"'<>{}[]*\t\r\n\x00")
    if len(text) <= 20 and text.isdigit():
        assert str(int(text)) == text
