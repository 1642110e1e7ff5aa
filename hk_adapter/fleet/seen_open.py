"""Shows what lists of open orders have as they come, while the call that cancels them is still under way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model import Order, OrderPage


class SeenOpen:
    """A wrapper of one account; who stops it sets ``listener``."""

    shares_looks = True
    """Around a look it does nothing that another caller would miss."""

    def __init__(self) -> None:
        self.listener: Callable[[Iterable[Order]], None] | None = None

    @wraps_flow
    async def attempt(self, flow: Flow[Any], hook: str) -> Any:
        """Show a page of open orders, once it is there."""
        answer = await flow
        if hook == "fetch_open_orders" and isinstance(answer, OrderPage) and self.listener is not None:
            self.listener(answer.orders)
        return answer
