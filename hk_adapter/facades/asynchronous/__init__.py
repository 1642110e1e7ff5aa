"""The rooms of the facade for asyncio."""

from hk_adapter.facades.asynchronous.account import AccountReads
from hk_adapter.facades.asynchronous.cancels import Cancels
from hk_adapter.facades.asynchronous.markets import MarketReads
from hk_adapter.facades.asynchronous.orders import Orders

__all__ = ["AccountReads", "Cancels", "MarketReads", "Orders"]
