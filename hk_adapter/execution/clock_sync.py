"""Measure the venue's clock, when it has refused a timestamp."""

from __future__ import annotations

from hk_adapter.errors import AdapterError
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.rate_limits import is_block
from hk_adapter.flow.effects import ClockSample, Lane, Now
from hk_adapter.hooks import VenueHooks

SAMPLES = 3


async def measure_clock(hooks: OperationHooks, deadline: float) -> bool:
    """Read the venue's time a few times and tell the venue clock; True if the venue answered that it blocks us.

    ``deadline`` is in seconds of the monotonic clock. A reading that fails does not void the others.
    """
    first = True
    for _ in range(SAMPLES):
        asked = (await Now()).monotonic
        attempt = Attempt(deadline, Lane.CONFIRM, share=0.5)
        try:
            timestamp = await hooks.call(VenueHooks.fetch_time, int, attempt)
        except AdapterError as error:
            if is_block(error):
                return True
            continue
        answered = (await Now()).monotonic
        await ClockSample(timestamp, asked, answered, first=first)
        first = False
    return False
