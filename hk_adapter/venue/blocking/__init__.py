"""The rooms of the facade for threads."""

from hk_adapter.venue.blocking.account import AccountReads
from hk_adapter.venue.blocking.cancels import Cancels
from hk_adapter.venue.blocking.markets import MarketReads
from hk_adapter.venue.blocking.orders import Orders

__all__ = ["AccountReads", "Cancels", "MarketReads", "Orders"]
