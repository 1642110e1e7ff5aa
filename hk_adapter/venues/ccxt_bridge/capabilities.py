"""What one ccxt exchange can do, read off its own tables and code; nothing is sent, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from http import HTTPStatus
from types import CodeType, FunctionType
from typing import Any

from hk_adapter.hooks import SECONDS_AN_ORDER

SERVED_BY: Mapping[str, tuple[str, ...]] = {
    "cancel_order": ("cancelOrder",),
    "cancel_all_orders_after": ("cancelAllOrdersAfter",),
    "create_order": ("createOrder",),
    "fetch_open_orders": ("fetchOpenOrders",),
    "fetch_my_trades": ("fetchMyTrades",),
    "fetch_order_trades": ("fetchOrderTrades",),
    "fetch_balance": ("fetchBalance",),
    "fetch_trading_fees": ("fetchTradingFees", "fetchTradingFee"),
    "fetch_accounts": ("fetchAccounts",),
    "fetch_markets": ("fetchMarkets",),
    "fetch_currencies": ("fetchCurrencies",),
    "fetch_tickers": ("fetchTickers", "fetchTicker"),
    "fetch_order_book": ("fetchOrderBook",),
    "fetch_trades": ("fetchTrades",),
    "fetch_ohlcv": ("fetchOHLCV",),
    "fetch_time": ("fetchTime",),
    "fetch_status": ("fetchStatus",),
}
"""The methods of ccxt that each hook calls: the first one that the exchange has."""

HISTORIES = (
    ("fetchOrders",),
    ("fetchCanceledAndClosedOrders",),
    ("fetchClosedOrders", "fetchCanceledOrders"),
    ("fetchClosedOrders",),
)
"""The ways to list ended orders, best first."""

SLIPPAGE_PRICE = frozenset({"apex", "derive", "hyperliquid", "lighter", "mudrex"})
"""Exchanges that ccxt's market orders go to as limit orders, at a price that it wants to be given."""
BUYS_BY_COST = frozenset({"coincatch", "coincheck", "coinmate", "indodax", "luno", "mercado", "toobit", "zebpay"})
"""Exchanges where ccxt buys at market by cost only, beside those whose code says so by an option of ccxt's."""
BUYS_BY_AMOUNT = frozenset({"bitrue", "bybit", "okx"})
"""Exchanges whose code has the option, and sends amounts of spot markets as they are."""
ONLY_LIMIT = frozenset({"nado"})
ONLY_LIMIT_SPOT = frozenset({"extended"})
"""Exchanges whose code takes limit orders only, though ccxt's ``has`` says otherwise."""

TOLD_IN_PARAMS: Mapping[str, str] = {"coinbase": "client_order_id"}
"""Exchanges whose code makes each new order a client order id, and what in ``params`` stands in its place."""

TELL_ANOTHER_ID = frozenset({("kraken", "fetch_order"), ("backpack", "cancel_order")})
"""Methods that tell a client order id as something else: Kraken's ``userref`` is a number apart, and ccxt's name for it
is none of Backpack's, but for RFQ markets."""

_MARKET_TYPES = ("spot", "margin", "swap", "future", "option")
_ORDER_CALLS = ("create_order", "cancel_order", "fetch_order", "fetch_open_orders")

NEVER_SERVED = ("cancel_orders", "cancel_all_orders", "create_orders", "check_key")
"""Hooks that the bridge leaves out. ccxt's cancels of several orders do not tell which of them were refused, and
some of its ``cancelAllOrders`` take the symbol and cancel every market's orders; the core does these one by one."""

INTRODUCTIONS: Mapping[str, tuple[Any, ...]] = {
    "is_unified_enabled": (),
    "is_uta_enabled": (),
    "load_unified_status": (),
    "handle_uta_and_params": ({}, "createOrder"),
    "load_account": (),
    "load_accounts": (),
    "get_account_id": (),
    "handle_account_index": ({}, "createOrder", "accountIndex", "account_index"),
}
"""Methods by which ccxt learns of an account, once, in the middle of its first order call, and their arguments."""


_NEVER_ASKED = frozenset({("lighter", "load_account")})
"""What bears such a name and is no question: it may register a key."""


def has(exchange: Any, method: str) -> bool | str:
    """Return whether an exchange has a method: True, ``"partial"`` where ccxt makes it out of others, or False."""
    word = exchange.has.get(method)
    return "partial" if word == "emulated" else bool(word)


def history(exchange: Any) -> tuple[str, ...]:
    """Name the methods that together list ended orders; none where the exchange has no such list."""
    return next((way for way in HISTORIES if all(has(exchange, method) is True for method in way)), ())


