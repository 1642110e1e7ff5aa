"""Whether an order that a create is answered with was made before: by every time of the venue that it shows."""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.send_times import asleep_since, latest_time
from hk_adapter.flow.effects import UNMEASURED, Moment, Now
from hk_adapter.model import CreateOrderRequest, Order

CLOCK_DOUBT = 2_000
"""Milliseconds by which an order may seem older than the call that made it: clocks differ, and some count seconds."""


async def older_ones(
    hooks: OperationHooks,
    shown: Mapping[str, Order],
    requests: Mapping[str, CreateOrderRequest],
    begun: Moment,
    deadline: float,
    *,
    measure: bool = True,
) -> set[str]:
    """Name, by client order ids, those of the shown orders that the venue had before a call began.

    ``begun`` is what the clocks said then, ``deadline`` in seconds of the monotonic one. With ``measure``, one that
    seems older is held against a measured clock: it may be ours that is wrong; so is any, where nothing vouches for
    ours. Where it cannot be told, an id that no other order can have does. A clock by which what exists is still to
    come tells nothing: it may be that of a venue that answered with a time of long ago. Nor does one that stood still,
    as where the machine slept, tell which came first.
    """
    now = await Now()
    asleep = asleep_since(begun, now)
    older = {own for own, order in shown.items() if _is_made_before(order, now, begun)}
    if now.doubt < UNMEASURED:
        older |= {own for own, order in shown.items() if _is_to_come(order, now)}
    if not now.vouched:  # by our clock alone, one that is older could seem newer, too
        older = {own for own, order in shown.items() if order.timestamp}
    if older and measure:
        await measure_clock(hooks, deadline)
        now = await Now()
    if not now.vouched:  # nor could the venue's be read
        return {own for own in older if not requests[own].fresh_id}
    before = {own for own in older if _is_made_before(shown[own], now, begun)}
    to_come = {own for own in older if _is_to_come(shown[own], now)}
    certain = {own for own in before if now.doubt < UNMEASURED and _is_made_before(shown[own], now, begun, asleep)}
    return {own for own in before | to_come if own in certain or not requests[own].fresh_id}


def _is_made_before(order: Order, now: Moment, begun: Moment, asleep: float = 0.0) -> bool:
    """Whether any of an order's times is older than a call: no order changes before it is made. 0 is no time."""
    earliest = now.time_at(begun.monotonic) - asleep - max(CLOCK_DOUBT, now.doubt)
    return any(0 < time < earliest for time in _times(order))


def _is_to_come(order: Order, now: Moment) -> bool:
    """Whether any of an order's times has not come yet."""
    return any(time > latest_time(now) + CLOCK_DOUBT for time in _times(order))


def _times(order: Order) -> list[int]:
    times = (order.timestamp, order.last_update_timestamp, order.last_trade_timestamp)
    return [time for time in times if time is not None]
