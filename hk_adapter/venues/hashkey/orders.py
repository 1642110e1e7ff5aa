"""The hooks that place orders and look them up, and what they send."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from hk_adapter.errors import AdapterError, InvalidArgument, NotSupported, VenueError
from hk_adapter.flow.http import Response
from hk_adapter.hooks import hookimpl
from hk_adapter.model import (
    CreateOrderRequest,
    CreateOrdersAnswer,
    CreateOrdersRequest,
    FetchOrderRequest,
    ListOrdersRequest,
    Order,
    OrderPage,
    OrderSide,
    OrderType,
)
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.endpoints import Endpoint
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.named_orders import order_named_in
from hk_adapter.venues.hashkey.own_account import of_account
from hk_adapter.venues.hashkey.parse import parse_order, parse_page
from hk_adapter.venues.hashkey.parse.batches import parse_created
from hk_adapter.venues.hashkey.responses import read_list, read_object
from hk_adapter.venues.hashkey.site_hooks import SiteHooks
from hk_adapter.venues.hashkey.sites import Site
from hk_adapter.venues.hashkey.symbols import SymbolNames
from hk_adapter.venues.hashkey.validation import (
    OF_A_LIST,
    OF_A_LOOK,
    check_account_id,
    check_ids,
    check_new_order,
    check_order_id,
    check_symbol,
    one_id,
    refuse_params,
)

LARGEST_BATCH = 20
"""Orders that one batch takes, all of one symbol."""
LARGEST_PAGE = 1000
LARGEST_SUB_ACCOUNT_PAGE = 500


class OrderHooks(SiteHooks):
    """Orders, placed and looked up."""

    @property
    def create_batch(self) -> int:
        """How many orders one ``create_orders`` takes."""
        return LARGEST_BATCH

    def check_create(self, request: CreateOrderRequest) -> None:
        """Refuse what could not be sent. Raises InvalidArgument; NotSupported for a test that the site has not."""
        check_new_order(request)
        self._names.word(request.symbol)
        if request.test:
            _check_test(self._site, request)

    @hookimpl
    async def create_order(self, request: CreateOrderRequest) -> Order:
        """Place one order, or have the venue check it. Market orders go by ``quantity`` (base) or ``amount``."""
        self.check_create(request)
        terms = _terms(self._names, request)
        if request.test:
            read_object(await endpoints.TEST_ORDER.call(terms), "create_order")
            return _as_asked(request, terms["symbol"])
        response = await endpoints.CREATE_ORDER.call(terms)
        try:
            payload = read_object(response, "create_order")
            order = parse_order(payload, operation="create_order", symbol=request.symbol, unify=self._names.unified)
        except AdapterError as error:
            _name_order(error, response)
            raise
        if order.client_order_id == request.client_order_id:
            self._own.learn(order)
        return order

    @hookimpl
    async def create_orders(self, request: CreateOrdersRequest) -> CreateOrdersAnswer:
        """Place up to 20 orders of one symbol; they are the body, and only time and signature the query."""
        self._check_batch(request)
        body = [_terms(self._names, order) for order in request.orders]
        paths = self._batch_paths
        call = endpoints.CREATE_ORDERS.call({}, json=body, path=paths[0])
        try:
            payload = read_object(await call, "create_orders")
            answer = CreateOrdersAnswer(results=parse_created(payload, request.orders, unify=self._names.unified))
        except AdapterError as error:
            if error.http_status == 404:
                # This site has no such path. Nothing is sent twice: the next batch goes to the next one.
                self._batch_paths = (*paths[1:], paths[0])
            raise
        for order in answer.results:
            if isinstance(order, Order):
                self._own.learn(order)
        return answer

    def _check_batch(self, request: CreateOrdersRequest) -> None:
        """Refuse what could not be sent as one batch. Raises InvalidArgument, or NotSupported for a test."""
        if not 1 <= len(request.orders) <= LARGEST_BATCH:
            raise InvalidArgument(f"orders: hashkey takes 1 to {LARGEST_BATCH} at once, not {len(request.orders)}")
        if len({order.symbol for order in request.orders}) > 1:
            raise InvalidArgument("orders: hashkey takes those of one symbol at once")
        if len({order.client_order_id for order in request.orders}) < len(request.orders):
            raise InvalidArgument("orders: two have one client_order_id, so their answers could not be told apart")
        for order in request.orders:
            self.check_create(order)
            if order.test:
                raise NotSupported(f"{VENUE} tests one order at a time", venue=VENUE, operation="create_orders")

    @hookimpl
    async def fetch_order(self, request: FetchOrderRequest) -> Order:
        """Look one order up by one id, with a master key also in a sub-account."""
        refuse_params(request.params, of_the_call=OF_A_LOOK)
        check_symbol(request.symbol)
        check_ids(request.order_id, request.client_order_id)
        check_account_id(request.account_id)
        params = one_id(request.order_id, request.client_order_id, client_name="origClientOrderId")
        if request.account_id is not None:
            params["accountId"] = request.account_id
        response = await endpoints.ORDER.call(params)
        try:
            payload = read_object(response, "fetch_order")
            return parse_order(payload, operation="fetch_order", symbol=request.symbol, unify=self._names.unified)
        except AdapterError as error:
            _name_order(error, response)
            raise

    @hookimpl
    async def fetch_open_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List a page of the orders on the book, newest first. The venue has no ``since`` here."""
        asked = replace(request, since=None)
        page = await self._list(asked, endpoints.OPEN_ORDERS, endpoints.SUB_OPEN_ORDERS)
        if request.account_id is not None:
            return of_account(page, request.account_id)
        return page if request.any_account else await self._own.only_own(page, own_first=True, after=request.before_id)

    @hookimpl
    async def fetch_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List a page of the order history of 90 days, newest first, canceled orders included."""
        page = await self._list(request, endpoints.ORDER_HISTORY, endpoints.SUB_ORDER_HISTORY)
        if request.account_id is not None:
            return of_account(page, request.account_id)
        return page if request.any_account else await self._own.only_own(page, own_first=False, after=request.before_id)

    async def _list(self, request: ListOrdersRequest, own: Endpoint, sub: Endpoint) -> OrderPage:
        refuse_params(request.params, of_the_call=OF_A_LIST)
        check_account_id(request.account_id)
        if request.before_id is not None:
            check_order_id(request.before_id)
        of_sub_account = request.account_id is not None and self._site.name in sub.sites
        largest = LARGEST_SUB_ACCOUNT_PAGE if of_sub_account else LARGEST_PAGE
        limit = min(request.limit or largest, largest)
        params = {"symbol": None if request.symbol is None else self._names.word(request.symbol)}
        if of_sub_account:
            params |= {"subAccountId": request.account_id, "fromOrderId": request.before_id}
        else:
            # HK's pages know no endpoints for sub-accounts, but an accountId on these.
            params |= {"accountId": request.account_id, self._site.cursor: request.before_id}
        params |= {"startTime": None if request.since is None else str(request.since), "limit": str(limit)}
        call = (sub if of_sub_account else own).call({name: text for name, text in params.items() if text is not None})
        return parse_page(
            read_list(await call, own.hook),
            operation=own.hook,
            limit=limit,
            symbol=request.symbol,
            only_open=own is endpoints.OPEN_ORDERS,
            unify=self._names.unified,
        )


def _name_order(error: AdapterError, response: Response) -> None:
    """Have an error that leaves open whether an order exists carry the id that its answer shows."""
    if not isinstance(error, VenueError) and (error.order is None or error.order.id is None):
        error.order = order_named_in(response.body) or error.order


def _terms(names: SymbolNames, request: CreateOrderRequest) -> dict[str, str]:
    terms = {
        "symbol": names.word(request.symbol),
        "side": request.side.upper(),
        "type": _type_word(request),
        "quantity": _text(request.amount),
        "amount": _text(request.cost),
        "price": _text(request.price),
        "timeInForce": None if request.time_in_force is None else str(request.time_in_force),
        "stpMode": request.params.get("stpMode"),
        "newClientOrderId": request.client_order_id,
    }
    return {name: text for name, text in terms.items() if text is not None}


def _type_word(request: CreateOrderRequest) -> str:
    if request.post_only:
        return "LIMIT_MAKER"
    return "MARKET" if request.type is OrderType.MARKET else "LIMIT"


def _text(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _check_test(site: Site, request: CreateOrderRequest) -> None:
    endpoints.TEST_ORDER.check_site(site)
    # It takes what the older create took: no amount, and a market buy's quantity is cash by some pages, base by others.
    by_cost = request.cost is not None
    if by_cost or (request.type is OrderType.MARKET and request.side is OrderSide.BUY):
        text = f"{VENUE}'s {endpoints.TEST_ORDER.path} cannot test a market order {'by cost' if by_cost else 'to buy'}"
        raise NotSupported(text, venue=VENUE, operation="create_order")


def _as_asked(request: CreateOrderRequest, word: str) -> Order:
    return Order(
        id=None,
        client_order_id=request.client_order_id,
        symbol=request.symbol,
        type=str(request.type),
        side=request.side,
        time_in_force=request.time_in_force,
        post_only=request.post_only,
        price=request.price,
        amount=request.amount,
        venue_symbol=word,
    )
