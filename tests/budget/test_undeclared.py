"""What no declared budget can count is the plugin's fault at its first use, and is never sent."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter import HttpCall, hookimpl
from hk_adapter.registry import unregister_venue
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.sites import site_named
from tests.cases import each

LIMITS = {
    "orders": (hk.RateLimit(amount=10), hk.LeakyBucket(capacity=30, refill=1)),
    "queries": hk.RateLimit(amount=2, by_weight=False),
    "free": (),
}
TIME = "/api/v1/time"


class Plugin:
    """A venue whose reads of the time are what a test wants them to be."""

    def __init__(self, charged: Mapping[str, Any]) -> None:
        self._charged = charged

    @hookimpl
    def open_venue(self, settings: hk.VenueSettings) -> Any:
        """Open it."""
        charged = self._charged

        class Venue(HashKeyVenue):
            limits = LIMITS  # type: ignore[assignment]

            @hookimpl
            async def fetch_time(self) -> int:
                await HttpCall("GET", TIME, **charged)
                return 1

            @hookimpl
            async def cancel_order(self, request: hk.CancelRequest) -> hk.Order:
                await HttpCall("DELETE", "/api/v1/spot/order", **charged)
                raise hk.OutcomeUnknown("no answer")

        return Venue(site_named(None), settings.base_url or "", None)


@contextlib.contextmanager
def opened(charged, **options):
    """Open it on a served simulator, and give both."""
    hk.register_venue("charged", Plugin(charged))
    try:
        with serve() as served:
            key = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET}
            with hk.connect("charged", base_url=served.url, **key, **options) as venue:
                yield venue, served.control
    finally:
        unregister_venue("charged")


WRONG = [
    ({"group": "ordres"}, "no group 'ordres'"),
    ({"group": "ordres", "weight": 0}, "no group 'ordres'"),
    ({"signed": True}, "no group 'public'"),
    ({"group": "orders", "weight": 11}, "weighs 11, and group 'orders' holds 10 at most"),
    ({"group": "orders", "costs": {"ordres": 1}}, "no group 'ordres'"),
    ({"group": "queries", "costs": {"orders": 11}}, "weighs 11"),
    ({"group": "orders", "costs": {"orders": 1}}, "costs"),
    ({"group": "orders", "costs": ["free"]}, "costs"),
    ({"group": "orders", "costs": {"free": 0.5}}, "weight"),
    ({"group": "orders", "weight": -1}, "weight"),
    ({"group": "orders", "weight": True}, "weight"),
    ({"group": "orders", "weight": hk.CostByAge(steps=((5, 11),))}, "weighs 11, and group 'orders' holds 10 at most"),
    ({"group": "free", "costs": {"orders": hk.CostByAge(steps=((5, 11),))}}, "weighs 11"),
    ({"group": "orders", "weight": hk.CostByAge(steps=((5, 1),), request="41")}, "must be that of a cancel"),
]


@each("budget", [None, "unlimited"])
@each(("charged", "words"), WRONG, ids=str)
def test_it_is_the_plugins_fault(charged, words, budget):
    """A read raises PluginError, a cancel is not sent because of one; with no limits kept too."""
    with opened(charged, budget=budget) as (venue, control):
        with pytest.raises(hk.PluginError, match=words) as caught:
            venue.fetch_time()
        assert caught.value.request_state is hk.RequestState.NOT_SENT
        report = venue.try_cancel("1", timeout=0.2)
        assert (report.outcome, report.attempts) == (hk.CancelOutcome.NOT_SENT, 0)
        assert isinstance(report.error, hk.PluginError)
        assert control.requests == []


@each(
    "charged",
    [
        {},
        {"group": "free", "weight": 10**9},
        {"group": "queries", "weight": 50},
        {"group": "orders", "weight": 0},
        {"group": "orders", "weight": 10, "costs": {"free": 7, "queries": 1}},
        {"group": "orders", "weight": hk.CostByAge(steps=((5, 10),))},
    ],
    ids=str,
)
def test_what_is_declared_goes_out(charged):
    """A group without a limit takes any weight, one counted by call too; public is free for what is not signed."""
    with opened(charged) as (venue, control):
        assert venue.fetch_time() == 1
        assert [one.path for one in control.requests] == [TIME]


class Asks:
    """A wrapper that sends a request of its own."""

    def __init__(self, call):
        self._call = call
        self.error = None

    @hk.wraps_flow
    async def operate(self, operation, flow):
        """Ask first."""
        try:
            await self._call
        except hk.NotSent as error:
            self.error = error
        await flow


@pytest.mark.parametrize("charged", [{"group": "ordres"}, {"group": "free", "costs": {"ordres": 1}}], ids=str)
def test_a_wrappers_own_request_is_not_sent_either(charged):
    """It is told so, and the call goes on."""
    asks = Asks(HttpCall("GET", "/api/v1/ping", **charged))
    with opened({}, plugins=[asks]) as (venue, control):
        assert venue.fetch_time() == 1
        assert "no group 'ordres'" in str(asks.error)
        assert [one.path for one in control.requests] == [TIME]


WRONG_LIMITS = [
    ((hk.RateLimit(amount=1), "1 a second"), "a str, not a RateLimit or LeakyBucket"),
    (hk.LeakyBucket(capacity=0, refill=1), "allows nothing"),
    (hk.LeakyBucket(capacity=1, refill=0), "allows nothing"),
    (hk.LeakyBucket(capacity=1, refill=float("inf")), "allows nothing"),
    (hk.LeakyBucket(capacity=2, refill=1, kept=2), "keeps more"),
    (hk.LeakyBucket(capacity=1.5, refill=1), "wrong kind"),  # type: ignore[arg-type]
    (hk.LeakyBucket(capacity=1, refill="1"), "wrong kind"),  # type: ignore[arg-type]
]


@each(("limit", "words"), WRONG_LIMITS, ids=str)
def test_a_limit_that_is_none_is_refused_when_the_venue_opens(limit, words):
    """Not at the first order."""

    class Wrong(Plugin):
        @hookimpl
        def open_venue(self, settings):
            venue = super().open_venue(settings)
            type(venue).limits = {"orders": limit}
            return venue

    hk.register_venue("wrong", Wrong({}))
    try:
        with pytest.raises(hk.PluginError, match=words):
            hk.connect("wrong", base_url="http://127.0.0.1:9")
    finally:
        unregister_venue("wrong")
