"""What the core needs to know of a venue, the venue says; where one says nothing, what holds for every venue does."""

from __future__ import annotations

from typing import Any

import pytest

from hk_adapter import (
    ClockSample,
    Operation,
    OrderDenied,
    PluginError,
    connect,
    register_venue,
    unregister_venue,
    wraps_flow,
)
from hk_adapter.hooks import CLOCK_AHEAD, SECONDS_AN_ORDER, RateLimit, VenueSettings, hookimpl
from hk_adapter.registry import open_venue
from hk_adapter.venue.connect_arguments import ConnectArguments
from hk_adapter.venue.connection import open_connection


class Venue:
    """A venue that cancels and creates, and says of itself what it was made with."""

    hosts = frozenset({"https://api.example"})
    limits = {"orders": RateLimit(amount=10)}  # noqa: RUF012
    request_lifetime = 5000

    def __init__(self, **said: Any) -> None:
        vars(self).update(said)

    def sign(self, call: Any, credentials: Any, timestamp: int) -> Any:
        """Sign nothing."""

    @hookimpl
    def open_venue(self, settings: Any) -> Any:
        """Open itself."""
        return self

    @hookimpl
    async def cancel_order(self, request: Any) -> Any:
        """Never asked."""

    @hookimpl
    async def create_order(self, request: Any) -> Any:
        """Never asked."""


class Timer:
    """A wrapper that sees how long a call may take, and denies it."""

    seconds = 0.0

    @wraps_flow
    async def operate(self, flow: Any, operation: Operation) -> Any:
        """Keep the seconds."""
        self.seconds = operation.timeout
        raise OrderDenied("not today")


def seconds_of(call: str, *given: Any, **said: Any) -> float:
    """Make a call of several orders, at a venue that says so much, and return the seconds that it was given."""
    timer = Timer()
    register_venue("acme", Venue(**said))
    with connect("acme", api_key="k", secret="s", timeout=3.0, plugins=[timer]) as venue:
        try:
            getattr(venue, call)(*given)
        except OrderDenied:
            assert call == "create_orders"
    return timer.seconds


ORDER = {"symbol": "ETH/USD", "type": "limit", "side": "buy", "amount": 1, "price": 1}


@pytest.mark.parametrize(("said", "seconds"), [({"seconds_an_order": 7}, 7), ({}, SECONDS_AN_ORDER)])
@pytest.mark.parametrize(("call", "given"), [("cancel_orders", ["1", "2"]), ("create_orders", [ORDER, ORDER])])
def test_a_call_of_several_takes_what_the_venue_needs_for_each_order(call, given, said, seconds):
    """By ``seconds_an_order``, beside the connection's own time."""
    assert seconds_of(call, given, **said) == 3 + 2 * seconds


@pytest.mark.parametrize(("said", "ahead"), [({"clock_ahead": 200}, 100), ({}, CLOCK_AHEAD / 2)])
def test_a_stamp_runs_ahead_no_further_than_the_venue_allows(said, ahead):
    """A slow reading, whose answer may have been under way all the time, is trusted by half of ``clock_ahead``."""
    register_venue("acme", Venue(**said))
    connection = open_connection(
        ConnectArguments(
            venue_id="acme", api_key="k", secret="s", private_key=None, environment="production", site=None,
            base_url=None, profile=None, timeout=3.0, budget=None, proxy=None, plugins=(), venue_settings={},
        )
    )  # fmt: skip
    clock = connection.runtime.clock
    clock.sample(ClockSample(5_000, asked=0.0, answered=4.0, first=True))
    now = clock.now()
    assert now.timestamp - now.monotonic * 1000 == pytest.approx(5_000 + ahead - 4_000, abs=1)


