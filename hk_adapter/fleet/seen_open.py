"""Shows what a stop does while its calls are under way: what lists of open orders have, and that cancels leave."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hk_adapter.flow.effects import Flow
from hk_adapter.flow.wrapper import wraps_flow
from hk_adapter.model import Order, OrderPage


class SeenOpen:
    """A wrapper of one account; who stops it sets ``listener`` and ``before_cancel``, and takes them back."""

    shares_looks = True
    """Around a look it does nothing that another caller would miss."""

    def __init__(self) -> None:
        self.listener: Callable[[Iterable[Order]], None] | None = None
        self.before_cancel: Callable[[], None] | None = None

    @wraps_flow
    async def attempt(self, flow: Flow[Any], hook: str) -> Any:
        """Show a page of open orders, once it is there, and a cancel, before it may leave."""
        if hook.startswith("cancel") and (tell := self.before_cancel) is not None:
            tell()
        answer = await flow
        if hook == "fetch_open_orders" and isinstance(answer, OrderPage) and (show := self.listener) is not None:
            show(answer.orders)
        return answer
