"""One order placed, queried and canceled: recorded where ``--record-mode=once`` asks for it, replayed ever after.

See docs/how-to/record-cassettes.md.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from vcr.cassette import Cassette

from hk_adapter import OrderStatus
from hk_adapter.testing.cassettes.recorded import Recorded
from hk_adapter.venues.hashkey.symbols import unified_symbol

# Read before any test runs: tests hide the keys from what they test.
KEY = os.environ.get("HK_ADAPTER_HASHKEY_API_KEY")
SECRET = os.environ.get("HK_ADAPTER_HASHKEY_SECRET")
WHERE = {
    "site": os.environ.get("HK_ADAPTER_RECORD_SITE"),
    "base_url": os.environ.get("HK_ADAPTER_RECORD_BASE_URL"),
}
TERMS = {
    "symbol": os.environ.get("HK_ADAPTER_RECORD_SYMBOL", "ETH/USD"),
    "amount": os.environ.get("HK_ADAPTER_RECORD_AMOUNT", "0.01"),
    "price": os.environ.get("HK_ADAPTER_RECORD_PRICE", "1000"),
}

OpenDesk = Callable[..., Any]


def fresh_terms() -> dict[str, str]:
    """Give an order's terms with a client id that the venue cannot have seen."""
    return TERMS | {"client_order_id": f"cassette-{time.time_ns() // 1_000_000}"}


def recorded_terms(cassette: Cassette) -> dict[str, Any]:
    """Read from a recording the terms that it was made with."""
    sent = dict(parse_qsl(cassette.requests[0].body.decode()))
    return {
        "symbol": unified_symbol(sent["symbol"], None),
        "amount": sent["quantity"],
        "price": sent["price"],
        "client_order_id": sent["newClientOrderId"],
    }


def where_recorded(cassette: Cassette) -> dict[str, str]:
    """Name the very host that a recording is from."""
    parts = urlsplit(cassette.requests[0].uri)
    return {"environment": "sandbox", "base_url": f"{parts.scheme}://{parts.netloc}"}


async def place(desk: Any, terms: dict[str, Any]) -> str:
    """Let a limit order rest, see it open under its id, and return that."""
    symbol, amount, price = terms["symbol"], terms["amount"], terms["price"]
    own_id = terms["client_order_id"]
    placed = await desk.call("create_order", symbol, "limit", "buy", amount, price, client_order_id=own_id)
    assert placed.status in {OrderStatus.PENDING_NEW, OrderStatus.OPEN}
    seen = await desk.call("fetch_order", placed.id, symbol)
    assert (seen.id, seen.client_order_id, seen.symbol) == (placed.id, own_id, symbol)
    assert (seen.status, seen.amount, seen.price) == (OrderStatus.OPEN, Decimal(amount), Decimal(price))
    return str(placed.id)


async def cancel_and_confirm(desk: Any, order_id: str, terms: dict[str, Any], filled: str = "0") -> None:
    """Cancel an order, and see that the venue goes on saying what the cancel reported."""
    canceled = await desk.cancel(order_id, terms["symbol"])
    assert (canceled.id, canceled.status, canceled.filled) == (order_id, OrderStatus.CANCELED, Decimal(filled))
    assert await desk.call("fetch_order", order_id, terms["symbol"]) == canceled


@pytest.mark.vcr
@pytest.mark.default_cassette("recorded/hashkey/place_query_cancel")
async def test_an_order_at_the_sandbox(
    open_desk: OpenDesk, vcr: Cassette, record_mode: str, request: pytest.FixtureRequest
) -> None:
    """A real order is open once placed, proven canceled once canceled, and stays so."""
    if not vcr.requests and (record_mode == "none" or not (KEY and SECRET)):
        pytest.skip("nothing is recorded yet; that takes keys for the sandbox: see docs/how-to/record-cassettes.md")
    recorded: Recorded = request.getfixturevalue("hk_recorded")
    if recorded.recording:
        where = {"environment": "sandbox", "api_key": KEY, "secret": SECRET, **WHERE}
        terms = fresh_terms()
    else:
        where, terms = where_recorded(vcr), recorded_terms(vcr)
    desk = await open_desk(**recorded.arguments(**where))
    await cancel_and_confirm(desk, await place(desk, terms), terms)


@pytest.mark.parametrize(
    "fill",
    [
        pytest.param("0", marks=pytest.mark.default_cassette("simulated/hashkey/place_query_cancel"), id="open"),
        pytest.param("0.004", marks=pytest.mark.default_cassette("simulated/hashkey/place_fill_cancel"), id="filled"),
    ],
)
async def test_an_order_at_the_simulator(open_desk: OpenDesk, hk_recorded: Recorded, vcr: Cassette, fill: str) -> None:
    """The same at the served simulator; what was filled before the cancel is reported with it."""
    desk = await open_desk(**hk_recorded.arguments())
    terms = fresh_terms() if hk_recorded.recording else recorded_terms(vcr)
    order_id = await place(desk, terms)
    if fill != "0":
        hk_recorded.at_venue("fill", order_id, fill)
    await cancel_and_confirm(desk, order_id, terms, fill)
