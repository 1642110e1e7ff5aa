"""HashKey's private stream: every event of a frame is read as strictly as an answer over REST, or told as a doubt."""

from __future__ import annotations

import json
import pickle
from decimal import Decimal

import pytest

from hk_adapter.errors import AuthenticationError, RateLimited, UnexpectedPayload
from hk_adapter.execution.streams.reading import events_of
from hk_adapter.flow.http import Response
from hk_adapter.model import (
    Balance,
    BalancesSeen,
    OrderSeen,
    OrderStatus,
    Reply,
    StreamPlan,
    StreamRequest,
    TradeSeen,
    Unread,
)
from hk_adapter.venues.hashkey.parse.stream import FrameReader
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.sites import SITES
from hk_adapter.venues.hashkey.symbols import SymbolNames

KEY = "k" * 64


def report(**changed):
    """Give a report of a limit order that was filled in part, by the names of the documentation."""
    fields = {
        "e": "executionReport", "E": "1764935787849", "s": "ETHUSD", "c": "mine", "S": "SELL", "o": "LIMIT", "f": "GTC",
        "q": "0.02", "p": "3150", "X": "PARTIALLY_FILLED", "i": "2098827941783013377", "M": "0", "l": "0.01",
        "z": "0.01", "L": "3150.11", "n": "1.99", "N": "USD", "F": "0", "u": True, "w": True, "m": False,
        "O": "1764935787000", "U": "1764935787840", "Z": "31.5011", "A": "0", "C": False, "v": "0", "reqAmt": "0",
        "d": "2098827941783013399", "r": "0.01", "V": "3150.11", "x": "", "rt": "taker", "T": "1",
    }  # fmt: skip
    return fields | changed


def ticket(**changed):
    """Give the ticket of the same fill."""
    fields = {
        "e": "ticketInfo", "E": "1764935787849", "s": "ETHUSD", "q": "0.01", "t": "1764935787840", "p": "3150.11",
        "T": "4001", "o": "2098827941783013377", "c": "mine", "O": "0", "a": "1", "A": "0", "m": False, "S": "SELL",
    }  # fmt: skip
    return fields | changed


def read(*events):
    """Read one frame."""
    return FrameReader(SymbolNames()).read(json.dumps(list(events)))


def test_a_report_is_an_order_and_its_fill():
    """Every documented field is where REST has it, numbers exact; the fill has the id that REST lists it by."""
    (seen,) = read(report())
    order = seen.order
    assert (order.id, order.client_order_id, order.symbol) == ("2098827941783013377", "mine", "ETH/USD")
    assert (order.type, order.side, order.time_in_force, order.post_only) == ("limit", "sell", "GTC", False)
    assert (order.price, order.amount, order.filled, order.remaining) == tuple(
        map(Decimal, ("3150", "0.02", "0.01", "0.01"))
    )
    assert (order.average, order.cost) == (Decimal("3150.11"), Decimal("31.5011"))
    assert (order.status, order.venue_status) == (OrderStatus.OPEN, "PARTIALLY_FILLED")
    assert (order.timestamp, order.last_update_timestamp) == (1764935787000, 1764935787840)
    fill = seen.trade
    assert (fill.id, fill.order_id, fill.amount, fill.price) == (
        "2098827941783013399", order.id, Decimal("0.01"), Decimal("3150.11"))  # fmt: skip
    assert (fill.fees[0].currency, fill.fees[0].cost, fill.taker_or_maker) == ("USD", Decimal("1.99"), "taker")


def test_every_event_of_a_frame_is_read():
    """An array may hold the reports of an order that was new and filled at once, its ticket, and balances."""
    new = report(X="NEW", l="0", z="0", d="", Z="0", V="0", L="0", n="0", N="", r="0.02")
    held = {"e": "outboundAccountInfo", "E": "1764935787849", "T": True, "B": [{"a": "USD", "f": "10", "l": "0.5"}]}
    one, two, three, four = read(new, report(), ticket(), held)
    assert isinstance(one, OrderSeen)
    assert (one.order.status, one.trade) == (OrderStatus.OPEN, None)
    assert isinstance(two, OrderSeen)
    assert isinstance(three, TradeSeen)
    assert (three.trade.id, three.told_as, three.trade.order_id) == (None, "4001", "2098827941783013377")
    assert isinstance(four, BalancesSeen)
    assert four.balances["USD"].total == Decimal("10.5")


