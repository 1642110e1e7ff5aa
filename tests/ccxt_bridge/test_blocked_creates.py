"""A block of creates holds back what places orders, and no question by POST, as Kraken and Hyperliquid want them."""

from __future__ import annotations

import json

import pytest

import hk_adapter as hk
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.plugins.risk import CreateBlock
from hk_adapter.transport.requests_transport import RequestsTransport
from tests.ccxt_bridge.exchanges_there import needs
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET, KrakenDesk

TERMS = ("ETH/USD", "limit", "buy", "1", "1900")
"""Of an order."""


def test_reads_by_post_go_on(kraken: KrakenDesk) -> None:
    """Kraken is asked for balances and orders by POST alone; they were taken for what may place an order."""
    block = CreateBlock()
    given = {"base_url": kraken.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1}
    with hk.connect("ccxt:kraken", plugins=[block], **given) as venue:
        order = venue.create_order(*TERMS)
        block.block_creates("by the desk")
        assert venue.fetch_balance()
        assert [one.id for one in venue.fetch_open_orders("ETH/USD")] == [order.id]
        with pytest.raises(hk.OrderDenied):
            venue.create_order(*TERMS)
        assert venue.cancel_order(order.id, "ETH/USD").status == "canceled"


@needs("hyperliquid")
def test_a_venue_whose_markets_are_asked_for_by_post_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kill switch of a process that opens its accounts behind the block never listed one there."""
    asked = []

    def send(_: object, request: HttpRequest, *__: object, **___: object) -> Response:
        asked.append(json.loads(request.body or b"{}").get("type"))
        return Response(503, {}, b"closed")

    monkeypatch.setattr(RequestsTransport, "send", send)
    block = CreateBlock()
    block.block_creates("by the desk")
    with pytest.raises(hk.AdapterError) as caught:
        hk.connect("ccxt:hyperliquid", plugins=[block], walletAddress="0x" + "2" * 40, privateKey="0x" + "1" * 64)
    assert "blocked" not in str(caught.value)
    assert asked
