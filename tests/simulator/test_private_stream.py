"""What a private stream tells, and to whom: orders, fills and balances of its account as they change."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import Dialect, Simulator

from .conftest import NOW, ORDER, Client, speaking
from .streaming import Stream, listen

FILLS = "/api/v1/account/trades"
AT_ONCE = {"type": "LIMIT", "timeInForce": "IOC"}


def test_an_order_that_rests_is_filled_in_part_and_canceled(client: Client) -> None:
    """Each change is told once, in order, with the balances that it changed."""
    stream = listen(client)
    order_id = client.rest()
    assert stream.told() == ["NEW 0", "changed USD"]
    client.control.fill(order_id, "0.4")
    assert stream.told() == ["PARTIALLY_FILLED 0.4", "ticket 0.4", "changed USD ETH"]
    client.ok("DELETE", ORDER, orderId=order_id)
    assert stream.told() == ["PARTIALLY_CANCELED 0.4", "changed USD"]
    assert stream.told() == []


def test_every_end_is_told(client: Client) -> None:
    """Canceled, filled, rejected, and ended by the venue."""
    stream = listen(client)
    canceled, filled, ended = client.rest(), client.rest(), client.rest()
    stream.read()
    client.ok("DELETE", ORDER, orderId=canceled)
    client.control.fill(filled)
    client.control.cancel(ended, "SYSTEM_CANCEL")
    client.control.reject_next()
    rejected = client.rest()
    reports = stream.events("executionReport")
    assert [(report["i"], report["X"], report["x"]) for report in reports] == [
        (canceled, "CANCELED", "USER_CANCEL"),
        (filled, "FILLED", ""),
        (ended, "CANCELED", "SYSTEM_CANCEL"),
        (rejected, "REJECTED", ""),
    ]


def test_the_remainder_of_an_order_that_may_not_rest(client: Client) -> None:
    """It is new, filled as far as it goes, and canceled, in the one frame that its moment has."""
    client.control.counter_order("ETHUSD", "SELL", "0.3", "1900", now=NOW)
    stream = listen(client)
    client.create(**AT_ONCE)
    reports, tickets, balances = stream.read()
    assert [report["X"] for report in reports] == ["NEW", "PARTIALLY_FILLED", "PARTIALLY_CANCELED"]
    assert [report["r"] for report in reports] == ["1", "0.7", "0.7"]
    assert [ticket["q"] for ticket in tickets] == ["0.3"]
    assert [row["a"] for row in balances[0]["B"]] == ["USD", "ETH"]


def test_the_fields_of_a_report(client: Client) -> None:
    """They are the documented ones, text but for the documented booleans, and agree with the query."""
    client.control.set_fees("0.001", "0.002")
    stream = listen(client)
    order_id = client.rest(newClientOrderId="mine", type="LIMIT_MAKER")
    client.now += 7
    client.control.fill(order_id, "0.5", now=client.now)
    _, report = stream.events("executionReport")
    (row,) = client.send_list(FILLS)
    asked = client.query(order_id)
    assert report == {
        "e": "executionReport",
        "E": str(NOW + 7),
        "s": "ETHUSD",
        "c": "mine",
        "S": "BUY",
        "o": "LIMIT_MAKER",
        "f": "GTC",
        "q": "1",
        "p": "1900",
        "X": "PARTIALLY_FILLED",
        "i": order_id,
        "M": "0",
        "l": "0.5",
        "z": "0.5",
        "L": "1900",
        "n": "0.95",
        "N": "USD",
        "F": "0",
        "u": True,
        "w": True,
        "m": True,
        "O": asked["time"],
        "U": asked["updateTime"],
        "Z": "950",
        "A": "0",
        "C": False,
        "v": "0",
        "reqAmt": "0",
        "d": row["id"],
        "r": "0.5",
        "V": "1900",
        "x": "",
        "rt": "maker",
        "T": row["ticketId"],
    }
    assert (report["X"], report["z"], report["Z"]) == tuple(
        asked[name] for name in ("status", "executedQty", "cumulativeQuoteQty")
    )


def test_a_report_without_an_execution(client: Client) -> None:
    """Its amounts of this execution are 0, its names empty."""
    stream = listen(client)
    client.rest()
    (report,) = stream.events("executionReport")
    assert {name: report[name] for name in ("l", "L", "n", "N", "d", "rt", "T", "z", "Z", "V", "r")} == {
        **dict.fromkeys(("l", "L", "n", "z", "Z", "V"), "0"),
        **dict.fromkeys(("N", "d", "rt", "T"), ""),
        "r": "1",
    }


def test_the_fields_of_a_ticket_and_of_balances(client: Client) -> None:
    """A ticket's id is REST's ticketId and the public trade's; balances are those that a query shows."""
    stream = listen(client)
    order_id = client.rest(newClientOrderId="mine")
    client.control.fill(order_id, "0.5")
    events = stream.events()
    (row,) = client.send_list(FILLS)
    (ticket,) = [event for event in events if event["e"] == "ticketInfo"]
    assert ticket == {
        "e": "ticketInfo",
        "E": str(NOW),
        "s": "ETHUSD",
        "q": "0.5",
        "t": row["time"],
        "p": "1900",
        "T": row["ticketId"],
        "o": order_id,
        "c": "mine",
        "O": "0",
        "a": client.simulator.account.account_id,
        "A": "0",
        "m": True,
        "S": "BUY",
    }
    held = {row["asset"]: (row["free"], row["locked"]) for row in client.ok("GET", "/api/v1/account")["balances"]}
    last = events[-1]
    assert {name: last[name] for name in ("e", "E", "T", "W", "D")} == {
        "e": "outboundAccountInfo",
        "E": str(NOW),
        "T": True,
        "W": True,
        "D": True,
    }
    assert {row["a"]: (row["f"], row["l"]) for row in last["B"]} == {asset: held[asset] for asset in ("USD", "ETH")}
    assert {row["r"] for row in last["B"]} == {""}


