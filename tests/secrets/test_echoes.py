"""Venues repeat what they were sent: however short a key is, no error, log or pickle says it again."""

from __future__ import annotations

import base64
import io
import json
import logging
import pickle
import re
import traceback
from urllib.parse import quote, quote_plus

import pytest

import hk_adapter as hk
from hk_adapter import HttpCall, hookimpl, wraps_flow
from hk_adapter.model import CancelOrdersAnswer
from hk_adapter.registry import KeyRedactor, unregister_venue
from hk_adapter.simulator import Simulator, serve
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.sites import site_named

KEY, SECRET, PASSWORD = "ab12", "k3y!", "p-9z"
ECHO = f"no key {KEY}, nor key={KEY}&x, nor '{SECRET}' nor {PASSWORD}; cab12r is a car"
LEFT = "cab12r is a car"


class Twisted(hk.OutcomeUnknown):
    """An error of a plugin's own, whose text is not in its arguments."""

    def __init__(self, *words):
        super().__init__("twisted")

    def __str__(self):
        return ECHO


class Unshowable:
    """An object that cannot be written."""

    def __repr__(self):
        raise ValueError(ECHO)


class Foreign(Exception):
    """A library's error that keeps what it was told in an attribute and its arguments."""

    def __init__(self, text):
        super().__init__({"told": text}, text.encode())
        self.text = [text]


def noted():
    """Make an error with a note."""
    error = hk.OutcomeUnknown("noted")
    error.add_note(ECHO)
    return error


def with_order():
    """Make an error with an order that has the row."""
    return hk.UnexpectedPayload("a row", order=hk.Order(id="1", info={"msg": [ECHO]}))


def with_cause():
    """Make an error of ours that another one caused."""
    try:
        try:
            raise Foreign(ECHO)
        except Foreign as error:
            raise hk.OutcomeUnknown("caused") from error
    except hk.OutcomeUnknown as error:
        return error


FAULTS = {
    "refusal": lambda: hk.BadRequest(ECHO, code=KEY),
    "rejection": lambda: hk.CancelRejected(ECHO),
    "doubt": lambda: hk.OutcomeUnknown(ECHO),
    "own-class": Twisted,
    "note": noted,
    "order": with_order,
    "cause": with_cause,
    "foreign": lambda: Foreign(ECHO),
    "key-error": lambda: KeyError(ECHO),
    "exit": lambda: SystemExit(ECHO),
    "group": lambda: ExceptionGroup("several", [ValueError(ECHO)]),
}


def all_of(error, seen=()):
    """Give every text of an error and of what it came of."""
    if error is None or error in seen:
        return ""
    told = [str(error), repr(error), repr(error.args), repr(vars(error)), repr(getattr(error, "__notes__", ""))]
    if isinstance(error, hk.AdapterError):
        told.append(repr(pickle.dumps(error)))
        told += [repr(error.report), repr(error.order)]
        if error.order is not None:
            told.append(repr(error.order.info))
    told.append("".join(traceback.format_exception(error)))
    within = getattr(getattr(error, "report", None), "error", None)
    for other in (error.__cause__, error.__context__, within):
        told.append(all_of(other, (*seen, error)))
    return "\n".join(told)


def leaks(text):
    """Say which secret stands in a text as a word."""
    words = {one: rf"(?<![A-Za-z0-9]){re.escape(one)}(?![A-Za-z0-9])" for one in (KEY, SECRET, PASSWORD)}
    return [one for one, word in words.items() if re.search(word, text)]