class Told:
    """A wrapper that keeps the client order ids of what it is asked to create, and denies it."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    @wraps_flow
    async def operate(self, flow: Any, operation: Operation) -> Any:
        """Keep it."""
        self.ids.append(operation.request.client_order_id)
        raise OrderDenied("not today")


def ids_made(times: int, said: dict[str, Any], **options: Any) -> list[str]:
    """Ask a venue that says so much for orders, and give the client order ids that they were given."""
    told = Told()
    register_venue("acme", Venue(**said))
    with connect("acme", api_key="k", secret="s", plugins=[told], **options) as venue:
        for _ in range(times):
            with pytest.raises(OrderDenied):
                venue.create_order(*ORDER.values())
    unregister_venue("acme")
    return told.ids


def test_client_order_ids_are_numbers_where_a_venue_takes_nothing_else():
    """By chance or from a seed; what a caller's function makes is the caller's."""
    numbers = {"largest_client_id": 999}
    made = ids_made(40, numbers)
    assert all(one.isdigit() and 1 <= int(one) <= 999 for one in made)
    assert len(set(made)) > 10
    assert ids_made(3, numbers, client_ids="lake") == ids_made(3, numbers, client_ids="lake")
    assert ids_made(3, numbers, client_ids="lake") != ids_made(3, numbers, client_ids="lagoon")
    assert ids_made(1, numbers, client_ids=lambda: "7") == ["7"]


def test_client_order_ids_have_the_form_that_a_venue_takes():
    """It is given all the digits; without one they are the first 24."""
    (made,) = ids_made(1, {"client_id_form": lambda digits: f"0x{digits}"}, client_ids="lake")
    (plain,) = ids_made(1, {}, client_ids="lake")
    assert (len(made), len(plain), made.startswith(f"0x{plain}")) == (34, 24, True)


@pytest.mark.parametrize(
    ("said", "doubt", "vouched"),
    [({}, 5, True), ({"clock_step": 1000}, 1004, True), ({"checks_time": False}, 5, False)],
)
def test_the_clock_is_known_as_well_as_the_venue_says(said, doubt, vouched):
    """By ``clock_step`` once it was read, and by ``checks_time`` before."""
    register_venue("acme", Venue(**said))
    clock = open_connection(
        ConnectArguments(
            venue_id="acme", api_key="k", secret="s", private_key=None, environment="production", site=None,
            base_url=None, profile=None, timeout=3.0, budget=None, proxy=None, plugins=(), venue_settings={},
        )
    ).runtime.clock  # fmt: skip
    assert clock.now().vouched is vouched
    clock.sample(ClockSample(5_000, asked=0.0, answered=0.004, first=True))
    now = clock.now()
    assert (now.doubt, now.vouched) == (pytest.approx(doubt), True)


@pytest.mark.parametrize(
    "said",
    [
        {"seconds_an_order": "7"},
        {"clock_ahead": -1},
        {"clock_ahead": float("inf")},
        {"clock_step": "1000"},
        {"checks_time": 0},
        {"cancel_batch": "x"},
        {"cancel_batch": -1},
        {"create_batch": True},
        {"heeds": {"test"}},
        {"heeds": frozenset({"tests"})},
        {"largest_client_id": 0},
        {"largest_client_id": "9"},
        {"client_id_form": "0x"},
        {"market_type": ["spot"]},
        {"market_type": "spot\n"},
    ],
)
def test_what_is_no_number_is_refused(said):
    """When the venue is opened, so that no order call finds out."""
    register_venue("acme", Venue(**said))
    with pytest.raises(PluginError, match=next(iter(said))):
        connect("acme", api_key="k", secret="s")


def test_hashkey_says_its_own():
    """Its lowest limit has a slot for an order every tenth of a second; a stamp may be a second ahead."""
    venue: Any = open_venue(VenueSettings(venue_id="hashkey", environment="simulator"))
    assert (venue.seconds_an_order, venue.clock_ahead) == (0.12, 1000)


@pytest.mark.parametrize("hook", ["check_create", "check_cancel"])
def test_a_fault_of_a_check_is_told_as_the_venues(hook):
    """By the plugin and by the check; no wrapper is named, and nothing was sent."""

    def broken(request: Any) -> None:
        int("x")

    register_venue("acme", Venue(**{hook: broken}))
    with connect("acme", api_key="k", secret="s") as venue:
        if hook == "check_create":
            with pytest.raises(PluginError) as caught:
                venue.create_order("ETH/USD", "limit", "buy", "1", "1")
            error: Any = caught.value
        else:
            [report] = venue.cancel_orders(["7"])
            assert report.outcome == "not_sent"
            error = report.error
    assert f"venue plugin 'acme': {hook} raised ValueError" in str(error)
    assert error.request_state == "not_sent"
