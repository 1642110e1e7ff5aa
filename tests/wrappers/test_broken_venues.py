"""A venue plugin that breaks its contract: NOT_SENT before its first send, UNKNOWN after, and its function is named."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import traceback
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

import pytest

import hk_adapter as hk
from hk_adapter import CancelOutcome, Foreign, HttpCall, RequestState, hookimpl
from hk_adapter.flow.effects import Effect
from hk_adapter.flow.http import HttpRequest
from hk_adapter.registry import unregister_venue
from hk_adapter.simulator import DEFAULT_API_KEY, DEFAULT_SECRET, serve
from hk_adapter.venues.hashkey.parse import parse_order
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.responses import read_object
from hk_adapter.venues.hashkey.sites import site_named

pytestmark = pytest.mark.usefixtures("skipped_sleep")

ORDER = "/api/v1/spot/order"
TIME = 20.0
"""Seconds that a call has: what it waits for by itself is skipped, and what a busy machine takes does not end it."""


def send(request):
    """Make one genuine cancel request."""
    return HttpCall("DELETE", ORDER, params={"orderId": request.order_id}, signed=True, group="orders")


def place(request):
    """Make one genuine create request."""
    terms = {"symbol": "ETHUSD", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "1900"}
    params = terms | {"newClientOrderId": request.client_order_id}
    return HttpCall("POST", "/api/v1.1/spot/order", params=params, signed=True, group="orders")


def broken_by(fault):
    """Make a HashKey whose cancels and creates do ``fault`` with the request they should send."""

    class Broken(HashKeyVenue):
        @hookimpl
        async def cancel_order(self, request):
            return await fault(send(request), request)

        @hookimpl
        async def create_order(self, request):
            return await fault(place(request), request)

    return Broken


async def raises_before(call, request):
    """Break before anything was sent."""
    raise KeyError("before")


async def raises_after(call, request):
    """Break when it was."""
    await call
    raise KeyError("after")


async def wrong_type_before(call, request):
    """Give something else than an order, without asking the venue."""
    return {"id": "1"}


async def nothing_before(call, request):
    """Give nothing, without asking the venue."""


async def wrong_type_after(call, request):
    """Give the raw answer."""
    return await call


async def awaits_foreign_before(call, request):
    """Await the event loop."""
    await asyncio.sleep(0)


async def awaits_foreign_after(call, request):
    """Await the event loop once it was sent."""
    await call
    await asyncio.sleep(0)


async def needs_a_loop(call, request):
    """Await a timer, which fails in another way where no loop runs."""
    await asyncio.sleep(0.01)


async def answers_unsent(call, request):
    """Claim an end that nobody told."""
    own = getattr(request, "client_order_id", None)
    return hk.Order(id="1", client_order_id=own, status=hk.OrderStatus.CANCELED)


class Telepathy(Effect):
    """An effect that no runner knows."""


async def unknown_effect_before(call, request):
    """Want what nobody can do."""
    await Telepathy()


async def unknown_effect_after(call, request):
    """Want it once it was sent."""
    await call
    await Telepathy()


def explode():
    """Be a library that fails in its own way."""
    raise LookupError("a library's own")


async def explode_later():
    """Be one under a loop."""
    explode()


async def foreign_raises(call, request):
    """Let a library do it, and do not translate its errors."""
    await Foreign(blocking=explode, asyncio=explode_later)


async def sends_twice(call, request):
    """Send it once more and take the second answer."""
    await call
    return parse_order(read_object(await call, "cancel_order"), operation="cancel_order")


class SignBreaks(HashKeyVenue):
    """A venue whose signing fails."""

    def sign(self, call, credentials, timestamp):
        """Fail."""
        raise ZeroDivisionError


class SignsNothing(HashKeyVenue):
    """A venue that signs nothing that could be sent."""

    def sign(self, call, credentials, timestamp):
        """Give text."""
        return "GET / HTTP/1.1"


class SendsElsewhere(HashKeyVenue):
    """A venue that tries to reach a host which it did not declare."""

    def sign(self, call, credentials, timestamp):
        """Take the key elsewhere."""
        return replace(super().sign(call, credentials, timestamp), url="https://evil.example/")


class LooksBreak(HashKeyVenue):
    """A venue whose look-ups break."""

    @hookimpl
    async def fetch_order(self, request):
        """Break."""
        raise KeyError("look")


class NoLooks:
    """A venue that can cancel and cannot look."""

    def __init__(self, *site):
        self._venue = HashKeyVenue(*site)
        self.hosts, self.limits = self._venue.hosts, self._venue.limits
        self.request_lifetime, self.sign = self._venue.request_lifetime, self._venue.sign

    @hookimpl
    async def cancel_order(self, request):
        """Do as HashKey does."""
        return await self._venue.cancel_order(request)


class NoHooks:
    """A venue that can do nothing."""

    def __init__(self, *site):
        self._venue = HashKeyVenue(*site)
        self.hosts, self.limits = self._venue.hosts, self._venue.limits
        self.request_lifetime, self.sign = self._venue.request_lifetime, self._venue.sign


UNSENT = [
    raises_before,
    wrong_type_before,
    nothing_before,
    awaits_foreign_before,
    needs_a_loop,
    unknown_effect_before,
]
SENT = [raises_after, wrong_type_after, awaits_foreign_after, unknown_effect_after]
SIGNERS = [SignBreaks, SignsNothing, SendsElsewhere]


@pytest.fixture
def served():
    """A simulator that is asked over HTTP, since venues other than HashKey have none in process."""
    with serve() as one:
        yield one


@pytest.fixture
def open_broken(open_desk, served):
    """Register a broken venue and open it; taken back at the end."""

    async def open_one(kind, **options):
        class Plugin:
            @hookimpl
            def open_venue(self, settings):
                return kind(site_named(None), settings.base_url, None)

        hk.register_venue("broken", Plugin())
        return await open_desk(
            "broken",
            served=served.control,
            environment="production",
            base_url=served.url,
            api_key=DEFAULT_API_KEY,
            secret=DEFAULT_SECRET,
            **options,
        )

    yield open_one
    with contextlib.suppress(hk.ConfigurationError):
        unregister_venue("broken")


def chain(error):
    """List an error and its causes."""
    links = []
    while error is not None:
        links.append(error)
        error = error.__cause__
    return links


async def resting(open_desk, served):
    """Let an order rest at the served simulator."""
    desk = await open_desk(base_url=served.url, served=served.control)
    return await desk.place()


async def test_the_harness_itself_cancels(open_broken, open_desk, served):
    """What is broken below works as long as nobody breaks it."""
    order = await resting(open_desk, served)
    desk = await open_broken(HashKeyVenue)
    report = await desk.try_cancel(order.id)
    assert (report.outcome, desk.cancels) == (CancelOutcome.CANCELED, 1)


@pytest.mark.parametrize("fault", UNSENT)
async def test_a_cancel_broken_before_its_first_send(open_broken, served, fault):
    """Nothing left: NOT_SENT, and the error's chain holds a PluginError that names the function."""
    desk = await open_broken(broken_by(fault))
    report = await desk.try_cancel("1", timeout=TIME)
    assert (report.outcome, report.attempts, report.final) == (CancelOutcome.NOT_SENT, 0, False)
    with pytest.raises(hk.NotSent) as caught:
        await desk.cancel("1", timeout=TIME)
    assert (caught.value.venue, caught.value.operation) == ("broken", "cancel_order")
    [plugin_error] = [link for link in chain(caught.value) if isinstance(link, hk.PluginError)]
    assert plugin_error.request_state is RequestState.NOT_SENT
    assert "cancel_order" in str(plugin_error)
    assert served.control.requests == []


