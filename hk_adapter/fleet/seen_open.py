"""Shows what a stop does while its calls are under way, and remembers which orders of an account were shown open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model import CancelReport, ListOrdersRequest, Order, OrderPage
from hk_adapter.model.cut_off import is_cut_off

_LISTS = ("fetch_open_orders", "fetch_orders")
_MOST_REMEMBERED = 10_000
"""Orders of one account; who was shown first is forgotten first."""


class SeenOpen:
    """A wrapper of one account; who stops it sets ``listener`` and ``before_cancel``, and takes them back."""

    shares_looks = True
    """Around a look it does nothing that another caller would miss."""

    def __init__(self) -> None:
        self.listener: Callable[[Iterable[Order]], None] | None = None
        self.before_cancel: Callable[[], None] | None = None
        self._open: dict[str, tuple[Order, ...]] = {}  # of several symbols, where ids count by symbol
        self._apart: set[str] = set()  # shown by lists with params, which may be of a book of their own

    def still_open(self) -> list[Order]:
        """Return the orders that a list has shown open, as last seen, and of which nothing has shown the end since."""
        return [order for orders in list(self._open.values()) for order in orders]

    @wraps_flow
    async def operate(self, flow: Flow[Any]) -> Any:
        """Record which orders have ended, by a call that cancels."""
        result = await flow
        for report in result if isinstance(result, list) else (result,):
            if isinstance(report, CancelReport) and report.final and report.order is not None:
                self._forget(report.order)
        return result

    @wraps_flow
    async def attempt(self, flow: Flow[Any], request: Any, hook: str) -> Any:
        """Report a page of open orders, once it is there, and a cancel, before it may leave."""
        if hook.startswith("cancel") and (tell := self.before_cancel) is not None:
            tell()
        answer = await flow
        if hook == "fetch_open_orders" and isinstance(answer, OrderPage) and (show := self.listener) is not None:
            show(answer.orders)
        self._remember(answer, request, hook)
        return answer

    def _remember(self, answer: object, request: object, hook: str) -> None:
        if isinstance(answer, Order):
            if answer.id in self._open:  # one that was only asked for may be another account's
                self._note(answer)
        elif isinstance(answer, OrderPage) and isinstance(request, ListOrdersRequest) and hook in _LISTS:
            if request.account_id is not None or request.any_account:
                return
            if hook == "fetch_open_orders" and answer.complete and not is_cut_off(answer) and _is_of_all(request):
                for order_id in [one for one in list(self._open) if one not in self._apart]:
                    self._open.pop(order_id, None)  # it shows all there are
            for order in answer.orders:
                self._note(order)
            told = {order.id for order in answer.orders if order.id in self._open}
            if request.params:
                self._apart |= told
            elif hook == "fetch_open_orders":
                self._apart -= told

    def _note(self, order: Order) -> None:
        if order.id is None:
            return
        others = self._others(order)
        if order.status is None or not order.status.final:
            self._open.pop(order.id, None)  # who was shown last is forgotten last
            others = (*others, order.replace(info={}))  # the venue's own words take the most room
        self._keep(order.id, others)
        while len(self._open) > _MOST_REMEMBERED:
            with suppress(StopIteration):  # another thread has made room meanwhile
                self._keep(next(iter(list(self._open))), ())

    def _forget(self, order: Order) -> None:
        self._keep(order.id or "", self._others(order))

    def _others(self, order: Order) -> tuple[Order, ...]:
        """Return what is known under an order's id of others; where several have it, and it says no symbol, all are."""
        known = self._open.get(order.id or "", ())
        others = tuple(one for one in known if not (one.symbol is None or order.symbol in {None, one.symbol}))
        if len(known) - len(others) > 1:
            return tuple(one for one in known if one.symbol != order.symbol)
        return others

    def _keep(self, order_id: str, orders: tuple[Order, ...]) -> None:
        if orders:
            self._open[order_id] = orders
        else:
            self._open.pop(order_id, None)
            self._apart.discard(order_id)


def _is_of_all(request: ListOrdersRequest) -> bool:
    return request == ListOrdersRequest(limit=request.limit, partial=request.partial)