@pytest.mark.parametrize(
    ("terms", "word"),
    [({"quantity": "1"}, "MARKET_OF_BASE"), ({"amount": "190", "quantity": None}, "MARKET_OF_QUOTE")],
)
def test_market_orders_have_words_of_their_own(client: Client, terms: dict[str, Any], word: str) -> None:
    """REST calls both MARKET; the stream tells an amount from cash."""
    client.control.counter_order("ETHUSD", "SELL", "5", "1900", now=NOW)
    stream = listen(client)
    asked = {"symbol": "ETHUSD", "side": "BUY", "type": "MARKET"} | terms
    created = client.ok("POST", "/api/v1.1/spot/order", **{name: value for name, value in asked.items() if value})
    reports = stream.events("executionReport")
    assert {report["o"] for report in reports} == {word}
    assert reports[-1]["X"] == client.query(created["orderId"])["status"] == "FILLED"
    assert reports[-1]["reqAmt"] == ("190" if "amount" in terms else "0")


def test_money_that_comes_by_itself_is_told(client: Client) -> None:
    """A deposit changes a balance and no order."""
    stream = listen(client)
    client.control.deposit("ETH", "2")
    assert stream.told() == ["changed ETH"]


def test_nobody_hears_of_another_account(client: Client) -> None:
    """Each stream is its own account's, though both trade with each other; a sub-account's is not its parent's."""
    client.control.open_sub_account("other-key", "hush")
    other = Client(client.simulator, api_key="other-key", secret="hush")
    mine, theirs = listen(client), listen(other)
    order_id = client.rest()
    assert theirs.told() == []
    assert mine.told() == ["NEW 0", "changed USD"]
    taken = other.rest(side="SELL", quantity="0.4")
    (report, *_), tickets = mine.read()[0], theirs.events("ticketInfo")
    assert (report["i"], report["rt"]) == (order_id, "maker")
    assert [(ticket["o"], ticket["m"], ticket["a"]) for ticket in tickets] == [
        (taken, False, client.simulator.accounts["other-key"].account_id)
    ]


def test_every_connection_of_an_account_hears_the_same(client: Client) -> None:
    """Two connections with one key, and one that came later, which hears nothing of before."""
    first, second = listen(client), listen(client)
    client.rest()
    third = listen(client)
    assert first.read() == second.read() != []
    assert third.read() == []
    client.rest()
    assert first.read() == second.read() == third.read() != []


def test_what_comes_due_is_told_in_its_time(client: Client) -> None:
    """A cancel that takes a while is told of when it takes effect, at that time, without any request."""
    client.simulator = Simulator(dialect=Dialect(cancel_delay_ms=(250, 250)))
    stream = listen(client)
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    stream.read()
    assert stream.connection.next_at() == NOW + 250
    client.now += 249
    assert stream.told() == []
    client.now += 5000
    report, balances = stream.events()
    assert (report["X"], report["E"], report["U"], balances["E"]) == ("CANCELED", *[str(NOW + 250)] * 3)


