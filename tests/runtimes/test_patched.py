"""Runtimes that replace a part of Python's own: cancels go out once, are proven, and keep their deadlines."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest

from hk_adapter.simulator.server import Served

from .programs import run

Resting = Callable[[int], list[str]]


def needs(name: str) -> None:
    """Skip where a runtime is not installed; ``nox -s runtimes`` installs them all."""
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed; nox -s runtimes installs it")


GEVENT = """
import warnings
warnings.simplefilter("ignore")
from gevent import monkey
monkey.patch_all()
import sys, time, gevent, hk_adapter
url, dead, *ids = sys.argv[1:]
venue = hk_adapter.connect("hashkey", environment="simulator", base_url=url)
print(venue.cancel_order(ids[0]).status)
others = [gevent.spawn(venue.try_cancel, one) for one in ids[1:]]
gevent.joinall(others)
print(*(one.value.outcome for one in others))
venue.close()
slow = hk_adapter.connect("hashkey", environment="simulator", base_url=dead)
began = time.monotonic()
print(slow.try_cancel("1", timeout=1.0).outcome, time.monotonic() - began < 20)
"""

FREEZEGUN = """
import asyncio, sys, threading, time
begun_real = time.monotonic
from freezegun import freeze_time
early = sys.argv.pop()
if early == "early":
    freezer = freeze_time("2020-01-01"); freezer.start()
import hk_adapter
url, dead, *ids = sys.argv[1:]
venue = hk_adapter.connect("hashkey", environment="simulator", base_url=url)
if early != "early":
    freezer = freeze_time("2020-01-01"); freezer.start()
print(venue.try_cancel(ids[0]).outcome)
slow = hk_adapter.connect("hashkey", environment="simulator", base_url=dead)
began = begun_real()
print(slow.try_cancel("1", timeout=1.0).outcome, begun_real() - began < 20)
async def cancel():
    async with hk_adapter.connect_async("hashkey", environment="simulator", base_url=url) as venue:
        reports = await asyncio.gather(*(venue.try_cancel(one) for one in ids[1:]))
        print(*(report.outcome for report in reports))
    async with hk_adapter.connect_async("hashkey", environment="simulator", base_url=dead) as slow:
        began = begun_real()
        print((await slow.try_cancel("1", timeout=1.0)).outcome, begun_real() - began < 20)
asyncio.run(cancel())
with hk_adapter.connect("hashkey", environment="simulator") as offline:
    print(offline.cancel_order(offline.create_order("ETH/USD", "limit", "buy", "1", "1900").id).status)
freezer.stop()
"""

TIME_MACHINE = FREEZEGUN.replace("from freezegun import freeze_time", "import time_machine").replace(
    'freeze_time("2020-01-01")', "time_machine.travel(1577836800.0, tick=False)"
)

LOOPS = {
    "uvloop": "import uvloop\nuvloop.run(cancel())",
    "anyio": "import anyio\nanyio.run(cancel)",
    "nest_asyncio": "import nest_asyncio\nnest_asyncio.apply()\nasyncio.run(cancel())",
}

IN_A_LOOP = """
import asyncio, sys, hk_adapter
url, *ids = sys.argv[1:]
async def cancel():
    async with hk_adapter.connect_async("hashkey", environment="simulator", base_url=url) as venue:
        reports = await asyncio.gather(*(venue.try_cancel(one) for one in ids))
        print(*(report.outcome for report in reports))
"""

TRIO = """
import sys, trio, hk_adapter
url, one = sys.argv[1:]
async def cancel():
    venue = hk_adapter.connect_async("hashkey", environment="simulator", base_url=url)
    try:
        await venue.try_cancel(one)
    except hk_adapter.ConfigurationError as error:
        print("asyncio" in str(error), error.request_state)
trio.run(cancel)
"""

JUPYTER = """
import sys
from IPython.core.interactiveshell import InteractiveShell
url, one = sys.argv[1:]
shell = InteractiveShell.instance()
async def cell(code):
    (await shell.run_cell_async(code, transformed_cell=shell.transform_cell(code))).raise_error()
import asyncio
async def notebook():
    await cell("import hk_adapter")
    await cell(f"venue = await hk_adapter.connect_async('hashkey', environment='simulator', base_url={url!r})")
    await cell(f"print((await venue.try_cancel({one!r})).outcome)")
    await cell(f"blocking = hk_adapter.connect('hashkey', environment='simulator', base_url={url!r})")
    await cell(f"print(blocking.fetch_order({one!r}).status); blocking.close()")
    await cell("await venue.close()")
asyncio.run(notebook())
"""


@pytest.fixture
def dead() -> Iterator[str]:
    """Name a venue that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_greenlets_cancel_side_by_side(served: Served, resting: Resting, dead: str) -> None:
    """After ``monkey.patch_all()`` greenlets cancel side by side, and a venue that stalls holds none past its time."""
    needs("gevent")
    assert run(GEVENT, served.url, dead, *resting(4)) == "canceled\ncanceled canceled canceled\nunknown True\n"


@pytest.mark.parametrize("when", ["early", "late"])
@pytest.mark.parametrize(("name", "code"), [("freezegun", FREEZEGUN), ("time_machine", TIME_MACHINE)])
def test_frozen_time_freezes_no_deadline(
    served: Served, resting: Resting, dead: str, name: str, code: str, when: str
) -> None:
    """Frozen before or after our import, the day is wrong, but deadlines and waits are the machine's."""
    needs(name)
    expected = "canceled\nunknown True\ncanceled canceled\nunknown True\ncanceled\n"
    assert run(code, served.url, dead, *resting(3), when) == expected


_NESTED = pytest.mark.skipif(sys.version_info >= (3, 14), reason="nest_asyncio's own run has no task from 3.14 on")


@pytest.mark.parametrize("name", [pytest.param(one, marks=[_NESTED] * (one == "nest_asyncio")) for one in LOOPS])
def test_loops_that_speak_asyncio_are_asyncio(served: Served, resting: Resting, name: str) -> None:
    """Loops that speak asyncio are asyncio."""
    needs(name)
    assert run(IN_A_LOOP + LOOPS[name], served.url, *resting(3)) == "canceled canceled canceled\n"


def test_under_trio_nothing_is_sent(served: Served, resting: Resting) -> None:
    """Under trio a call says that it needs asyncio, and sends nothing."""
    needs("trio")
    (one,) = resting(1)
    assert run(TRIO, served.url, one) == "True not_sent\n"
    assert served.control.order(one).status == "NEW"


def test_a_notebook_awaits_and_blocks_in_its_own_loop(served: Served, resting: Resting) -> None:
    """Cells await the asyncio venue in the notebook's own loop, and call the blocking one within it."""
    needs("IPython")
    assert run(JUPYTER, served.url, *resting(1)).split() == ["canceled", "canceled"]
