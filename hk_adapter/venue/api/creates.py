"""Orders placed: arguments checked, held against the market's rules where those are known, and on to the core."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from hk_adapter.errors import InvalidArgument, OrderDenied, shown
from hk_adapter.execution.operate import with_origin
from hk_adapter.model import (
    CreateOrderRequest,
    CreateOrdersRequest,
    CreateReport,
    Order,
    OrderSide,
    OrderType,
    TimeInForce,
)
from hk_adapter.model.ids import check_distinct
from hk_adapter.model.market_rules import check_terms
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.base import ApiBase, Number
from hk_adapter.venue.api.copies import named, several

DRAFT_KEYS = frozenset(
    {
        "symbol",
        "type",
        "side",
        "amount",
        "price",
        "params",
        "client_order_id",
        "time_in_force",
        "post_only",
        "cost",
    }
)
"""What one order of ``create_orders`` may name: the arguments of ``create_order``."""


class CreateCalls(ApiBase):
    """Methods of ``Venue`` and ``AsyncVenue``."""

    __slots__ = ()

    async def create_order(
        self,
        symbol: str,
        type: OrderType | Literal["limit", "market"],
        side: OrderSide | Literal["buy", "sell"],
        amount: Number | None = None,
        price: Number | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        time_in_force: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        post_only: bool = False,
        cost: Number | None = None,
        timeout: float | None = None,
        test: bool = False,
    ) -> Order:
        """Place one order; it is sent once and never again.

        Args:
            symbol: unified, such as ``ETH/USD``.
            type: how the order takes its price.
            side: which way it trades the base currency.
            amount: base currency, of contracts their number, as Decimal, int or str. None where ``cost`` is given.
            price: the limit, in quote currency per base unit. None for market orders.
            params: ccxt's way to give ``clientOrderId``, ``timeInForce``, ``postOnly`` and ``cost``; other keys are
                refused unless the venue knows them.
            client_order_id: None makes one, so that the order can be found whatever happens.
            time_in_force: None is the venue's default.
            post_only: refuse the order rather than take liquidity.
            cost: what a market order spends or receives, in quote currency.
            timeout: seconds for the whole call; None is the connection's.
            test: only have the venue check it, where its site can; the order returned has no id, and none exists.

        Raises:
            InvalidArgument, ConfigurationError, NotSupported, NotSent: nothing was sent.
            OrderDenied: nothing was sent, for a rule of the market; only where ``load_markets`` was called.
            OrderRejected (InsufficientFunds, DuplicateClientOrderId) and other VenueErrors: refused; no order exists.
            OutcomeUnknown: it may exist; ``.order`` carries its ``client_order_id``.
        """
        request = self._draft(
            {
                "symbol": symbol,
                "type": type,
                "side": side,
                "amount": amount,
                "price": price,
                "params": params,
                "client_order_id": client_order_id,
                "time_in_force": time_in_force,
                "post_only": post_only,
                "cost": cost,
            },
            test=arguments.flag("test", test),
        )
        operation = self.private("create_order", request, timeout)
        return await self.run(operation, Order)

    async def create_orders(
        self,
        orders: Iterable[Mapping[str, Any]],
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> list[CreateReport]:
        """Place several orders, each sent once, and report on each in the order given.

        Args:
            orders: mappings of ``create_order``'s arguments; of any symbols, as many as wanted.
            params: none are known; give them with each order.
            timeout: seconds for all of them; None is the connection's and what the venue takes for each order.

        Never raises for what the venue does to an order: see ``CreateReport.created``. Raises before anything is sent
        as ``create_order``, naming the order's place.
        """
        if arguments.frozen_params(params):
            raise InvalidArgument("params: give them with each order")
        drafts = [self._numbered(place, one) for place, one in enumerate(several("orders", orders))]
        if not drafts:
            return []
        check_distinct(
            "orders: client_order_id",
            ((f"orders[{place}]", draft.client_order_id) for place, draft in enumerate(drafts)),
        )
        seconds = self.time_for(len(drafts)) if timeout is None else timeout
        operation = self.private("create_orders", CreateOrdersRequest(orders=tuple(drafts)), seconds)
        reports: list[CreateReport] = await self.run(operation, list)
        for report in reports:
            if report.error is not None:
                with_origin(report.error, "create_orders", self.venue_id)
        return reports

    def _numbered(self, place: int, draft: Any) -> CreateOrderRequest:
        given = named(f"orders[{place}]", draft)
        if given is None:
            raise InvalidArgument(f"orders[{place}] must be a mapping of create_order's arguments, not {shown(draft)}")
        unknown = sorted(given.keys() - DRAFT_KEYS, key=shown)
        if unknown:
            told = f"create_order has no argument {shown(unknown[0])}{_meant(unknown[0])}"
            raise InvalidArgument(f"orders[{place}]: {told}")
        try:
            return self._draft(given)
        except (InvalidArgument, OrderDenied) as error:
            raise type(error)(f"orders[{place}]: {error}") from error

    def _draft(self, given: Mapping[str, Any], *, test: bool = False) -> CreateOrderRequest:
        own_id, rest = arguments.client_id(given.get("client_order_id"), given.get("params"))
        resting, rest = _post_only(given.get("post_only", False), rest)
        in_force, rest = _time_in_force(given.get("time_in_force"), rest)
        cost, rest = arguments.spelled("cost", given.get("cost"), rest, "cost", arguments.positive)
        terms: dict[str, Any] = {
            "symbol": arguments.symbol(given.get("symbol")),
            "type": _type(given.get("type")),
            "side": arguments.word("side", given.get("side"), OrderSide),
            "amount": arguments.positive("amount", given.get("amount")),
            "price": arguments.positive("price", given.get("price")),
            "cost": cost,
            "time_in_force": in_force,
            "post_only": resting,
        }
        request = CreateOrderRequest(
            **terms,
            client_order_id=own_id or self.client_ids.make(tuple(terms.values())),
            fresh_id=own_id is None and self.client_ids.fresh,
            test=test,
            params=rest,
        )
        _check_agreement(request)
        if self.markets.by_symbol is not None:
            check_terms(self.markets.by_symbol, request)
        return request


def _type(value: Any) -> OrderType:
    """Read the type of an order; of a side in its place say which comes first."""
    try:
        return arguments.word("type", value, OrderType)
    except InvalidArgument as error:
        if arguments.is_one_of(("buy", "sell"), value):
            raise InvalidArgument(f"{error}; the type comes before the side") from None
        raise


def _meant(unknown: Any) -> str:
    """Name the argument that is near to a name; also of ccxt's ``clientOrderId``."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for what is misspelt

    plain = {name.replace("_", ""): name for name in DRAFT_KEYS}
    near = get_close_matches(unknown.replace("_", "").lower(), sorted(plain), n=1) if isinstance(unknown, str) else ()
    return f"; did you mean {plain[near[0]]!r}?" if near else f"; it has {', '.join(sorted(DRAFT_KEYS))}"


