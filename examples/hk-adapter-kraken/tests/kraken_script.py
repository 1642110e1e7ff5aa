"""Kraken's side, for the suite, written from docs.kraken.com and not from the plugin: how it is asked, and answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

import hk_adapter as hk
from hk_adapter.parsing import write_json
from hk_adapter.testing import (
    Asked,
    Refusal,
    Request,
    ScriptedBalance,
    ScriptedFill,
    ScriptedMarket,
    ScriptedOrder,
    SignedExample,
    StateWord,
    example_key,
)

PAIR, SYMBOL = "ETHUSD", "ETH/USD"
PAIRS = {
    "XETHZUSD": {
        "altname": PAIR,
        "wsname": "ETH/USD",
        "base": "XETH",
        "quote": "ZUSD",
        "pair_decimals": 8,
        "lot_decimals": 8,
        "ordermin": "0.00000001",
        "costmin": "0.000000001",
        "tick_size": "0.00000001",
        "status": "online",
    }
}
PAIRS["XXBTZUSD"] = PAIRS["XETHZUSD"] | {"altname": "XBTUSD", "wsname": "XBT/USD", "base": "XXBT"}
OLDER_ASSETS = {"ETH": "XETH", "BTC": "XXBT", "USD": "ZUSD"}
OLDER_WORDS = {"ETH/USD": "XETHZUSD", "BTC/USD": "XXBTZUSD"}
NAMES = {symbol: str(PAIRS[word]["altname"]) for symbol, word in OLDER_WORDS.items()}
SECRET = "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg=="
SIGN = "4/dpxb3iT4tp/ZCVEwSnEsLxx0bqyhLpdfOpc6fn7OR8+UClSV5n9E6aSS8MPtnRfp32bAb0nmbRn6H8ndwLUQ=="
TERMS = {"ordertype": "limit", "pair": "XBTUSD", "price": "37500", "type": "buy", "volume": "1.25"}
"""The documentation's example: a key of nobody's, what it signs, and what comes of it."""
STATES = {hk.OrderStatus.OPEN: "open", hk.OrderStatus.CLOSED: "closed", hk.OrderStatus.CANCELED: "canceled"}
WORDS = {
    "no_such_order": "EOrder:Unknown order",
    "ended": "EOrder:Unknown order",
    "bad_key": "EAPI:Invalid key",
    "rate_limited": "EOrder:Rate limit exceeded",
    "no_funds": "EOrder:Insufficient funds",
    "clock_skew": "EAPI:Invalid nonce",
    "unknown_word": "EOrder:Release the Kraken",
}
KINDS = {
    "CancelOrder": Request.CANCEL,
    "AddOrder": Request.CREATE,
    "QueryOrders": Request.QUERY,
    "OpenOrders": Request.OPEN_ORDERS,
    "ClosedOrders": Request.ENDED_ORDERS,
    "TradesHistory": Request.FILLS,
    "BalanceEx": Request.BALANCES,
    "AssetPairs": Request.MARKETS,
}
LISTS = {"OpenOrders": "open", "ClosedOrders": "closed"}
PAGE, ALL = 50, 100_000
"""Rows of a page of what has ended, and of what is open."""


class KrakenScript:
    """The venue's side.

    A look by the client's id is one in a list, and a list has no word for "no such order": it is empty. So the script
    remembers what was asked last.
    """

    symbol = SYMBOL
    other_symbol = "BTC/USD"
    places = 8

    def __init__(self) -> None:
        self._list: str | None = None

    def order_id(self, number: int) -> str:
        """Write an id."""
        return f"O{number:05d}-KRAKE-NTOOTH"

    def read(self, request: hk.HttpRequest) -> Asked:
        """Read a path and a form."""
        path = request.path.rpartition("/")[2]
        form = dict(parse_qsl((request.body or b"").decode()))
        by_client_id = path in LISTS and "cl_ord_id" in form
        by_cost = "viqc" in form.get("oflags", "")
        self._list = LISTS[path] if by_client_id else None
        return Asked(
            kind=Request.QUERY if by_client_id else KINDS.get(path, Request.OTHER),
            order_id=form.get("txid"),
            client_order_id=form.get("cl_ord_id"),
            symbol=next((symbol for symbol, name in NAMES.items() if name == form.get("pair")), None),
            type=hk.OrderType(form["ordertype"]) if "ordertype" in form else None,
            side=hk.OrderSide(form["type"]) if "type" in form else None,
            price=Decimal(form["price"]) if "price" in form else None,
            amount=None if by_cost or "volume" not in form else Decimal(form["volume"]),
            cost=Decimal(form["volume"]) if by_cost else None,
            limit=ALL if path == "OpenOrders" else PAGE,
            skipped=int(form.get("ofs", "0")),
            since=int(form["start"]) * 1000 if "start" in form else None,
            nonce=int(form["nonce"]) if "nonce" in form else None,
        )

    def order(self, order: ScriptedOrder) -> hk.Response:
        """Show an order, alone, or in the list that it is in."""
        name, self._list = self._list, None
        if name is None:
            return answer({order.id: row(order)})
        return answer({name: {order.id: row(order)} if order.is_ended is (name == "closed") else {}})

    def accepted(self, order: ScriptedOrder) -> hk.Response:
        """Count the order; it is not shown."""
        return answer({"count": 1})

    def created(self, order: ScriptedOrder) -> hk.Response:
        """Tell the id, and what was understood."""
        words = f"{order.side} {order.amount:f} {NAMES[order.symbol]} @ limit {order.price:f}"
        return answer({"descr": {"order": words}, "txid": [order.id]})

    def page(self, orders: Sequence[ScriptedOrder], *, is_last: bool) -> hk.Response:
        """List all open orders: there is one page."""
        return answer({"open": {one.id: row(one) for one in orders}})

    def history(self, orders: Sequence[ScriptedOrder], *, is_last: bool) -> hk.Response:
        """List a page of ended orders; where it ends, the count of all tells."""
        return answer({"closed": {one.id: row(one) for one in orders}, "count": ALL})

    def fill_id(self, number: int) -> str:
        """Write an id."""
        return f"T{number:05d}-KRAKE-NTOOTH"

    def fills(self, fills: Sequence[ScriptedFill], *, is_last: bool) -> hk.Response:
        """List a page of fills."""
        return answer({"trades": {one.id: fill_row(one) for one in fills}, "count": ALL})

    def refusal(self, refusal: Refusal) -> hk.Response:
        """Refuse with HTTP 200; where a list was asked for, there is none of it."""
        name, self._list = self._list, None
        if name is not None and refusal is Refusal.NO_SUCH_ORDER:
            return answer({name: {}})
        return answer(None, WORDS[refusal])

    def other(self, request: hk.HttpRequest, now: int) -> hk.Response:
        """Tell the time."""
        return answer({"unixtime": now // 1000})

    def balances(self, balances: Sequence[ScriptedBalance]) -> hk.Response:
        """Tell what there is, and what orders hold of it, by asset."""
        rows = {one.currency: {"balance": f"{one.total:f}", "hold_trade": f"{one.used:f}"} for one in balances}
        return answer({OLDER_ASSETS.get(name, name): row for name, row in rows.items()})

    def markets(self, markets: Sequence[ScriptedMarket]) -> hk.Response:
        """Tell the pairs by their older words."""
        return answer({OLDER_WORDS[one.symbol]: _pair(one) for one in markets})

    def state_words(self) -> Sequence[StateWord]:
        """Tell all of the documentation."""
        states = {"pending": hk.OrderStatus.PENDING_NEW, "expired": hk.OrderStatus.EXPIRED}
        states |= {word: status for status, word in STATES.items()}
        return [StateWord(word=word, status=states[word]) for word in states]

    def signed_examples(self) -> Sequence[SignedExample]:
        """Sign what docs.kraken.com, "Spot REST authentication", signs."""
        call = hk.HttpCall("POST", "/0/private/AddOrder", params=TERMS, signed=True, nonce=1616492376594)
        key = example_key("public-half", SECRET)
        url, body = "https://api.kraken.com/0/private/AddOrder", f"nonce=1616492376594&{urlencode(TERMS)}".encode()
        return [SignedExample(call=call, key=key, url=url, headers={"API-Sign": SIGN}, body=body)]


def _pair(one: ScriptedMarket) -> dict[str, Any]:
    return PAIRS[OLDER_WORDS[one.symbol]] | {
        "lot_decimals": len(f"{one.amount_step:f}".partition(".")[2]),
        "ordermin": f"{one.least_amount:f}",
        "costmin": f"{one.least_cost:f}",
        "tick_size": f"{one.price_step:f}",
        "status": "online" if one.active else "cancel_only",
    }


def row(order: ScriptedOrder) -> dict[str, Any]:
    """Write an order."""
    pair = NAMES[order.symbol]
    kind = str(order.type)
    terms = f"{order.side} {order.amount:f} {pair} @ {kind} {order.price:f}"
    described = {"pair": pair, "type": str(order.side), "ordertype": kind, "price": f"{order.price:f}"}
    written: dict[str, Any] = {
        "refid": None,
        "userref": 0,
        "cl_ord_id": order.client_order_id,
        "status": order.word or STATES[order.status],
        "opentm": Decimal(order.created) / 1000,
        "starttm": 0,
        "expiretm": 0,
        "descr": described | {"price2": "0", "leverage": "none", "order": terms, "close": ""},
        "vol": f"{order.amount:f}",
        "vol_exec": f"{order.filled:f}",
        "cost": f"{order.filled * order.price:f}",
        "fee": "0.00000000",
        "price": f"{order.price if order.filled else Decimal(0):f}",
        "misc": "",
        "oflags": "fciq",
    }
    return written | ({"closetm": Decimal(order.updated) / 1000, "reason": None} if order.is_ended else {})


def fill_row(fill: ScriptedFill) -> dict[str, Any]:
    """Write a fill; lists of them name the pair by its older word."""
    return {
        "ordertxid": fill.order.id,
        "postxid": "TKRAKE-NTOOT-HHHHHH",
        "pair": OLDER_WORDS[fill.order.symbol],
        "time": Decimal(fill.time) / 1000,
        "type": str(fill.order.side),
        "ordertype": "limit",
        "price": f"{fill.price:f}",
        "cost": f"{fill.price * fill.amount:f}",
        "fee": f"{fill.fee:f}",
        "vol": f"{fill.amount:f}",
        "margin": "0.00000",
        "misc": "",
        "maker": fill.maker,
    }


def answer(result: Mapping[str, Any] | None, *errors: str) -> hk.Response:
    """Write an answer; it is HTTP 200 whatever it says."""
    payload = {"error": list(errors)} | ({} if result is None else {"result": result})
    return hk.Response(200, {"content-type": "application/json"}, write_json(payload))
