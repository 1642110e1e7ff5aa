"""From a bot's arguments to flows: checked once, for both facades. Nothing is sent before every check has passed."""

from __future__ import annotations

from hk_adapter.venue.api.account import AccountCalls
from hk_adapter.venue.api.base import Number
from hk_adapter.venue.api.cancels import CancelCalls
from hk_adapter.venue.api.creates import CreateCalls
from hk_adapter.venue.api.market_streams import MarketStreamCalls
from hk_adapter.venue.api.orders import OrderCalls
from hk_adapter.venue.api.streams import StreamCalls

__all__ = ["Calls", "Number"]


class Calls(CancelCalls, CreateCalls, OrderCalls, AccountCalls, StreamCalls, MarketStreamCalls):
    """The calls of one connection. Each method checks its arguments and gives a flow for a runner."""

    __slots__ = ()
