"""Moments: a list from a moment on, or up to one, has what is of that time, and all of it."""

from __future__ import annotations

from hk_adapter.model import OrderStatus
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Script

_HOURS_AGO = 7_200_000
_SECOND = 1000
_MINUTE = 60_000


class Moments:
    """Cases of ``since`` and ``until``."""

    bench: Bench
    script: Script
    two_pages: int

    @needs("fetch_orders")
    def test_history_from_a_moment_on(self) -> None:
        """What was placed, and ended, at that moment and after it is listed, and nothing from before it.

        Look at: what ``fetch_orders`` makes of ``request.since``, ms UTC, and in what units the venue takes it.
        """
        since = (self.bench.exchange.now() - _HOURS_AGO) // _SECOND * _SECOND
        times = (since - _HOURS_AGO, since - _MINUTE, since, since + _MINUTE)
        made = {self._ended(when): when - since for when in times}
        listed = {str(one.id) for one in self.bench.venue.fetch_canceled_orders(self.script.symbol, since)}
        self._right(listed, made, {one for one, after in made.items() if after >= 0})

    @needs("fetch_orders")
    def test_long_history_from_a_moment_on(self) -> None:
        """It is whole, over all pages, where it is longer than one.

        Look at: whether ``since`` and the cursor go out together, and what the last page is told by.
        """
        since = (self.bench.exchange.now() - _HOURS_AGO) // _SECOND * _SECOND
        made = {self._ended(since + number): number for number in range(-2, self.two_pages)}
        listed = {str(one.id) for one in self.bench.venue.fetch_canceled_orders(self.script.symbol, since)}
        self._right(listed, made, {one for one, after in made.items() if after >= 0})

    @needs("fetch_orders")
    def test_history_up_to_a_moment(self) -> None:
        """What was placed, and ended, at that moment and before it is listed, and nothing from after it.

        Look at: what ``fetch_orders`` makes of ``request.until``; the host leaves out what is newer, and misses what
        the plugin leaves out.
        """
        until = (self.bench.exchange.now() - _HOURS_AGO) // _SECOND * _SECOND
        times = (until - _MINUTE, until, until + _SECOND, until + _MINUTE)
        made = {self._ended(when): when - until for when in times}
        venue = self.bench.venue
        listed = venue.fetch_canceled_orders(self.script.symbol, until - _HOURS_AGO, until=until)
        self._right({str(one.id) for one in listed}, made, {one for one, after in made.items() if after <= 0})

    def _ended(self, when: int) -> str:
        return self.bench.exchange.place(created=when, status=OrderStatus.CANCELED).id

    def _right(self, listed: set[str], made: dict[str, int], true: set[str]) -> None:
        wrong = sorted(made[one] for one in listed ^ true if one in made)
        require(listed == true, f"those were wrong that were placed so many ms after the moment: {wrong[:5]}")