async def test_an_order_without_a_request_is_a_doubt(open_broken, served):
    """A hook that answers with nothing sent may have sent it by a way of its own: a cancel, a create."""
    desk = await open_broken(broken_by(answers_unsent))
    served.control.fail_next(status=503, times=99)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.cancel("1", timeout=TIME)
    assert (caught.value.report.outcome, caught.value.report.final) == (CancelOutcome.UNKNOWN, False)
    assert any(isinstance(link, hk.PluginError) for link in chain(caught.value))
    with pytest.raises(hk.OutcomeUnknown):
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", timeout=TIME)


class Elsewhere(str):
    """A text that says that it is another."""

    __slots__ = ()

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("https://evil.example/")

    def __str__(self):
        return "https://evil.example/"


class LyingRequest(HttpRequest):
    """A request that says that it goes where it may."""

    @property
    def origin(self):
        """Lie."""
        return next(iter(LIES["hosts"]))


LIES = {}


class LiesOfItsOrigin(HashKeyVenue):
    """A venue whose request says that it goes to a declared host."""

    def sign(self, call, credentials, timestamp):
        """Take the key elsewhere, and deny it."""
        LIES["hosts"] = self.hosts
        signed = super().sign(call, credentials, timestamp)
        return LyingRequest(signed.method, "https://evil.example/", signed.headers, signed.body)


