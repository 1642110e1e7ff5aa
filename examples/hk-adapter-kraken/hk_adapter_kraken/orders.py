"""The hooks that place orders and look them up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hk_adapter as hk
from hk_adapter.parsing import Fields, order_page, reading
from hk_adapter_kraken import calls
from hk_adapter_kraken.answers import VENUE, read_result
from hk_adapter_kraken.desk import Desk
from hk_adapter_kraken.parse import check_id, parse_order, rows_of
from hk_adapter_kraken.terms import check_ids, check_new_order, refuse_params, terms_of

PAGE = 50
"""Rows of a page of ended orders, whatever is asked for."""


class OrderHooks(Desk):
    """Orders, placed and looked up."""

    def check_create(self, request: hk.CreateOrderRequest) -> None:
        """Refuse what could not be sent. Raises InvalidArgument."""
        check_new_order(request)
        self.names.word(request.symbol)

    @hk.hookimpl
    async def create_order(self, request: hk.CreateOrderRequest) -> hk.Order:
        """Place one order, or have Kraken check it. The answer has its id, and what was understood in words."""
        self.check_create(request)
        terms = terms_of(request, self.names.word(request.symbol))
        result = read_result(await calls.place(terms), "create_order")
        with reading("an answer to a create", VENUE):
            row = Fields(result)
            told = {"venue_symbol": terms["pair"], "info": dict(row.payload)}
            if request.test:
                return request.acknowledged(None, **told)
            ids = row.rows("txid")
            if len(ids) != 1 or not isinstance(ids[0], str):
                raise hk.InvalidArgument("it names other than one order")
            return request.acknowledged(check_id(ids[0]), **told)

    @hk.hookimpl
    async def fetch_order(self, request: hk.FetchOrderRequest) -> hk.Order:
        """Look one order up. By the client's id it is looked for among the open orders, and then among the ended."""
        refuse_params(request.params)
        check_ids(request.order_id, request.client_order_id)
        if request.account_id is not None:
            raise hk.NotSupported(f"{VENUE}: a key sees its own account", venue=VENUE, operation="fetch_order")
        if request.order_id is not None:
            result = read_result(await calls.ask("QueryOrders", {"txid": request.order_id}), "fetch_order")
            with reading("the orders that were asked for", VENUE):
                return self._only(Fields(result).payload, request)
        named = {"cl_ord_id": str(request.client_order_id)}
        for path, name in (("OpenOrders", "open"), ("ClosedOrders", "closed")):
            result = read_result(await calls.ask(path, named), "fetch_order")
            with reading("a list of orders", VENUE):
                rows = rows_of(result, name)
            if rows:
                return self._only(rows, request)
        raise _not_found(request)

    def _only(self, rows: Mapping[str, Any], request: hk.FetchOrderRequest) -> hk.Order:
        """Read the one order that was asked for. Raises OrderNotFound for none at all."""
        if not rows:
            raise _not_found(request)
        with reading("the order that was asked for", VENUE):
            order_id = next(iter(rows))
            if len(rows) != 1 or request.order_id not in (None, order_id):
                raise hk.InvalidArgument("it shows others")
            order = parse_order(order_id, rows[order_id], self.names.symbol)
            if request.order_id is None and order.client_order_id != request.client_order_id:
                raise hk.InvalidArgument("it shows one of another client order id")
        return order

    @hk.hookimpl
    async def fetch_open_orders(self, request: hk.ListOrdersRequest) -> hk.OrderPage:
        """List the orders on the book: Kraken gives all of the account at once."""
        _check_list(request)
        result = read_result(await calls.ask("OpenOrders"), "fetch_open_orders")
        return self._page(result, "open", request, full=False)

    @hk.hookimpl
    async def fetch_orders(self, request: hk.ListOrdersRequest) -> hk.OrderPage:
        """List a page of the orders that have ended, newest first. Its cursor is a number of rows."""
        _check_list(request)
        skipped = skipped_by(request.before_id)
        params = {} if skipped == 0 else {"ofs": str(skipped)}
        if request.since is not None:
            params["start"] = str(request.since // 1000)
        result = read_result(await calls.ask("ClosedOrders", params), "fetch_orders")
        return self._page(result, "closed", request, full=True)

    def _page(self, result: Any, name: str, request: hk.ListOrdersRequest, *, full: bool) -> hk.OrderPage:
        with reading("a list of orders", VENUE):
            rows = rows_of(result, name)
        pairs = [(order_id, row) for order_id, row in rows.items() if self._is_wanted(row, request.symbol)]
        page = order_page(
            pairs,
            lambda pair: parse_order(pair[0], pair[1], self.names.symbol),
            full=full and len(rows) >= PAGE,
            cursor=str(skipped_by(request.before_id) + len(rows)),
            symbol=request.symbol,
            only_open=name == "open",
        )
        newest_first = sorted(page.orders, key=lambda one: one.timestamp or 0, reverse=True)
        return hk.OrderPage(
            orders=tuple(newest_first),
            complete=page.complete,
            next_before_id=page.next_before_id,
            left_out=page.left_out,
            unread=page.unread,
            cut_off=page.cut_off,
        )

    def _is_wanted(self, row: Any, symbol: str | None) -> bool:
        """Whether a row may be of a symbol: Kraken lists every pair, so one of another was asked for by nobody."""
        descr = row.get("descr") if isinstance(row, Mapping) else None
        pair = descr.get("pair") if isinstance(descr, Mapping) else None
        told = self.names.symbol(pair) if isinstance(pair, str) else None
        return symbol is None or told in (None, symbol)


def _not_found(request: hk.FetchOrderRequest) -> hk.OrderNotFound:
    return hk.OrderNotFound(f"{VENUE} shows no such order", venue=VENUE, operation="fetch_order", http_status=200)


def _check_list(request: hk.ListOrdersRequest) -> None:
    refuse_params(request.params)
    if request.account_id is not None:
        raise hk.NotSupported(f"{VENUE}: a key sees its own account", venue=VENUE)


def skipped_by(cursor: str | None) -> int:
    """Read the cursor of a page: how many rows come before it. Raises InvalidArgument."""
    if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise hk.InvalidArgument("before_id: kraken's pages are numbered by rows")
    return int(cursor or 0)
