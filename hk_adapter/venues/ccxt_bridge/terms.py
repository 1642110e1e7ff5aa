"""What the arguments of an order call say, which ``params`` add to and never replace.

ccxt lays ``params`` over the request that it makes of the arguments: where both have a field, that of ``params`` is
sent, be it the amount, the side or the order's id. And money beside an amount is spent in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from hk_adapter.errors import InvalidArgument, NotSupported
from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import CancelRequest, CreateOrderRequest, FetchOrderRequest, ListOrdersRequest
from hk_adapter.venues.ccxt_bridge.capabilities import takes_client_id
from hk_adapter.venues.ccxt_bridge.market_orders import MONEY, flat, sent_fields
from hk_adapter.venues.ccxt_bridge.raw_numbers import raw_size

_OTHER_NUMBERS = re.compile(r"leverage|margin|mode|window|version|level|flag|expir|time|ttl|nonce|tif", re.IGNORECASE)
"""What a field is called that may be as much as an amount or a price by chance."""
_SIDES = frozenset({"buy", "sell", "bid", "ask", "b", "s"})
_KIND = re.compile(r"market|limit", re.IGNORECASE)
_AMOUNT = re.compile(r"(order|orig|base)?(amount|quantity|qty|size|volume|vol|sz)")
_TYPES = frozenset({"type", "ordtype", "ordertype"})
_CHECKS_ONLY = re.compile(r"(order)?(preview|validate|dryrun|test)(only|order|mode)?", re.IGNORECASE)
_MONEY_MATTERS = re.compile(r"fee|currency|ccy|coin|asset|stop|trigger|trail|profit|loss", re.IGNORECASE)
"""What is named beside money without being what an order costs."""
_CLIENT_ID = re.compile(
    r"(new|orig)?(c|cl|cli|client)(ord|order)?o?id|clientorderindex|orderlinkid|externalid|customid", re.IGNORECASE
)
_SOME_ID = re.compile(r"id$|^id|uuid|guid|digest|text|label|identifier|number$|^no$", re.IGNORECASE)
"""What a client order id is called, and what any id of an order is."""

_REFUSED_PARAMS = ("maxRetriesOnFailure", "maxRetriesOnFailureDelay", "paginate", "test")
"""They would repeat, or multiply, a request."""


class ParamsContradict(InvalidArgument):
    """The params of a call say another thing than its arguments do; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one call's arguments say.

    Attributes:
        params: what the caller adds to them.
        ids: the order's ids and its market, as they may stand in a request.
        asked: the id that the order has, or shall have, if the exchange is told it.
        numbers: amount, price and cost.
        is_order: whether a side and a type are among them.
    """

    params: Mapping[str, Any]
    ids: tuple[str, ...] = ()
    asked: str | None = None
    numbers: tuple[Decimal, ...] = ()
    is_order: bool = False

    def replaced(self, request: Mapping[str, Any], over: Mapping[str, Any]) -> str | None:
        """Name the first of the params that, laid over a request, would say another thing than an argument does."""
        for key, value in self.params.items():
            if key in request and key in over and over[key] == value and self._says_another(key, request[key], value):
                return key
        return None

    def lost(self, sent: HttpRequest) -> str | None:
        """Name the param whose id would leave where the id that was asked for does not."""
        if self.asked is None or not self.params:
            return None
        values = {str(value) for _, value in sent_fields(sent)} | set(urlsplit(sent.url).path.split("/"))
        if any(self.asked == one or (len(self.asked) > 3 and self.asked in one) for one in values):
            return None
        return next((key for key, one in self.params.items() if _SOME_ID.search(key) and str(one) in values), None)

    def check(self, sent: HttpRequest, replaced: str | None) -> None:
        """Refuse a request that says another thing than the arguments. Raises ParamsContradict."""
        if (key := replaced or self.lost(sent)) is not None:
            raise ParamsContradict(f"params: {key!r} says another thing than the arguments do")

    def _says_another(self, key: str, said: Any, other: Any) -> bool:
        told = dict(flat(key, other))
        return any(
            not _is_same(value, told.get(name)) and self._is_term(name, value, told.get(name))
            for name, value in flat(key, said)
        )

    def _is_term(self, name: str, value: Any, other: Any) -> bool:
        text, last = str(value), name.rpartition(".")[2]
        if any(text == one or (len(one) > 3 and one in text) for one in self.ids):
            return True
        if self.is_order and text.lower() in _SIDES:
            return True
        kinds = [set(map(str.lower, _KIND.findall(str(one)))) for one in (value, other)]
        if self.is_order and all(kinds) and not kinds[0] & kinds[1]:
            return True
        return not _OTHER_NUMBERS.search(last) and raw_size(value) in self.numbers


def terms_of(
    exchange: Any,
    request: CancelRequest | CreateOrderRequest | FetchOrderRequest | ListOrdersRequest,
    method: str | None = None,
) -> Terms:
    """Read the terms of a call, and how the exchange calls its market; ``method`` is what is told an id."""
    market: Mapping[str, Any] = (exchange.markets or {}).get(request.symbol) or {}
    names = ("id", "lowercaseId", "uppercaseId", "numericId")
    markets = (request.symbol, *(market.get(name) for name in names))
    order_id, own = getattr(request, "order_id", None), getattr(request, "client_order_id", None)
    is_told = method is not None and (order_id is not None or takes_client_id(exchange, method))
    numbers = (getattr(request, name, None) for name in ("amount", "price", "cost"))
    return Terms(
        params=request.params,
        ids=tuple(str(one) for one in (*markets, order_id, own) if one),
        asked=(order_id or own) if is_told else None,
        numbers=tuple(one for one in numbers if one is not None),
        is_order=isinstance(request, CreateOrderRequest),
    )


def check_params(params: Mapping[str, Any]) -> None:
    """Refuse ccxt's parameters that would repeat or multiply a request. Raises InvalidArgument."""
    for key in _REFUSED_PARAMS:
        if key in params:
            raise InvalidArgument(f"params: {key!r} is not taken here: each call sends one request, once")


