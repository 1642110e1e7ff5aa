"""An asyncio venue, or a ccxt instance, in a second event loop: what was opened in the first one is opened anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET
from hk_adapter.simulator.server import Served

from .programs import run

Resting = Callable[[int], list[str]]

NATIVE = """
import asyncio, gc, sys, hk_adapter
url, *ids = sys.argv[1:]
venue = hk_adapter.connect_async("hashkey", environment="simulator", base_url=url)
async def cancel(*some):
    for report in await asyncio.gather(*(venue.try_cancel(one) for one in some)):
        print(report.outcome, report.attempts)
async def last(*some):
    await cancel(*some)
    await venue.close()
asyncio.run(cancel(*ids[:3]))
asyncio.run(cancel(*ids[3:6]))
asyncio.run(last(*ids[6:]))
gc.collect()
"""

THROUGH_CCXT = """
import asyncio, sys, ccxt.async_support, hk_adapter.ccxt_facade
hk_adapter.ccxt_facade.register()
url, *ids = sys.argv[1:]
bot = ccxt.async_support.hkadapter({"apiKey": KEY, "secret": SECRET, "options": {"url": url}})
async def cancel(*some):
    for told in await asyncio.gather(*(bot.cancel_order(one, "ETH/USD") for one in some)):
        print(told["status"], told["id"] in some)
async def last(*some):
    await cancel(*some)
    await bot.close()
asyncio.run(cancel(*ids[:2]))
asyncio.run(cancel(*ids[2:4]))
asyncio.run(last(*ids[4:]))
"""

NO_LOOP = """
import sys, hk_adapter
url, one = sys.argv[1:]
venue = hk_adapter.connect_async("hashkey", environment="simulator", base_url=url)
try:
    venue.try_cancel(one).send(None)
except hk_adapter.ConfigurationError as error:
    print("asyncio" in str(error), error.request_state)
"""


def test_a_second_loop(served: Served, resting: Resting) -> None:
    """Each ``asyncio.run`` opens its own connections; every cancel goes out once, and nothing is left unclosed."""
    assert run(NATIVE, served.url, *resting(9)) == "canceled 1\n" * 9


def test_a_ccxt_instance_in_a_second_loop(served: Served, resting: Resting) -> None:
    """The same of the class that bots use, its session and its throttle."""
    pytest.importorskip("ccxt")
    code = f"KEY, SECRET = {DEFAULT_API_KEY!r}, {DEFAULT_SECRET!r}\n" + THROUGH_CCXT
    assert run(code, served.url, *resting(5)) == "canceled True\n" * 5


def test_without_asyncio_nothing_is_sent(served: Served, resting: Resting) -> None:
    """Driven by something else, as trio is, a call says that it needs asyncio, and sends nothing."""
    (one,) = resting(1)
    assert run(NO_LOOP, served.url, one) == "True not_sent\n"
    assert served.control.order(one).status == "NEW"
