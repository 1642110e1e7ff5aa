"""A create refused because its client order id is taken: whose order has it, another one's or this very call's?

A gateway that delivers a request twice hands back the second answer, which refuses what the first delivery made.
"""

from __future__ import annotations

from hk_adapter.errors import AdapterError, OutcomeUnknown, VenueError
from hk_adapter.execution.agreement import is_contradictory
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.create_lookup import (
    LEAST_TIME,
    PAUSE,
    create_in_doubt,
    has_other_terms,
    is_hopeless,
    is_other,
    not_found,
)
from hk_adapter.execution.lookups import SharedLookups, Shown
from hk_adapter.execution.older_orders import CLOCK_DOUBT
from hk_adapter.execution.send_times import asleep_since, clocks_apart
from hk_adapter.execution.two_looks import OtherTerms
from hk_adapter.flow.effects import UNMEASURED, Moment, Now, Random, rest
from hk_adapter.model import CreateOrderRequest, FetchOrderRequest, Order


async def find_duplicate(
    hooks: OperationHooks,
    looks: SharedLookups,
    request: CreateOrderRequest,
    refusal: VenueError,
    begun: Moment,
    deadline: float,
    named: FetchOrderRequest | None = None,
) -> Order:
    """Return the order that this call made, by when it was created. ``deadline`` in monotonic seconds.

    ``begun`` is what the clocks said as the call began. ``named`` is its look-up; None: by its client order id and
    symbol.

    Raises the refusal, where the order that has the id is older than the call or was known before it; OutcomeUnknown,
    with what was seen of the order, where nothing tells, or where it has other terms than were asked for.
    """
    own, known = request.client_order_id, looks.known
    tried_before = known.placed_at(client_order_id=own) is not None
    names = named or FetchOrderRequest(client_order_id=own, symbol=request.symbol)
    others: dict[str, OtherTerms] = {}
    pause = 0.0
    while (await Now()).monotonic + pause + LEAST_TIME <= deadline:
        await rest(pause)
        (result,) = await looks.look(hooks, [(names,)], deadline)
        if isinstance(result, Shown) and result.order.client_order_id == own and not is_contradictory(result.order):
            if known.was_seen(str(result.order.id), begun.monotonic, result.order.symbol):
                raise refusal
            made = await _is_made_since(hooks, result.order, begun, deadline)
            if made is False:
                raise refusal
            if made is None or tried_before:
                raise _cannot_tell(request, result.order, refusal)
            if not has_other_terms(result.order, request):
                return result.order
            if not is_other(result.order, request, others, result.at):
                raise _cannot_tell(request, result.order, refusal)
        if is_hopeless(result):
            break
        waited = result.retry_after if isinstance(result, AdapterError) else None
        pause = max(PAUSE * (1 + await Random() / 4), waited or 0.0)
    raise not_found(request, refusal)


async def _is_made_since(hooks: OperationHooks, order: Order, begun: Moment, deadline: float) -> bool | None:
    """Whether an order was created since a moment; None where the clocks cannot tell, as of a machine that slept."""
    created, changed = order.timestamp or None, order.last_update_timestamp or None  # 0 is no time
    first = changed if created is None else created
    if first is None or (changed is not None and changed < first):
        return None  # no order changes before it is made
    now = await Now()
    asleep = asleep_since(begun, now)
    earliest = _earliest(now, begun)
    # Ours may be ahead of the venue's, and that of another one that dates the orders, each by as much.
    if now.doubt >= UNMEASURED and first >= earliest - max(UNMEASURED, now.ahead):
        takes_any = now.ahead > UNMEASURED
        await measure_clock(hooks, deadline)
        now = await Now()
        measured = _earliest(now, begun)
        # The venue took a stamp of ours, so that ours tells something; of one that takes any, it does not.
        earliest = measured if takes_any and now.doubt < UNMEASURED else min(earliest, measured)
    if first < earliest - asleep:
        return False
    return True if created is not None and _is_since(created, now, begun) else None


def _earliest(now: Moment, begun: Moment) -> float:
    """Return the earliest time, in ms UTC, that an order made since a moment can have by a reading of the clocks."""
    return int(now.time_at(begun.monotonic)) - clocks_apart(now.doubt, now.ahead)


def _is_since(time: int, now: Moment, begun: Moment) -> bool:
    """Whether a time is one between a moment and now; one still to come is none of an order that exists."""
    return now.doubt < UNMEASURED and int(now.time_at(begun.monotonic)) <= time <= now.timestamp + CLOCK_DOUBT


def _cannot_tell(request: CreateOrderRequest, order: Order, refusal: VenueError) -> OutcomeUnknown:
    told = f"an order with client order id {request.client_order_id!r} exists"
    return create_in_doubt(f"{told}; whether this call placed it cannot be told", refusal, order)
