"""An answer that says one field twice, and not the same, proves nothing, though ccxt's own reader takes the last."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.parsing.json_faults import fault_of
from tests.cases import each
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET


@pytest.fixture
async def call(facade, kraken):
    """Call a method of the small exchange through either facade, and wait for it."""
    options = {"base_url": kraken.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1, "timeout": 3.0}
    venue = (
        await hk.connect_async("ccxt:kraken", **options)
        if facade == "asyncio"
        else hk.connect("ccxt:kraken", **options)
    )

    async def call_one(name, *args, **kwargs):
        result = getattr(venue, name)(*args, **kwargs)
        return result if facade == "blocking" else await result

    yield call_one
    await call_one("close")


async def place(call, **kwargs):
    """Let an order rest."""
    return await call("create_order", "ETH/USD", "limit", "buy", "1", "1900", **kwargs)


def doubled(kraken, order_id):
    """Write the answer to a look-up that says both open and canceled."""
    text = json.dumps({"error": [], "result": {order_id: kraken.orders[order_id]}})
    both = text.replace('"status": "open"', '"status": "open", "status": "canceled"')
    assert both != text
    return 200, both.encode()


async def test_an_order_that_is_read(call, kraken):
    """Of two words for its status, neither is taken."""
    order = await place(call)
    kraken.faults["QueryOrders"] = doubled(kraken, order.id)
    with pytest.raises(hk.UnexpectedPayload, match="status twice"):
        await call("fetch_order", order.id)


async def test_a_cancel_is_not_ended_by_it(call, kraken):
    """A look that says both open and canceled ends no cancel; the next one does."""
    order = await place(call)
    kraken.faults["CancelOrder"] = "lose"
    kraken.faults["QueryOrders"] = doubled(kraken, order.id)
    report = await call("try_cancel", order.id)
    assert (report.outcome, kraken.orders[order.id]["status"]) == (hk.CancelOutcome.CANCELED, "canceled")


async def test_a_refusal_said_twice_refuses_nothing(call, kraken):
    """A create refused in one field and taken in another may exist."""
    body = b'{"error": ["EOrder:Insufficient funds"], "error": [], "result": {}}'
    kraken.faults["AddOrder"] = (200, body)
    with pytest.raises(hk.OutcomeUnknown):
        await place(call, client_order_id="mine", timeout=1)
    kraken.faults["AddOrder"] = (200, b'{"error": [], "error": ["EOrder:Insufficient funds"]}')
    with pytest.raises(hk.OutcomeUnknown):
        await place(call, client_order_id="other", timeout=1)


@each(
    ("text", "name"),
    [
        ('{"a": 1, "a": 2}', "a"),
        ('{"a": 1, "a": 1}', None),
        ('[{"x": {"a": "u:v", "\\u0061": 1.50}}]', "a"),
        ('{"a": NaN, "b": 1, "b": 2}', "b"),
        ('{"a": 1e9, "a": 1}', "a"),
        ("[" * 20 + '{"a": 1, "a": 2}' + "]" * 20, "a"),
        ("<html>a: b</html>", None),
        ("", None),
    ],
)
def test_what_is_said_twice(text, name):
    """Found at any depth and in any spelling, in whatever Python's reader takes for JSON."""
    assert fault_of(text, 100) == (name and f"the answer says {name} twice, and not the same")
