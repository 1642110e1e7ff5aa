"""A list without the rows that could not be read, which it tells."""

from __future__ import annotations

from collections.abc import Iterable

from hk_adapter.model.order import Order
from hk_adapter.model.requests import UnreadRow


class PartialList(list[Order]):
    """What could be read of a list of orders.

    Attributes:
        unread: the rows that could not be, each with the reason, and its order's id where it has one.
    """

    def __init__(self, orders: Iterable[Order], unread: Iterable[UnreadRow]) -> None:
        super().__init__(orders)
        self.unread = tuple(unread)