def held(*rows):
    """Write balances."""
    return {"e": "outboundAccountInfo", "E": "1764935787849", "B": [{"l": "0"} | row for row in rows]}


def test_a_currency_that_an_event_names_twice_is_a_doubt():
    """Neither row is believed, not even where one cannot be read, or is written in other letters."""
    for other in ({"a": "USD", "f": "11"}, {"a": "usd", "f": "11"}, {"a": "usd", "f": "NaN"}):
        (seen,) = read(held({"a": "USD", "f": "10"}, {"a": "ETH", "f": "1"}, other))
        assert dict(seen.balances) == {"ETH": Balance(free=Decimal(1), used=Decimal(0), total=Decimal(1))}
        assert {row.about for row in seen.balances.unread} == {"USD"}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", True, None, [], "ten"])
def test_an_amount_that_is_no_number_is_a_doubt_about_its_currency(number):
    """The others are believed."""
    (seen,) = read(held({"a": "USD", "f": number}, {"a": "ETH", "f": "1"}))
    assert (list(seen.balances), [row.about for row in seen.balances.unread]) == (["ETH"], ["USD"])
    (seen,) = read(held({"a": "USD", "f": "1", "l": number}))
    assert (list(seen.balances), len(seen.balances.unread)) == ([], 1)


@pytest.mark.parametrize("word", ["MARKET_OF_BASE", "MARKET_OF_QUOTE"])
def test_market_orders_have_words_of_their_own(word):
    """They are market orders like REST's; one by its cost has no amount."""
    (seen,) = read(report(o=word, q="0", p="0", X="FILLED", r="0"))
    assert (seen.order.type, seen.order.amount, seen.order.price) == ("market", None, None)


def test_the_first_report_may_have_no_name():
    """The documentation's sample shows an empty one."""
    (seen,) = read(report(e=""))
    assert isinstance(seen, OrderSeen)


