"""What the keeper of a stream asks over REST: each a whole call, with wrappers, budget and deadline as any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from hk_adapter.execution.operate import run_operation
from hk_adapter.flow.effects import Flow, Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    AccountRequest,
    Balances,
    FetchOrderRequest,
    ListOrdersRequest,
    ListTradesRequest,
    Operation,
    Order,
    Place,
    StreamPlan,
    StreamRequest,
    Trade,
    Wait,
)
from hk_adapter.record import Record

T = TypeVar("T")


class Asks(Protocol):
    """What the keeper may ask."""

    def open_stream(self) -> Flow[StreamPlan]:
        """Ask for a plan."""

    def first_texts(self, plan: StreamPlan) -> Flow[tuple[str, ...]]:
        """Write what is to be sent once it is open."""

    def renew_stream(self, plan: StreamPlan) -> Flow[bool]:
        """Prolong a plan's life."""

    def close_stream(self, plan: StreamPlan, timeout: float) -> Flow[bool]:
        """Release what a plan took."""

    def open_orders(self, symbol: str | None = None) -> Flow[list[Order]]:
        """List every open order, or those of one symbol."""

    def newest_orders(self, symbol: str | None = None) -> Flow[list[Order]]:
        """List the newest orders, or those of one symbol, ended ones too."""

    def order(self, order_id: str, symbol: str | None) -> Flow[Order]:
        """Ask how one order stands."""

    def my_trades(self, since: int, symbol: str | None = None) -> Flow[list[Trade]]:
        """List the account's fills, or those of one symbol, from a time on, in ms UTC."""

    def balance(self) -> Flow[Balances]:
        """Ask for all balances."""

    def server_time(self) -> Flow[int]:
        """Ask for the venue's time, in ms UTC."""


class Asking(Record, frozen=True, kw_only=True):
    """The calls of one connection.

    Attributes:
        timeout: seconds for each.
        sign: writes the texts of a plan that are signed, at the venue's time in ms UTC; None writes none.
    """

    hooks: VenueHooks
    venue_id: str
    place: Place | None
    timeout: float
    sign: Callable[[StreamPlan, int], tuple[str, ...]] | None = None

    async def open_stream(self) -> StreamPlan:
        """Ask for a plan."""
        return await self._run("open_stream", StreamRequest(), StreamPlan)

    async def first_texts(self, plan: StreamPlan) -> tuple[str, ...]:
        """Write what is to be sent once it is open; asks nobody."""
        signed = () if self.sign is None else self.sign(plan, (await Now()).timestamp)
        return (*plan.first, *signed)

    async def renew_stream(self, plan: StreamPlan) -> bool:
        """Prolong a plan's life."""
        return await self._run("renew_stream", plan, bool)

    async def close_stream(self, plan: StreamPlan, timeout: float) -> bool:
        """Release what a plan took, within so many seconds."""
        return await self._run("close_stream", plan, bool, timeout)

    async def open_orders(self, symbol: str | None = None) -> list[Order]:
        """List every open order, or those of one symbol; rows that cannot be read are told in ``unread``."""
        return await self._run("fetch_open_orders", ListOrdersRequest(symbol=symbol, partial=True), list)

    async def newest_orders(self, symbol: str | None = None) -> list[Order]:
        """List the newest orders, ended ones too, as far as one page has them; oldest first."""
        return await self._run("fetch_orders", ListOrdersRequest(symbol=symbol, partial=True), list)

    async def order(self, order_id: str, symbol: str | None) -> Order:
        """Ask how one order stands."""
        return await self._run("fetch_order", FetchOrderRequest(order_id=order_id, symbol=symbol), Order)

    async def my_trades(self, since: int, symbol: str | None = None) -> list[Trade]:
        """List the account's fills, or those of one symbol, from a time on, in ms UTC, oldest first.

        Rows that cannot be read are told in ``unread``.
        """
        return await self._run("fetch_my_trades", ListTradesRequest(symbol=symbol, since=since, partial=True), list)

    async def balance(self) -> Balances:
        """Ask for all balances; rows that cannot be read are told in ``unread``."""
        return await self._run("fetch_balance", AccountRequest(partial=True), Balances)

    async def server_time(self) -> int:
        """Ask for the venue's time, in ms UTC."""
        return await self._run("fetch_time", None, int)

    async def _run(self, name: str, request: Any, kind: type[T], timeout: float | None = None) -> T:
        operation = Operation(
            name=name, request=request, timeout=timeout or self.timeout, wait=Wait.FINAL, place=self.place
        )
        return await run_operation(self.hooks, operation, kind, self.venue_id)
