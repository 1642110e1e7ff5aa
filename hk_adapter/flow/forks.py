"""What is open belongs to the process that opened it: a child after a fork has locks and connections of its own.

Sockets that a fork copied are the parent's. Read by both, each would take the other's answers for its own.
"""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet


class Inherited(Protocol):
    """What a child finds in its memory, and may not use as it is."""

    def renew_in_child(self) -> None:
        """Let go of what the parent has open, untouched, and replace every lock: its holder may not exist here.

        Called in the child's only thread, before anything else runs there. It must take no lock.
        """


_known: WeakSet[Inherited] = WeakSet()


def renew_after_fork(one: Inherited) -> None:
    """Have an object renewed in each child of this process, for as long as it lives."""
    _known.add(one)


def _renew_all() -> None:
    for one in list(_known):
        one.renew_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
