"""What is ours in the asynchronous classes: the methods of ``blocking.py``, over the bot's own aiohttp session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hk_adapter.ccxt_facade import arguments
from hk_adapter.ccxt_facade.aiohttp_transport import AsyncSessionTransport
from hk_adapter.ccxt_facade.connections import connection_of
from hk_adapter.ccxt_facade.describe import Described
from hk_adapter.ccxt_facade.exceptions import in_words_of_ccxt, telling_of
from hk_adapter.ccxt_facade.own_loop import follow_loop
from hk_adapter.ccxt_facade.placed_orders import placing
from hk_adapter.ccxt_facade.results import all_orders, check_replaceable, one_order
from hk_adapter.ccxt_facade.throttled_runners import PacedAsyncRunner
from hk_adapter.flow.effects import Flow
from hk_adapter.model import CancelReport
from hk_adapter.venue.api import Calls

T = TypeVar("T")


class AsyncCancels(Described):
    """ccxt's HashKey class, but a cancel returns only when the order is proven off the book."""

    async def cancel_order(
        self, id: Any = None, symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Cancel one spot order and return its proven end: canceled, or filled first, or ended by the venue.

        Args:
            id: the venue's; may be None with ``clientOrderId`` in ``params``.
            symbol: unified; it is not needed, and nothing is fetched for it.
            params: ``clientOrderId``; ``type`` as for ccxt. Other keys raise BadRequest.

        Raises ccxt's exceptions: RequestTimeout for what could not be settled within ``timeout``. What is not spot
        is left to ccxt's class.
        """
        exchange: Any = self
        if arguments.is_for_stock(exchange, "cancelOrder", symbol, params):
            stock: Any = super()
            return await stock.cancel_order(id, symbol, params or {})  # type: ignore[no-any-return]
        return one_order(exchange, await _canceled(exchange, id, symbol, params))

    async def cancel_orders(
        self, ids: Sequence[Any], symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Cancel several spot orders and return the proven end of each; ``params`` may have ``clientOrderIds``.

        Raises if one is not proven ended; the exception has ``orders`` and ``reports``.
        """
        exchange: Any = self
        if arguments.is_for_stock(exchange, "cancelOrders", symbol, params):
            stock: Any = super()
            return await stock.cancel_orders(ids, symbol, params or {})  # type: ignore[no-any-return]
        told = arguments.read(exchange, symbol, params)
        known, own = arguments.several_ids(exchange, ids), told.take("clientOrderIds") or ()
        reports = await _run(
            exchange,
            lambda calls: calls.cancel_orders(known, told.symbol, told.params, client_order_ids=own),
        )
        return all_orders(exchange, reports)

    async def cancel_all_orders(
        self, symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Cancel the spot orders that are open now, of one symbol or of all, and return the proven end of each.

        Args:
            symbol: unified; None is every symbol.
            params: ``side``; ``type`` as for ccxt.

        Raises as ``cancel_orders``.
        """
        exchange: Any = self
        if arguments.is_for_stock(exchange, "cancelAllOrders", symbol, params):
            stock: Any = super()
            return await stock.cancel_all_orders(symbol, params or {})  # type: ignore[no-any-return]
        told = arguments.read(exchange, symbol, params)
        side = told.take("side")
        reports = await _run(
            exchange,
            lambda calls: calls.cancel_all_orders(told.symbol, told.params, side=side),
        )
        return all_orders(exchange, reports)

    async def create_order(
        self,
        symbol: str,
        type: str,
        side: str,
        amount: Any,
        price: Any = None,
        params: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Place an order as ccxt's own class does, and remember it: no cancel calls it unknown while a view lags."""
        stock: Any = super()
        with placing(self, params) as answers:
            answers.append(await stock.create_order(symbol, type, side, amount, price, params or {}))
        return answers[0]  # type: ignore[no-any-return]

    async def create_orders(
        self, orders: Sequence[Any], params: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Place several orders as ccxt's own class does, and remember them."""
        stock: Any = super()
        with placing(self, *(one.get("params") for one in orders if isinstance(one, Mapping))) as answers:
            placed = await stock.create_orders(orders, params or {})
            answers.extend(placed)
        return placed  # type: ignore[no-any-return]

    async def edit_order(
        self,
        id: str,
        symbol: str,
        type: str,
        side: str,
        amount: Any = None,
        price: Any = None,
        params: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Cancel an order and place another, but only where this call took the first one off the book.

        The new one is of ``amount``, whatever filled of the first meanwhile: ``fetch_order`` tells that.

        Raises InvalidOrder, with nothing placed, for an order that had ended before, or whose cancel the venue refused;
        BadRequest, BadSymbol or InvalidOrder, with nothing canceled, for an amount or price that is not above 0, or
        that the market does not have. What the create raises after the cancel says that the order was canceled, and
        has its ``report``.
        """
        exchange: Any = self
        if not arguments.is_for_stock(exchange, "editOrder", symbol, params):
            arguments.check_numbers(exchange, type, side, amount, price)
            await exchange.load_markets()
            arguments.check_placeable(exchange, symbol, type, amount, price)
            report = await _canceled(exchange, id, symbol, None)
            check_replaceable(exchange, report)
            with telling_of(report, exchange.id):
                return await exchange.create_order(symbol, type, side, amount, price, params or {})  # type: ignore[no-any-return]
        stock: Any = super()
        return await stock.edit_order(id, symbol, type, side, amount, price, params or {})  # type: ignore[no-any-return]


async def _canceled(exchange: Any, order_id: Any, symbol: str | None, params: Mapping[str, Any] | None) -> CancelReport:
    told = arguments.read(exchange, symbol, params)
    known = arguments.one_id(exchange, order_id, told)
    return await _run(exchange, lambda calls: calls.try_cancel(known, told.symbol, told.params))


async def _run(exchange: Any, ask: Callable[[Calls], Flow[T]]) -> T:
    with in_words_of_ccxt(exchange.id):
        follow_loop(exchange)
        connection = connection_of(exchange)
        runner = PacedAsyncRunner(connection.runtime, AsyncSessionTransport(exchange), exchange)
        return await runner.run(ask(connection.calls))
