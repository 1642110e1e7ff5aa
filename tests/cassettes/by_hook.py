"""Calls one hook of an opened venue: what the plugin offers, and no call of ours asks for any more."""

from __future__ import annotations

import inspect
from typing import Any

from hk_adapter import CancelAllRequest
from hk_adapter.execution.attempt import Attempt, OperationHooks
from hk_adapter.execution.streams.asking import Asking
from hk_adapter.flow.effects import Lane, Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import Operation


async def mass_cancel(desk: Any, symbol: str | None = None) -> bool:
    """Ask the venue to cancel everything in a scope, once; say what the plugin makes of the answer."""
    venue = desk.venue
    result = venue._runner.run(_asked(venue._connection.calls.hooks, CancelAllRequest(symbol=symbol)))
    return bool(await result if inspect.isawaitable(result) else result)


async def _asked(hooks: Any, request: CancelAllRequest) -> bool:
    attempt = Attempt((await Now()).monotonic + 5.0, Lane.CANCEL)
    operation = Operation(name="cancel_all_orders", request=request, timeout=5.0)
    return await OperationHooks(hooks, operation).call(VenueHooks.cancel_all_orders, bool, attempt, request)


async def ask_of_stream(desk: Any, name: str, *arguments: Any) -> Any:
    """Ask over REST what the keeper of a stream asks; the stream itself is no exchange that a cassette could hold."""
    calls = desk.venue._connection.calls
    asking = Asking(hooks=calls.hooks, venue_id=calls.venue_id, place=calls.place, timeout=5.0)
    result = desk.venue._runner.run(getattr(asking, name)(*arguments))
    return await result if inspect.isawaitable(result) else result
