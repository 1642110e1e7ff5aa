"""One opened account that is to be stopped, and what tells of its orders."""

from __future__ import annotations

from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.fleet.known_open import KnownOpen
from hk_adapter.fleet.seen_open import SeenOpen
from hk_adapter.model.enums import ClientIds
from hk_adapter.record import Record
from hk_adapter.venue.api import Calls


class Stopped(Record, frozen=True, kw_only=True):
    """One opened account.

    Attributes:
        orders: what this process knows of the key's orders and creates, whichever connection they are of.
        seen: shows what is listed there.
        known: says what is open there as far as is known without a list.
        client_ids: what the venue makes of the client's ids, which a call may pick by.
        market_type: as ``AccountStop.market_type``.
        may_arrive: for how many seconds after it left a request may still run.
        others_place: whether other processes place orders there, which heed the same block.
    """

    name: str
    venue_id: str
    calls: Calls
    orders: KnownOrders
    seen: SeenOpen
    known: KnownOpen
    client_ids: ClientIds = ClientIds.SHOWN
    market_type: str | None = None
    may_arrive: float
    others_place: bool
