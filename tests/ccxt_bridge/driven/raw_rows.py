"""Learns by what names ccxt reads an exchange's raw orders and fills, and writes rows of our own by them.

Every text in the code of ccxt's parser is tried as a field of a row, each with a number of its own; the numbers in what
the parser makes of it tell which field is read for what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

from tests.ccxt_bridge.by_hand import NOW

ORDER, TRADE = "order", "trade"
FACTS = {
    ORDER: (
        "id",
        "clientOrderId",
        "status",
        "symbol",
        "side",
        "type",
        "price",
        "amount",
        "filled",
        "remaining",
        "timestamp",
    ),
    TRADE: ("id", "order", "symbol", "side", "price", "amount", "timestamp"),
}
_KUCOIN: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "clientOrderId": ("clientOid",),
    "side": ("side",),
    "type": ("type",),
    "price": ("price",),
    "amount": ("size",),
    "filled": ("dealSize",),
    "timestamp": ("createdAt",),
}
BY_HAND: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("kraken", ORDER): {
        "id": ("id",),
        "clientOrderId": ("cl_ord_id",),
        "status": ("status",),
        "side": ("descr", "type"),
        "type": ("descr", "ordertype"),
        "price": ("descr", "price"),
        "amount": ("vol",),
        "filled": ("vol_exec",),
        "symbol": ("descr", "pair"),
    },
    ("bithumb", ORDER): {
        "id": ("uuid",),
        "clientOrderId": ("client_order_id",),
        "status": ("state",),
        "symbol": ("market",),
        "side": ("side",),
        "type": ("ord_type",),
        "price": ("price",),
        "amount": ("volume",),
        "filled": ("executed_volume",),
        "remaining": ("remaining_volume",),
    },
    ("bittrade", ORDER): {
        "id": ("id",),
        "clientOrderId": ("client-order-id",),
        "status": ("state",),
        "type": ("type",),
        "price": ("price",),
        "amount": ("amount",),
        "filled": ("filled-amount",),
    },
    ("grvt", ORDER): {
        "id": ("order_id",),
        "clientOrderId": ("metadata", "client_order_id"),
        "status": ("state", "status"),
        "timestamp": ("metadata", "create_time"),
    },
    ("nado", ORDER): {"id": ("digest",), "status": ("status",)},
    ("kucoin", ORDER): _KUCOIN,
    ("kucoinfutures", ORDER): _KUCOIN,
}
"""Rows within rows, and those that are of several kinds."""
_WORDS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "side": {"buy": ("buy", "BUY", "Buy", "BID", "bid", "B", "b", True, False, 1, "1", 0, "LIMIT_BUY", "Bid")},
    "type": {"limit": ("limit", "LIMIT", "Limit", "exchange limit", "buy-limit", "L", 1, "1", 2)},
}
_OPEN = ("open", "OPEN", "Open", "new", "NEW", "PENDING", "submitted", "pending", 1, 0)
_STATES = {
    "open": "open new active live accepted working pending resting placed unfilled submitted 0 1 2 3 -1 open_order",
    "canceled": "canceled cancelled cancel canceled_all user_canceled user_cancelled manually_cancelled 2 3 4 5 6 7 -1",
    "closed": "closed filled done executed full_fill fulfilled complete completed full finished 2 3 4 5 1 0",
}
_REFUSED = re.compile(r"err|msg|message|reject|^code$|algo|tpsl|trigger", re.IGNORECASE)
"""Fields of orders that were refused, or are of another kind."""
_FIRST = 1_600_000_000_000
Names = dict[str, tuple[str, ...]]


def names(exchange: Any, what: str) -> Names:
    """Say under which path of a raw row each fact of an order or of a fill is read; what is not found is left out."""
    by_hand = BY_HAND.get((exchange.id, what))
    if by_hand is not None:
        return dict(by_hand)
    keys = [key for key in _keys(type(exchange), f"parse_{what}") if not _REFUSED.search(key)]
    best = _read(exchange, what, keys)
    for key in list(keys):  # some fields turn the parser to another kind of row
        if len(best) == len(FACTS[what]):
            break
        fewer = [one for one in keys if one != key]
        found = _read(exchange, what, fewer)
        if len(found) > len(best) and best.keys() <= found.keys():
            keys, best = fewer, found
    found = {fact: (key,) for fact, key in best.items()}
    return found | _by_words(exchange, what, found, keys)


def row(paths: Names, values: Mapping[str, Any]) -> dict[str, Any]:
    """Write a raw row of the values that have a name."""
    written: dict[str, Any] = {}
    for fact, value in values.items():
        if fact in paths:
            place = written
            *outer, last = paths[fact]
            for one in outer:
                place = place.setdefault(one, {})
            place.setdefault(last, value)
    return written


def time_of(exchange: Any, paths: Names, what: str) -> Any:
    """Write the moment of the tests in the exchange's own way; None where it is not known."""
    market = next(iter(exchange.markets.values()))
    for written in (NOW, NOW // 1000, NOW * 1000, NOW * 1_000_000, exchange.iso8601(NOW), "2026-09-21 14:13:20"):
        if _parsed(exchange, what, row(paths, {"id": "41", "timestamp": written}), market).get("timestamp") == NOW:
            return written
    return None


def words(exchange: Any, paths: Names, what: str) -> dict[str, Any]:
    """Find the exchange's words: for a buy, a limit order, an order's states; what is not found is left out."""
    market = next(iter(exchange.markets.values()))
    found: dict[str, Any] = {}
    for fact, wanted in _wanted(exchange, what):
        for meaning, tried in wanted:
            name = meaning if fact == "status" else fact
            for word in tried:
                base = {"id": "41", **{one: found[one] for one in ("side", "type") if one in found}}
                if _parsed(exchange, what, row(paths, {**base, fact: word}), market).get(fact) == meaning:
                    found[name] = word
                    break
    return found


def _by_words(exchange: Any, what: str, paths: Names, keys: list[str]) -> Names:
    """Find the fields that ccxt compares with words of theirs, and passes nothing else of on."""
    market = next(iter(exchange.markets.values()))
    wanted: dict[str, tuple[Any, tuple[Any, ...]]] = {
        "side": ("buy", _WORDS["side"]["buy"]),
        "symbol": (market["symbol"], (market["id"],)),
        "timestamp": (NOW, (exchange.iso8601(NOW), "2026-09-21 14:13:20", NOW, NOW // 1000)),
    } | ({"status": ("open", (*_OPEN, *_keys(type(exchange), "parse_order_status")))} if what == ORDER else {})
    base = {"id": "41", "amount": "2", "filled": "0", "remaining": "2", "price": "1900"}
    found: Names = {}
    for fact, (meaning, tried) in wanted.items():
        if fact in paths:
            continue
        market = None if fact == "symbol" else next(iter(exchange.markets.values()))
        plain = _parsed(exchange, what, row(paths, base), market).get(fact)
        for key in keys:
            if plain == meaning or (key,) in paths.values():
                continue
            if any(
                _parsed(exchange, what, row(paths, base) | {key: word}, market).get(fact) == meaning for word in tried
            ):
                found[fact] = (key,)
                break
    return found


def _wanted(exchange: Any, what: str) -> Iterator[tuple[str, list[tuple[str, tuple[Any, ...]]]]]:
    for fact, wanted in _WORDS.items():
        yield fact, list(wanted.items())
    if what == ORDER:
        known = [*_keys(type(exchange), "parse_order_status"), *_keys(type(exchange), "parse_order")]
        yield "status", [(meaning, _spelled(tried, known)) for meaning, tried in _STATES.items()]


def _spelled(text: str, known: list[str]) -> tuple[Any, ...]:
    usual = text.split()
    likely = [word for word in known if word.lower().replace("_", "") in {one.replace("_", "") for one in usual}]
    spelled = [form for word in usual for form in (word, word.upper(), word.capitalize())]
    numbers = [int(word) for word in usual if word.isdigit()]
    return (*likely, *spelled, *numbers, *known)


def _read(exchange: Any, what: str, keys: list[str]) -> dict[str, str]:
    numbers = {str(_FIRST + 7 * place): key for place, key in enumerate(keys)}
    market = next(iter(exchange.markets.values()))
    parsed = _parsed(exchange, what, {key: number for number, key in numbers.items()}, market)
    return {fact: numbers[text] for fact in FACTS[what] if (text := str(parsed.get(fact))) in numbers}


def _parsed(exchange: Any, what: str, raw: Any, market: Any) -> Mapping[str, Any]:
    """Let ccxt's parser read a row, before it reckons with what it found."""
    kept = vars(exchange).get(f"safe_{what}")
    setattr(exchange, f"safe_{what}", lambda found, market=None: found)
    try:
        parsed = getattr(exchange, f"parse_{what}")(raw, market)
    except Exception:  # noqa: BLE001 - a row of nonsense may make ccxt raise anything
        return {}
    finally:
        if kept is None:
            delattr(exchange, f"safe_{what}")
    return parsed if isinstance(parsed, Mapping) else {}


def _keys(kind: type, method: str) -> Iterator[str]:
    seen: dict[str, None] = {}
    for code in _codes(kind, method, set()):
        seen.update(dict.fromkeys(_texts(code)))
    return (text for text in seen if len(text) < 40 and text.replace("_", "").replace("-", "").isalnum())


def _codes(kind: type, name: str, seen: set[str]) -> Iterator[CodeType]:
    method = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    if name in seen or not isinstance(method, FunctionType) or ".base." in method.__module__:
        return
    seen.add(name)
    yield method.__code__
    for used in method.__code__.co_names:
        if used.startswith("parse_"):
            yield from _codes(kind, used, seen)


def texts_of(kind: type, method: str) -> Iterator[str]:
    """Give the texts in the code of an exchange's method and of the parsers that it calls."""
    return _keys(kind, method)


def _texts(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple):
            yield from (one for one in constant if isinstance(one, str))
