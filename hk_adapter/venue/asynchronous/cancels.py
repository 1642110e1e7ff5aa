"""Cancel orders, and settle what a journal has in flight. For asyncio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from hk_adapter.model import CancelReport, Order, RecoveredOperation
from hk_adapter.venue.asynchronous.base import AsyncFacade, WaitWord


class Cancels(AsyncFacade):
    """Methods of ``AsyncVenue``."""

    async def cancel_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> Order:
        """Cancel one order, and return it once what ``wait`` asks for is reached; as ``Venue.cancel_order``."""
        return await self._runner.run(
            self._calls.cancel_order(order_id, symbol, params, client_order_id, wait, timeout)
        )

    async def try_cancel(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> CancelReport:
        """Cancel one order and report what is known, whatever venue, network or plugins do; as ``Venue.try_cancel``."""
        return await self._runner.run(self._calls.try_cancel(order_id, symbol, params, client_order_id, wait, timeout))

    async def cancel_orders(
        self,
        order_ids: Iterable[str | int],
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_ids: Iterable[str] = (),
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel several orders and report on each; as ``Venue.cancel_orders``."""
        return await self._runner.run(
            self._calls.cancel_orders(order_ids, symbol, params, client_order_ids, wait, timeout)
        )

    async def cancel_all_orders(
        self,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        side: Literal["buy", "sell"] | None = None,
        client_id_prefix: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel the orders that are open when this call lists them; as ``Venue.cancel_all_orders``."""
        return await self._runner.run(
            self._calls.cancel_all_orders(symbol, params, side, client_id_prefix, wait, timeout)
        )

    async def recover(
        self, *, resend: bool = False, timeout: float | None = None, close: Iterable[str] = ()
    ) -> list[RecoveredOperation]:
        """Settle what the journal has in flight here, by looking each order up; as ``Venue.recover``."""
        return await self._runner.run(self._calls.recover(resend, timeout, close))
