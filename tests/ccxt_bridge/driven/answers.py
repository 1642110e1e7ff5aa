"""The answers of one exchange to each method of ccxt's, in its own raw form, learned from ccxt's code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hk_adapter.flow.http import HttpRequest, Response
from tests.ccxt_bridge.by_hand import Answering
from tests.ccxt_bridge.driven.envelopes import Path, approved, put, reached
from tests.ccxt_bridge.driven.raw_rows import ORDER, TRADE, Names, names, row, time_of, words

CREATED: Mapping[str, Path] = {
    "bithumb": ("order_id",),
    "bittrade": ("data",),
    "coinbase": ("success_response", "order_id"),
    "coinmate": ("data",),
    "coinspot": ("id",),
    "dydx": ("result", "hash"),
    "htx": ("data",),
    "hyperliquid": ("response", "data", "statuses", 0, "resting", "oid"),
    "independentreserve": ("OrderGuid",),
    "kraken": ("result", "txid", 0),
    "luno": ("order_id",),
    "mercado": ("response_data", "order", "order_id"),
    "polymarket": (0, "oid"),
    "revolutx": ("data", "venue_order_id"),
    "zaif": ("return", "order_id"),
}
"""Where a create's answer has the id alone, where that cannot be learned."""
KUCOIN = {
    "open": {"isActive": True},
    "canceled": {"isActive": False, "cancelExist": True},
    "closed": {"isActive": False},
}
MORE: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "gemini": {"open": {"is_live": True}, "canceled": {"is_cancelled": True}, "closed": {}},
    "kucoin": KUCOIN,
    "kucoinfutures": KUCOIN,
    "latoken": {state: {"baseCurrency": "ETH", "quoteCurrency": "USD"} for state in ("open", "canceled", "closed")},
    "pacifica": {state: {"history_id": 7} for state in ("open", "canceled", "closed")},
}
"""What else ccxt reads an order's state from, or cannot do without."""
OF_A_MARKET_ORDER: Mapping[str, Mapping[str, Any]] = {"grvt": {"is_market": True}}
"""What ccxt takes an order for a limit order without."""
PLACES: Mapping[tuple[str, str], Path] = {
    ("apex", "create_order"): ("data",),
    ("kraken", "fetch_order"): ("result", "41"),
    ("kraken", "fetch_open_orders"): ("result", "open", "41"),
    ("kraken", "fetch_my_trades"): ("result", "trades", "7"),
    ("polymarket", "fetch_order"): (0,),
    ("whitebit", "fetch_order"): (0,),
}
GOOD: Mapping[str, Mapping[str, Any]] = {
    "pacifica": {"success": True},
    "coinbase": {"success": True},
    "hyperliquid": {"status": "ok"},
}
"""What an answer says of itself where ccxt does without, and then takes it for a refusal."""
HAS = {
    "fetch_order": "fetchOrder",
    "fetch_open_orders": "fetchOpenOrders",
    "fetch_orders": "fetchOrders",
    "fetch_closed_orders": "fetchClosedOrders",
    "fetch_canceled_orders": "fetchCanceledOrders",
    "fetch_canceled_and_closed_orders": "fetchCanceledAndClosedOrders",
    "fetch_my_trades": "fetchMyTrades",
}
ASKED_FIRST: Mapping[str, Any] = {"/abci_info": {"result": {"response": {"last_block_height": "49157714"}}}}
"""What is answered to what ccxt asks for within the call of an order, by the end of its address."""
AMOUNT, PRICE = Decimal(13), Decimal(2000)


