"""HashKey as its documentation (Sept 2026) writes its answers, for the suite."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from hk_adapter.flow.effects import HttpCall
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.model import OrderSide, OrderStatus, OrderType
from hk_adapter.testing import example_key
from hk_adapter.testing.conformance import (
    Asked,
    BatchRow,
    Refusal,
    Request,
    ScriptedFill,
    ScriptedOrder,
    SignedExample,
    StateWord,
)
from tests.conformance.hashkey_desk import HashKeyDeskScript
from tests.conformance.hashkey_market_stream import HashKeyMarketStreamScript
from tests.conformance.hashkey_stream import HashKeyStreamScript

_ACCOUNT = "1464567707961719552"
_KEY = (  # as the documentation prints it, with what it signs
    "tAQfOrPIZAhym0qHISRt8EFvxPemdBm5j5WMlkm3Ke9aFp0EGWC2CGM8GHV4kCYW",
    "lH3ELTNiFxCQTmi9pPcWWikhsjO04Yoqw3euoHUuOLC3GYBW64ZqzQsiOEHXQS76",
)
_TERMS = "symbol=ETHBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
_TIME = 1538323200000
_SIGNED = f"{_TERMS}&timestamp={_TIME}"
_SIGNATURE = "5f2750ad7589d1d40757a55342e621a44037dad23b5128cc70e18ec1d1c3f4c6"
_OLDER_CREATE = "/api/v1/spot/order"
_KINDS = {
    ("DELETE", "/api/v1/spot/order"): Request.CANCEL,
    ("GET", "/api/v1/spot/order"): Request.QUERY,
    ("POST", "/api/v1.1/spot/order"): Request.CREATE,
    ("POST", "/api/v1/spot/order"): Request.CREATE,
    ("POST", "/api/v1.1/spot/batchOrders"): Request.CREATE_MANY,
    ("POST", "/api/v1/spot/batchOrders"): Request.CREATE_MANY,
    ("GET", "/api/v1/spot/openOrders"): Request.OPEN_ORDERS,
    ("DELETE", "/api/v1/spot/cancelOrderByIds"): Request.CANCEL_MANY,
    ("GET", "/api/v1/spot/tradeOrders"): Request.ENDED_ORDERS,
    ("GET", "/api/v1/account/trades"): Request.FILLS,
    ("GET", "/api/v1/account"): Request.BALANCES,
    ("POST", "/api/v1/userDataStream"): Request.OPEN_STREAM,
    ("PUT", "/api/v1/userDataStream"): Request.RENEW_STREAM,
    ("DELETE", "/api/v1/userDataStream"): Request.CLOSE_STREAM,
    ("GET", "/api/v1/exchangeInfo"): Request.MARKETS,
    ("GET", "/quote/v1/depth"): Request.BOOK,
    ("GET", "/quote/v1/trades"): Request.TRADES,
    ("GET", "/quote/v1/ticker/24hr"): Request.TICKERS,
}
_REFUSALS = {
    Refusal.NO_SUCH_ORDER: (400, "-1143"),
    Refusal.ENDED: (400, "-1142"),
    Refusal.BAD_KEY: (400, "0102"),
    Refusal.RATE_LIMITED: (429, "0003"),
    Refusal.NO_FUNDS: (400, "0401"),
    Refusal.DUPLICATE: (400, "-1141"),
    Refusal.CLOSED: (400, "-2001"),
    Refusal.CLOCK_SKEW: (400, "-1021"),
    Refusal.UNKNOWN_WORD: (400, "-7777"),
}


class HashKeyScript(HashKeyDeskScript, HashKeyStreamScript, HashKeyMarketStreamScript):
    """The venue's side."""

    symbol = "ETH/USD"
    other_symbol = "BTC/USD"

    def order_id(self, number: int) -> str:
        """Write nineteen digits."""
        return str(2309051593514812393 + number * 8_388_608)

    def read(self, request: HttpRequest) -> Asked:
        """Read a query or a form, or, of several creates, a body of JSON."""
        parts = urlsplit(request.url)
        kind = _KINDS.get((request.method, parts.path), Request.OTHER)
        older = parts.path == _OLDER_CREATE
        if kind is Request.CREATE_MANY:
            several = tuple(self._asked(Request.CREATE, one) for one in json.loads(request.body or b"[]"))
            return Asked(kind=kind, orders=several, limit=20)
        text = f"{parts.query}&{(request.body or b'').decode()}"
        return self._asked(kind, {name: values[0] for name, values in parse_qs(text).items()}, older=older)

    def _asked(self, kind: Request, named: dict[str, str], *, older: bool = False) -> Asked:
        """Read parameters; at the ``older`` endpoint the quantity of a market order to buy is what it may cost."""
        at_market = named.get("type") == "MARKET"
        by_cost = older and at_market and named.get("side") == "BUY"
        listed = kind in {Request.OPEN_ORDERS, Request.ENDED_ORDERS, Request.FILLS}
        own = named.get("clientOrderId") or named.get("origClientOrderId") or named.get("newClientOrderId")
        return Asked(
            kind=kind,
            order_id=None if listed else named.get("orderId"),
            client_order_id=own,
            symbol=f"{named['symbol'].removesuffix('USD')}/USD" if "symbol" in named else None,
            type=None if kind is not Request.CREATE else OrderType.MARKET if at_market else OrderType.LIMIT,
            side=OrderSide(named["side"].lower()) if "side" in named else None,
            price=Decimal(named["price"]) if "price" in named else None,
            amount=None if by_cost or "quantity" not in named else Decimal(named["quantity"]),
            cost=Decimal(named["amount"]) if "amount" in named else Decimal(named["quantity"]) if by_cost else None,
            after_id=named.get("orderId", named.get("toId")) if listed else None,
            limit=int(named.get("limit", 500)),
            order_ids=tuple(named["ids"].split(",")) if "ids" in named else (),
            since=int(named["startTime"]) if "startTime" in named else None,
            until=int(named["endTime"]) if "endTime" in named else None,
            stream_key=named.get("listenKey"),
        )

    def order(self, order: ScriptedOrder) -> Response:
        """Answer with all that a query shows."""
        return _json(_row(order))

    def accepted(self, order: ScriptedOrder) -> Response:
        """Answer with the order as it was before."""
        return _json(_short(order))

    def created(self, order: ScriptedOrder) -> Response:
        """Answer with the order as it is taken in."""
        return _json(
            _short(order) | {"symbolName": order.symbol.replace("/", ""), "reqAmount": "0", "concentration": ""}
        )

    def page(self, orders: Sequence[ScriptedOrder], *, is_last: bool) -> Response:
        """Answer with a bare list: a full one may go on."""
        return _json([_row(order) for order in orders])

    history = page

    def batch(self, rows: Sequence[BatchRow]) -> Response:
        """Answer with those that failed."""
        failed = [(row.order.id, _REFUSALS[row.refusal][1]) for row in rows if row.refusal is not None]
        told = [{"orderId": order_id, "code": code} for order_id, code in failed]
        return _json({"code": "0000", "result": told or None})

    def created_many(self, rows: Sequence[BatchRow]) -> Response:
        """Answer at each order's place; one that failed is not named."""
        told = [
            {"code": "0000", "order": _short(row.order)}
            if row.refusal is None
            else {"code": _REFUSALS[row.refusal][1], "msg": "refused"}
            for row in rows
        ]
        return _json({"code": 0, "result": told, "concentration": ""})

    def fill_id(self, number: int) -> str:
        """Write nineteen digits."""
        return str(2309051593514900000 + number)

    def fills(self, fills: Sequence[ScriptedFill], *, is_last: bool) -> Response:
        """Answer with a bare list."""
        return _json([_fill(fill) for fill in fills])

    def refusal(self, refusal: Refusal) -> Response:
        """Answer with a code, mostly under HTTP 400."""
        status, code = _REFUSALS[refusal]
        return _json({"code": code, "msg": "refused"}, status)

    def other(self, request: HttpRequest, now: int) -> Response:
        """Tell the time, or the account."""
        if request.path == "/api/v1/account/type":
            return _json([{"accountId": _ACCOUNT, "accountLabel": "Main", "accountType": 1, "accountIndex": 0}])
        return _json({"serverTime": now})

    def word(self, order: ScriptedOrder) -> str:
        """Write how an order stands."""
        return _word(order)

    def state_words(self) -> Sequence[StateWord]:
        """Tell all of the documentation."""
        return [
            StateWord(word="PENDING_NEW", status=OrderStatus.PENDING_NEW),
            StateWord(word="NEW", status=OrderStatus.OPEN),
            StateWord(word="PARTIALLY_FILLED", status=OrderStatus.OPEN, filled=Decimal("0.5")),
            StateWord(word="FILLED", status=OrderStatus.CLOSED),
            StateWord(word="CANCELED", status=OrderStatus.CANCELED),
            StateWord(word="PARTIALLY_CANCELED", status=OrderStatus.CANCELED, filled=Decimal("0.5")),
            StateWord(word="REJECTED", status=OrderStatus.REJECTED),
        ]

    def signed_examples(self) -> Sequence[SignedExample]:
        """Sign what the documentation signs, in a query and in a body."""
        params = dict(parse_qsl(_TERMS))
        url = "https://api-pro.hashkey.com/api/v1/spot/order"
        sent = f"{_SIGNED}&signature={_SIGNATURE}"
        given: dict[str, Any] = {"key": example_key(*_KEY), "timestamp": _TIME}
        by_query, by_form = (
            HttpCall(method, "/api/v1/spot/order", params=params, signed=True) for method in ("DELETE", "POST")
        )
        return [
            SignedExample(call=by_query, url=f"{url}?{sent}", **given),
            SignedExample(call=by_form, url=url, body=sent.encode(), **given),
        ]