class LiesOfItsUrl(HashKeyVenue):
    """A venue whose URL equals whatever it is compared with."""

    def sign(self, call, credentials, timestamp):
        """Take the key elsewhere, and deny it."""
        return replace(super().sign(call, credentials, timestamp), url=Elsewhere("https://evil.example/"))


class HidesFraming(HashKeyVenue):
    """A venue whose header's name shows itself as another."""

    def sign(self, call, credentials, timestamp):
        """Say Host by another name."""

        class Name(str):
            __slots__ = ()

            def lower(self):
                return "x-harmless"

        signed = super().sign(call, credentials, timestamp)
        return replace(signed, headers={**signed.headers, Name("Host"): "evil.example"})


@pytest.mark.parametrize("kind", [LiesOfItsOrigin, LiesOfItsUrl, HidesFraming])
async def test_a_request_that_lies_of_where_it_goes(open_broken, served, kind):
    """What is compared with the declared hosts is the very text that would be sent; no class of a plugin's is asked."""
    desk = await open_broken(kind)
    report = await desk.try_cancel("1", timeout=TIME)
    assert (report.outcome, report.attempts, served.control.requests) == (CancelOutcome.NOT_SENT, 0, [])


@pytest.mark.parametrize("kind", SIGNERS)
async def test_a_request_that_is_not_signed_or_not_the_venues(open_broken, served, kind):
    """Nothing is sent that the venue did not sign, and nothing to a host that is not the venue's."""
    desk = await open_broken(kind)
    report = await desk.try_cancel("1", timeout=TIME)
    assert (report.outcome, report.attempts, served.control.requests) == (CancelOutcome.NOT_SENT, 0, [])
    assert isinstance(report.error, hk.NotSent)


@pytest.mark.parametrize("fault", SENT)
async def test_a_cancel_broken_after_its_send(open_broken, open_desk, served, fault):
    """It was sent, and what came of it is looked up: here the order is gone."""
    order = await resting(open_desk, served)
    desk = await open_broken(broken_by(fault))
    report = await desk.try_cancel(order.id, timeout=TIME)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1)
    assert desk.cancels == 1


@pytest.mark.parametrize("fault", SENT)
async def test_a_cancel_broken_after_its_send_that_cannot_be_settled(open_broken, served, fault):
    """Where no look settles it, it is UNKNOWN, and the error's chain names the function."""
    desk = await open_broken(broken_by(fault))
    served.control.fail_next(status=503, times=99)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.cancel("1", timeout=TIME)
    error = caught.value
    assert (error.report.outcome, error.report.attempts) == (CancelOutcome.UNKNOWN, desk.cancels)
    assert (error.venue, error.operation) == ("broken", "cancel_order")
    [plugin_error] = [link for link in chain(error) if isinstance(link, hk.PluginError)]
    assert plugin_error.request_state is RequestState.UNKNOWN
    assert "cancel_order" in str(plugin_error)
    assert 1 <= desk.cancels == error.report.ambiguous_attempts <= 3


async def test_a_library_that_fails_in_its_own_way(open_broken, served):
    """What a foreign library sent before it failed is not known: UNKNOWN, with its error at the end of the chain."""
    desk = await open_broken(broken_by(foreign_raises))
    report = await desk.try_cancel("1234567890123456789", timeout=TIME)
    assert (report.outcome, report.attempts) == (CancelOutcome.UNKNOWN, report.ambiguous_attempts)
    assert 1 <= report.attempts <= 3
    assert isinstance(chain(report.error)[-1], LookupError)
    assert [type(link) for link in chain(report.error)].count(hk.PluginError) == 1


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
async def test_a_library_that_raises_what_is_no_error(open_broken, open_desk, served, kind):
    """It stops no cancel: what it sent is in doubt, and the look that settles it is made."""

    def explode():
        raise kind

    async def explode_later():
        explode()

    async def fault(call, request):
        await call
        await Foreign(blocking=explode, asyncio=explode_later)

    order = await resting(open_desk, served)
    desk = await open_broken(broken_by(fault))
    report = await desk.try_cancel(order.id, timeout=TIME)
    assert (report.outcome, report.ambiguous_attempts >= 1) == (CancelOutcome.CANCELED, True)
    assert isinstance(report.error, hk.PluginError)


