"""A process that forks a quoter at each line of stdin, and tells its pid, and how it ended: forks spare the imports."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from functools import partial

import aiohttp  # noqa: F401 - imported once, before the forks

import hk_adapter as hk
from hk_adapter.venue import loop_streams  # noqa: F401 - as above
from tests.examples.quoters import quoter


def quote(url: str, venue_id: str, seed: str) -> None:
    """Quote at a venue that has no limits, until it is stopped or killed."""
    random.seed(seed)
    paces = {"rateLimit": 1} if venue_id.startswith("ccxt:") else {}
    hk.connect_async = partial(hk.connect_async, budget="unlimited", **paces)
    asyncio.run(quoter.main([venue_id, "--base-url", url, "--every", "0.002"]))


def main() -> None:
    """Fork, and wait for the child."""
    url, venue_id = sys.argv[1:]
    if venue_id.startswith("ccxt:"):
        import ccxt.async_support  # noqa: F401, PLC0415 - an extra
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)  # stdout is for what is told here
            quote(url, venue_id, line)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        ended = os.waitpid(child, 0)[1]
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