def _short(order: ScriptedOrder) -> dict[str, Any]:
    return {
        "accountId": _ACCOUNT,
        "symbol": order.symbol.replace("/", ""),
        "clientOrderId": order.client_order_id or f"{order.created}1",
        "orderId": order.id,
        "transactTime": str(order.created),
        "price": f"{order.price:f}",
        "origQty": f"{order.amount:f}",
        "executedQty": f"{order.filled:f}",
        "status": _word(order),
        "timeInForce": "GTC" if order.type is OrderType.LIMIT else "IOC",
        "type": order.type.upper(),
        "side": order.side.upper(),
    }


def _row(order: ScriptedOrder) -> dict[str, Any]:
    cost = order.price * order.filled
    row = _short(order)
    del row["transactTime"]
    return row | {
        "exchangeId": "301",
        "symbolName": order.symbol.replace("/", ""),
        "cummulativeQuoteQty": f"{cost:f}",
        "cumulativeQuoteQty": f"{cost:f}",
        "avgPrice": f"{order.price:f}" if order.filled else "0",
        "stopPrice": "0.0",
        "icebergQty": "0.0",
        "time": str(order.created),
        "updateTime": str(order.updated),
        "isWorking": True,
        "reqAmount": "0",
        "feeCoin": "",
        "feeAmount": "0",
        "sumFeeAmount": "0",
        "ordCxlReason": "",
        "stpMode": "EXPIRE_TAKER",
    }