def introductions(exchange: Any) -> tuple[str, ...]:
    """Name the methods by which an exchange's order calls first learn what kind of account it is."""
    used = {
        name for method in _ORDER_CALLS for code in own_code(type(exchange), method, set()) for name in code.co_names
    }
    return tuple(name for name in INTRODUCTIONS if name in used and (exchange.id, name) not in _NEVER_ASKED)


def support(exchange: Any) -> dict[str, bool | str]:
    """Return how far the exchange serves each hook."""
    known: dict[str, bool | str] = {hook: _best(exchange, methods) for hook, methods in SERVED_BY.items()}
    known["fetch_orders"] = _history_support(exchange)
    lists = bool(known["fetch_open_orders"])
    known["fetch_order"] = has(exchange, "fetchOrder") or ("partial" if lists else False)
    takes = {hook: takes_client_id(exchange, hook) for hook in ("cancel_order", "fetch_order")}
    for hook, is_taken in (takes | {"create_order": name_of_new_id(exchange) is not None}).items():
        if known[hook] is True and not is_taken:
            known[hook] = "partial"
    return known | dict.fromkeys(NEVER_SERVED, False) | _calls_support(exchange)


def takes_slippage_price(exchange: Any) -> bool:
    """Whether ccxt wants a price of every market order: its bound, which ``params`` give here."""
    return exchange.id in SLIPPAGE_PRICE


def _calls_support(exchange: Any) -> dict[str, bool | str]:
    """Return, by ccxt's keys of calls, where they work more or less than the hook that serves them."""
    known = {"createMarketOrder": _market_orders(exchange), "createLimitOrder": has(exchange, "createLimitOrder")}
    if has(exchange, "fetchTicker") or has(exchange, "fetchTickers") is True:
        known["fetchTicker"] = has(exchange, "fetchTicker") or True
    way = history(exchange)
    if way == ("fetchClosedOrders",):
        known["fetchClosedOrders"] = True
    return known


def _market_orders(exchange: Any) -> bool | str:
    if has(exchange, "createMarketOrder") is False or exchange.id in ONLY_LIMIT:
        return False
    kind = type(exchange)
    by_amount = any(base.__name__ in BUYS_BY_AMOUNT for base in kind.__mro__)
    by_option = reads_in_create(kind, "createMarketBuyOrderRequiresPrice") and not by_amount
    buys_by_cost = by_option or exchange.id in BUYS_BY_COST
    partly = buys_by_cost or takes_slippage_price(exchange) or exchange.id in ONLY_LIMIT_SPOT
    return "partial" if partly else has(exchange, "createMarketOrder")


def takes_client_id(exchange: Any, method: str) -> bool:
    """Whether the code of a method reads ccxt's ``clientOrderId``: where it does not, ccxt would ignore the id."""
    if (exchange.id, method) in TELL_ANOTHER_ID:
        return False
    return any("clientOrderId" in _constants(code) for code in own_code(type(exchange), method, set()))


def name_of_new_id(exchange: Any) -> str | None:
    """Return the name under which ``create_order`` takes a client order id in its ``params``; None: it takes none."""
    unified = "clientOrderId" if takes_client_id(exchange, "create_order") else None
    return TOLD_IN_PARAMS.get(exchange.id, unified)


def defines(kind: type, name: str) -> bool:
    """Whether an exchange's own class has a method, rather than ccxt's base class."""
    method = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    return isinstance(method, FunctionType) and not _is_common(method)


def reads_in_create(kind: type, word: str) -> bool:
    """Whether the code of an exchange's ``create_order`` names a parameter."""
    return any(word in _constants(code) for code in own_code(kind, "create_order", set()))


def reads_life(kind: type, word: str) -> bool:
    """Whether the code of ``create_order`` reads how long an order lives: for ``PO`` that it is post only."""
    name, helper = ("postOnly", "post_only") if word == "PO" else ("timeInForce", "time_in_force")
    codes = own_code(kind, "create_order", set())
    return any(name in _constants(code) or any(helper in used for used in code.co_names) for code in codes)


def refuses_by_500(exchange: Any) -> bool:
    """Whether ccxt looks for an exchange's refusals in answers of HTTP status 500, where Bitfinex's are."""
    return HTTPStatus.INTERNAL_SERVER_ERROR in type(exchange).handle_errors.__code__.co_consts


def words_read(kind: type, method: str, words: Iterable[str]) -> tuple[str, ...]:
    """Name those of some words of ``params`` that the code of a method reads, and of the look-ups that it uses."""
    found = _words_of(kind, method)
    return tuple(word for word in words if word in found)


