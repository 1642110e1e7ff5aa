"""What the flows of calls go by, beside the hooks: what one key shares, and what its venue says of itself."""

from __future__ import annotations

from collections.abc import Callable

from hk_adapter.execution.create_lookup import Naming
from hk_adapter.execution.lookups import SharedLookups
from hk_adapter.model import CancelRequest
from hk_adapter.record import Record


class Context(Record, frozen=True, kw_only=True):
    """One connection, as its flows see it.

    Attributes:
        cancel_batch: how many ids one ``cancel_orders`` of the venue takes; below 2, orders are canceled one by one.
        check_cancel: raises InvalidArgument for a cancel that the venue could not send.
        create_batch: how many orders one ``create_orders`` of it takes, all of one symbol; below 2, one by one.
        second_look: seconds after which an end is looked at once more; None takes it as it is.
        naming: what it does with the client's ids.
        market_type: of which type of market its lists without a symbol have the orders; None: of all.
    """

    looks: SharedLookups
    cancel_batch: int
    check_cancel: Callable[[CancelRequest], None]
    create_batch: int
    second_look: float | None
    naming: Naming
    market_type: str | None = None
