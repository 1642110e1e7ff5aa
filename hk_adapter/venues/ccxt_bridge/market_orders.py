"""Market orders: an amount goes out as base currency and a cost as quote currency, or nothing goes out.

Some of ccxt's methods send a market buy's amount as money, or money as an amount: its base class makes a market order
by cost out of ``create_order(cost, price=1)``, whatever the exchange makes of the two. So only an exchange's own code
is asked, and what it would send is read before it leaves. Releases of ccxt differ here: what is not known of a field is
not guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hk_adapter.errors import InvalidArgument, NotSupported
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import CreateOrderRequest, OrderSide, OrderType
from hk_adapter.model.decimals import to_decimal
from hk_adapter.venues.ccxt_bridge.capabilities import defines, reads_in_create, takes_slippage_price

MONEY = re.compile(r"quote|cost|notional|funds|counter|cash|total|market_?buy_?amount", re.IGNORECASE)
"""What a field is called that takes quote currency, where its name tells."""
_NOTHING = frozenset({None, "", "None", "null"})
_NUMBERS = re.compile(r"amount|quantity|qty|size|volume|^sz$|\bsz$", re.IGNORECASE)
_MONEY_UNITS = {"tgtCcy": "quote_ccy", "marketUnit": "quoteCoin", "oflags": "viqc"}
_BASE_UNITS = {"tgtCcy": "base_ccy", "marketUnit": "baseCoin"}
"""Fields beside a number that say which currency it is of."""
_MONEY_BY_ITS_PLACE = {
    "bigone": "amount",
    "bitget": "size",
    "bithumb": "price",
    "bittrade": "amount",
    "bybit": "qty",
    "bybiteu": "qty",
    "bybitid": "qty",
    "coinmetro": "sellingQty",
    "digifinex": "amount",
    "gate": "amount",
    "gateeu": "amount",
    "gateio": "amount",
    "hashkey": "quantity",
    "htx": "amount",
    "huobi": "amount",
    "lbank": "price",
    "poloniex": "amount",
    "toobit": "quantity",
    "upbit": "price",
    "whitebit": "amount",
    "woo": "amount",
}
"""By the exchanges' own documents this number of a market buy is money, whatever its name says."""
_TOLD_BY_PATH = frozenset({"hashkey", "whitebit"})
"""Exchanges of those where another path takes the amount under the same name."""


def by_cost(exchange: Any, request: CreateOrderRequest, params: Mapping[str, Any]) -> Flow[Any]:
    """Return the call that places a market order by its cost. Raises NotSupported where ccxt has none."""
    kind, side = type(exchange), str(request.side)
    if defines(kind, f"create_market_{side}_order_with_cost"):
        place: Callable[..., Flow[Any]] = getattr(exchange, f"create_market_{side}_order_with_cost")
        return place(request.symbol, request.cost, dict(params))
    if defines(kind, "create_market_order_with_cost"):
        return exchange.create_market_order_with_cost(  # type: ignore[no-any-return]
            request.symbol, side, request.cost, dict(params)
        )
    if reads_in_create(kind, "cost"):
        asked = {**params, "cost": request.cost}
        return exchange.create_order(request.symbol, "market", side, None, None, asked)  # type: ignore[no-any-return]
    raise NotSupported(f"ccxt places no market {side} orders by cost at {exchange.id}")


def slippage_price(exchange: Any, request: CreateOrderRequest) -> Decimal | None:
    """Return the price from which ccxt bounds a market order, where it wants one: ``params={"price": ...}``.

    Raises InvalidArgument where it is missing, or given where it would be something else.
    """
    wanted = request.type is OrderType.MARKET and takes_slippage_price(exchange)
    if not wanted:
        if "price" in request.params:
            raise InvalidArgument("params: 'price' is not taken here; a limit order has the argument price")
        return None
    if request.params.get("price") is None:
        words = "sends market orders as limit orders: give params={'price': ...}, from which it bounds them"
        raise InvalidArgument(f"ccxt's {exchange.id} {words}")
    price = to_decimal("params['price']", request.params["price"])
    if price <= 0:
        raise InvalidArgument(f"params['price'] must be above 0, not {price}")
    return price


def check_money(request: CreateOrderRequest, exchange_id: str, sent: HttpRequest) -> None:
    """Raise NotSupported for a market order whose number would go out as the other currency, or not at all.

    A cost leaves only under a name that says money, beside a unit that does, or where the exchange's documents say so.
    """
    if request.type is not OrderType.MARKET:
        return
    fields = [(_last(name), value) for name, value in sent_fields(sent)]
    if any(value in _NOTHING for name, value in fields if _NUMBERS.search(name)):
        raise NotSupported("ccxt would send this market order without its number")
    place = _MONEY_BY_ITS_PLACE.get(exchange_id) if request.side is OrderSide.BUY else None
    if request.cost is not None:
        if any(name == "cost" for name, _ in fields):  # ccxt passes on what it does not read
            raise NotSupported("ccxt does not read the cost of this market order")
        if any(_is_maybe_base(name, value, place) for name, value in fields) and not _has_unit(fields, _MONEY_UNITS):
            raise NotSupported("ccxt may send the cost of this market order as its amount")
        return
    if _has_unit(fields, _MONEY_UNITS):
        raise NotSupported("the amount of this market order would go out as money; give cost instead of amount")
    taken = None if exchange_id in _TOLD_BY_PATH or _has_unit(fields, _BASE_UNITS) else place
    if any((MONEY.search(name) or name == taken) and _is(value, request.amount) for name, value in fields):
        raise NotSupported("ccxt would send the amount of this market order as its cost; give cost instead of amount")


def _is_maybe_base(name: str, value: Any, place: str | None) -> bool:
    return name != place and _NUMBERS.search(name) is not None and not MONEY.search(name) and _is_number(value)


def _has_unit(fields: Iterable[tuple[str, Any]], units: Mapping[str, str]) -> bool:
    return any(name in units and units[name] in str(value).split(",") for name, value in fields)


def sent_fields(sent: HttpRequest) -> Iterator[tuple[str, Any]]:
    """Return the names and values of a request's query and body; those of JSON by their path."""
    yield from parse_qsl(urlsplit(sent.url).query, keep_blank_values=True)
    text = (sent.body or b"").decode("utf-8", "replace")
    try:
        yield from flat("", json.loads(text))
    except ValueError:
        yield from parse_qsl(text, keep_blank_values=True)


def flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Return the names of the values within a value of JSON, and these."""
    if isinstance(value, Mapping | list):
        inner: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, Mapping) else enumerate(value)
        for key, one in inner:
            yield from flat(f"{name}.{key}", one)
    else:
        yield name, value


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _is(value: Any, number: Any) -> bool:
    try:
        return number is not None and float(value) == float(number)
    except (TypeError, ValueError):
        return False


def _is_number(value: Any) -> bool:
    try:
        return not isinstance(value, bool) and float(value) != 0
    except (TypeError, ValueError):
        return False