@pytest.fixture
def log():
    """Catch what is logged, with tracebacks."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream.getvalue
    root.removeHandler(handler)


class Watching:
    """A wrapper that keeps what it saw, and breaks over it."""

    def __init__(self):
        self.seen = []

    @wraps_flow
    async def cancel_order(self, flow, request):
        """Keep the error, and fail with it on the mind."""
        try:
            await flow
        except hk.AdapterError as error:
            self.seen.append(error)
            raise RuntimeError("own fault") from error


def broken(make):
    """Make a venue whose answers to orders are such an error."""

    class Broken(HashKeyVenue):
        def check_cancel(self, request):
            if request.symbol == "XRP/USD":
                raise hk.InvalidArgument(ECHO)

        @hookimpl
        async def cancel_order(self, request):
            params = {"orderId": request.order_id}
            await HttpCall("DELETE", "/api/v1/spot/order", params=params, signed=True, group="orders")
            raise make()

        @hookimpl
        async def cancel_orders(self, request):
            params = {"ids": ",".join(request.order_ids)}
            await HttpCall("DELETE", "/api/v1/spot/cancelOrderByIds", params=params, signed=True, group="orders")
            return CancelOrdersAnswer(refused={one: hk.CancelRejected(ECHO) for one in request.order_ids})

        @hookimpl
        async def fetch_order(self, request):
            raise make()

        @hookimpl
        async def fetch_time(self):
            raise hk.OutcomeUnknown(ECHO)

    return Broken


@pytest.fixture
def served():
    """Serve a simulator that knows the short key."""
    with serve(simulator=Simulator(api_key=KEY, secret=SECRET)) as one:
        yield one


@pytest.fixture
def venue_of(open_desk, served):
    """Open a venue class of the test's, against the served simulator."""
    ids = []

    async def open_one(kind, **options):
        class Plugin:
            hk_adapter_contract = 1

            @hookimpl
            def open_venue(self, settings):
                if settings.options.get("login") == "refused":
                    raise hk.ConfigurationError(ECHO)
                if settings.options.get("login") == "broken":
                    raise Foreign(ECHO)
                return kind(site_named(None), settings.base_url, None)

        ids.append("echoing")
        hk.register_venue("echoing", Plugin())
        keys = {"api_key": KEY, "secret": SECRET, "password": PASSWORD}
        return await open_desk("echoing", environment="production", base_url=served.url, **keys, **options)

    yield open_one
    for one in ids:
        unregister_venue(one)


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_error_of_any_plugin_does_not_repeat_it(venue_of, log, fault):
    """Neither its text, arguments, notes, causes, report and pickle, nor what wrappers see, nor the log."""
    wrapper = Watching()
    desk = await venue_of(broken(FAULTS[fault]), plugins=[wrapper])
    told = []
    for call in (desk.cancel, lambda one, **more: desk.call("fetch_order", one)):
        with pytest.raises(hk.AdapterError) as caught:
            await call("1" * 19, **({"timeout": 0.2} if call == desk.cancel else {}))
        told.append(all_of(caught.value))
    told += [all_of(error) for error in wrapper.seen]
    told.append(log())
    assert "".join(told)
    assert leaks("".join(told)) == []


async def test_nor_do_answers_checks(venue_of, log):
    """Errors within an answer, of a check, and before anything was sent."""
    desk = await venue_of(broken(FAULTS["doubt"]), timeout=0.2)
    reports = await desk.call("cancel_orders", ["1" * 19, "2" * 19])
    told = [all_of(report.error) for report in reports]
    for name, arguments in (("cancel_order", ["1" * 19, "XRP/USD"]), ("fetch_time", [])):
        with pytest.raises(hk.AdapterError) as caught:
            await desk.call(name, *arguments)
        told.append(all_of(caught.value))
    assert LEFT in "".join(told)
    assert leaks("".join([*told, log()])) == []


@pytest.mark.parametrize("login", ["refused", "broken"])
async def test_nor_does_a_venue_that_cannot_be_opened(venue_of, login):
    """What ``open_venue`` raises has no setting in it that is a secret."""
    with pytest.raises(hk.AdapterError) as caught:
        await venue_of(HashKeyVenue, login=login)
    assert leaks(all_of(caught.value)) == []


async def test_nor_does_hashkeys_own_plugin(open_desk, log):
    """A venue's message goes into our errors without the key."""
    desk = await open_desk(api_key=KEY, secret=SECRET)
    echo = ECHO.replace(PASSWORD, "another")
    order = await desk.place()
    for code in ("-9", "-1006", "0211", "-2011"):
        desk.simulator.fail_next(method="DELETE", code=code, msg=echo, times=5)
        report = await desk.try_cancel(order.id, timeout=0.2)
        assert leaks(all_of(report.error) + repr(report) + repr(pickle.dumps(report)) + log()) == []
    desk.simulator.fail_next(method="GET", code="-9", msg=echo, times=5)
    with pytest.raises(hk.AdapterError) as caught:
        await desk.call("fetch_order", order.id)
    assert LEFT in str(caught.value)
    assert leaks(all_of(caught.value)) == []


