"""What Ctrl-C in a call of the class for ccxt leaves taken keeps no other call waiting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import ccxt
import pytest

from hk_adapter import ccxt_facade
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from tests.interrupts.scenes import served
from tests.interrupts.striking import in_time


@pytest.fixture
def used() -> Iterator[tuple[Any, Any, list[Any]]]:
    """Give an instance that has canceled, what places an order, and the pools of its session."""
    ccxt_facade.register()
    with served() as (_, url, place):
        keys = {"apiKey": DEFAULT_API_KEY, "secret": DEFAULT_SECRET, "enableRateLimit": False}
        bot = ccxt.hkadapter({**keys, "urls": {"api": {"public": url, "private": url}}})
        bot.load_markets()
        for _ in range(3):
            assert bot.cancel_order(place(), "ETH/USD")["status"] == "canceled"
        pools = bot.session.get_adapter(url).poolmanager.pools
        yield bot, place, [pools[key] for key in pools.keys()]  # noqa: SIM118 - it is no mapping to iterate
        bot.session.close()


def test_a_lock_for_idle_connections_is_not_waited_for(used: tuple[Any, Any, list[Any]]) -> None:
    """urllib3's own, which an interrupt could leave taken for ever, would hold the next call up past its deadline."""
    bot, place, pools = used
    with ExitStack() as taken:
        for pool in pools:
            if hasattr(pool.pool, "mutex"):
                taken.enter_context(pool.pool.mutex)
        assert in_time(lambda: bot.cancel_order(place(), "ETH/USD"), 3)["status"] == "canceled"


def test_idle_connections_are_used_again(used: tuple[Any, Any, list[Any]]) -> None:
    """One after the other, calls go over one connection."""
    _, _, pools = used
    assert max(pool.num_connections for pool in pools) == 1