@pytest.mark.parametrize("fault", UNSENT)
async def test_a_create_broken_before_its_first_send(open_broken, served, fault):
    """A create that was never sent says so, whatever the plugin pretends."""
    desk = await open_broken(broken_by(fault))
    with pytest.raises(hk.PluginError, match="create_order") as caught:
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", timeout=TIME)
    assert (caught.value.venue, caught.value.operation) == ("broken", "create_order")
    assert (caught.value.request_state, served.control.requests) == (RequestState.NOT_SENT, [])


@pytest.mark.parametrize("fault", SENT)
async def test_a_create_broken_after_its_send(open_broken, served, fault):
    """It is found by its client id, and not sent again."""
    desk = await open_broken(broken_by(fault))
    order = await desk.call(
        "create_order", "ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine", timeout=TIME
    )
    assert (order.client_order_id, len(desk.seen("POST"))) == ("mine", 1)


@pytest.mark.parametrize("fault", SENT)
async def test_a_create_broken_after_its_send_that_cannot_be_settled(open_broken, served, fault):
    """OutcomeUnknown carries the client id, and the plugin's fault as its cause."""
    desk = await open_broken(broken_by(fault))
    served.control.fail_next(status=503, times=99)
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900", client_order_id="mine", timeout=TIME)
    assert caught.value.order.client_order_id == "mine"
    assert isinstance(caught.value.__cause__, hk.PluginError)
    assert len(desk.seen("POST")) == 1


async def test_a_plugin_that_sends_twice(open_broken, open_desk, served):
    """Only the last answer is known; what is proven is proven all the same."""
    order = await resting(open_desk, served)
    desk = await open_broken(broken_by(sends_twice))
    report = await desk.try_cancel(order.id, timeout=TIME)
    assert (report.outcome, report.attempts, report.ambiguous_attempts >= 1) == (CancelOutcome.CANCELED, 2, True)


async def test_a_plugin_that_sends_twice_and_is_refused(open_broken, served):
    """A refusal of the second request says nothing of the first."""
    desk = await open_broken(broken_by(sends_twice))
    served.control.fail_next(code="-1006", method="DELETE")
    served.control.fail_next(code="0102", method="DELETE")
    report = await desk.try_cancel("1234567890123456789", timeout=TIME)
    assert (report.outcome, report.attempts) == (CancelOutcome.UNKNOWN, 2)


def test_a_hook_that_is_a_plain_function():
    """A venue whose hook is no ``async def`` is refused when it is opened, by name."""

    class PlainHook(HashKeyVenue):
        @hookimpl
        def cancel_order(self, request):
            return None

    class Plugin:
        @hookimpl
        def open_venue(self, settings):
            return PlainHook(site_named(None), "https://api.example", None)

    hk.register_venue("broken", Plugin())
    try:
        with pytest.raises(hk.PluginError, match=r"'broken'.*'cancel_order'.*async def") as caught:
            hk.connect("broken")
    finally:
        unregister_venue("broken")
    assert caught.value.request_state is RequestState.NOT_SENT


async def test_a_venue_without_a_hook(open_broken):
    """A call that the plugin does not have is NotSupported, before anything is sent; ``try_cancel`` says so too."""
    desk = await open_broken(NoHooks)
    for call in ("cancel_order", "try_cancel", "fetch_order"):
        with pytest.raises(hk.NotSupported) as caught:
            await desk.call(call, "1")
        assert caught.value.venue == "broken"
    with pytest.raises(hk.NotSupported):
        await desk.call("fetch_time")


async def test_a_venue_without_look_ups(open_broken, open_desk, served):
    """A cancel is sent and stays unproven; nobody waits for looks that cannot be."""
    order = await resting(open_desk, served)
    desk = await open_broken(NoLooks)
    report = await desk.try_cancel(order.id, timeout=5)
    assert (report.outcome, desk.cancels) == (CancelOutcome.PENDING, 1)
    assert report.elapsed < 1


async def test_a_look_that_breaks_proves_nothing(open_broken, open_desk, served):
    """The cancel was accepted, and that is all that is known."""
    order = await resting(open_desk, served)
    desk = await open_broken(LooksBreak)
    report = await desk.try_cancel(order.id, timeout=TIME)
    assert (report.outcome, report.final, desk.cancels) == (CancelOutcome.PENDING, False, 1)
    with pytest.raises(hk.PluginError, match="fetch_order"):
        await desk.call("fetch_order", order.id)


