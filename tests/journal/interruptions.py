"""Wrappers that end a call as Ctrl-C does, before or after its request."""

from __future__ import annotations

import signal
from typing import Any

from hk_adapter import wraps_flow


class CtrlCAfter:
    """Ctrl-C, when the venue has answered a cancel or a create but nothing has been made of the answer."""

    @wraps_flow
    async def cancel_order(self, flow: Any, request: Any) -> Any:
        """Be interrupted."""
        await flow
        signal.raise_signal(signal.SIGINT)

    @wraps_flow
    async def create_order(self, flow: Any, request: Any) -> Any:
        """Be interrupted."""
        await flow
        signal.raise_signal(signal.SIGINT)


class CtrlCBefore:
    """Ctrl-C, when nothing has been sent yet."""

    @wraps_flow
    async def cancel_order(self, flow: Any, request: Any) -> Any:
        """Be interrupted."""
        signal.raise_signal(signal.SIGINT)
