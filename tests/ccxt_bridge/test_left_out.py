"""What is asked of a new order stands in the request, or nothing goes out: ccxt leaves some of it out in silence."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import ClassVar

import pytest

import hk_adapter as hk
from hk_adapter.errors import NotSupported
from hk_adapter.flow.http import HttpRequest
from hk_adapter.testing.cassettes.scrubbing import Rules, scrubbed_request
from hk_adapter.venues.ccxt_bridge.left_out import check_all_sent
from tests.cases import each
from tests.ccxt_bridge.by_hand import run
from tests.ccxt_bridge.driven import desk
from tests.ccxt_bridge.driven.exchanges import driven_members
from tests.ccxt_bridge.driven.stage import Stage, value_of

TERMS = {
    "IOC": {"time_in_force": hk.TimeInForce.IOC},
    "FOK": {"time_in_force": hk.TimeInForce.FOK},
    "post only": {"post_only": True},
    **{name: {"params": {name: Decimal(1951)}} for name in ("triggerPrice", "stopLossPrice", "takeProfitPrice")},
}


def sent_for(stage: Stage, **terms: object) -> tuple[list[HttpRequest], object]:
    """Place a limit order, and return what left and what came of it."""
    sent: list[HttpRequest] = []
    params = {**stage.params, **terms.pop("params", {})}
    request = stage.limit(stage.callers).replace(params=params, **terms)
    came = value_of(partial(run, stage.venue.create_order(request), lambda _: desk.ok({"data": {"id": "1"}}), sent))
    return sent, came


def told(stage: Stage, sent: list[HttpRequest]) -> list[tuple[str, bytes | None]]:
    """Return requests without what is another each time."""
    rules = Rules(stage.venue.scrub, str, str, str)
    written = (scrubbed_request(rules, one.url, dict(one.headers), one.body) for one in sent)
    return [(one.uri, one.body) for one in written]


@pytest.mark.parametrize("member", driven_members())
def test_no_term_is_left_out(member: str) -> None:
    """With each of the terms another request leaves than without, or none."""
    stage = Stage(member)
    plain = told(stage, sent_for(stage)[0])
    opaque = not any("13" in f"{uri} {body!r}" for uri, body in plain)  # a wallet's signed whole
    for name, terms in TERMS.items():
        sent, _ = sent_for(stage, **terms)
        assert opaque or not sent or told(stage, sent) != plain, f"{name} makes no difference"


@each(
    ("member", "terms"),
    [
        ("blofin", "IOC"),
        ("blofin", "FOK"),
        ("krakenfutures", "IOC"),
        ("coinsph", "triggerPrice"),
        ("zebpay", "takeProfitPrice"),
        ("bitstamp", "IOC"),
        ("luno", "post only"),
        ("delta", "FOK"),
        ("bitstamp", "triggerPrice"),
        ("deribit", "triggerPrice"),
        ("hashkey", "stopLossPrice"),
        ("kraken", "triggerPrice"),
        ("upbit", "takeProfitPrice"),
    ],
)
def test_what_ccxt_would_leave_out_is_refused(member: str, terms: str) -> None:
    """The order would rest, or trade at once; nothing of it leaves."""
    sent, came = sent_for(Stage(member), **TERMS[terms])
    assert isinstance(came, NotSupported)
    assert sent == []


def order(**terms: object) -> hk.CreateOrderRequest:
    """A limit buy of 13 at 2000."""
    return hk.CreateOrderRequest(
        symbol=str(terms.pop("symbol", "ETH/USD")),
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide.BUY,
        amount=Decimal(13),
        price=Decimal(2000),
        client_order_id="o",
        **terms,
    )


class Plain:
    """Stands for an exchange whose code reads both; prices are rounded to whole numbers."""

    markets: ClassVar = {"ETH/USD": {"spot": True}, "ETH/USD:USD": {"spot": False}}

    def __init__(self, exchange_id: str) -> None:
        self.id = exchange_id

    def create_order(self, params: dict[str, object]) -> object:
        """Read both, and what sets an order off."""
        return params["timeInForce"], params["postOnly"], params["triggerPrice"], params["stopLoss"]

    def price_to_precision(self, symbol: str, price: Decimal) -> str:
        """Round."""
        return str(round(price))


class Passes(Plain):
    """Its code reads neither, and passes on what it is given."""

    def create_order(self, params: dict[str, object]) -> object:
        """Read nothing."""
        return params


def check(body: bytes, exchange_id: str = "some", *, reads: bool = True, **terms: object) -> None:
    """Look at a request."""
    exchange = (Plain if reads else Passes)(exchange_id)
    check_all_sent(order(**terms), exchange, HttpRequest("POST", "https://x/o", {}, body))


@each(
    ("body", "terms"),
    [
        (b"amount=13&price=2000&tif=IOC", TERMS["IOC"]),
        (b'{"size": "-13", "px": 2000, "option": "immediate_or_cancel"}', TERMS["IOC"]),
        (b'{"amount": 13, "price": 2000, "fok": true}', TERMS["FOK"]),
        (b'{"order": "{\\"qty\\": 13, \\"postOnly\\": true}"}', TERMS["post only"]),
        (b"amount=13&price=2000&stop=1951.0", TERMS["triggerPrice"]),
        (b"amount=13&price=2000&stop=1951", {"params": {"triggerPrice": "1951.4"}}),
        (b"amount=13&price=2000&stop=2000", {"params": {"triggerPrice": "2000"}}),
        (b"tx=0123456789abcdef", TERMS["IOC"]),
        (b"amount=13&price=2000", {"time_in_force": hk.TimeInForce.GTC}),
    ],
)
def test_what_stands_in_a_request_goes_out(body: bytes, terms: dict[str, object]) -> None:
    """In the exchange's own words; of one in which no amount can be read nobody knows."""
    check(body, **terms)


