"""Conditional orders: many exchanges keep them in a book of their own, which ccxt looks into when ``params`` say so.

Which of ccxt's methods take the word is read off their code. One that does not would ask for ordinary orders, and an
order that these do not show would seem to be gone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import NotSupported
from hk_adapter.model import CreateOrderRequest, Order, OrderStatus
from hk_adapter.model.frozen import thawed
from hk_adapter.venues.ccxt_bridge.capabilities import HISTORIES, words_read

WORDS = (("trigger", "stop", "conditional", "is_stop_order"), ("trailing",), ("tpsl",))
"""Flags of ccxt's ``params`` that name such a book; those of one group mean the same."""
LOOKS = ("fetch_order", "fetch_open_orders")
_HISTORY_METHODS = {
    "fetchOrders": "fetch_orders",
    "fetchCanceledAndClosedOrders": "fetch_canceled_and_closed_orders",
    "fetchClosedOrders": "fetch_closed_orders",
    "fetchCanceledOrders": "fetch_canceled_orders",
}
_PRICES = ("triggerPrice", "stopPrice", "stopLossPrice", "takeProfitPrice")
"""Terms of a new order that is conditional; ccxt's ``stopLoss`` and ``takeProfit`` are attached to ordinary ones."""
_TRAILING = ("trailingAmount", "trailingPercent")
_HAPPENED = re.compile(r"actual|exec|deal|fill|trigger_?time|^ord_?id$", re.IGNORECASE)
_PRICE = re.compile(r"price|px$|avg", re.IGNORECASE)


def as_read(exchange: Any, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``params`` as a method of an exchange reads them: by the word that it takes for a book.

    Raises NotSupported for a method that would look into another book than they name.
    """
    given: dict[str, Any] = thawed(params)
    for group in WORDS:
        said = [word for word in group if given.get(word)]
        if not said:
            continue
        kind = type(exchange)
        read = words_read(kind, method, group)
        if read:
            kept = [word for word in said if word in read] or [next(word for word in group if word in read)]
            flag = given[said[0]]
            given = {key: value for key, value in given.items() if key not in said} | dict.fromkeys(kept, flag)
        elif method != "cancel_order" and is_kept_apart(exchange, group):
            raise NotSupported(f"ccxt's {method} of {exchange.id} shows no {said[0]} orders")
        elif method != "cancel_order" and words_read(kind, "cancel_order", group):
            given = {key: value for key, value in given.items() if key not in said}  # the look-ups show both
    return given


def names_a_book(exchange: Any, method: str, params: Mapping[str, Any]) -> bool:
    """Whether a method, asked like that, looks into a book of conditional orders."""
    return any(words_read(type(exchange), method, [word for word in group if params.get(word)]) for group in WORDS)


def is_kept_apart(exchange: Any, group: tuple[str, ...] = WORDS[0]) -> bool:
    """Whether a cancel and a look-up of an exchange take a word of the group: others show no such orders."""
    kind = type(exchange)
    looks = any(words_read(kind, method, group) for method in look_ups(exchange))
    return looks and bool(words_read(kind, "cancel_order", group))


def look_ups(exchange: Any) -> tuple[str, ...]:
    """Name the methods that show orders, as far as the exchange has them."""
    listed = {method for way in HISTORIES for method in way if exchange.has.get(method)}
    methods = (name for key, name in _HISTORY_METHODS.items() if key in listed)
    has = {"fetch_order": "fetchOrder", "fetch_open_orders": "fetchOpenOrders"}
    return (*(name for name in LOOKS if exchange.has.get(has[name])), *methods)


def look_params(exchange: Any, request: CreateOrderRequest) -> dict[str, Any]:
    """Return what the look-ups of a new order have to say: the book that its terms put it into, and nothing else."""
    asked = request.params
    found = {word: asked[word] for group in WORDS for word in group if asked.get(word)}
    if any(asked.get(name) for name in _TRAILING) and is_kept_apart(exchange, WORDS[1]):
        found |= {"trailing": True}
    elif any(asked.get(name) for name in (*_PRICES, *_TRAILING)) and is_kept_apart(exchange):
        found |= {"trigger": True}
    return found


def untouched(order: Order) -> Order:
    """Return a conditional order that ended before it was set off as one of which nothing was filled.

    Its row mostly says no more than that it was canceled. Where anything of it tells of an execution, it is left.
    """
    ended = order.status in {OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.REJECTED}
    if not ended or order.filled is not None or _tells_of_execution(order.info):
        return order
    return replace(order, filled=Decimal(0), remaining=None)


def _tells_of_execution(info: Any) -> bool:
    if not isinstance(info, Mapping):
        return True  # nobody knows
    told = (value for key, value in info.items() if _HAPPENED.search(str(key)) and not _PRICE.search(str(key)))
    return any(_is_something(value) for value in told)


def _is_something(value: Any) -> bool:
    if value is None or value is False or value == "":
        return False
    try:
        return Decimal(str(value)) != 0
    except InvalidOperation:
        return True
