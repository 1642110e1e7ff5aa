"""Terms of a new order that ccxt leaves out in silence: what is asked for stands in the request, or nothing goes out.

An order that should have ended at once would rest, and one that waits for its trigger would trade. ccxt's ``features``
say that some exchanges take what its code never sends (4.5.90: blofin, coinsph, krakenfutures, toobit, zebpay), or what
it never reads: that goes out under ccxt's own name, which most exchanges know nothing of (bitstamp, delta, luno).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from hk_adapter.errors import NotSupported
from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import CreateOrderRequest, OrderType
from hk_adapter.venues.ccxt_bridge.capabilities import reads_in_create, reads_life
from hk_adapter.venues.ccxt_bridge.market_orders import flat, sent_fields
from hk_adapter.venues.ccxt_bridge.raw_numbers import raw_size

_WORDS = {
    "IOC": re.compile(r"ioc|immediate", re.IGNORECASE),
    "FOK": re.compile(r"fok|fill.?or.?kill", re.IGNORECASE),
    "PO": re.compile(r"post|maker|alo|poc|gtx|passive|participate|(^|\.)po$", re.IGNORECASE),
}
"""What exchanges call how long an order lives, in a field's name or its value."""
_NOTHING = frozenset({"", "0", "false", "no", "none", "null"})
_TRIGGERS = ("triggerPrice", "stopPrice", "stopLossPrice", "takeProfitPrice")
_CONDITIONS = (*_TRIGGERS, "trailingAmount", "trailingPercent", "stopLoss", "takeProfit")
"""ccxt's names of what sets an order off, or of the orders that are attached to it."""
_BY_A_NUMBER = frozenset({("bitfinex", "PO"), ("mexc", "PO"), ("tokocrypto", "IOC"), ("tokocrypto", "FOK")})
"""Exchanges that are told such a word by a number of their own."""
_UNIFIED = {"timeInForce": frozenset({"IOC", "FOK"}), "postOnly": frozenset({"True", "true", "1"})}
"""ccxt's own names and values, which it passes on where its code does not read them."""
_SAME_NAMES = frozenset(
    {
        *((exchange, word) for exchange in ("blockchaincom", "btcmarkets", "poloniex") for word in ("IOC", "FOK")),
        ("btcmarkets", "PO"),
        ("coinmate", "stopPrice"),
        *((exchange, "reduceOnly") for exchange in ("apex", "aster", "btse", "poloniex")),
    }
)
"""Exchanges of those whose documents have the same names and values."""
_SCALED = frozenset({"phemex"})
"""Exchanges whose prices are sent as whole numbers of a small part."""


def check_all_sent(request: CreateOrderRequest, exchange: Any, sent: HttpRequest) -> None:
    """Raise NotSupported for a request that has the order's amount, and not all of its other terms.

    One that has not, as of a wallet's, cannot be read.
    """
    fields = list(_fields(sent))
    numbers = Counter(found for _, value in fields if (found := raw_size(value)) is not None)
    if not any(numbers[one] for one in (request.amount, request.cost) if one is not None):
        return
    word = "PO" if request.post_only else str(request.time_in_force)
    if word in _WORDS and (exchange.id, word) not in _BY_A_NUMBER and not _is_sent(word, exchange, fields):
        raise NotSupported(f"ccxt would leave {word} out of this order of {exchange.id}'s")
    _check_read(request, exchange, fields)
    if exchange.id not in _SCALED:
        _check_triggers(request, exchange, numbers)


def _is_sent(word: str, exchange: Any, fields: list[tuple[str, Any]]) -> bool:
    told = [pair for pair in fields if str(pair[1]).lower() not in _NOTHING]
    if (exchange.id, word) not in _SAME_NAMES and not reads_life(type(exchange), word):
        told = [(name, one) for name, one in told if str(one) not in _UNIFIED.get(name.rpartition(".")[2], ())]
    return any(_WORDS[word].search(str(one)) for pair in told for one in pair)


def _check_read(request: CreateOrderRequest, exchange: Any, fields: list[tuple[str, Any]]) -> None:
    """Refuse what ccxt passes on as it was given, under a name of its own that its code does not read."""
    is_spot = bool(((exchange.markets or {}).get(request.symbol) or {}).get("spot"))
    for name in _CONDITIONS if is_spot else (*_CONDITIONS, "reduceOnly"):
        if not request.params.get(name) or (exchange.id, name) in _SAME_NAMES:
            continue
        if any(name in re.split(r"[.\[\]]", path) for path, _ in fields) and not reads_in_create(type(exchange), name):
            raise NotSupported(f"ccxt does not read {name} of orders of {exchange.id}'s; it would be one without")


def _check_triggers(request: CreateOrderRequest, exchange: Any, numbers: Counter[Decimal]) -> None:
    left = Counter(numbers)
    if request.type is OrderType.LIMIT and request.price is not None:
        left[request.price] -= 1  # which may be the trigger's, too
    for name in _TRIGGERS:
        asked = raw_size(request.params.get(name))
        if asked is None or not asked.is_finite():
            continue
        rounded = raw_size(exchange.price_to_precision(request.symbol, asked))
        if not any(one is not None and left[one] > 0 for one in (asked, rounded)):
            raise NotSupported(f"ccxt would leave {name} out of this order of {exchange.id}'s")


def _fields(sent: HttpRequest) -> Iterator[tuple[str, Any]]:
    """Return the names and values of a request, and those of JSON that stands in it as text."""
    for name, value in sent_fields(sent):
        yield name, value
        if isinstance(value, str) and value.startswith(("{", "[")):
            try:
                yield from flat(name, json.loads(value))
            except ValueError:
                continue
