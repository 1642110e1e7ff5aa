"""A fault of a plugin is told as its own, and by its name; a wrong answer as that; and a key stays at its host."""

from __future__ import annotations

import contextlib

import pytest

import hk_adapter as hk
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.sites import site_named

ELSEWHERE = "https://elsewhere.example"


@contextlib.contextmanager
def opened(kind):
    """Open a venue of some class, at a served simulator."""

    class Plugin:
        @hk.hookimpl
        def open_venue(self, settings):
            return kind(site_named(None), settings.base_url, None)

    hk.register_venue("acme", Plugin())
    try:
        with (
            serve() as served,
            hk.connect("acme", base_url=served.url, api_key=DEFAULT_API_KEY, secret=DEFAULT_SECRET) as venue,
        ):
            yield venue, served.control
    finally:
        hk.unregister_venue("acme")


async def breaks():
    """Break."""
    raise KeyError("within")


async def gives_text():
    """Give what is no number."""
    return "now"


async def awaits_the_cores_own():
    """Await what it may not."""
    await hk.Pause("orders", 1.0)


async def weighs_too_much():
    """Ask for more than its budget holds."""
    await hk.HttpCall("GET", "/api/v1/time", group="orders", weight=99)


@pytest.mark.parametrize("fault", [breaks, gives_text, awaits_the_cores_own, weighs_too_much])
def test_the_message_names_the_plugin_and_its_hook(fault):
    """And no wrapper, of which there is none."""

    class Broken(HashKeyVenue):
        @hk.hookimpl
        async def fetch_time(self):
            return await fault()

    with opened(Broken) as (venue, _), pytest.raises(hk.PluginError) as caught:
        venue.fetch_time()
    text = str(caught.value)
    assert ("'acme'" in text, "fetch_time" in text, "wrapper" in text) == (True, True, False)
    assert caught.value.venue == "acme"


def test_a_cancel_that_a_broken_plugin_did_not_send_says_what_is_broken():
    """What ``cancel_order`` raises has the fault in its words, as the report has it in its ``error``."""

    class Broken(HashKeyVenue):
        @hk.hookimpl
        async def cancel_order(self, request):
            return {"id": "1"}

    with opened(Broken) as (venue, _):
        with pytest.raises(hk.NotSent, match=r"was not sent: .*'acme': cancel_order gave dict, not Order"):
            venue.cancel_order("1")
        assert type(venue.try_cancel("1").error) is hk.PluginError


WRONG_ORDERS = {
    "filled above": {"id": "1", "amount": 1, "filled": 2},
    "no id": {"id": None, "status": hk.OrderStatus.OPEN},
    "a word": {"id": "1", "price": "much"},
    "a time": {"id": "1", "timestamp": -1},
}


def reads_wrong(given, *, sends=True):
    """Make a venue whose answers cannot be."""

    class ReadsWrong(HashKeyVenue):
        @hk.hookimpl
        async def fetch_order(self, request):
            if sends:
                await hk.HttpCall("GET", "/api/v1/time")
            return hk.Order(**given)

        @hk.hookimpl
        async def cancel_order(self, request):
            await hk.HttpCall("DELETE", "/api/v1/spot/order", group="orders")
            return hk.Order(**given)

    return ReadsWrong


@pytest.mark.parametrize("name", WRONG_ORDERS)
def test_an_order_that_cannot_be_is_an_unexpected_payload(name):
    """It is not the caller's argument that is wrong, and a cancel is in doubt."""
    with opened(reads_wrong(WRONG_ORDERS[name])) as (venue, _):
        with pytest.raises(hk.UnexpectedPayload, match="fetch_order read what no record of ours can be") as caught:
            venue.fetch_order("1")
        report = venue.try_cancel("1", timeout=0.2)
    assert isinstance(caught.value.__cause__, hk.InvalidArgument)
    assert (report.outcome, report.ambiguous_attempts > 0) == (hk.CancelOutcome.UNKNOWN, True)


def test_what_a_hook_refuses_itself_stays_the_callers():
    """An argument that it cannot take, whether or not it had to ask the venue first."""

    class Asks(HashKeyVenue):
        @hk.hookimpl
        async def fetch_order(self, request):
            await hk.HttpCall("GET", "/api/v1/time")
            raise hk.InvalidArgument("symbol: there is no such market")

    with opened(Asks) as (venue, _), pytest.raises(hk.InvalidArgument, match="no such market"):
        venue.fetch_order("1")


class GoesElsewhere(HashKeyVenue):
    """A venue that declares a host beside ``base_url``, and takes the key there."""

    @property
    def hosts(self):
        """Both."""
        return frozenset({*super().hosts, ELSEWHERE})

    def sign(self, call, credentials, timestamp):
        """Take it there."""
        request = super().sign(call, credentials, timestamp)
        return request.replace(url=request.url.replace(next(iter(super().hosts)), ELSEWHERE))


def test_a_key_goes_to_base_url_only():
    """Who names a host gives his key to that one, whatever else the plugin declares."""
    with opened(GoesElsewhere) as (venue, control):
        report = venue.try_cancel("1", timeout=0.2)
        with pytest.raises(hk.NotSent, match="what is signed goes to base_url only"):
            venue.fetch_balance()
    assert (report.outcome, control.requests) == (hk.CancelOutcome.NOT_SENT, [])


def test_a_venue_is_registered_twice_in_a_notebook():
    """Taken back by its id, from the package itself; a plugin's author finds the two kinds of objects there too."""
    for _ in range(2):
        with opened(HashKeyVenue) as (venue, _control):
            assert venue.fetch_time() > 0
    assert {"unregister_venue", "register_venue", "Credentials", "OpenedVenue", "LeakyBucket"} <= set(hk.__all__)
