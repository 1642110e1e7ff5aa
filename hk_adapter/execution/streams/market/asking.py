"""What the keeper of market data asks first: a whole call, with wrappers and deadline. No key is needed."""

from __future__ import annotations

from typing import Protocol

from hk_adapter.execution.operate import run_operation
from hk_adapter.flow.effects import Flow
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import MarketStreamPlan, MarketStreamRequest, Operation, Place, Wait
from hk_adapter.record import Record


class AsksForMarkets(Protocol):
    """What the keeper may ask."""

    def open_market_stream(self) -> Flow[MarketStreamPlan]:
        """Ask for a plan."""


class AskingForMarkets(Record, frozen=True, kw_only=True):
    """The call of one connection. ``timeout``: seconds for it."""

    hooks: VenueHooks
    venue_id: str
    place: Place | None
    timeout: float

    async def open_market_stream(self) -> MarketStreamPlan:
        """Ask for a plan."""
        operation = Operation(
            name="open_market_stream",
            request=MarketStreamRequest(),
            timeout=self.timeout,
            wait=Wait.FINAL,
            place=self.place,
        )
        return await run_operation(self.hooks, operation, MarketStreamPlan, self.venue_id)