@pytest.mark.parametrize(
    "wrong",
    [
        {"X": "MOVED"}, {"S": "BUY_OPEN"}, {"z": "NaN"}, {"z": None}, {"i": "12x"}, {"l": "0.02"}, {"d": ""},
        {"l": "0"}, {"rt": "both"}, {"m": "no"}, {"X": "PARTIALLY_CANCELED", "z": "0", "Z": "0"}, {"q": "0"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_read_is_a_doubt(wrong):
    """An unknown word or a number that is none gives no order: it is told, with the order's id if that is there."""
    (doubt,) = read(report(**wrong))
    assert isinstance(doubt, Unread)
    assert doubt.order_id == report(**wrong)["i"]


@pytest.mark.parametrize("frame", ["", "nonsense", "[1]", '{"e":"newThing"}', '[{"e":"x","e":"y"}]', "5"])
def test_a_frame_that_nobody_knows_is_a_doubt(frame):
    """Whatever it is, it is neither left out nor raised."""
    (doubt,) = FrameReader(SymbolNames()).read(frame)
    assert isinstance(doubt, Unread)


def test_one_bad_event_hides_no_other():
    """The rest of its frame is read."""
    doubt, seen = read(report(X="MOVED"), report())
    assert (type(doubt), type(seen)) == (Unread, OrderSeen)


def test_other_accounts_are_not_told():
    """Custody, fiat and futures are not the spot account: nothing of them is an event."""
    assert read({"e": "outboundCustodyAccountInfo", "B": []}, {"e": "contractExecutionReport", "i": "1"}) == []


def test_pings_are_answered_both_ways():
    """The venue's ping gives the pong with its own number; a pong says nothing; ours has the time."""
    reader = FrameReader(SymbolNames())
    (reply,) = reader.read('{"ping":1764935787849,"channelId":"x"}')
    assert isinstance(reply, Reply)
    assert json.loads(reply.text) == {"pong": 1764935787849}
    assert reader.read('{"pong":1764935787849,"channelId":"x"}') == []
    assert json.loads(reader.ping(5)) == {"ping": 5}


def answered(flow, status, body):
    """Run a hook of one request to its end; give the request and the result."""
    call = flow.send(None)
    with pytest.raises(StopIteration) as end:
        flow.send(Response(status, {}, body))
    return call, end.value.value


def venue(site="hk", origin="https://api-pro.hashkey.com"):
    """Open a site."""
    return HashKeyVenue(SITES[site], origin)


def test_a_listen_key_makes_the_plan():
    """Its URL is on the site's stream host; it is renewed at 30 of its 60 minutes; no text shows it."""
    call, plan = answered(venue().open_stream(StreamRequest()), 200, json.dumps({"listenKey": KEY}).encode())
    assert (call.method, call.path, call.signed) == ("POST", "/api/v1/userDataStream", True)
    assert plan.url == f"wss://stream-pro.hashkey.com/api/v1/ws/{KEY}"
    assert venue().stream_hosts == {"wss://stream-pro.hashkey.com"}
    assert plan.renew_every == 1800
    assert KEY not in repr(plan)
    with pytest.raises(TypeError):
        pickle.dumps(plan)


def test_the_older_spelling_of_the_key_is_read():
    """HK's older table writes it in small letters."""
    _, plan = answered(venue().open_stream(StreamRequest()), 200, json.dumps({"listenkey": KEY}).encode())
    assert plan.key == KEY


@pytest.mark.parametrize("key", ["a/b", "..", "a?b", "", 5, None])
def test_a_key_that_is_none_makes_no_url(key):
    """What would lead elsewhere is refused, and not repeated in the error."""
    flow = venue().open_stream(StreamRequest())
    flow.send(None)
    with pytest.raises(UnexpectedPayload):
        flow.send(Response(200, {}, json.dumps({"listenKey": key}).encode()))


@pytest.mark.parametrize(
    ("site", "origin", "streams"),
    [
        ("hk", "https://api-pro.sim.hashkeydev.com", "wss://stream-pro.sim.hashkeydev.com"),
        ("global", "https://api-glb.hashkey.com", "wss://stream-glb.hashkey.com"),
        ("mena", "https://api-pro.hashkey.com", "wss://stream-pro.hashkey.com"),
        ("hk", "http://127.0.0.1:8080", "ws://127.0.0.1:8080"),
        ("hk", "https://proxy.example", "wss://proxy.example"),
    ],
)
def test_where_streams_are(site, origin, streams):
    """Each site's own host; a caller's ``base_url`` has them itself."""
    assert venue(site, origin).stream_hosts == {streams}


def test_a_key_is_renewed_and_ended():
    """By PUT and DELETE with the key; a refusal says that it is gone, what tells nothing of it is raised."""
    _, plan = answered(venue().open_stream(StreamRequest()), 200, json.dumps({"listenKey": KEY}).encode())
    for hook, method in ((venue().renew_stream, "PUT"), (venue().close_stream, "DELETE")):
        call, done = answered(hook(plan), 200, b"{}")
        assert (call.method, dict(call.params), done) == (method, {"listenKey": KEY}, True)
        assert answered(hook(plan), 400, b'{"code":"-1125","msg":"no such listenKey"}')[1] is False
        for status, body, error in (
            (429, b"", RateLimited),
            (400, b'{"code":"0102","msg":"no such key"}', AuthenticationError),
        ):
            flow = hook(plan)
            flow.send(None)
            with pytest.raises(error):
                flow.send(Response(status, {}, body))


@pytest.mark.parametrize(
    "said",
    [
        [{"e": "KEY"}],
        [{"e": "executionReport", "i": "1", "E": "KEY", "O": "KEY", "s": "KEY"}],
        [{"e": "outboundAccountInfo", "B": [], "E": "KEY"}],
        [{"ping": "KEY"}],
        "KEY",
    ],
)
def test_no_part_of_the_listen_key_is_in_the_words_of_a_doubt(said):
    """A venue may repeat it anywhere; the words go to the log."""
    key = "Ab3dEf6hIj9lMn2pQr5tUv8xYz1BcD4fGh7jKl0nOp3rSt6vWx9zAb2dEf5hIj8l"
    reader = FrameReader(SymbolNames())
    plan = StreamPlan(url="wss://x.example/" + key, reader=reader, key=key)
    (event,) = events_of(plan, json.dumps(said).replace("KEY", key))
    assert isinstance(event, Unread)
    assert not any(key[at : at + 8] in event.reason for at in range(len(key) - 7))


@pytest.mark.parametrize(
    "event", [report(L="0"), report(L="-1"), ticket(p="0"), ticket(q="0"), ticket(p="-1")], ids=str
)
def test_a_fill_of_nothing_or_for_nothing_is_a_doubt(event):
    """About its order, whose fills are asked for."""
    (doubt,) = read(event)
    assert isinstance(doubt, Unread)
    assert doubt.order_id == "2098827941783013377"