class Own(Exception):
    """A bot's error, whose part may be slow to show."""

    def __init__(self, text):
        super().__init__(text)
        self.parts = [text, Unasked()]


class Unasked:
    """Counts how often anybody has it shown."""

    times = 0

    def __repr__(self):
        Unasked.times += 1
        return "shown"


async def test_what_a_bot_is_handling_stays_as_it_is(venue_of):
    """It is the context of what a call raises, as Python has it; but its text, parts and traceback are the bot's."""
    desk = await venue_of(broken(FAULTS["doubt"]))
    own = Own(ECHO)
    parts = list(own.parts)
    try:
        raise own
    except Own:
        with pytest.raises(hk.OutcomeUnknown) as caught:
            await desk.call("fetch_order", "1" * 19)
    assert leaks(str(caught.value)) == []
    assert (own.args, own.parts, Unasked.times) == ((ECHO,), parts, 0)
    assert own.__traceback__ is not None


@pytest.mark.parametrize("secret", ["ab12", "k3y!", "pass", "a b c", "ü+ö/", "0123456789abcdef", 'q"\\x'])
def test_only_the_whole_word_is_left_out(secret):
    """As it is, percent-encoded, in JSON, in Base64 and hex; its letters in other words stay."""
    redactor = KeyRedactor()
    redactor.hide(secret, "abc")
    raw = secret.encode()
    forms = [secret, json.dumps(secret)[1:-1], repr(secret)[1:-1], quote(raw, safe=""), quote_plus(raw), raw.hex()]
    forms.append(base64.b64encode(raw).decode())
    for text in (*(f"<{form}>" for form in forms), f"key={secret},", json.dumps({"k": secret}), f"{secret}"):
        assert redactor.shows(text)
        assert redactor.text(text) != text
        assert not redactor.shows(redactor.text(text))
    assert redactor.text("bypassing cab12r for abc and 0123456789") == "bypassing cab12r for abc and 0123456789"
    with pytest.raises(TypeError):
        pickle.dumps(redactor)
    assert secret not in repr(redactor)


def test_what_an_error_came_of_is_hidden_too():
    """Neither what was being handled as it was raised, nor the frames that held its text, tell a secret."""
    redactor = KeyRedactor()
    redactor.hide(SECRET)
    try:
        try:
            raise ValueError(f"signed with {SECRET}")
        except ValueError:
            raise RuntimeError(f"told {SECRET}")  # noqa: B904 - as a plugin may
    except RuntimeError as error:
        caught = error
    clean = redactor.cleaned(caught)
    assert clean.__context__ is not None
    assert not redactor.shows(f"{clean} {clean.__context__}")
    assert (clean.__traceback__, clean.__context__.__traceback__) == (None, None)


def test_what_stands_beside_an_object_that_cannot_be_shown_is_hidden_too():
    """An object whose ``repr`` raises hides no secret in the same dictionary or list."""
    redactor = KeyRedactor()
    redactor.hide(KEY)
    told = {"key": KEY, "long": 10**5000, "other": [Unshowable(), f"key={KEY}"]}
    error = redactor.cleaned(hk.UnexpectedPayload("a row", order=hk.Order(id="1", info=told)))
    foreign = redactor.cleaned(Exception(told))
    for info in (error.order.info, foreign.args[0]):
        assert leaks(" ".join([info["key"], info["other"][1]])) == []
        assert isinstance(info["other"][0], Unshowable)


def test_the_beginning_of_a_long_key_is_hidden_too():
    """Words of a venue are cut before they are shown: what is left of a key is still the key's."""
    redactor = KeyRedactor()
    redactor.hide("K3yABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnop")
    told = redactor.text("unknown status 'K3yABCDEFGHIJKLMNOPQ', code K3yABCDEFGHI")
    assert told == "unknown status '[redacted]', code [redacted]"
