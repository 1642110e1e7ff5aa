"""A bot that cancels one order with threads pays neither for ccxt nor for aiohttp."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve

HEAVY = {"ccxt", "cryptography", "aiohttp", "click", "rich", "vcr", "pytest", "hypothesis", "redis"}

CANCEL = """
import json, os, sys
import hk_adapter as hk

with hk.connect("hashkey", base_url=os.environ["URL"]) as venue:
    order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
    done = venue.cancel_order(order.id)
print(json.dumps({"status": done.status, "modules": sorted(sys.modules)}))
"""


def run(*arguments, **variables):
    """Run Python in a process of its own, without this one's variables for the package."""
    environment = {"PATH": "/usr/bin:/bin", **variables}
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, env=environment, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done


def roots(modules):
    """Name the top-level packages of modules."""
    return {module.split(".")[0] for module in modules}


def test_importing_the_package():
    """``import hk_adapter`` imports no venue, nothing that opens one, no simulator, no asyncio, and no command."""
    times = run("-X", "importtime", "-c", "import hk_adapter").stderr.splitlines()
    modules = {line.rpartition("|")[2].strip() for line in times if line.startswith("import time:")}
    assert "hk_adapter.model.order" in modules
    assert not HEAVY & roots(modules)
    assert not {"asyncio", "importlib.metadata", "hk_adapter.simulator"} & modules
    unwanted = ("hk_adapter.venue", "hk_adapter.execution", "hk_adapter.transport", "hk_adapter.cli")
    assert not [module for module in modules if module.startswith(unwanted)]


def test_a_cancel_over_http():
    """Placing and canceling an order through the blocking facade over real HTTP needs none of them either."""
    with serve() as served:
        done = run(
            "-c",
            CANCEL,
            URL=served.url,
            HK_ADAPTER_HASHKEY_API_KEY=DEFAULT_API_KEY,
            HK_ADAPTER_HASHKEY_SECRET=DEFAULT_SECRET,
        )
        truth = [order.status for order in served.control.orders()]
    told = json.loads(done.stdout)
    assert (told["status"], truth) == ("canceled", ["CANCELED"])
    assert "urllib3" in told["modules"]
    assert not {"requests", "charset_normalizer", "certifi"} & roots(told["modules"])
    streams = {module for module in told["modules"] if module.startswith("hk_adapter.execution.streams.")}
    assert streams <= {"hk_adapter.execution.streams.poll_interval"}
    assert not HEAVY & roots(told["modules"])


@pytest.mark.parametrize("call", ["connect('hashkey', environment='simulator')", "list_venues()"])
def test_looking_around(call):
    """Listing the venues, and the simulator in process, are as light."""
    code = f"import sys, hk_adapter as hk; hk.{call}; print(*sys.modules)"
    assert not HEAVY & roots(run("-c", code).stdout.split())
