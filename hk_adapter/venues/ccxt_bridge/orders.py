"""Orders through ccxt: one request each, and no more claimed of an answer than it proves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from hk_adapter.errors import AdapterError, InvalidArgument, NotSupported, OutcomeUnknown, UnexpectedPayload
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import (
    CancelRequest,
    CreateOrderRequest,
    FetchOrderRequest,
    ListOrdersRequest,
    Order,
    ids,
)
from hk_adapter.model.frozen import thawed
from hk_adapter.venues.ccxt_bridge import parse
from hk_adapter.venues.ccxt_bridge.call_record import current
from hk_adapter.venues.ccxt_bridge.calling import ErrorTranslator, ask_ccxt
from hk_adapter.venues.ccxt_bridge.capabilities import (
    has,
    name_of_new_id,
    needs_symbol,
    takes_client_id,
    takes_time_in_force,
)
from hk_adapter.venues.ccxt_bridge.client_ids import known_as, with_client_id
from hk_adapter.venues.ccxt_bridge.conditional import as_read, look_params, names_a_book, untouched
from hk_adapter.venues.ccxt_bridge.denials import denies
from hk_adapter.venues.ccxt_bridge.error_table import Purpose
from hk_adapter.venues.ccxt_bridge.id_forms import check_client_id_form, check_order_id_form
from hk_adapter.venues.ccxt_bridge.left_out import check_all_sent
from hk_adapter.venues.ccxt_bridge.market_orders import by_cost, check_money, slippage_price
from hk_adapter.venues.ccxt_bridge.named_in_cancels import cancel_arguments
from hk_adapter.venues.ccxt_bridge.order_lists import OrderLists
from hk_adapter.venues.ccxt_bridge.parse_orders import acknowledged, check_steps, with_asked_id, with_asked_terms
from hk_adapter.venues.ccxt_bridge.terms import (
    ParamsContradict,
    check_new_terms,
    check_own_ids,
    check_params,
    check_symbol,
    terms_of,
)


class Orders:
    """The order calls of one exchange."""

    def __init__(self, exchange: Any, translator: ErrorTranslator, lists: OrderLists) -> None:
        self._exchange = exchange
        self._translator = translator
        self._lists = lists

    def check_cancel(self, request: CancelRequest) -> None:
        """Refuse what could not be sent, or never be looked up. Raises InvalidArgument or NotSupported."""
        check_params(request.params)
        check_symbol(self._exchange, request.symbol)
        check_ids(request, self._exchange.id)
        check_own_ids(request.params, request.client_order_id)
        if request.symbol is None and needs_symbol(self._exchange, "fetchOrder"):
            raise InvalidArgument(f"symbol is needed: {self._exchange.id} looks orders up by their symbol and id")
        if request.order_id is None and not takes_client_id(self._exchange, "cancel_order"):
            raise NotSupported(f"ccxt cancels orders of {self._exchange.id} by order_id only, not by client_order_id")

    def check_create(self, request: CreateOrderRequest) -> None:
        """Refuse what could not be sent as it is. Raises InvalidArgument or NotSupported."""
        check_params(request.params)
        check_symbol(self._exchange, request.symbol)
        for name in ("cost", "quoteOrderQty", "createMarketBuyOrderRequiresPrice"):
            if name in request.params:
                raise InvalidArgument(f"params: {name!r} is not taken here; give cost=, in quote currency")
        check_new_terms(request)
        check_ids(request, self._exchange.id)
        if name_of_new_id(self._exchange) is not None:
            check_own_ids(request.params, request.client_order_id)
        slippage_price(self._exchange, request)
        if request.test:
            raise NotSupported("ccxt has no common way to have an order checked only")
        if self._exchange.markets:
            self._translator.run_check(check_steps, self._exchange, request)

    async def cancel(self, request: CancelRequest) -> Order:
        """Ask for a cancel. Whatever ccxt answers is an acknowledgement: 23 exchanges' answers are almost empty."""
        self.check_cancel(request)
        if request.order_id is None and request.client_order_id is None:
            raise InvalidArgument("order_id or client_order_id is needed: a cancel without either names no order")
        arguments = await cancel_arguments(self._exchange, request, self.fetch)
        cancel = partial(_with_raw, self._exchange, request, "cancel_order", self._exchange.cancel_order)
        answer, raw = await ask_ccxt(self._translator, Purpose.CANCEL, cancel, *arguments)
        return acknowledged(answer, raw, request)

    async def create(self, request: CreateOrderRequest) -> Order:
        """Place one order, of exactly the price and amount asked for."""
        self.check_create(request)
        answer, raw, sent = await ask_ccxt(self._translator, Purpose.CREATE, self._place, request)
        order = parse.exactly(
            parse.order, with_asked_terms(with_client_id(answer, request, sent), raw, request), "order"
        )
        if denies(raw):
            raise UnexpectedPayload("the answer to a create speaks of an error, which ccxt does not read", order=order)
        return self._lists.own.learn(order)

    async def fetch(self, request: FetchOrderRequest) -> Order:
        """Look one order up: by the exchange's own query if it has one for this id, else in its lists."""
        check_params(request.params)
        check_symbol(self._exchange, request.symbol)
        check_ids(request, self._exchange.id)
        check_own_ids(request.params, request.client_order_id)
        if request.account_id is not None:
            raise NotSupported("ccxt looks into the key's own account only")
        if not has(self._exchange, "fetchOrder"):
            return await self._find_in_lists(request)
        try:
            params = as_read(self._exchange, "fetch_order", request.params)
        except NotSupported as refused:  # the lists may show what the query does not
            return await self._find_in_lists_instead(request, refused)
        order = await self._query(request, params)
        return untouched(order) if names_a_book(self._exchange, "fetch_order", params) else order

    def look_params(self, request: CreateOrderRequest) -> Mapping[str, Any]:
        """Return what of an order's terms its look-ups have to say: the book that it is in."""
        return look_params(self._exchange, request)

    async def _query(self, request: FetchOrderRequest, params: dict[str, Any]) -> Order:
        fetch = partial(_with_raw, self._exchange, request, "fetch_order", self._exchange.fetch_order)
        if request.order_id is not None:
            try:
                order_id, symbol = request.order_id, request.symbol
                answer, raw = await ask_ccxt(self._translator, Purpose.READ, fetch, order_id, symbol, params)
            except ParamsContradict:
                raise
            except (InvalidArgument, NotSupported) as refused:  # by ccxt, before it sent anything
                return await self._find_in_lists_instead(request, refused)
            if raw == []:  # a query of open orders, as Bitfinex's and HitBTC's: others are in another list
                return await self._find_in_lists(request)
            return parse.exactly(parse.order, with_asked_id(answer, raw, request), "order")
        if not takes_client_id(self._exchange, "fetch_order"):
            return await self._find_in_lists(request)
        params["clientOrderId"] = request.client_order_id
        try:
            answer, raw = await ask_ccxt(self._translator, Purpose.SEARCH, fetch, "", request.symbol, params)
        except UnexpectedPayload:  # ccxt looks for the empty id in a good answer (kraken)
            return await self._find_in_lists(request)
        own = known_as(answer, request.client_order_id or "", self._exchange.id)
        return parse.exactly(parse.order, with_asked_id(own, raw, request), "order")

    async def _place(self, request: CreateOrderRequest) -> tuple[Any, Any, list[HttpRequest]]:
        """Return ccxt's answer, the exchange's own, and what was sent for it."""
        answer, raw = await _with_raw(self._exchange, request, "create_order", self._send_create, request)
        record = current()
        return answer, raw, record.sent if record else []

    async def _send_create(self, request: CreateOrderRequest) -> Any:
        exchange = self._exchange
        await exchange.load_markets()
        check_steps(exchange, request)
        params = self._create_params(request)
        record = current()
        if record is not None:
            record.check = partial(_check_sent, exchange, request)
        if request.cost is not None:
            return await by_cost(exchange, request, params)
        price = slippage_price(exchange, request) or request.price
        params.pop("price", None)
        return await exchange.create_order(
            request.symbol, str(request.type), str(request.side), request.amount, price, params
        )

    def _create_params(self, request: CreateOrderRequest) -> dict[str, Any]:
        params: dict[str, Any] = thawed(request.params)
        if (name := name_of_new_id(self._exchange)) is not None:
            params[name] = request.client_order_id
        word = "PO" if request.post_only else request.time_in_force
        if word is not None and not takes_time_in_force(self._exchange, word, self._exchange.market(request.symbol)):
            raise NotSupported(f"ccxt says that {self._exchange.id} takes no {word} orders")
        if request.time_in_force is not None:
            params["timeInForce"] = str(request.time_in_force)
        if request.post_only:
            params["postOnly"] = True
        return params

    async def _find_in_lists_instead(self, request: FetchOrderRequest, refused: AdapterError) -> Order:
        try:
            return await self._find_in_lists(request)
        except (InvalidArgument, NotSupported):
            raise refused from None

    async def _find_in_lists(self, request: FetchOrderRequest) -> Order:
        listed = ListOrdersRequest(symbol=request.symbol, params=request.params, any_account=True)
        asked = 0
        for ask in (self._lists.open_orders, self._lists.order_history):
            try:
                page = await ask(listed)
            except NotSupported:
                continue
            asked += 1
            for order in page.orders:
                if _is_asked_for(order, request):
                    return order
        if asked == 0:
            raise NotSupported(f"ccxt cannot look an order of {self._exchange.id} up by this id")
        # Lists go back some days or rows, nobody says how far: what they do not show may exist all the same.
        raise OutcomeUnknown(f"the lists of {self._exchange.id} do not show the order")


