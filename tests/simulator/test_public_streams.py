"""What everybody may see of a pair on a stream: book, trades and ticker, in the two versions of the socket."""

from typing import Any

import pytest

from .conftest import NOW, ORDER, Client
from .streaming import Stream, look


def ask(stream: Stream, topic: str, symbol: str = "ETHUSD", event: str = "sub", **more: Any) -> list[Any]:
    """Send a message about a topic, in the words of the stream's version, and give what comes at once."""
    if stream.version == 1:
        stream.send(symbol=symbol, topic=topic, event=event, params={"binary": False}, **more)
    else:
        stream.send(topic=topic, event=event, params={"symbol": symbol}, **more)
    return stream.read()


@pytest.fixture
def one(client: Client) -> Stream:
    """Open a connection of version 1."""
    return look(client, 1)


@pytest.fixture
def two(client: Client) -> Stream:
    """Open a connection of version 2."""
    return look(client, 2)


def test_a_book_of_version_1(client: Client, one: Stream) -> None:
    """It is shown at once, and whole again when it changes: at most every 300 ms, however often that is."""
    client.control.counter_order("ETHUSD", "SELL", "2", "2000", now=NOW)
    (first,) = ask(one, "depth")
    channel = first.pop("channelId")
    assert first == {
        "symbol": "ETHUSD",
        "symbolName": "ETHUSD",
        "topic": "depth",
        "params": {"realtimeInterval": "24h"},
        "data": [{"e": 301, "s": "ETHUSD", "t": NOW, "v": "0_1", "b": [], "a": [["2000", "2"]], "o": 0}],
        "f": True,
        "sendTime": NOW,
        "shared": False,
        "site": "HK",
    }
    client.now += 100
    order_id = client.rest()
    client.rest(price="1890")
    assert (one.read(), one.connection.next_at()) == ([], NOW + 300)
    client.now += 200
    (second,) = one.read()
    assert (second["f"], second["channelId"], second["sendTime"]) == (False, channel, NOW + 300)
    assert second["data"][0]["b"] == [["1900", "1"], ["1890", "1"]]
    client.now += 400
    client.control.fill(order_id, "0.25")
    assert [frame["data"][0]["b"][0] for frame in one.read()] == [["1900", "0.75"]]
    client.now += 400
    client.ok("DELETE", ORDER, orderId=order_id)
    assert [frame["data"][0]["b"] for frame in one.read()] == [[["1890", "1"]]]


def test_a_book_of_version_2(client: Client, two: Stream) -> None:
    """The subscription is confirmed, and nothing is shown before the book changes; then at most every 100 ms."""
    assert ask(two, "depth", site="MENA") == [
        {
            "topic": "depth",
            "event": "sub",
            "params": {"symbol": "ETHUSD"},
            "code": "0",
            "msg": "Success",
            "site": "MENA",
        }
    ]
    client.rest()
    (shown,) = two.read()
    assert (shown["topic"], shown["params"], shown["site"]) == ("depth", {"symbol": "ETHUSD"}, "MENA")
    assert (shown["data"]["b"], shown["data"]["a"], shown["data"]["t"]) == ([["1900", "1"]], [], NOW)
    client.rest()
    assert (two.read(), two.connection.next_at()) == ([], NOW + 100)
    client.now += 100
    assert [frame["data"]["b"] for frame in two.read()] == [[["1900", "2"]]]


def test_a_book_is_the_best_hundred(client: Client, one: Stream) -> None:
    """As the depth that a request gives."""
    for step in range(120):
        client.control.counter_order("ETHUSD", "BUY", "1", 1000 + step, now=NOW)
    (shown,) = ask(one, "depth")
    asked = client.ok("GET", "/quote/v1/depth", symbol="ETHUSD")
    assert len(shown["data"][0]["b"]) == 100
    assert (shown["data"][0]["b"], shown["data"][0]["a"]) == (asked["b"], asked["a"])


def test_trades(client: Client, one: Stream, two: Stream) -> None:
    """The last 60 at once, then those of each moment: one message in version 1, one each in version 2."""
    for step in range(70):
        client.control.trade("ETHUSD", "1", 1000 + step, now=NOW)
    (first,) = ask(one, "trade")
    assert [row["p"] for row in first["data"]] == [str(1010 + step) for step in range(60)]
    confirmed, *frames = ask(two, "trade")
    assert (confirmed["code"], [frame["data"] for frame in frames]) == ("0", first["data"])
    client.control.counter_order("ETHUSD", "SELL", "0.5", "1900")
    client.control.counter_order("ETHUSD", "SELL", "0.5", "1901")
    client.create(price="1905")
    (told,) = one.read()
    assert [(row["p"], row["q"], row["t"], row["m"]) for row in told["data"]] == [
        ("1900", "0.5", NOW, False),
        ("1901", "0.5", NOW, False),
    ]
    assert [frame["data"] for frame in two.read()] == told["data"]
    (fill, _) = client.send_list("/api/v1/account/trades")
    assert fill["ticketId"] == told["data"][1]["v"]