@each(
    ("body", "terms"),
    [
        (b"amount=13&price=2000", TERMS["IOC"]),
        (b'{"amount": 13, "price": 2000, "postOnly": false}', TERMS["post only"]),
        (b"amount=13&price=2000&stop=1950", TERMS["triggerPrice"]),
        (b"amount=13&price=2000", {"params": {"triggerPrice": "2000"}}),
    ],
)
def test_what_does_not_stand_in_it_keeps_it_back(body: bytes, terms: dict[str, object]) -> None:
    """A price that is the order's own is no trigger."""
    with pytest.raises(NotSupported):
        check(body, **terms)


def test_what_an_exchange_is_told_by_a_number() -> None:
    """Some are told such a word as a number of theirs, and prices of one as whole numbers."""
    check(b"amount=13&price=2000&flags=4096", "bitfinex", post_only=True)
    check(b"amount=13&priceEp=20000000", "phemex", params={"triggerPrice": "1951"})


@each("body", [b"amount=13&price=2000&timeInForce=IOC", b'{"amount": 13, "price": 2000, "timeInForce": "IOC"}'])
def test_a_word_that_nobody_read_is_nobodys(body: bytes) -> None:
    """Under ccxt's own name it tells an exchange nothing, unless it has the same; another name is no chance."""
    check(body, time_in_force=hk.TimeInForce.IOC)
    check(body, "poloniex", reads=False, time_in_force=hk.TimeInForce.IOC)
    check(body.replace(b"timeInForce", b"tif"), reads=False, time_in_force=hk.TimeInForce.IOC)
    with pytest.raises(NotSupported):
        check(body, reads=False, time_in_force=hk.TimeInForce.IOC)


@each(
    ("body", "params"),
    [
        (b"amount=13&price=2000&triggerPrice=1951", {"triggerPrice": "1951"}),
        (b'{"amount": 13, "price": 2000, "stopLoss": {"triggerPrice": 1951}}', {"stopLoss": {"triggerPrice": "1951"}}),
        (b"amount=13&price=2000&stopLoss[triggerPrice]=1951", {"stopLoss": {"triggerPrice": "1951"}}),
        (b"amount=13&price=2000&trailingPercent=2", {"trailingPercent": "2"}),
    ],
)
def test_a_condition_that_nobody_read_is_none(body: bytes, params: dict[str, object]) -> None:
    """A stop-loss would sell at once; what the exchange itself calls such a price is the caller's own affair."""
    if "trailingPercent" not in params:
        check(body, params=params)
    check(body.replace(b"1951", b"1951").replace(b"amount", b"qty"), reads=False, params={"trigger_price": "1951"})
    with pytest.raises(NotSupported):
        check(body, reads=False, params=params)


def test_an_order_that_shall_only_reduce() -> None:
    """Of a swap it would open a position where its code does not read that; in spot markets there is none."""
    body, params = b"amount=13&price=2000&reduceOnly=true", {"reduceOnly": True}
    check(body, reads=False, params=params)
    check(body, "aster", reads=False, symbol="ETH/USD:USD", params=params)
    with pytest.raises(NotSupported):
        check(body, reads=False, symbol="ETH/USD:USD", params=params)
