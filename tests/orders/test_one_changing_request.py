"""A create hook sends one request that may place an order, and the core holds it to that; what only reads is free."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

import hk_adapter as hk
from hk_adapter.execution.attempt import Attempt
from hk_adapter.execution.create_lookup import is_certain
from hk_adapter.flow.driver import START, Answer, Done, step
from hk_adapter.flow.effects import Effect
from hk_adapter.flow.prepared import PreparedCall
from hk_adapter.hooks import VenueHooks
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.sites import site_named
from tests.asking import asking

POST = hk.HttpCall("POST", "/orders", group="orders")
READ = hk.HttpCall("POST", "/query", group="orders", reads=True)
ORDER_BY_GET = hk.HttpCall("GET", "/place", group="orders", reads=False)
PREPARED = PreparedCall("POST", "/orders", group="orders")


def ask():
    """Stand for a library's own I/O; nothing runs it here."""


LIBRARY = hk.Foreign(blocking=ask, asyncio=ask)
LIBRARYS_READ = hk.Foreign(blocking=ask, asyncio=ask, reads=True)


class Sending:
    """A venue whose creates want these effects, one after another."""

    def __init__(self, *effects: Effect):
        self._effects = effects

    async def create_order(self, request):
        """Want them all, and tell an order."""
        for effect in self._effects:
            await effect
        return hk.Order(id="1", client_order_id=request.client_order_id)


def sent_by(*effects, **options):
    """Call the hook as a create does; return what it got to send, and what it came to."""
    sent = []
    request = hk.CreateOrderRequest(symbol="A/B", type="limit", side="buy", client_order_id="mine")
    flow = asking(Sending(*effects)).call(
        VenueHooks.create_order, hk.Order, Attempt(10.0, **{"most": 1} | options), request
    )
    answer: Answer = START
    try:
        while not isinstance(moved := step(flow, answer), Done):
            sent.append(moved)
            answer = options.get("answer", Answer(hk.Response(200, {}, b"")))
    except hk.PluginError as error:
        return len(sent), error
    return len(sent), moved.value


@pytest.mark.parametrize(
    ("effects", "sent"),
    [
        ((POST, POST), 1),
        ((POST, hk.HttpCall("PUT", "/orders", group="orders")), 1),
        ((READ, POST, READ, POST), 3),
        ((ORDER_BY_GET, POST), 1),
        ((LIBRARY, LIBRARY), 1),
        ((POST, LIBRARY), 1),
        ((hk.HttpCall("POST", "/x", group="orders", reads=False), POST), 1),
    ],
)
def test_a_second_one_does_not_leave(effects, sent):
    """It breaks the contract, and the first one may have placed the order."""
    count, error = sent_by(*effects)
    assert count == sent
    assert "create_order sends more requests that may change something" in str(error)
    assert error.request_state is hk.RequestState.UNKNOWN


@pytest.mark.parametrize(
    "effects",
    [
        (READ, READ, POST, READ),
        (hk.HttpCall("GET", "/time"), POST),
        (LIBRARYS_READ, LIBRARY),
        (POST, LIBRARYS_READ),
        (ORDER_BY_GET,),
        (PREPARED, PREPARED),
    ],
)
def test_what_reads_is_free(effects):
    """By POST if it says so; and a library that signs by itself knows its own steps."""
    count, order = sent_by(*effects)
    assert (count, order.id) == (len(effects), "1")


@pytest.mark.parametrize("reads", [1, "yes", 0])
def test_a_word_that_is_none(reads):
    """What says neither yes nor no is the plugin's fault, before anything leaves."""
    count, error = sent_by(hk.HttpCall("POST", "/x", group="orders", reads=reads))
    assert (count, error.request_state) == (0, hk.RequestState.NOT_SENT)


REFUSED = hk.InsufficientFunds("too little")


@pytest.mark.parametrize(
    ("effects", "certain"),
    [
        ((POST,), True),
        ((READ, POST), True),
        ((hk.HttpCall("GET", "/time"), READ, POST), True),
        ((POST, READ), False),
        ((READ, POST, READ), False),
        ((READ, ORDER_BY_GET), True),
        ((hk.HttpCall("GET", "/a"), hk.HttpCall("GET", "/b")), False),
        ((PREPARED, PREPARED), False),
        ((PreparedCall("GET", "/a", group="orders"), PREPARED), False),
        ((LIBRARY, POST), False),
        ((LIBRARYS_READ, LIBRARY), True),
        ((LIBRARY, LIBRARYS_READ), False),
    ],
)
def test_a_refusal_after_questions_is_certain(effects, certain):
    """It is the answer to the one request that could place the order; after that one, a refusal says nothing of it."""

    class Refused(Sending):
        async def create_order(self, request):
            """Want them all, and be refused."""
            await super().create_order(request)
            raise REFUSED

    attempt = Attempt(10.0)
    request = hk.CreateOrderRequest(symbol="A/B", type="limit", side="buy", client_order_id="mine")
    flow = asking(Refused(*effects)).call(VenueHooks.create_order, hk.Order, attempt, request)
    answer: Answer = START
    with contextlib.suppress(hk.InsufficientFunds):
        while not isinstance(step(flow, answer), Done):
            answer = Answer(hk.Response(200, {}, b""))
    assert is_certain(REFUSED, attempt) is certain


class PlacesTwice(HashKeyVenue):
    """A venue that sends its create again, as a library that repeats would."""

    @hk.hookimpl
    async def create_order(self, request):
        """Place it twice."""
        for name in (request.client_order_id, f"{request.client_order_id}b"):
            await super().create_order(request.replace(client_order_id=name))
        raise hk.OutcomeUnknown("no answer")


@pytest.mark.parametrize("how", ["blocking", "asyncio"])
def test_a_plugin_that_places_twice_has_placed_one(how):
    """The second does not go out; the order is found by its client order id, and is the only one."""

    class Plugin:
        @hk.hookimpl
        def open_venue(self, settings):
            return PlacesTwice(site_named(None), settings.base_url, None)

    terms = ("ETH/USD", "limit", "buy", "1", "1900")
    key = {"api_key": DEFAULT_API_KEY, "secret": DEFAULT_SECRET}

    async def placed(url):
        async with hk.connect_async("twice", base_url=url, **key) as venue:
            return await venue.create_order(*terms, client_order_id="mine")

    hk.register_venue("twice", Plugin())
    try:
        with serve() as served:
            if how == "asyncio":
                order = asyncio.run(placed(served.url))
            else:
                with hk.connect("twice", base_url=served.url, **key) as venue:
                    order = venue.create_order(*terms, client_order_id="mine")
            [truth] = served.control.orders()
            posts = [one for one in served.control.requests if one.method == "POST"]
    finally:
        hk.registry.unregister_venue("twice")
    assert (order.id, order.client_order_id, len(posts)) == (truth.order_id, "mine", 1)
