"""One order of a scenario at its venue: what was planned of it, how it stands, and what truly happens to its cancel."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hk_adapter.simulator.exchange.orders import Order
from hk_adapter.testing.campaign.scenario import OrderPlan
from hk_adapter.testing.campaign.truth import Truth


@dataclass(slots=True, eq=False)
class Case:
    """One order of a scenario.

    Attributes:
        order: None for one that never existed.
        before: how a query showed it before a cancel was accepted.
        hidden_until: before this no view has it, and perhaps no cancel finds it.
        comes: whether it is on its way to the book.
        taken_at: from when on another order has its id.
        is_shown_taken: whether the call has been shown that one.
        symbol: what its cancels name it by, beside an id; None names none.
        namesake: the one of another symbol that has an id of it.
        shares_id: whether that is the venue's id.
    """

    plan: OrderPlan
    truth: Truth
    order_id: str
    client_order_id: str
    order: Order | None
    before: dict[str, object] | None = None
    hidden_until: float = 0.0
    comes: bool = False
    taken_at: float = math.inf
    is_shown_taken: bool = False
    symbol: str | None = None
    namesake: Case | None = None
    shares_id: bool = False

    @property
    def shared_id(self) -> str | None:
        """The id of the other symbol's order, which this one is to get; None: it gets one of its own."""
        first = self.namesake if self.shares_id else None
        return None if first is None or (first.order is None and first.plan.exists) else first.order_id
