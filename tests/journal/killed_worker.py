"""A process that forks a child at each line of stdin; the child places and cancels orders, journalled, until killed.

Forking spares each child the imports: ten thousand of them take minutes, not hours.
"""

from __future__ import annotations

import itertools
import os
import sys

import requests  # noqa: F401 - imported once, before the forks

import hk_adapter
from hk_adapter.plugins.journal import Journal

ORDERS = 8


def trade(path: str, url: str, run: str) -> None:
    """Place and cancel orders, every other one by its own id."""
    journal = Journal(path, cancel_patience=60)
    with hk_adapter.connect(
        "hashkey", environment="simulator", base_url=url, plugins=[journal], budget="unlimited"
    ) as venue:
        for number in itertools.islice(itertools.count(), ORDERS):
            own = f"{run}-{number}"
            order = venue.create_order("ETH/USD", "limit", "buy", "0.1", "1900", client_order_id=own)
            if number % 2:
                venue.cancel_order(client_order_id=own)
            else:
                venue.cancel_order(order.id)


def main() -> None:
    """Fork a child for each run that stdin names; tell its pid, and when it is gone."""
    path, url = sys.argv[1:]
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            trade(path, url, line.strip())
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        sys.stdout.write("gone\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
