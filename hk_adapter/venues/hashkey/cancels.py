"""The hooks that cancel, and what they send. What a cancel came to is the host's to find out."""

from __future__ import annotations

from hk_adapter.errors import InvalidArgument, UnexpectedPayload
from hk_adapter.flow.effects import HttpCall
from hk_adapter.hooks import hookimpl
from hk_adapter.model import CancelAllRequest, CancelOrdersAnswer, CancelOrdersRequest, CancelRequest, Order
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.parse import ACKNOWLEDGED, parse_order
from hk_adapter.venues.hashkey.parse.batches import parse_refusals
from hk_adapter.venues.hashkey.responses import read_object
from hk_adapter.venues.hashkey.site_hooks import SiteHooks
from hk_adapter.venues.hashkey.validation import check_ids, check_order_id, check_symbol, one_id, refuse_params

LARGEST_BATCH = 100
"""Ids that one ``cancelOrderByIds`` takes."""


class CancelHooks(SiteHooks):
    """Cancels."""

    @property
    def cancel_batch(self) -> int:
        """How many ids one ``cancel_orders`` takes."""
        return LARGEST_BATCH

    def check_cancel(self, request: CancelRequest) -> None:
        """Refuse what could not be sent. Raises InvalidArgument."""
        refuse_params(request.params)
        check_symbol(request.symbol)
        check_ids(request.order_id, request.client_order_id)

    @hookimpl
    async def cancel_order(self, request: CancelRequest) -> Order:
        """Cancel by one id; the answer shows the order as it was before the cancel.

        Never by both: which of the two wins is not documented, so the order id is sent where both are given.
        """
        self.check_cancel(request)
        params = one_id(request.order_id, request.client_order_id, client_name="clientOrderId")
        payload = read_object(await endpoints.CANCEL_ORDER.call(params), "cancel_order")
        return parse_order(
            payload, operation="cancel_order", symbol=request.symbol, unify=self._names.unified, statuses=ACKNOWLEDGED
        )

    @hookimpl
    async def cancel_orders(self, request: CancelOrdersRequest) -> CancelOrdersAnswer:
        """Cancel up to 100 orders by id: ``0000`` means executed, and ``result`` lists only those that failed."""
        refuse_params(request.params)
        for order_id in request.order_ids:
            check_order_id(order_id)
        if len(set(request.order_ids)) < len(request.order_ids):
            raise InvalidArgument("order_ids must not name an order twice")
        params = {"ids": ",".join(request.order_ids)}
        payload = read_object(await endpoints.CANCEL_ORDERS.call(params), "cancel_order")
        return CancelOrdersAnswer(refused=parse_refusals(payload, request.order_ids))

    @hookimpl
    async def cancel_all_orders(self, request: CancelAllRequest) -> bool:
        """Ask for all orders of a symbol, or of every symbol where the site can; success only means accepted.

        One request takes up to 200 of them (2026; 1000 on HK in Nov 2025).
        """
        refuse_params(request.params)
        if request.symbol is None:
            endpoints.CANCEL_EVERY_SYMBOL.check_site(self._site)
            read_object(await _on_side(endpoints.CANCEL_EVERY_SYMBOL, {"limit": "200"}, request), "cancel_order")
            return True
        params = {"symbol": self._names.word(request.symbol)}
        payload = read_object(await _on_side(endpoints.CANCEL_SYMBOL, params, request), "cancel_order")
        if payload.get("success") is not True:
            raise UnexpectedPayload(f"{VENUE}: a mass cancel without success", venue=VENUE)
        return True


def _on_side(endpoint: endpoints.Endpoint, params: dict[str, str], request: CancelAllRequest) -> HttpCall:
    if request.side is not None:
        params["side"] = request.side.upper()
    return endpoint.call(params)
