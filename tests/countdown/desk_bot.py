"""A bot of a process of its own: places two orders once it is watched, and beats until it is ended.

python -m tests.countdown.desk_bot URL SOCKET
"""

from __future__ import annotations

import signal
import sys
import time

import hk_adapter as hk
from hk_adapter.fleet import Heartbeat


def main(url: str, socket: str) -> None:
    """Trade; SIGTERM ends it with a goodbye."""
    over: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: over.append(number))
    with hk.connect("ccxt:kraken", base_url=url, profile="desk") as venue, Heartbeat(socket) as heart:
        wanted = ["1900", "1800"]
        while not over:
            heart.beat()
            if wanted and heart.is_heard:
                venue.create_order("ETH/USD", "limit", "buy", "0.1", wanted.pop())
            time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