def _check_sent(exchange: Any, request: CreateOrderRequest, sent: HttpRequest) -> None:
    """Refuse a request that would place another order than the one that is asked for. Raises NotSupported."""
    check_money(request, exchange.id, sent)
    check_all_sent(request, exchange, sent)


async def _with_raw(
    exchange: Any,
    request: CancelRequest | CreateOrderRequest | FetchOrderRequest,
    name: str,
    method: Callable[..., Flow[Any]],
    *arguments: Any,
) -> tuple[Any, Any]:
    """Return ccxt's answer, and the exchange's own, the last that it was made of, as it came: ccxt writes into it."""
    record = current()
    if record is not None and request.params:
        await exchange.load_markets()
        record.terms = terms_of(exchange, request, name)
    answer = await method(*arguments)
    if record is None or record.text is None:
        return answer, None
    raw = exchange.parse_json(record.text)
    return answer, record.text if raw is None else raw


def check_ids(request: CancelRequest | CreateOrderRequest | FetchOrderRequest, exchange_id: str) -> None:
    """Refuse ids that an exchange could read as others: ccxt writes them into paths as they are, and into numbers.

    Raises InvalidArgument.
    """
    order_id = getattr(request, "order_id", None)
    if order_id is not None:
        ids.check_order_id("order_id", order_id)
        check_order_id_form(exchange_id, order_id)
    if request.client_order_id is not None:
        ids.check_client_order_id("client_order_id", request.client_order_id)
        if "/" in request.client_order_id:
            raise InvalidArgument("client_order_id: ccxt writes it into paths, where a / would split it")
        check_client_id_form(exchange_id, request.client_order_id)


def _is_asked_for(order: Order, request: FetchOrderRequest) -> bool:
    if request.order_id is not None:
        return order.id == request.order_id
    return order.id is not None and order.client_order_id == request.client_order_id
