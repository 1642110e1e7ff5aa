"""Listen keys: asked for, renewed, given back and gone; what a stream that was opened with one does then."""

import pytest

from hk_adapter.simulator import Limits, SimRequest, Simulator

from .conftest import Client, refusal, speaking
from .streaming import MINUTE, USER_STREAM, listen, listen_key


def test_a_key_opens_a_stream(client: Client) -> None:
    """It is 64 letters; a stream opened with it is open, one opened with anything else is not."""
    key = listen_key(client)
    assert len(key) == 64
    assert key.isalpha()
    assert listen(client, key).connection.status == 101
    stranger = listen(client, "x" * 64).connection
    assert (stranger.status, stranger.closed is not None, stranger.next_at()) == (400, True, None)
    assert client.simulator.open_stream("/nowhere", client.now).status == 404


def test_a_strangers_stream_may_open_and_end_at_once() -> None:
    """The other candidate of the dialect: the connection is there, and ends before anything is sent."""
    stream = listen(speaking(listen_key_stranger="closed"), "x" * 64)
    assert (stream.connection.status, stream.connection.closed) == (101, None)
    assert (stream.read(), stream.end) == ([], 1000)


def test_an_hour_without_renewal_ends_it(client: Client) -> None:
    """At 60 minutes key and stream end; what happened before is still told, what comes later is not."""
    key = listen_key(client)
    stream = listen(client, key)
    client.now += 60 * MINUTE - 1
    client.rest()
    client.now += 1
    assert [event["X"] for event in stream.events("executionReport")] == ["NEW"]
    assert stream.connection.closed is not None
    assert (stream.end, stream.connection.closed.at) == (1000, client.now)
    client.rest()
    assert stream.read() == []
    assert listen(client, key).connection.status == 400
    assert client.refused("PUT", USER_STREAM, listenKey=key) == "-1130"


def test_a_renewal_gives_another_hour(client: Client) -> None:
    """Counted from the renewal, as often as it comes in time."""
    key = listen_key(client)
    stream = listen(client, key)
    for _ in range(4):
        client.now += 30 * MINUTE
        stream.send(pong=client.now)
        assert client.ok("PUT", USER_STREAM, listenKey=key) == {}
    client.now += 60 * MINUTE - 1
    stream.read()
    assert stream.end is None
    client.now += 1
    stream.read()
    assert stream.end == 1000


def test_giving_it_back_ends_the_stream(client: Client) -> None:
    """A deleted key is gone at once, with what was open with it."""
    key = listen_key(client)
    stream = listen(client, key)
    assert client.ok("DELETE", USER_STREAM, listenKey=key) == {}
    assert (stream.read(), stream.end) == ([], 1000)
    assert client.refused("DELETE", USER_STREAM, listenKey=key) == "-1130"
    assert listen_key(client) != key


@pytest.mark.parametrize(
    ("words", "same", "first_lives"), [("same", True, True), ("another", False, True), ("replaces", False, False)]
)
def test_a_second_key(words: str, same: bool, first_lives: bool) -> None:
    """Asked for again it is the same one, one more, or one that ends the first."""
    client = speaking(listen_key_again=words)
    first = listen_key(client)
    stream = listen(client, first)
    client.now += 30 * MINUTE
    stream.send(pong=client.now)
    second = listen_key(client)
    stream.read()
    assert (first == second, stream.end is None) == (same, first_lives)
    client.now += 40 * MINUTE
    assert listen(client, second).connection.status == 101
    assert listen(client, first).connection.status == (101 if same else 400)


def test_a_key_is_its_accounts(client: Client) -> None:
    """Nobody renews or ends another account's key; each account has its own."""
    key = listen_key(client)
    client.control.open_account("other-key", "hush")
    other = Client(client.simulator, api_key="other-key", secret="hush")
    assert other.refused("PUT", USER_STREAM, listenKey=key) == "-1130"
    assert other.refused("DELETE", USER_STREAM, listenKey=key) == "-1130"
    assert listen_key(other) != key
    assert listen(client, key).connection.status == 101


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_key_must_be_named(client: Client, method: str) -> None:
    """Without it the required field is missing; in the form body it is found too."""
    assert client.refused(method, USER_STREAM) == "0001"
    key = listen_key(client)
    assert client.send(method, USER_STREAM, in_body=True, listenKey=key).status == 200


