"""What a bot is told when the cancel or its answer goes astray: the truth if it can be had, else RequestTimeout."""

from __future__ import annotations

import errno
from ssl import SSLCertVerificationError

import ccxt
import pytest

ORDER = "/api/v1/spot/order"


@pytest.mark.parametrize("acted", [True, False], ids=["acted", "not acted"])
@pytest.mark.parametrize(
    "fault",
    [{"kind": "cut"}, {"kind": "truncate"}, {"status": 503}, {"status": 500}, {"code": "-1006"}, {"body": "<html>"}],
    ids=str,
)
async def test_a_doubt_is_settled(bot, fault, acted):
    """Whether or not a request ran whose answer says nothing, the order is proven canceled in the end."""
    order_id = await bot.place()
    bot.fail(**fault, acted=acted)
    done = await bot.cancel(order_id)
    assert (done["status"], bot.status(order_id)) == ("canceled", "CANCELED")


async def test_an_answer_that_never_comes(make_bot):
    """After a send that timed out the order is looked up, and what is found is returned."""
    one = await make_bot(timeout=800)
    order_id = await one.place()
    one.fail(kind="stall", acted=True)
    done = await one.cancel(order_id)
    assert (done["status"], one.sent()) == ("canceled", 1)


async def test_what_stays_unknown_is_a_request_timeout(make_bot):
    """With every answer lost nobody can know; the exception has the whole report."""
    one = await make_bot(timeout=500)
    order_id = await one.place()
    one.served.control.fail_next(kind="cut", times=50)
    with pytest.raises(ccxt.RequestTimeout) as told:
        await one.cancel(order_id)
    assert (told.value.report.outcome, told.value.report.ambiguous_attempts > 0) == ("unknown", True)


@pytest.mark.parametrize(
    "caught", [SSLCertVerificationError(1, "of another server"), OSError(errno.EMFILE, "of its own files")], ids=repr
)
async def test_an_error_that_the_bot_has_caught_itself_says_nothing(make_bot, caught):
    """Cancelled where a bot handles another connection's error, an order whose answers are lost is in doubt, too."""
    one = await make_bot(timeout=500)
    order_id = await one.place()
    one.served.control.fail_next(kind="cut", times=50, acted=True)
    try:
        raise caught
    except OSError:
        with pytest.raises(ccxt.RequestTimeout) as told:
            await one.cancel(order_id)
    assert (told.value.report.outcome, told.value.report.attempts > 0) == ("unknown", True)
    assert type(caught).__name__ not in str(told.value)


async def test_accepted_but_unread_is_a_request_timeout(make_bot):
    """An acknowledged cancel whose end cannot be read is no success, and no failure."""
    one = await make_bot(timeout=500)
    order_id = await one.place()
    one.served.control.fail_next(status=503, method="GET", times=50)
    with pytest.raises(ccxt.RequestTimeout) as told:
        await one.cancel(order_id)
    assert told.value.report.outcome == "pending"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("0003", 429, ccxt.RateLimitExceeded),
        ("0001", 400, ccxt.BadRequest),
        ("0102", 401, ccxt.AuthenticationError),
        ("-1005", 403, ccxt.PermissionDenied),
        ("-1021", 400, ccxt.InvalidNonce),
        ("-1101", 503, ccxt.ExchangeNotAvailable),
        ("-2011", 400, ccxt.InvalidOrder),
    ],
)
async def test_refusals_have_ccxts_own_meaning(make_bot, code, status, expected):
    """Each kind of refusal is the exception that ccxt has for it, and the order is still there."""
    one = await make_bot(timeout=900)
    order_id = await one.place()
    one.fail(code=code, status=status, times=5)
    with pytest.raises(expected) as told:
        await one.cancel(order_id)
    assert type(told.value) is expected
    assert one.status(order_id) == "NEW"


async def test_settings_that_cannot_be_used(make_bot, served):
    """No key, a plain http host that is not this machine, an unknown site: ccxt's exceptions, and nothing is sent."""
    for config, expected in (
        ({"apiKey": ""}, ccxt.AuthenticationError),
        ({"secret": " blank around "}, ccxt.ExchangeError),
        ({"urls": {"api": {"public": "http://203.0.113.1", "private": "http://203.0.113.1"}}}, ccxt.ExchangeError),
        ({"options": {"recvWindow": 90_000}}, ccxt.ExchangeError),
        ({"options": {"site": "atlantis"}}, ccxt.ExchangeError),
        ({"options": {"site": ["hk"]}}, ccxt.ExchangeError),
        ({"options": {"budget": "endless"}}, ccxt.ExchangeError),
        ({"options": {"plugins": ["no-such-wrapper"]}}, ccxt.ExchangeError),
        ({"options": {"plugins": 5}}, ccxt.ExchangeError),
        ({"options": {"filledFirst": "rise"}}, ccxt.ExchangeError),
        ({"options": {"recvWindow": "soon"}}, ccxt.ExchangeError),
        ({"timeout": None}, ccxt.BadRequest),
        ({"timeout": "soon"}, ccxt.BadRequest),
        ({"urls": {"api": "https://api-glb.hashkey.com"}}, ccxt.ExchangeError),
        ({"urls": {"api": {"private": None}}}, ccxt.ExchangeError),
    ):
        with pytest.raises(expected):
            await (await make_bot(**config)).cancel("1")
        assert served.control.requests == []


@pytest.mark.parametrize(
    "options",
    [
        {"plugins": "journal"},
        {"plugins": "journal, journal"},
        {"plugins": None},
        {"plugins": "None"},
        {"recvWindow": "5000"},
        {"recvWindow": 5000.0},
        {"recvWindow": "None"},
        {"budget": "None"},
        {"budget": None},
        {"filledFirst": "raise"},
        {"filledFirst": None},
    ],
    ids=str,
)
async def test_options_may_be_text(make_bot, monkeypatch, tmp_path, options):
    """``--option`` and some programs' settings give every option as text: it means what the value does."""
    monkeypatch.chdir(tmp_path)
    one = await make_bot(options=options)
    order_id = await one.place()
    assert (await one.cancel(order_id))["status"] == "canceled"
