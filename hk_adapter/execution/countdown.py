"""A venue's own countdown, after which it cancels everything by itself."""

from __future__ import annotations

from hk_adapter.errors import ClockSkew, UnexpectedPayload
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.clock_sync import measure_clock
from hk_adapter.execution.context import Context
from hk_adapter.flow.effects import Lane, Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import Operation


async def set_countdown(hooks: OperationHooks, operation: Operation, context: Context) -> bool:
    """Set it anew, or take it off; after a ClockSkew once more, on a measured clock. It waits behind no create."""
    deadline, hook = operation.end((await Now()).monotonic), VenueHooks.cancel_all_orders_after
    try:
        accepted = await hooks.call(hook, bool, Attempt(deadline, Lane.CANCEL), operation.request)
    except ClockSkew:
        if not await measure_clock(hooks, deadline):
            raise
        accepted = await hooks.call(hook, bool, Attempt(deadline, Lane.CANCEL), operation.request)
    if not accepted:
        raise UnexpectedPayload("the plugin does not say whether the venue has taken the countdown")
    return accepted
