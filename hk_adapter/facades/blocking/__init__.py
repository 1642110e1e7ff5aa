"""The rooms of the facade for threads."""

from hk_adapter.facades.blocking.account import AccountReads
from hk_adapter.facades.blocking.cancels import Cancels
from hk_adapter.facades.blocking.markets import MarketReads
from hk_adapter.facades.blocking.orders import Orders

__all__ = ["AccountReads", "Cancels", "MarketReads", "Orders"]
