"""What is ours in ``ccxt.hkadapter``: the cancel methods, over the bot's own requests session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from hk_adapter.ccxt_facade import arguments
from hk_adapter.ccxt_facade.bots_session import furnish
from hk_adapter.ccxt_facade.connections import connection_of
from hk_adapter.ccxt_facade.describe import Described
from hk_adapter.ccxt_facade.exceptions import in_words_of_ccxt, telling_of
from hk_adapter.ccxt_facade.placed_orders import placing
from hk_adapter.ccxt_facade.requests_transport import SessionTransport
from hk_adapter.ccxt_facade.results import all_orders, check_replaceable, one_order
from hk_adapter.ccxt_facade.throttled_runners import PacedBlockingRunner
from hk_adapter.flow.effects import Flow
from hk_adapter.model import CancelReport
from hk_adapter.venue.api import Calls

T = TypeVar("T")


class BlockingCancels(Described):
    """ccxt's HashKey class, but a cancel returns only when the order is proven off the book."""

    def __init__(self, config: Any = None) -> None:
        stock: Any = super()
        stock.__init__(config or {})
        if "session" not in (config or {}):  # else it is the bot's, as it is
            exchange: Any = self
            furnish(exchange.session, self._trusted)

    def cancel_order(
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
            return stock.cancel_order(id, symbol, params or {})  # type: ignore[no-any-return]
        return one_order(exchange, _canceled(exchange, id, symbol, params))

    def cancel_orders(
        self, ids: Sequence[Any], symbol: str | None = None, params: Mapping[str, Any] | None = None
    ) -> list[dict[str, Any]]:
        """Cancel several spot orders and return the proven end of each; ``params`` may have ``clientOrderIds``.

        Raises if one is not proven ended; the exception has ``orders`` and ``reports``.
        """
        exchange: Any = self
        if arguments.is_for_stock(exchange, "cancelOrders", symbol, params):
            stock: Any = super()
            return stock.cancel_orders(ids, symbol, params or {})  # type: ignore[no-any-return]
        told = arguments.read(exchange, symbol, params)
        known, own = arguments.several_ids(exchange, ids), told.take("clientOrderIds") or ()
        reports = _run(
            exchange,
            lambda calls: calls.cancel_orders(known, told.symbol, told.params, client_order_ids=own),
        )
        return all_orders(exchange, reports)

    def cancel_all_orders(
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
            return stock.cancel_all_orders(symbol, params or {})  # type: ignore[no-any-return]
        told = arguments.read(exchange, symbol, params)
        side = told.take("side")
        reports = _run(
            exchange,
            lambda calls: calls.cancel_all_orders(told.symbol, told.params, side=side),
        )
        return all_orders(exchange, reports)

    def create_order(
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
            answers.append(stock.create_order(symbol, type, side, amount, price, params or {}))
        return answers[0]  # type: ignore[no-any-return]

    def create_orders(self, orders: Sequence[Any], params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Place several orders as ccxt's own class does, and remember them."""
        stock: Any = super()
        with placing(self, *(one.get("params") for one in orders if isinstance(one, Mapping))) as answers:
            placed = stock.create_orders(orders, params or {})
            answers.extend(placed)
        return placed  # type: ignore[no-any-return]

    def edit_order(
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
            exchange.load_markets()
            arguments.check_placeable(exchange, symbol, type, amount, price)
            report = _canceled(exchange, id, symbol, None)
            check_replaceable(exchange, report)
            with telling_of(report, exchange.id):
                return exchange.create_order(symbol, type, side, amount, price, params or {})  # type: ignore[no-any-return]
        stock: Any = super()
        return stock.edit_order(id, symbol, type, side, amount, price, params or {})  # type: ignore[no-any-return]


def _canceled(exchange: Any, order_id: Any, symbol: str | None, params: Mapping[str, Any] | None) -> CancelReport:
    told = arguments.read(exchange, symbol, params)
    known = arguments.one_id(exchange, order_id, told)
    return _run(exchange, lambda calls: calls.try_cancel(known, told.symbol, told.params))


def _run(exchange: Any, ask: Callable[[Calls], Flow[T]]) -> T:
    with in_words_of_ccxt(exchange.id):
        connection = connection_of(exchange)
        runner = PacedBlockingRunner(connection.runtime, SessionTransport(exchange), exchange)
        return runner.run(ask(connection.calls))