@dataclass(slots=True)
class Answers:
    """What was learned of one exchange.

    Attributes:
        order: under which names its raw orders have what; ``fill`` likewise.
        words: its words for a buy, a limit order, and the states of an order.
        places: where in an answer to a method the row is; with "id", the id alone.
    """

    exchange: Any
    order: Names = field(default_factory=dict)
    fill: Names = field(default_factory=dict)
    words: dict[str, Any] = field(default_factory=dict)
    fill_words: dict[str, Any] = field(default_factory=dict)
    places: dict[str, tuple[Path, str | None]] = field(default_factory=dict)

    def order_row(self, state: str, **told: Any) -> dict[str, Any]:
        """Write a raw order in a state: ``open``, ``canceled`` or ``closed``."""
        filled = AMOUNT if state == "closed" else Decimal(0)
        values = {
            "id": "41",
            "status": self.words.get(state),
            "symbol": self.market_id(),
            "side": self.words.get("side"),
            "type": self.words.get("type"),
            "price": str(PRICE),
            "amount": str(AMOUNT),
            "filled": str(filled),
            "remaining": str(AMOUNT - filled),
            "timestamp": self.words.get("timestamp"),
        }
        written = row(self.order, {name: value for name, value in (values | told).items() if value is not None})
        return written | dict(MORE.get(self.exchange.id, {}).get(state, {}))

    def fill_row(self, **told: Any) -> dict[str, Any]:
        """Write a raw fill."""
        values = {"symbol": self.market_id(), "side": self.fill_words.get("side"), "price": str(PRICE), "amount": "2"}
        values["timestamp"] = self.fill_words.get("timestamp")
        return row(self.fill, {name: value for name, value in (values | told).items() if value is not None})

    def market_id(self) -> str:
        """Name the one market there is, as the exchange does."""
        return str(next(iter(self.exchange.markets.values()))["id"])

    def of(self, method: str, *raw: Any) -> Any:
        """Write the answer to a method that shows raw rows; None where it is not known where."""
        if method not in self.places:
            return None
        path, kind = self.places[method]
        if kind == "id":
            answer = put(path, "41")
        elif len(raw) == 1:
            answer = put(path, raw[0])
        else:
            answer = put(path[:-1], dict(enumerate(raw)) if isinstance(path[-1], str) else list(raw))
        good = GOOD.get(self.exchange.id)
        return approved(self.exchange, {**answer, **good} if good and isinstance(answer, Mapping) else answer)

    def body(self, method: str, rows: list[Any]) -> Any:
        """Write the answer to a method that shows these rows; of a method that is not known, one that passes."""
        body = self.of(method, *rows) if rows or self.is_list(method) else None
        return approved(self.exchange, {}) if body is None else body

    def is_list(self, method: str) -> bool:
        """Whether the answer to a method holds a list of rows."""
        path, kind = self.places.get(method, ((), "id"))
        return (
            kind is None
            and bool(path)
            and method != "fetch_order"
            and (isinstance(path[-1], int) or path[-1] in {"41", "7"})
        )

    def states(self) -> bool:
        """Whether the states of an order are told otherwise than by a word."""
        return self.exchange.id in MORE and "status" not in self.order


def asked_first(url: str) -> Any:
    """Give the answer to what ccxt asks for before it sends an order; None for anything else."""
    return next((answer for end, answer in ASKED_FIRST.items() if url.endswith(end)), None)


def after_first(answer: Answering) -> Answering:
    """Answer what ccxt asks for before it sends an order, and all else by ``answer``."""

    def answering(request: HttpRequest) -> Response:
        first = asked_first(request.url)
        return answer(request) if first is None else Response(200, {}, json.dumps(first).encode())

    return answering


def learned(exchange: Any, symbol: str, params: Mapping[str, Any]) -> Answers:
    """Learn what an exchange's answers look like."""
    found = Answers(exchange)
    found.order = names(exchange, ORDER)
    found.words = words(exchange, found.order, ORDER) | {"timestamp": time_of(exchange, found.order, ORDER)}
    if exchange.has.get("fetchMyTrades"):
        found.fill = names(exchange, TRADE)
        found.fill_words = words(exchange, found.fill, TRADE) | {"timestamp": time_of(exchange, found.fill, TRADE)}
    calls: dict[str, tuple[Any, ...]] = {
        "create_order": (symbol, "limit", "buy", AMOUNT, PRICE, {**params, "clientOrderId": "1234567"}),
        "cancel_order": ("41", symbol, dict(params)),
        "fetch_order": ("41", symbol, {}),
        **dict.fromkeys(list(HAS)[1:], (symbol, None, None, {})),
    }
    for method, arguments in calls.items():
        if method in HAS and exchange.has.get(HAS[method]) is not True:
            continue
        place = reached(exchange, method, arguments)
        if method == "create_order" and exchange.id in CREATED:
            place = (CREATED[exchange.id], "id")
        if (exchange.id, method) in PLACES:
            place = (PLACES[exchange.id, method], None)
        if place is not None:
            found.places[method] = place
    return found