def test_who_may_read_may_listen(client: Client) -> None:
    """A key without any permission gets a listen key, and cannot trade with it."""
    client.control.keys.permit(client.api_key)
    key = listen_key(client)
    assert client.ok("PUT", USER_STREAM, listenKey=key) == {}
    assert client.refused("POST", "/api/v1.1/spot/order", symbol="ETHUSD") == "-1005"


def test_unsigned_where_the_key_alone_is_enough(client: Client) -> None:
    """By default it must be signed; the other candidate takes the key, but none that is unknown or off."""
    bare = SimRequest("POST", USER_STREAM, "", {"X-HK-APIKEY": client.api_key})
    assert refusal(client.simulator.handle(bare, client.now)) == "0001"
    open_venue = speaking(listen_key_signature="optional", listen_key_name="listenkey")
    assert b"listenkey" in open_venue.simulator.handle(bare, client.now).body
    assert open_venue.send("POST", USER_STREAM).status == 200
    open_venue.control.keys.disable(client.api_key)
    assert refusal(open_venue.simulator.handle(bare, client.now)) == "0102"
    assert refusal(open_venue.simulator.handle(SimRequest("POST", USER_STREAM), client.now)) == "0102"


def test_it_counts_as_an_order_call() -> None:
    """Each call about a listen key takes one place of the order class, whose weight the documents give as 1."""
    client = Client(Simulator(limits=Limits(orders_per_second=2)))
    key = listen_key(client)
    assert client.send("PUT", USER_STREAM, listenKey=key).status == 200
    assert client.send("PUT", USER_STREAM, listenKey=key).status == 429


def test_a_ping_every_half_minute_and_a_pong_for_a_ping(client: Client) -> None:
    """The venue pings with its time and the channel, and answers a ping with the client's time and the channel."""
    stream = listen(client)
    assert stream.connection.next_at() == client.now + 30_000
    client.now += 90_000
    pings = stream.read()
    assert [ping["ping"] for ping in pings] == [client.now - 60_000, client.now - 30_000, client.now]
    (channel,) = {ping["channelId"] for ping in pings}
    stream.send(ping=7)
    assert stream.read() == [{"pong": 7, "channelId": channel}]
    for nonsense in ("", "ping", "[1]", "{}", '{"pong": "late"}', "\ud800"):
        stream.connection.send(nonsense, client.now)
    assert (stream.read(), stream.end) == ([], None)


def test_an_hour_of_silence_ends_it(client: Client) -> None:
    """A client that never says a word is cut, though its key was renewed."""
    key = listen_key(client)
    stream = listen(client, key)
    client.now += 50 * MINUTE
    client.ok("PUT", USER_STREAM, listenKey=key)
    client.now += 10 * MINUTE
    stream.read()
    assert stream.end == 1000
    assert listen(client, key).connection.status == 101


def test_two_pings_without_a_pong_end_it() -> None:
    """The older page: the third ping is not sent any more; whoever answers stays."""
    client = speaking(stream_heartbeat="two_pings")
    silent, alive = listen(client), listen(client)
    for _ in range(3):
        client.now += 30_000
        for frame in alive.read():
            alive.send(pong=frame["ping"])
    assert (len(silent.read()), silent.end) == (2, 1000)
    assert alive.end is None


def test_hanging_up(client: Client) -> None:
    """A client that has closed hears nothing more, and may close and send again."""
    stream = listen(client)
    client.rest()
    for _ in range(2):
        stream.connection.close(client.now)
        stream.send(ping=1)
    assert (stream.read(), stream.end, stream.connection.next_at()) == ([], 1000, None)


def test_who_waits_is_told(client: Client) -> None:
    """Something put in by anybody calls `on_ready`, within that call."""
    stream = listen(client)
    calls: list[int] = []
    stream.connection.on_ready = lambda: calls.append(client.now)
    assert stream.connection.on_ready is not None
    client.rest()
    assert calls
    calls.clear()
    client.now += 60 * MINUTE
    client.control.advance(client.now)
    assert calls
