"""Wrappers that raise, before the call, after it, or without ever making it."""

from __future__ import annotations

import asyncio
from typing import Any

from hk_adapter.errors import AdapterError, OrderDenied
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow


class Unheard(BaseException):
    """An exception that is none of Exception."""


_RAISED: dict[str, type[BaseException]] = {
    "error": AdapterError,
    "denied": OrderDenied,
    "unknown": RuntimeError,
    "exit": SystemExit,
    "canceled": asyncio.CancelledError,
    "base": Unheard,
    "stop": StopAsyncIteration,
}
RAISED = tuple(_RAISED)
"""What a wrapper raises, in words."""


async def _misbehave(flow: Flow[Any], when: str, what: str) -> Any:
    if when == "aside":
        return None
    if when == "after":
        await flow
    raise _RAISED[what]("a wrapper's own")


class WrapsOperate:
    """Stands around whole calls."""

    def __init__(self, when: str, what: str) -> None:
        self.when, self.what = when, what

    @wraps_flow
    async def operate(self, flow: Flow[Any]) -> Any:
        """Misbehave."""
        return await _misbehave(flow, self.when, self.what)


class WrapsAttempts:
    """Stands around each cancel of one order, each batch, and each look-up."""

    def __init__(self, when: str, what: str) -> None:
        self.when, self.what = when, what

    @wraps_flow
    async def cancel_order(self, flow: Flow[Any]) -> Any:
        """Misbehave."""
        return await _misbehave(flow, self.when, self.what)

    @wraps_flow
    async def cancel_orders(self, flow: Flow[Any]) -> Any:
        """Misbehave."""
        return await _misbehave(flow, self.when, self.what)


def wrapper_of(where: str, when: str, what: str) -> object:
    """Make a wrapper that stands ``where`` and raises ``what`` ``when`` it should not."""
    return (WrapsOperate if where == "operate" else WrapsAttempts)(when, what)
