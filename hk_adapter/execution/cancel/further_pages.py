"""The further pages of a list of open orders, read beside the cancels of the first one's."""

from __future__ import annotations

import math

from hk_adapter.errors import AdapterError
from hk_adapter.execution.open_orders import OpenOrderPages
from hk_adapter.flow.effects import Now

HANGS = 1.0
"""Seconds after which a page that was asked for holds nobody up: longer than any takes that waits for its turn."""


class FurtherPages:
    """Reads the pages, and says whether they are still being read, and what failed.

    Attributes:
        is_under_way: whether they are being read; never seen so where flows run one after another, as on threads.
        missing: why the rest could not be read; None where it was.
    """

    def __init__(self, pages: OpenOrderPages) -> None:
        self._pages = pages
        self._asked = math.inf
        self.is_under_way = False
        self.missing: AdapterError | None = None

    async def read(self) -> None:
        """Read them to the end, or as far as they can be had."""
        self.is_under_way = True
        try:
            while self._pages.goes_on:
                self._asked = (await Now()).monotonic
                await self._pages.read_page()
        except AdapterError as error:
            self.missing = error
        finally:
            self.is_under_way = False

    def hangs(self, now: float) -> bool:
        """Whether one has not come for long; ``now`` in seconds of the monotonic clock."""
        return now - self._asked >= HANGS