def _fill(fill: ScriptedFill) -> dict[str, Any]:
    fee = {"feeCoinId": "USD", "feeCoinName": "USD", "fee": f"{fill.fee:f}"}
    origin = {"originFee": f"{fill.fee:f}", "originCoinId": "USD", "originCoinName": "USD"}
    return {
        "id": fill.id,
        "clientOrderId": fill.order.client_order_id or f"{fill.order.created}1",
        "ticketId": fill.id,
        "symbol": fill.order.symbol.replace("/", ""),
        "symbolName": fill.order.symbol.replace("/", ""),
        "orderId": fill.order.id,
        "matchOrderId": "0",
        "price": f"{fill.price:f}",
        "qty": f"{fill.amount:f}",
        "commission": f"{fill.fee:f}",
        "commissionAsset": "USD",
        "time": str(fill.time),
        "isBuyer": fill.order.side is OrderSide.BUY,
        "isMaker": fill.maker,
        "fee": fee | origin,
        "feeCoinId": "USD",
        "feeAmount": f"{fill.fee:f}",
        "feeSupplementaryAmount": "0",
        "makerRebate": "0",
        "accountId": _ACCOUNT,
        "hskDeduct": False,
        "hskDeductPrice": "",
    }


def _word(order: ScriptedOrder) -> str:
    if order.word is not None:
        return order.word
    if order.status is OrderStatus.CLOSED:
        return "FILLED"
    if order.status is OrderStatus.CANCELED:
        return "PARTIALLY_CANCELED" if order.filled else "CANCELED"
    return "PARTIALLY_FILLED" if order.filled else "NEW"


def _json(payload: Any, status: int = 200) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(payload).encode())
