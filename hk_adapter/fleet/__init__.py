"""Many accounts at once: opened together, and stopped together by one decision, provably."""

from hk_adapter.fleet.async_pool import AsyncVenuePool
from hk_adapter.fleet.heartbeat import Heartbeat
from hk_adapter.fleet.kill import kill_switch, kill_switch_async
from hk_adapter.fleet.kill_report import AccountStop, KillReport, KnownBy, StoppedOrder, StopProgress
from hk_adapter.fleet.member import PoolAccount
from hk_adapter.fleet.pool import VenuePool

__all__ = [
    "AccountStop",
    "AsyncVenuePool",
    "Heartbeat",
    "KillReport",
    "KnownBy",
    "PoolAccount",
    "StopProgress",
    "StoppedOrder",
    "VenuePool",
    "kill_switch",
    "kill_switch_async",
]
