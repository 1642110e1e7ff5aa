"""Cancels, and the recovery of what a journal has in flight: arguments checked, and on to the core."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hk_adapter.errors import AdapterError, NotSupported
from hk_adapter.execution.whole_call import placed, report_cancel, report_cancels
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelReport,
    CancelRequest,
    Order,
    OrderSide,
    RecoveredOperation,
)
from hk_adapter.model.ids import check_distinct
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.base import Line

SECONDS_AN_ORDER = 0.12
"""Added to the time of ``cancel_orders`` for each order: one by one, HashKey's limit takes 10 a second."""
SECONDS_FOR_ALL = 30.0
"""Added to the time of ``cancel_all_orders``, whose number of orders is not known before it lists them."""


class CancelCalls(Line):
    """As the methods of ``Venue`` of the same names."""

    __slots__ = ()

    async def cancel_order(self, *args: Any, **kwargs: Any) -> Order:
        """As ``Venue.cancel_order``; arguments as ``try_cancel``."""
        report = await self.try_cancel(*args, **kwargs)
        try:
            return report.order_or_raise()
        except AdapterError as error:
            placed(error, "cancel_order", self.venue_id)
            raise

    async def try_cancel(
        self,
        order_id: str | int | None,
        symbol: str | None,
        params: Mapping[str, Any] | None,
        client_order_id: str | None,
        wait: str,
        timeout: float | None,
    ) -> CancelReport:
        """As ``Venue.try_cancel``."""
        order_id, client_order_id, rest = arguments.order_ids(order_id, client_order_id, params)
        request = CancelRequest(
            order_id=order_id,
            client_order_id=client_order_id,
            symbol=arguments.printable_text("symbol", symbol),
            params=rest,
        )
        operation = self.private("cancel_order", request, timeout, arguments.wait(wait))
        return await report_cancel(self.hooks, operation, self.venue_id)

    async def cancel_orders(
        self,
        order_ids: Iterable[str | int],
        symbol: str | None,
        params: Mapping[str, Any] | None,
        client_order_ids: Iterable[str],
        wait: str,
        timeout: float | None,
    ) -> list[CancelReport]:
        """As ``Venue.cancel_orders``."""
        symbol = arguments.printable_text("symbol", symbol)
        rest = arguments.frozen_params(params)
        known = [
            arguments.required("order_ids", arguments.order_id("order_ids", one))
            for one in arguments.items("order_ids", order_ids)
        ]
        own = [
            arguments.required("client_order_ids", arguments.client_order_id("client_order_ids", one))
            for one in arguments.items("client_order_ids", client_order_ids)
        ]
        check_distinct("order_ids and client_order_ids", set(known))
        check_distinct("order_ids and client_order_ids", set(own))
        asked = [CancelRequest(order_id=one, symbol=symbol, params=rest) for one in known]
        asked += [CancelRequest(client_order_id=one, symbol=symbol, params=rest) for one in own]
        names = [(one.order_id, one.client_order_id) for one in asked]
        orders = list(dict(zip(names, asked, strict=True)).values())
        if not orders:
            return []
        operation = self.private(
            "cancel_orders",
            CancelManyRequest(orders=tuple(orders)),
            self.timeout + SECONDS_AN_ORDER * len(orders) if timeout is None else timeout,
            arguments.wait(wait),
        )
        reports = await report_cancels(self.hooks, operation, self.venue_id)
        if len(reports) != len(orders):
            return reports  # a wrapper's own list
        told = dict(zip(dict.fromkeys(names), reports, strict=True))
        return [told[name] for name in names]

    async def cancel_all_orders(
        self,
        symbol: str | None,
        params: Mapping[str, Any] | None,
        side: str | None,
        client_id_prefix: str | None,
        wait: str,
        timeout: float | None,
    ) -> list[CancelReport]:
        """As ``Venue.cancel_all_orders``."""
        request = CancelAllRequest(
            symbol=arguments.printable_text("symbol", symbol),
            side=arguments.optional_word("side", side, OrderSide),
            client_id_prefix=arguments.printable_text("client_id_prefix", client_id_prefix),
            params=arguments.frozen_params(params),
        )
        seconds = self.timeout + SECONDS_FOR_ALL if timeout is None else timeout
        operation = self.private("cancel_all_orders", request, seconds, arguments.wait(wait))
        return await self.run(operation, list)

    async def recover(self, resend: bool, timeout: float | None, close: Iterable[str] = ()) -> list[RecoveredOperation]:
        """As ``Venue.recover``."""
        resend = arguments.flag("resend", resend)
        named = [arguments.printable_text("close", entry) for entry in arguments.items("close", close)]
        closed = frozenset(arguments.required("close", entry) for entry in named)
        seconds = None if timeout is None else arguments.timeout(timeout, self.timeout)
        self.check_credentials("recover")
        if self.recovery is None:
            raise NotSupported("this connection has no journal; name one in plugins=", venue=self.venue_id)
        return await self.recovery.run(resend=resend, timeout=seconds, least=self.timeout, close=closed)
