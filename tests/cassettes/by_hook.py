"""Calls one hook of an opened venue: what the plugin offers, and no call of ours asks for any more."""

from __future__ import annotations

import inspect
from typing import Any

from hk_adapter import CancelAllRequest
from hk_adapter.execution.attempt import Attempt, ask
from hk_adapter.flow.effects import Flow, Lane, Now


async def mass_cancel(desk: Any, symbol: str | None = None) -> bool:
    """Ask the venue to cancel everything in a scope, once; say what the plugin makes of the answer."""
    venue = desk.venue
    result = venue._runner.run(_asked(venue._connection.calls.hooks, CancelAllRequest(symbol=symbol)))
    return bool(await result if inspect.isawaitable(result) else result)


async def _asked(hooks: Any, request: CancelAllRequest) -> bool:
    attempt = Attempt((await Now()).monotonic + 5.0, Lane.CANCEL)
    flow: Flow[bool] = ask(hooks.cancel_all_orders, bool, attempt, request=request)
    return await flow