def check_symbol(exchange: Any, symbol: str | None) -> None:
    """Refuse the exchange's own word for a market. Raises InvalidArgument, once ccxt has loaded the markets.

    ccxt takes it for the market's symbol, but every answer shows that one: what is of it would be of another market.
    """
    markets = exchange.markets
    if symbol is None or not markets or symbol in markets or symbol not in (exchange.markets_by_id or {}):
        return
    found = exchange.markets_by_id[symbol]
    named = [str(one.get("symbol")) for one in (found if isinstance(found, list) else [found])]
    raise InvalidArgument(f"symbol: {symbol!r} is {exchange.id}'s own word; the unified symbol is {' or '.join(named)}")


def check_symbols(exchange: Any, symbols: Iterable[str] | None) -> None:
    """Check several, as ``check_symbol`` does; None asks for all."""
    for symbol in symbols or ():
        check_symbol(exchange, symbol)


def check_new_terms(request: CreateOrderRequest) -> None:
    """Refuse params of a new order that would make another one of it, or none. Raises InvalidArgument or NotSupported.

    Some of ccxt's methods read an amount or a type from them first.
    """
    for path, value in _leaves(request.params):
        name = path.rpartition(".")[2]
        plain = name.replace("_", "").lower()
        if _AMOUNT.fullmatch(plain) and raw_size(value) not in (None, request.amount, request.cost):
            raise ParamsContradict(f"params: {name!r} is not taken here; give amount=")
        if plain in _TYPES and str(value).lower() in {"limit", "market"} - {str(request.type)}:
            raise ParamsContradict(f"params: {name!r} says another type of order than the argument")
        if value and _CHECKS_ONLY.fullmatch(name.replace("_", "")):
            raise NotSupported(f"params: {name!r}: ccxt has no common way to have an order checked only")
        if MONEY.search(name) and not _MONEY_MATTERS.search(name) and raw_size(value) is not None:
            raise InvalidArgument(f"params: {name!r} is not taken here; give cost=, in quote currency")


def check_own_ids(params: Mapping[str, Any], own: str | None) -> None:
    """Refuse another client order id than that of the arguments. Raises ParamsContradict."""
    for key, value in params.items():
        if _CLIENT_ID.fullmatch(key.replace("_", "").replace("-", "")) and value is not None and str(value) != own:
            raise ParamsContradict(f"params: {key!r} is not taken here; give client_order_id=")


def _leaves(params: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    attached = ("stopLoss", "takeProfit")  # orders of their own, in ccxt's words
    yield from flat("", {key: value for key, value in params.items() if key not in attached})


def _is_same(one: Any, other: Any) -> bool:
    number = raw_size(one)
    return str(one).lower() == str(other).lower() or (number is not None and number == raw_size(other))
