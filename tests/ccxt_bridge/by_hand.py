"""Drives one hook of the bridge without a network: each request is answered by a function, and time stands still."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ccxt import TICK_SIZE

import hk_adapter as hk
from hk_adapter.flow.effects import Gather, Moment, Now, Sleep
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.prepared import PreparedCall
from hk_adapter.hooks import VenueSettings
from hk_adapter.venues.ccxt_bridge.plugin import CcxtVenue, open_venue

NOW = 1_790_000_000_000
Answering = Callable[[HttpRequest], Response]
SECRET = "bGFyZ2UgZW5vdWdoIHRvIGJlIGEga2V5"
MARKET = {
    "id": "ETHUSD",
    "symbol": "ETH/USD",
    "base": "ETH",
    "quote": "USD",
    "baseId": "ETH",
    "quoteId": "USD",
    "type": "spot",
    "spot": True,
    "contract": False,
    "linear": None,
    "inverse": None,
    "active": True,
    "uppercaseId": "ETHUSD",
    "numericId": 7,
    "marketId": "eth_usd",
    "limits": {},
    "info": {"underlyingDecimals": 4, "orderTypes": ["LIMIT"]},
}

NEW = hk.CreateOrderRequest(
    symbol="ETH/USD",
    type=hk.OrderType.LIMIT,
    side=hk.OrderSide.BUY,
    amount=Decimal(13),
    price=Decimal(2000),
    client_order_id="own1234567",
)
"""A new order, as a bot would ask for it."""


def opened(member: str, **options: Any) -> CcxtVenue:
    """Open an exchange that has its keys, and one market."""
    base_url = options.pop("base_url", None)
    settings = VenueSettings(venue_id=f"ccxt:{member}", environment="production", base_url=base_url, options=options)
    venue = open_venue(settings)
    venue.take_key("an-api-key", SECRET)
    steps = (
        {"amount": 0.0001, "price": 0.01} if venue._exchange.precisionMode == TICK_SIZE else {"amount": 4, "price": 6}
    )
    venue._exchange.set_markets([MARKET | {"precision": steps}])
    return venue


def run(flow: Any, answer: Answering, sent: list[HttpRequest] | None = None) -> Any:
    """Run a flow to its end; what it sends is noted in ``sent``."""
    given: Any = None
    error: Exception | None = None
    while True:
        try:
            effect = flow.send(given) if error is None else flow.throw(error)
        except StopIteration as stop:
            return stop.value
        given, error = None, None
        assert isinstance(effect, PreparedCall | Now | Sleep | Gather), f"the bridge awaited {effect!r}"
        try:
            given = performed(effect, answer, sent)
        except Exception as failed:  # noqa: BLE001 - whatever it is travels into the flow
            error = failed


def performed(effect: Any, answer: Answering, sent: list[HttpRequest] | None = None) -> Any:
    """Give what an effect comes to."""
    match effect:
        case PreparedCall():
            assert effect.request is not None
            if sent is not None:
                sent.append(effect.request)
            return answer(effect.request)
        case Now():
            return Moment(1000.0, NOW)
        case Gather(flows):
            return [_value_or_error(flow, answer, sent) for flow in flows]
    return None


def _value_or_error(flow: Any, answer: Answering, sent: list[HttpRequest] | None) -> Any:
    try:
        return run(flow, answer, sent)
    except Exception as error:  # noqa: BLE001 - Gather gives errors as values
        return error


def always(status: int, body: bytes, **headers: str) -> Answering:
    """Answer every request alike."""
    return lambda request: Response(status, headers, body)