def test_a_ticker(client: Client, one: Stream) -> None:
    """The last 24 hours at once, and with each trade; as a request gives them."""
    (first,) = ask(one, "realtimes")
    assert first["data"][0]["c"] == "0"
    client.control.trade("ETHUSD", "2", "1900")
    client.control.trade("ETHUSD", "1", "1950")
    last = one.read()[-1]["data"][0]
    (asked,) = client.send_list("/quote/v1/ticker/24hr", symbol="ETHUSD")
    assert last == {name: asked[name] for name in ["t", "s", "c", "h", "l", "o", "v", "qv"]} | {
        "sn": "ETHUSD",
        "e": 301,
    }


def test_several_pairs_in_one_message(client: Client, one: Stream, two: Stream) -> None:
    """Version 1 takes a list, version 2 refuses it; each pair has its own messages."""
    assert [frame["symbol"] for frame in ask(one, "trade", "ETHUSD,BTCUSD")] == ["ETHUSD", "BTCUSD"]
    assert ask(two, "trade", "ETHUSD,BTCUSD") == [{"code": "-100011", "msg": "Parameter error"}]
    client.control.trade("BTCUSD", "1", "60000")
    client.control.trade("ETHUSDT", "1", "1900")
    assert [frame["symbol"] for frame in one.read()] == ["BTCUSD"]


@pytest.mark.parametrize(("topic", "symbol"), [("depth", "NOSUCH"), ("depth", ""), ("nothing", "ETHUSD")])
def test_what_is_not_there(one: Stream, two: Stream, topic: str, symbol: str) -> None:
    """An error in the words of the version, and the connection lives on."""
    (refused,) = ask(one, topic, symbol)
    assert (refused["code"], refused["topic"], set(refused)) == ("-100010", topic, {"code", "topic", "desc"})
    assert [frame["code"] for frame in ask(two, topic, symbol)] == ["-100011"]
    for text in ("nonsense", "[]", "{}", '{"event": "sub"}', '{"event": "cancel"}', '{"event": "sub", "params": 1}'):
        one.connection.send(text, NOW)
        two.connection.send(text, NOW)
    assert (one.end, two.end) == (None, None)


def test_no_more_of_it(client: Client, one: Stream) -> None:
    """A topic that was canceled is silent, without an answer; `cancel_all` ends all; then nothing is watched."""
    for topic in ("trade", "realtimes"):
        ask(one, topic)
    assert ask(one, "trade", event="cancel") == []
    client.control.trade("ETHUSD", "1", "1900")
    assert [frame["topic"] for frame in one.read()] == ["realtimes"]
    assert ask(one, "", event="cancel_all") == []
    client.control.trade("ETHUSD", "1", "1900")
    assert one.read() == []
    assert client.simulator.venue.book.market_observers == {}


def test_asked_for_twice_it_comes_once(client: Client, one: Stream) -> None:
    """A second subscription takes the first one's place."""
    assert [frame["f"] for frame in ask(one, "trade") + ask(one, "trade")] == [True, True]
    client.control.trade("ETHUSD", "1", "1900")
    assert len(one.read()) == 1


def test_a_ping_and_the_end_of_an_idle_connection(client: Client, one: Stream, two: Stream) -> None:
    """A ping is answered with the venue's time; a minute without any traffic ends it without a close frame."""
    client.now += 59_999
    one.send(ping=7)
    assert one.read() == [{"pong": client.now}]
    client.now += 1
    two.read()
    one.read()
    assert (one.end, two.end) == (None, 1006)
    client.now += 59_999
    one.read()
    assert one.end == 1006
    assert client.simulator.agenda.afterwards is None


def test_who_leaves_watches_no_longer(client: Client, one: Stream, two: Stream) -> None:
    """What one connection wanted ends with it; another's goes on."""
    ask(one, "depth")
    ask(two, "depth")
    client.rest()
    one.connection.close(client.now)
    two.read()
    client.now += 400
    client.rest()
    assert [frame["data"]["b"] for frame in two.read()] == [[["1900", "2"]]]
    two.connection.close(client.now)
    assert client.simulator.venue.book.market_observers == {}
