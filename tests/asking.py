"""Asks a few plain hooks as the core asks a venue's, without a plugin manager."""

from __future__ import annotations

from typing import Any

from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.flow.effects import Flow
from hk_adapter.model import Operation


class PlainHooks:
    """Stands for a plugin manager's hooks: nobody wraps them."""

    def __init__(self, hooks: Any) -> None:
        self._hooks = hooks

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hooks, name)

    def attempt(self, operation: Operation, request: object, hook: str) -> Flow[Any]:
        """Call one."""
        flow: Flow[Any] = getattr(self._hooks, hook)(**({} if request is None else {"request": request}))
        return flow


def plain(hooks: Any) -> Any:
    """Let a core be attached to them."""
    return PlainHooks(hooks)


def asking(hooks: Any, name: str = "cancel_order") -> OperationHooks:
    """Ask hooks for a call of some name."""
    return OperationHooks(plain(hooks), Operation(name=name, request=None, timeout=10.0))