def test_a_frame_may_take_its_time_and_never_overtakes() -> None:
    """With a delay a frame arrives later, drawn from the seed, behind those before it."""
    client = speaking(stream_delay_ms=(5, 50))
    stream = listen(client)
    for _ in range(20):
        client.rest()
    arrivals: list[tuple[int, str]] = []
    while (at := stream.connection.next_at()) is not None and at < NOW + 1000:
        client.now = at
        arrivals += [(at - NOW, event["i"]) for event in stream.events("executionReport")]
    assert [order_id for _, order_id in arrivals] == sorted(order_id for _, order_id in arrivals)
    assert len(arrivals) == 20
    assert all(5 <= wait <= 50 for wait, _ in arrivals)


@pytest.mark.parametrize(
    ("words", "frames"),
    [
        ("by_order", [["NEW", "FILLED"], ["ticketInfo"], ["outboundAccountInfo"]]),
        ("single", [["NEW"], ["FILLED"], ["ticketInfo"], ["outboundAccountInfo"]]),
        ("all", [["NEW", "FILLED", "ticketInfo", "outboundAccountInfo"]]),
    ],
)
def test_which_events_share_a_frame(words: str, frames: list[list[str]]) -> None:
    """One moment's events come in the frames that the dialect says; always as arrays."""
    client = speaking(stream_frames=words)
    client.control.counter_order("ETHUSD", "SELL", "1", "1900", now=NOW)
    stream = listen(client)
    client.create()
    assert [[event.get("X", event["e"]) for event in frame] for frame in stream.read()] == frames


def test_other_words_of_the_dialect() -> None:
    """The ticket first; an order that waits to be accepted; the nameless report of the sample."""
    client = speaking(
        stream_fill_order="ticket_first", stream_pending_new="shown", stream_first_name="empty", stream_frames="single"
    )
    stream = listen(client)
    order_id = client.rest()
    client.control.fill(order_id)
    events = stream.events()
    assert [event.get("X", event["e"]) for event in events] == [
        "PENDING_NEW",
        "NEW",
        "outboundAccountInfo",
        "ticketInfo",
        "FILLED",
        "outboundAccountInfo",
    ]
    assert [event["e"] for event in events[:2]] == ["executionReport", ""]


def test_a_cancel_on_its_way_may_show(client: Client) -> None:
    """Where answers say PENDING_CANCEL, a fill meanwhile is told with that word too."""
    client = speaking(cancel_in_flight="PENDING_CANCEL", cancel_delay_ms=(100, 100))
    stream = listen(client)
    order_id = client.rest()
    client.ok("DELETE", ORDER, orderId=order_id)
    client.control.fill(order_id, "0.1")
    assert [report["X"] for report in stream.events("executionReport")] == ["NEW", "PENDING_CANCEL"]


def test_nothing_is_watched_without_a_stream(client: Client) -> None:
    """The book tells nobody before the first stream opens, nor after the last one has ended."""
    book = client.simulator.venue.book
    client.rest()
    assert (book.order_observers, client.simulator.agenda.afterwards) == ({}, None)
    stream = listen(client)
    assert list(book.order_observers) == [client.simulator.account.account_id]
    stream.connection.close(client.now)
    assert (book.order_observers, client.simulator.agenda.afterwards) == ({}, None)
    assert stream.connection.closed is not None


def test_equal_seeds_and_calls_give_equal_frames() -> None:
    """Keys, channels and frames are drawn from the seed."""

    def play(seed: int) -> list[str]:
        client = Client(Simulator(seed=seed, dialect=Dialect(stream_delay_ms=(0, 90))))
        stream = listen(client)
        client.control.fill(client.rest(), "0.25")
        client.now += 120_000
        stream.read()
        return [json.dumps(frame) for frame in stream.frames]

    assert play(1) == play(1) != play(2)


def test_a_stream_that_nobody_reads_is_cut(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """With too many frames waiting the venue ends it: what waited is gone, and nothing is kept for it any more."""
    monkeypatch.setattr("hk_adapter.simulator.streams.hub.BACKLOG", 10)
    stream = listen(client)
    for _ in range(30):
        client.rest()
    assert client.simulator.streams.connections == []
    assert (stream.read(), stream.end) == ([], 1006)


def told_of(stream: Stream) -> list[str]:
    """Give the ids of the orders that a stream has told of."""
    return [event["i"] for event in stream.events("executionReport")]


def test_each_order_of_a_mass_cancel_is_told(client: Client) -> None:
    """One request ends them all: a frame for each, and one for the balances."""
    stream = listen(client)
    ids = [client.rest() for _ in range(5)]
    stream.read()
    client.ok("DELETE", "/api/v1/spot/openOrders", symbol="ETHUSD")
    assert sorted(told_of(stream)) == sorted(ids)
    assert [len(frame) for frame in stream.frames[-6:]] == [1] * 6