async def test_a_fault_stands_in_the_report_that_a_look_settled(open_broken, caplog):
    """The order is proven canceled, nothing is raised, and the plugin's fault is told and logged with its traceback."""

    class BreaksAfter(HashKeyVenue):
        @hookimpl
        async def cancel_order(self, request):
            return await raises_after(send(request), request)

    desk = await open_broken(BreaksAfter)
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.order.status) == (CancelOutcome.CANCELED, hk.OrderStatus.CANCELED)
    assert isinstance(report.error, hk.PluginError)
    assert isinstance(report.error.__cause__, KeyError)
    assert report.order_or_raise() is report.order
    [record] = [one for one in caplog.records if "broke its contract" in one.getMessage()]
    assert (record.name, "raises_after" in caplog.text) == ("hk_adapter.plugins", True)


class Liar(str):
    """A text that is equal to anything."""

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return hash("1")

    def __str__(self):
        return "1"


class LyingWord(StrEnum):
    """A word of a plugin's own that is equal to anything."""

    WORD = "999"

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return hash("1")


class LyingOrder(hk.Order):
    """An order of a plugin's own."""


class Unchanging(HttpCall):
    """A request of a plugin's own."""


async def lying_id(call, request):
    """Answer about another order, whose id says that it is the one."""
    await call
    return hk.Order(id=Liar("999"), status=hk.OrderStatus.CANCELED, amount=Decimal(1), filled=Decimal(0))


async def lying_word(call, request):
    """Answer about another order, whose id is a word of an enum that says that it is the one."""
    await call
    return hk.Order(id=LyingWord.WORD, status=hk.OrderStatus.CANCELED, amount=Decimal(1), filled=Decimal(0))


async def lying_type(call, request):
    """Answer with an order half filled, whose type says that it is a market order, which may be done below all."""
    await call
    terms = {"amount": Decimal(2), "filled": Decimal(1), "type": LyingWord.WORD}
    return hk.Order(id=request.order_id, status=hk.OrderStatus.CLOSED, **terms)


async def lying_status(call, request):
    """Answer with a status that is none."""
    await call
    return hk.Order(id=request.order_id, status=Liar("open"))


async def lying_order(call, request):
    """Answer with a class of its own."""
    await call
    return LyingOrder(id=request.order_id, status=hk.OrderStatus.CANCELED)


async def own_call(call, request):
    """Send a class of its own."""
    await Unchanging(call.method, call.path, params=call.params, signed=True, group="orders")


async def lying_method(call, request):
    """Send what says that it is no GET and no other."""
    await replace(call, method=Liar("DELETE"))


async def exits(call, request):
    """End the process, after the send."""
    await call
    raise SystemExit(3)


async def interrupts(call, request):
    """Raise what Ctrl-C raises, after the send."""
    await call
    raise KeyboardInterrupt


def cancels_by(fault):
    """Make a HashKey whose cancels do ``fault``; its looks do what HashKey's do."""

    class CancelsBroken(HashKeyVenue):
        @hookimpl
        async def cancel_order(self, request):
            return await fault(send(request), request)

    return CancelsBroken


@pytest.mark.parametrize("fault", [lying_id, lying_word, lying_status, lying_order, exits, interrupts])
async def test_what_a_class_says_of_itself_decides_nothing(open_broken, fault):
    """The order is looked up, as after any doubt; an exit of the plugin's is its fault."""
    desk = await open_broken(cancels_by(fault))
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1)
    assert type(report.order) is hk.Order
    assert report.order.id == order.id


async def test_a_word_that_says_it_is_another_proves_no_end(open_broken):
    """An order that is no market order is not done below what was asked, whatever its type makes of being compared."""
    desk = await open_broken(cancels_by(lying_type))
    order = await desk.place()
    report = await desk.try_cancel(order.id, wait="ack")
    assert report.outcome is not CancelOutcome.TOO_LATE_FILLED
    assert type(report.order.type) is str