@cache
def _words_of(kind: type, method: str) -> frozenset[object]:
    codes = own_code(kind, method, set(), look_ups=True)
    return frozenset(word for code in codes for word in _constants(code))


def needs_symbol(exchange: Any, method: str) -> bool:
    """Whether ccxt's ``features`` say that a method cannot be called without a symbol."""
    return bool((_features_of(exchange, method, None) or {}).get("symbolRequired"))


def takes_time_in_force(exchange: Any, word: str, market: Mapping[str, Any]) -> bool:
    """Whether an order may be GTC, IOC, FOK or PO (post only), as far as ccxt's ``features`` say."""
    known = (_features_of(exchange, "createOrder", market) or {}).get("timeInForce")
    return True if not known else bool(known.get(str(word)))


def lists_one_currency(exchange: Any, method: str) -> bool:
    """Whether a list without a symbol is of one currency's orders, which ccxt's options name: Deribit's, of BTC."""
    return any("code_from_options" in code.co_names for code in own_code(type(exchange), method, set()))


def page_limit(exchange: Any, method: str, market: Mapping[str, Any] | None) -> int | None:
    """Return the most rows that one request of a list takes, by ccxt's ``features``; None where it says none."""
    features = _features_of(exchange, method, market)
    limit = (features or {}).get("limit")
    return limit if isinstance(limit, int) and limit > 0 else None


def knows_list(exchange: Any, method: str, market: Mapping[str, Any] | None) -> bool:
    """Whether ccxt's ``features`` say anything of a list."""
    return _features_of(exchange, method, market) is not None


def _best(exchange: Any, methods: tuple[str, ...]) -> bool | str:
    first, *others = (has(exchange, method) for method in methods)
    return first or ("partial" if any(others) else False)


def _history_support(exchange: Any) -> bool | str:
    way = history(exchange)
    return bool(way) and (True if way == ("fetchOrders",) or "anceled" in "".join(way) else "partial")


def market_type(exchange: Any) -> str | None:
    """Return of which type of market ccxt lists open orders without a symbol; None where the exchange has no other.

    None, too, where it does not have that type at all: what ccxt chose is its own default then, which nothing heeds.
    """
    listed, _ = exchange.handle_market_type_and_params("fetchOpenOrders", None, {})
    types = _types_of(exchange)
    return str(listed) if listed in types and len(types) > 1 else None


def _types_of(exchange: Any) -> tuple[str, ...]:
    return tuple(one for one in _MARKET_TYPES if exchange.has.get(one))


def _features_of(exchange: Any, method: str, market: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    features = exchange.features or {}
    kind = _default_type(exchange) if market is None else market["type"]
    group = features.get(kind) or {}
    if kind not in {"spot", "option"}:
        sub_type = exchange.options.get("defaultSubType", "linear")
        if market is not None:
            sub_type = "inverse" if market.get("inverse") else "linear"
        group = group.get(sub_type) or {}
    found: Mapping[str, Any] | None = group.get(method)
    return found


def _default_type(exchange: Any) -> str:
    """Return the type of the markets that a call without a symbol is about, as far as its exchange has one of them."""
    default: str = exchange.options.get("defaultType", "spot")
    types = _types_of(exchange)
    return types[0] if types and default not in types else default


def own_code(kind: type, name: str, seen: set[str], *, look_ups: bool = False) -> Iterator[CodeType]:
    """Return the code of an exchange's method and of its own that build the request; others' ``look_ups`` too."""
    method = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    if name in seen or not isinstance(method, FunctionType) or _is_common(method):
        return
    seen.add(name)
    yield method.__code__
    for used in method.__code__.co_names:
        others = ("parse", "safe") if look_ups or used.endswith("_request") else ("parse", "safe", "fetch")
        if "order" in used.lower() and not used.startswith(others):
            yield from own_code(kind, used, seen, look_ups=look_ups)


def _is_common(method: FunctionType) -> bool:
    return ".base." in method.__module__


def _constants(code: CodeType) -> set[object]:
    found: set[object] = set()
    for constant in code.co_consts:
        if isinstance(constant, tuple):
            found.update(one for one in constant if isinstance(one, str))
        elif isinstance(constant, str):
            found.add(constant)
        elif isinstance(constant, CodeType):
            found |= _constants(constant)
    return found


def seconds_an_order(exchange: Any) -> float:
    """Return what each order adds to the time of a call of several: its cancel or create, and a look at it.

    Both wait in ccxt's throttle, a request of cost 1 for ``rateLimit`` ms.
    """
    pace = exchange.rateLimit if exchange.enableRateLimit else 0
    return max(SECONDS_AN_ORDER, 2 * float(pace) / 1000)
