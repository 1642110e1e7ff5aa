"""Lists of orders through ccxt: whole, or told not to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from hk_adapter.errors import InvalidArgument, NotSupported, UnexpectedPayload
from hk_adapter.model import ListOrdersRequest, Order, OrderPage, UnreadRow
from hk_adapter.venues.ccxt_bridge import parse
from hk_adapter.venues.ccxt_bridge.call_record import current
from hk_adapter.venues.ccxt_bridge.calling import ErrorTranslator, ask_ccxt
from hk_adapter.venues.ccxt_bridge.capabilities import has, history, knows_list, lists_one_currency, page_limit
from hk_adapter.venues.ccxt_bridge.conditional import as_read, names_a_book, untouched
from hk_adapter.venues.ccxt_bridge.error_table import Purpose
from hk_adapter.venues.ccxt_bridge.open_states import CCXTS, last_shown, lists_of_open
from hk_adapter.venues.ccxt_bridge.own_account import OwnAccount
from hk_adapter.venues.ccxt_bridge.page_end import Page, check_bound, dropped, has_a_list, has_rows, is_whole
from hk_adapter.venues.ccxt_bridge.row_limits import of_a_list
from hk_adapter.venues.ccxt_bridge.terms import check_params, check_symbol, terms_of

_METHODS = {
    "fetchOpenOrders": "fetch_open_orders",
    "fetchOrders": "fetch_orders",
    "fetchCanceledAndClosedOrders": "fetch_canceled_and_closed_orders",
    "fetchClosedOrders": "fetch_closed_orders",
    "fetchCanceledOrders": "fetch_canceled_orders",
}


class OrderLists:
    """The lists of orders of one exchange.

    Attributes:
        own: the key's own account, where an exchange's lists go on with others'.
    """

    def __init__(self, exchange: Any, translator: ErrorTranslator) -> None:
        self._exchange = exchange
        self._translator = translator
        self.own = OwnAccount(exchange.id, self._ask_accounts)

    async def open_orders(self, request: ListOrdersRequest) -> OrderPage:
        """List the orders on the book, newest first; complete only where no further page can hide any."""
        if not has(self._exchange, "fetchOpenOrders"):
            raise NotSupported(f"ccxt does not list open orders of {self._exchange.id}")
        states = lists_of_open(self._exchange.id, request.params)
        lists = [await self._list("fetchOpenOrders", request, state) for state in states]
        found: Sequence[Order] = last_shown([one.orders for one in lists])
        unread = tuple(row for one in lists for row in one.unread)
        whole = all(one.whole for one in lists)
        if _is_of_the_own_account(request):
            found, unread = await self.own.only_own(found, unread, opened=True)
        return OrderPage(
            orders=_newest_first(found),
            complete=whole and not unread,
            left_out=len(unread),
            unread=unread,
            cut_off=not whole,
        )

    async def order_history(self, request: ListOrdersRequest) -> OrderPage:
        """List ended orders, and open ones where the exchange lists them too, newest first.

        It reaches as far back as one request of the exchange does: ccxt's lists have no common cursor.
        """
        methods = history(self._exchange)
        if not methods:
            raise NotSupported(f"ccxt does not list ended orders of {self._exchange.id}")
        lists = [await self._list(method, request) for method in methods]
        unread = tuple(row for one in lists for row in one.unread)
        for one in lists:
            check_bound(self._exchange.id, [order.timestamp for order in one.orders], request.until)
        orders = _newest_first(order for one in lists for order in one.orders)  # the core sees what two of them show
        if _is_of_the_own_account(request):
            orders, unread = await self.own.only_own(orders, unread, opened=False)
        return OrderPage(orders=orders, complete=not unread, left_out=len(unread), unread=unread, cut_off=False)

    async def _list(self, method: str, request: ListOrdersRequest, state: Mapping[str, Any] = CCXTS) -> _Listed:
        check_params(request.params)
        check_symbol(self._exchange, request.symbol)
        if request.before_id is not None or request.account_id is not None:
            raise NotSupported("ccxt's lists take no cursor and no account")
        exchange = self._exchange
        if request.symbol is None and "code" not in request.params and lists_one_currency(exchange, _METHODS[method]):
            raise NotSupported(
                f"{exchange.id} lists orders by symbol only, or of one currency: params={{'code': 'ETH'}}"
            )
        market = (exchange.markets or {}).get(request.symbol)
        page = page_limit(exchange, method, market)
        limit = request.limit or page
        params = as_read(exchange, _METHODS[method], request.params)
        is_kept_apart = names_a_book(exchange, _METHODS[method], params)
        params |= state if request.until is None else {**state, "until": request.until}
        arguments = (_METHODS[method], request.symbol, request.since, limit, params)
        try:
            answer, pages, read = await ask_ccxt(
                self._translator, Purpose.READ, self._listed, request, *arguments, most_rows=of_a_list(limit)
            )
        except InvalidArgument as error:
            if request.symbol is not None:
                raise
            # The core asks for the lists of every symbol, and does without them where there are none.
            raise NotSupported(f"{exchange.id} lists orders by symbol only ({error})") from None
        if not answer and pages and not has_a_list(pages):
            raise UnexpectedPayload(f"{exchange.id} answered without a list of orders")
        if not answer and not read and has_rows(pages):
            raise UnexpectedPayload(f"{exchange.id} answered with rows of which ccxt reads none")
        found: tuple[Order, ...] = parse.readable(parse.listed_order, answer, "order", "id")
        if is_kept_apart:
            found = tuple(untouched(order) for order in found)
        whole = is_whole(pages, len(answer), limit, page, known=knows_list(exchange, method, market))
        unread = (*parse.unread_orders(answer), *dropped(request.symbol, read, len(answer)))
        return _Listed(found, unread, whole)

    async def _ask_accounts(self) -> Any:
        return await ask_ccxt(self._translator, Purpose.READ, self._exchange.fetch_accounts)

    async def _listed(
        self, request: ListOrdersRequest, method: str, *arguments: Any
    ) -> tuple[Any, list[Page], list[str | None]]:
        """Return ccxt's answer, the pages that it was made of, and the markets of all that ccxt read of them."""
        await self._exchange.load_markets()
        record = current()
        if record is not None and request.params:
            record.terms = terms_of(self._exchange, request)
        before = len(record.pages) if record else 0
        answer = await getattr(self._exchange, method)(*arguments)
        return (answer, record.pages[before:], record.orders) if record else (answer, [], [])


def _is_of_the_own_account(request: ListOrdersRequest) -> bool:
    """Whether only orders of the key's own account are wanted: nobody picks by ids, and no account is named."""
    return not request.any_account and "accountId" not in request.params


class _Listed(NamedTuple):
    """One list: its orders, the rows that cannot be read, and whether it has no further page."""

    orders: tuple[Order, ...]
    unread: tuple[UnreadRow, ...]
    whole: bool


def _newest_first(orders: Iterable[Order]) -> tuple[Order, ...]:
    return tuple(sorted(orders, key=lambda order: order.timestamp or 0, reverse=True))
