"""The rooms of the facade for asyncio."""

from hk_adapter.venue.asynchronous.account import AccountReads
from hk_adapter.venue.asynchronous.cancels import Cancels
from hk_adapter.venue.asynchronous.markets import MarketReads
from hk_adapter.venue.asynchronous.orders import Orders

__all__ = ["AccountReads", "Cancels", "MarketReads", "Orders"]