@pytest.mark.parametrize("fault", [own_call, lying_method])
async def test_a_request_of_a_class_of_its_own_is_not_sent(open_broken, fault):
    """The core counts and bounds requests by their fields, which must be no class's own to make up."""
    desk = await open_broken(cancels_by(fault))
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, desk.cancels) == (CancelOutcome.NOT_SENT, 0)


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
async def test_an_exit_while_a_venue_opens_is_its_plugins_fault(open_broken, kind):
    """``connect`` ends in PluginError."""

    def leaves(*arguments):
        raise kind

    with pytest.raises(hk.PluginError):
        await open_broken(leaves)


def leaving_for_good(number, frame):
    """Handle Ctrl-C, once."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    raise KeyboardInterrupt


class Leaving:
    """A handler that is an object."""

    def __call__(self, number, frame):
        """Handle Ctrl-C."""
        raise KeyboardInterrupt


@pytest.mark.parametrize("handler", [signal.default_int_handler, leaving_for_good, Leaving()])
def test_ctrl_c_within_a_hook_is_the_callers(served, handler):
    """What a signal's handler raises leaves the call, however the handler is written, and nothing more is sent."""

    async def struck(call, request):
        signal.raise_signal(signal.SIGINT)

    class Plugin:
        @hookimpl
        def open_venue(self, settings):
            return cancels_by(struck)(site_named(None), settings.base_url, None)

    hk.register_venue("broken", Plugin())
    before = signal.signal(signal.SIGINT, handler)
    try:
        venue = hk.connect("broken", api_key="a-key", secret="a-secret", base_url=served.url)
        with venue, pytest.raises(KeyboardInterrupt):
            venue.try_cancel("1", timeout=TIME)
    finally:
        signal.signal(signal.SIGINT, before)
        unregister_venue("broken")
    assert served.control.requests == []


class Unreadable(Exception):
    """An error of which nothing can be read."""

    def __getattribute__(self, name):
        raise RuntimeError(name)


class UnreadableExit(BaseException):
    """The same, of no Exception's class."""

    def __getattribute__(self, name):
        raise RuntimeError(name)


LEAVES = [Unreadable, UnreadableExit, SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError]


@pytest.mark.parametrize("kind", LEAVES)
async def test_whatever_a_signing_raises_nothing_was_sent(open_broken, served, kind):
    """It is the plugin's fault, whatever its class is, and leaves no call."""

    class SignLeaves(HashKeyVenue):
        def sign(self, call, credentials, timestamp):
            raise kind

    desk = await open_broken(SignLeaves)
    report = await desk.try_cancel("1")
    assert (report.outcome, len(served.control.requests)) == (CancelOutcome.NOT_SENT, 0)
    assert "sign" in "".join(traceback.format_exception(report.error))


@pytest.mark.parametrize("kind", [Unreadable, UnreadableExit])
async def test_an_error_that_answers_for_itself_is_a_doubt(open_broken, kind):
    """Nothing is asked of it, and nothing of it is kept that somebody would ask: its class is named."""

    async def fault(call, request):
        await call
        raise kind

    desk = await open_broken(cancels_by(fault))
    order = await desk.place()
    report = await desk.try_cancel(order.id)
    assert (report.outcome, report.ambiguous_attempts) == (CancelOutcome.CANCELED, 1)
    assert kind.__name__ in "".join(traceback.format_exception(report.error))


@pytest.mark.parametrize("kind", [Unreadable, UnreadableExit])
async def test_an_error_that_answers_for_itself_opens_nothing(open_broken, kind):
    """``connect`` ends in PluginError, which names its class."""

    def leaves(*arguments):
        raise kind

    with pytest.raises(hk.PluginError, match=kind.__name__):
        await open_broken(leaves)


async def reads_clocks(call, request):
    """Never end, in no time."""
    while True:
        await hk.Now()


async def sleeps_on(call, request):
    """Never end, whatever a sleep raises."""
    while True:
        with contextlib.suppress(hk.AdapterError):
            await hk.Sleep(0.1)


async def gathers_nothing(call, request):
    """Never end, side by side."""
    while True:
        await hk.Gather(())


@pytest.mark.parametrize("fault", [reads_clocks, sleeps_on, gathers_nothing])
async def test_a_hook_that_awaits_for_ever_ends(open_broken, fault):
    """Where no deadline ends its effects, their number does: nothing was sent, and the hook is named."""
    desk = await open_broken(cancels_by(fault))
    order = await desk.place()
    report = await desk.try_cancel(order.id, timeout=0.2)
    assert (report.outcome, desk.cancels) == (CancelOutcome.NOT_SENT, 0)
    assert "cancel_order awaits effects without an end" in str(report.error)