def _post_only(keyword: Any, params: Mapping[str, Any]) -> tuple[bool, Mapping[str, Any]]:
    """Read it by keyword, as ``postOnly``, or as ccxt's other word for it: ``timeInForce`` of ``PO``."""
    flag = arguments.flag("post_only", keyword)
    told, rest = arguments.spelled("post_only", flag or None, params, "postOnly", arguments.flag)
    force = rest.get("timeInForce")
    if type(force) is str and force.upper() == "PO":
        if told is False:
            raise InvalidArgument("params: 'timeInForce' of 'PO' and 'postOnly' of False differ")
        return True, {key: value for key, value in rest.items() if key != "timeInForce"}
    return bool(told), rest


def _time_in_force(keyword: Any, params: Mapping[str, Any]) -> tuple[TimeInForce | None, Mapping[str, Any]]:
    return arguments.spelled(
        "time_in_force", keyword, params, "timeInForce", lambda name, given: arguments.word(name, given, TimeInForce)
    )


def _check_agreement(request: CreateOrderRequest) -> None:
    if request.post_only and request.time_in_force not in (None, TimeInForce.GTC):
        raise InvalidArgument(f"post_only orders rest; they cannot be {request.time_in_force}")
    if request.type is OrderType.LIMIT:
        if request.price is None or request.amount is None:
            raise InvalidArgument("a limit order needs an amount and a price")
        if request.cost is not None:
            raise InvalidArgument("cost is for market orders; a limit order has amount and price")
        return
    if request.price is not None:
        raise InvalidArgument(
            "a market order takes no price; to say what it spends or receives, in quote currency, give cost="
        )
    if request.post_only:
        raise InvalidArgument("a market order cannot be post_only")
    if (request.amount is None) == (request.cost is None):
        raise InvalidArgument("a market order needs either an amount (base) or a cost (quote)")
