"""Exchanges that keep conditional orders in a book of their own, in payloads of our own writing, and whole calls there.

Each desk has one conditional order, 41 of ETH/USD, and says of it in its ordinary book that there is no such order.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import hk_adapter as hk
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.execution.operate import Core
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.model import Operation
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venues.ccxt_bridge.plugin import CcxtVenue
from tests.asking import plain
from tests.ccxt_bridge.by_hand import NOW
from tests.ccxt_bridge.market_order_table import ready

AT = str(NOW)
MEMBERS = ("okx", "bitget", "gate", "kucoin", "binance")
SWAP = {
    "type": "swap",
    "spot": False,
    "swap": True,
    "contract": True,
    "linear": True,
    "inverse": False,
    "settle": "USD",
    "settleId": "USD",
    "contractSize": 1,
}


@dataclass
class Desk:
    """One exchange.

    Attributes:
        member: ccxt's name of it.
        word: the flag by which the caller names the conditional book.
        canceled: how it answers a cancel of a conditional order.
        row: how it shows the order.
        shown: where it shows conditional orders: ends of paths, and the answer to put the row into.
        unknown: how it says that there is no such order.
        states: the word for the state in the row, resting and canceled, and its key.
        market: what is particular of its market.
        asked: the reads that arrived, by path.
    """

    member: str
    word: str
    canceled: tuple[str, dict[str, Any]]
    row: dict[str, Any]
    shown: dict[str, Any]
    unknown: dict[str, Any]
    states: tuple[str, str, str]
    market: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    live: bool = True

    def venue(self) -> CcxtVenue:
        """Open it."""
        venue = ready(self.member)
        kinds = dict.fromkeys(("swap", "future", "option", "margin", "contract", "linear", "inverse", "stock"), False)
        for market in (venue._exchange.markets["ETH/USD"], *venue._exchange.markets_by_id["ETHUSD"]):
            market.update(kinds | self.market)
        venue._exchange.options.update(unifiedAccount=False)
        return venue

    def answer(self, request: HttpRequest) -> Response:
        """Answer one request."""
        path = urlsplit(request.url).path
        text = (request.body or b"").decode() + request.url
        end, body = self.canceled
        if request.method != "GET":
            if end not in path or "41" not in text:
                return _says(self.unknown)
            self.live = False
            return _says(body)
        self.asked.append(path)
        for place, shape in self.shown.items():
            if place in path:
                key, resting, ended = self.states
                if not self.live and ("current" in path or "open" in path or "pending" in path):
                    return _says(json.loads(json.dumps(shape).replace('"ROW"', "").replace("[null]", "[]")))
                row = self.row | {key: resting if self.live else ended}
                return _says(json.loads(json.dumps(shape).replace('"ROW"', json.dumps(row))))
        return _says(self.unknown)


def _says(body: Any) -> Response:
    return Response(200, {}, json.dumps(body).encode())


def desk_of(member: str) -> Desk:
    """Make the desk of one exchange."""
    return next(desk for desk in _desks() if desk.member == member)


def _desks() -> list[Desk]:
    return [
        Desk(
            "okx",
            "stop",
            ("cancel-algos", {"code": "0", "msg": "", "data": [{"algoId": "41", "sCode": "0", "sMsg": ""}]}),
            {
                "algoId": "41",
                "ordType": "conditional",
                "instId": "ETHUSD",
                "instType": "SPOT",
                "side": "sell",
                "sz": "0.5",
                "slTriggerPx": "1700",
                "slOrdPx": "1690",
                "tpTriggerPx": "2500",
                "tpOrdPx": "-1",
                "actualSz": "",
                "ordId": "",
                "triggerTime": "",
                "cTime": AT,
            },
            {"order-algo": {"code": "0", "msg": "", "data": ["ROW"]}},
            {"code": "51603", "msg": "Order does not exist", "data": []},
            ("state", "live", "canceled"),
        ),
        Desk(
            "bitget",
            "stop",
            ("cancel-plan-order", {"code": "00000", "msg": "success", "data": {"result": "success"}}),
            {
                "orderId": "41",
                "clientOid": "theirs",
                "symbol": "ETHUSD",
                "size": "0.5",
                "executePrice": "1690",
                "triggerPrice": "1700",
                "orderType": "limit",
                "side": "sell",
                "planType": "amount",
                "cTime": AT,
            },
            {
                "current-plan-order": {"code": "00000", "data": {"nextFlag": False, "orderList": ["ROW"]}},
                "history-plan-order": {"code": "00000", "data": {"nextFlag": False, "orderList": ["ROW"]}},
            },
            {"code": "43001", "msg": "The order does not exist"},
            ("status", "live", "cancelled"),
        ),
        Desk(
            "gate",
            "trigger",
            ("price_orders/41", {"id": "41", "market": "ETHUSD", "status": "cancelled", "put": {}, "trigger": {}}),
            {
                "id": "41",
                "market": "ETHUSD",
                "put": {"type": "limit", "side": "sell", "price": "1690", "amount": "0.5", "time_in_force": "gtc"},
                "trigger": {"price": "1700", "rule": "<=", "expiration": 3600},
                "ctime": NOW // 1000,
            },
            {"price_orders": "ROW"},
            {"label": "ORDER_NOT_FOUND", "message": "Order not found"},
            ("status", "open", "cancelled"),
        ),
        Desk(
            "kucoin",
            "stop",
            ("stop-order/41", {"code": "200000", "data": {"cancelledOrderIds": ["41"]}}),
            {
                "id": "41",
                "symbol": "ETHUSD",
                "type": "limit",
                "side": "sell",
                "price": "1690",
                "size": "0.5",
                "stop": "loss",
                "stopPrice": "1700",
                "clientOid": "theirs",
                "createdAt": NOW,
                "isActive": False,
                "cancelExist": True,
                "dealSize": "0",
                "dealFunds": "0",
            },
            {"stop-order/41": {"code": "200000", "data": "ROW"}},
            {"code": "400100", "msg": "order not exist"},
            ("status", "NEW", "CANCELLED"),
        ),
        Desk(
            "binance",
            "trigger",
            ("algoOrder", {"algoId": 41, "clientAlgoId": "theirs", "code": "200", "msg": "success"}),
            {
                "algoId": 41,
                "clientAlgoId": "theirs",
                "algoType": "CONDITIONAL",
                "orderType": "STOP",
                "symbol": "ETHUSD",
                "side": "SELL",
                "timeInForce": "GTC",
                "quantity": "0.5",
                "triggerPrice": "1700.00",
                "price": "1690.00",
                "createTime": NOW,
                "updateTime": NOW,
                "triggerTime": 0,
                "actualOrderId": "",
                "actualQty": "0",
            },
            {"algoOrder": "ROW"},
            {"code": -2013, "msg": "Order does not exist."},
            ("algoStatus", "NEW", "CANCELED"),
            SWAP,
        ),
    ]


class Net:
    """Brings requests to a desk; each exchange takes 50 ms. ``losing`` answers get lost, those of changes first."""

    def __init__(self, time: VirtualTime, desk: Any, *, losing: int = 0) -> None:
        self.time, self.desk, self.losing = time, desk, losing

    def send(self, request: HttpRequest, deadline: float) -> Any:
        """Tell the story of one exchange."""
        yield self.time.now + 0.05
        response = self.desk.answer(request)
        if self.losing and request.method != "GET":
            self.losing -= 1
            raise hk.OutcomeUnknown("no answer came")
        return response


def called(desk: Any, venue: CcxtVenue, name: str, request: Any, *, losing: int = 0, timeout: float = 10.0) -> Any:
    """Run one whole call, in virtual time; give what came of it, or its error."""
    time = VirtualTime()
    core = Core(
        SharedLookups(), client_ids=venue.client_ids, check_cancel=venue.check_cancel, look_params=venue.look_params
    )
    core.attach(plain(venue))
    runtime = Runtime(
        prepare=lambda call: call.request,  # type: ignore[attr-defined]
        clock=VenueClock(time.monotonic, time.monotonic),
        admission=RateBudget({}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    operation = Operation(name=name, request=request, timeout=timeout)
    try:
        return VirtualRunner(runtime, Net(time, desk, losing=losing), time).run(core.operate(operation=operation))
    except hk.AdapterError as error:
        return error
