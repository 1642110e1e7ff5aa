"""What an exchange's answers prove, and what they do not, over real HTTP against a small exchange."""

from __future__ import annotations

from decimal import Decimal

import pytest

import hk_adapter as hk
from tests.ccxt_bridge.kraken_desk import API_KEY, SECRET


@pytest.fixture
async def venue(facade, kraken):
    """The small exchange through ccxt's kraken and one of the two facades; its calls are awaited by ``call``."""
    options = {"base_url": kraken.url, "api_key": API_KEY, "secret": SECRET, "rateLimit": 1, "timeout": 3.0}
    if facade == "blocking":
        with hk.connect("ccxt:kraken", **options) as opened:
            yield opened
    else:
        async with hk.connect_async("ccxt:kraken", **options) as opened:
            yield opened


@pytest.fixture
def call(venue, facade):
    """Call a method of either facade and wait for it."""

    async def call_one(name, *args, **kwargs):
        result = getattr(venue, name)(*args, **kwargs)
        return result if facade == "blocking" else await result

    return call_one


@pytest.fixture
def place(call):
    """Let an order rest."""

    async def place_one(**kwargs):
        return await call("create_order", "ETH/USD", "limit", "buy", "1", "1900", **kwargs)

    return place_one


async def test_a_bare_acknowledgement_is_confirmed(call, place, kraken):
    """Kraken answers a cancel with a count alone: the end is read from the order."""
    order = await place()
    kraken.fill(order.id, "0.25")
    kraken.seen.clear()
    done = await call("cancel_order", order.id)
    assert (done.status, done.filled, done.remaining) == ("canceled", Decimal("0.25"), Decimal("0.75"))
    assert kraken.seen == ["CancelOrder", "QueryOrders"]


async def test_a_bare_acknowledgement_alone_is_pending(call, place, kraken):
    """With wait="ack" nothing is claimed but that the request was taken."""
    order = await place()
    kraken.seen.clear()
    done = await call("cancel_order", order.id, wait="ack")
    assert (done.id, done.status, done.filled) == (order.id, "pending_cancel", None)
    assert kraken.seen == ["CancelOrder"]


async def test_a_lost_answer_that_had_run_is_settled(call, place, kraken):
    """The line was cut after the cancel ran: one doubtful send, and the order itself says how it ended."""
    order = await place()
    kraken.faults["CancelOrder"] = "cut"
    report = await call("try_cancel", order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 1, 1)


async def test_a_lost_request_is_sent_again(call, place, kraken):
    """The line was cut before the cancel ran: it is looked up, found open, and sent again."""
    order = await place()
    kraken.faults["CancelOrder"] = "lose"
    report = await call("try_cancel", order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 2, 1)


@pytest.mark.parametrize(
    "answer",
    [
        (502, b"<html>Bad gateway</html>"),
        (200, b'{"error": ["EGeneral:Internal error"]}'),
        (200, b'{"error": ["EService:Busy"]}'),
        (200, b'{"error": ["EOrder:Something new"]}'),
        (200, b"<!DOCTYPE html>We will be back soon"),
        (200, b"no json at all"),
        (200, b"{}"),
        (307, b""),
    ],
)
async def test_what_is_no_refusal_leaves_a_doubt(call, place, kraken, answer):
    """A page, a word that ccxt does not know, an error of the venue's own: the cancel may have run."""
    order = await place()
    kraken.faults["CancelOrder"] = answer
    report = await call("try_cancel", order.id)
    assert (report.outcome, report.attempts, report.ambiguous_attempts) == (hk.CancelOutcome.CANCELED, 2, 1)


async def test_a_refusal_before_the_order_is_told_for_what_it_is(call, place, kraken):
    """A limit that was overrun, as the venue words it."""
    order = await place()
    kraken.faults["CancelOrder"] = (200, b'{"error": ["EAPI:Rate limit exceeded"]}')
    report = await call("try_cancel", order.id, timeout=0.9)
    assert (report.outcome, report.ambiguous_attempts) == (hk.CancelOutcome.RATE_LIMITED, 0)


async def test_a_lost_create_is_found_under_its_client_id(call, place, kraken):
    """Ccxt's kraken cannot query by client id; its list of open orders shows the order all the same."""
    kraken.faults["AddOrder"] = "cut"
    order = await place(client_order_id="mine-to-find")
    assert (order.status, order.client_order_id, order.price) == ("open", "mine-to-find", 1900)
    assert kraken.seen.count("AddOrder") == 1


async def test_a_create_that_never_arrived_stays_in_doubt(call, place, kraken):
    """Not finding it proves nothing: it may still be on its way. It is never sent twice."""
    kraken.faults["AddOrder"] = "lose"
    with pytest.raises(hk.OutcomeUnknown) as caught:
        await place(client_order_id="never-there", timeout=1.5)
    assert caught.value.order.client_order_id == "never-there"
    assert kraken.seen.count("AddOrder") == 1


async def test_a_refused_create_is_no_order(call, kraken):
    """The venue's own refusal settles it."""
    with pytest.raises(hk.InsufficientFunds):
        await call("create_order", "ETH/USD", "limit", "buy", "1000000", "1900")
    assert kraken.orders == {}


async def test_a_short_answer_to_a_create_is_completed_by_what_was_asked(place):
    """Kraken answers with ids and words; what it does not say is what was asked of it."""
    order = await place(client_order_id="c-1")
    assert (order.symbol, order.side, order.type, order.client_order_id) == ("ETH/USD", "buy", "limit", "c-1")
    assert (order.amount, order.price) == (1, 1900)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fetch_order", ("O1", None, {"paginate": True})),
        ("cancel_order", ("O1", None, {"maxRetriesOnFailure": 5})),
        ("fetch_ohlcv", ("ETH/USD", "7m")),
        ("fetch_order_book", ("NO/SUCH",)),
        ("create_order", ("NO/SUCH", "limit", "buy", "1", "1900")),
    ],
)
async def test_what_cannot_be_sent_is_refused_before(call, kraken, name, arguments):
    """Nothing goes out for an argument that ccxt or the bridge refuses."""
    kraken.seen.clear()
    with pytest.raises(hk.InvalidArgument):
        await call(name, *arguments)
    assert kraken.seen == []


async def test_numbers_keep_every_digit(call, place, kraken):
    """What the venue wrote is what is read, to the last digit; no float is in between."""
    balances = await call("fetch_balance")
    assert balances["USD"].total == Decimal("1000.12345678901234567890")
    order = await place()
    kraken.fill(order.id, "0.12345678")
    found = await call("fetch_order", order.id)
    assert found.filled == Decimal("0.12345678")
    assert found.remaining == Decimal("0.87654322")
