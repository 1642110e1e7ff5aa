"""What may go wrong with streams, arranged by control: frame by frame, by chance from a seed, and all at once."""

import json
from typing import Any

import pytest

from hk_adapter.simulator import Simulator, StreamFault, StreamView

from .conftest import CREATE, Client, speaking
from .streaming import Stream, listen, listen_key, look


def amounts(stream: Stream) -> list[str]:
    """Give what balances of ETH a stream has told since the last time."""
    return [event["B"][0]["f"] for event in stream.events("outboundAccountInfo")]


def deposit(client: Client, times: int) -> None:
    """Let a balance change so many times, which is a frame each: 1001, 1002, ..."""
    for _ in range(times):
        client.control.deposit("ETH", 1)


@pytest.mark.parametrize(
    ("kind", "after", "seen", "end"),
    [
        ("drop", 0, [], 1006),
        ("drop", 2, ["1001", "1002"], 1006),
        ("truncate", 1, ["1001"], 1006),
        ("stall", 1, ["1001"], None),
        ("lose", 1, ["1001", "1003", "1004"], None),
        ("duplicate", 1, ["1001", "1002", "1002", "1003", "1004"], None),
        ("reorder", 1, ["1001", "1003", "1002", "1004"], None),
        ("reorder", 3, ["1001", "1002", "1003"], None),
        ("late", 1, ["1001"], None),
        ("split", 1, ["1001", "1002", "1003", "1004"], None),
    ],
)
def test_a_frame_goes_wrong(client: Client, kind: str, after: int, seen: list[str], end: int | None) -> None:
    """The frame after so many others, and no other; what follows an end or a stall is lost with it."""
    stream = listen(client)
    client.control.streams.fail_next(kind, after=after, ms=500 if kind == "late" else 0)
    deposit(client, 4)
    assert (amounts(stream), stream.end) == (seen, end)


def test_a_late_frame_holds_up_those_behind_it(client: Client) -> None:
    """They arrive with it, in order, as on one connection."""
    stream = listen(client)
    client.control.streams.fail_next("late", ms=500)
    deposit(client, 2)
    assert stream.connection.next_at() == client.now + 500
    client.now += 499
    assert amounts(stream) == []
    client.now += 1
    assert amounts(stream) == ["1001", "1002"]


def test_a_frame_that_waits_for_the_next_one(client: Client) -> None:
    """A ping lets it go; an end loses it."""
    stream = listen(client)
    client.control.streams.fail_next("reorder")
    deposit(client, 1)
    client.now += 30_000
    ping, balances = stream.read()
    assert (ping["ping"], balances[0]["B"][0]["f"]) == (client.now, "1001")
    client.control.streams.fail_next("reorder")
    deposit(client, 1)
    client.control.streams.restart()
    assert (stream.read(), stream.end) == ([], 1012)


def test_a_fault_may_be_meant_for_an_event(client: Client) -> None:
    """Frames that tell of anything else pass, uncounted; `times` strikes as many that do."""
    stream = listen(client)
    client.control.streams.fail_next("lose", event="executionReport", after=1, times=2)
    client.control.streams.fail_next("duplicate", event="ping")
    ids = [client.rest() for _ in range(4)]
    assert [report["i"] for report in stream.events("executionReport")] == [ids[0], ids[3]]
    client.now += 60_000
    assert len(stream.read()) == 3


def test_a_stalled_connection_costs_nothing(client: Client) -> None:
    """The venue forgets it: nothing waits, pings are not answered, its key's end is not told; it may be closed."""
    stream = listen(client)
    client.control.streams.fail_next("stall")
    deposit(client, 3)
    assert client.control.streams.connections == []
    assert stream.connection.is_stalled
    stream.send(ping=1)
    client.now += 7_200_000
    assert (stream.read(), stream.end, stream.connection.next_at()) == ([], None, None)
    stream.connection.close(client.now)
    assert stream.end == 1000


def test_each_connection_has_faults_of_its_own(client: Client) -> None:
    """A fault strikes one connection's frame; others get theirs."""
    first, second = listen(client), listen(client)
    client.control.streams.fail_next("drop")
    deposit(client, 1)
    assert (amounts(first), first.end) == ([], 1006)
    assert (amounts(second), second.end) == (["1001"], None)
    assert client.control.streams.connections == [StreamView(client.simulator.account.account_id, 0)]


def test_chance_is_drawn_from_a_seed() -> None:
    """Equal seeds give equal mishaps; a share of 0 ends them; what was asked for goes first."""

    def play(seed: int) -> tuple[list[str], int | None]:
        client = Client(Simulator())
        stream = listen(client)
        client.control.streams.disturb(seed, 0.5, ["lose", "duplicate", "reorder", "late"], most_ms=100)
        deposit(client, 50)
        client.now += 10_000
        client.control.streams.disturb(seed, 0)
        client.control.deposit("BTC", 1)
        return amounts(stream), stream.end

    assert play(1) == play(1) != play(2)
    seen, end = play(3)
    assert end is None
    assert 20 < len(set(seen)) < 50
    assert len(seen) > len(set(seen))
    assert sorted(seen) != seen


def test_a_restart_ends_every_connection(client: Client) -> None:
    """With code 1012; keys outlive it unless they are meant to go."""
    key = listen_key(client)
    private, public = listen(client, key), look(client)
    client.control.streams.restart()
    assert [(stream.read(), stream.end) for stream in (private, public)] == [([], 1012)] * 2
    assert client.control.streams.connections == []
    again = listen(client, key)
    assert again.connection.status == 101
    client.control.streams.restart(keys_survive=False)
    again.read()
    assert (again.end, listen(client, key).connection.status) == (1012, 400)


def test_keys_may_end_early(client: Client) -> None:
    """Expired, or replaced by somebody else's: what was open with them ends; others stay."""
    other = Client(client.simulator, api_key="other", secret="hush")
    other_id = client.control.open_account("other", "hush")
    mine, theirs = listen(client), listen(other)
    client.control.streams.expire_keys()
    mine.read()
    assert (mine.end, theirs.end) == (1000, None)
    mine = listen(client)
    new = client.control.streams.replace_key()
    mine.read()
    assert mine.end == 1000
    assert listen(client, new).connection.status == 101
    assert client.control.streams.listen_key() == new
    client.control.streams.expire_keys(other_id)
    theirs.read()
    assert theirs.end == 1000


def test_an_opening_may_be_refused(client: Client) -> None:
    """With a status, or without any answer; then it opens again."""
    key = listen_key(client)
    client.control.streams.refuse_next(503, times=2)
    client.control.streams.refuse_next(0)
    statuses = [listen(client, key).connection.status for _ in range(4)]
    assert statuses == [503, 503, 0, 101]


def test_a_request_that_fails_may_still_be_told_of(client: Client) -> None:
    """A create whose answer is lost is told of on the stream."""
    stream = listen(client)
    client.control.fail_next("cut", acted=True, path=CREATE)
    client.send("POST", CREATE, symbol="ETHUSD", side="BUY", type="LIMIT", quantity="1", price="1900")
    assert [report["X"] for report in stream.events("executionReport")] == ["NEW"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fail_next", {"kind": "explode"}),
        ("fail_next", {"kind": "drop", "after": -1}),
        ("fail_next", {"kind": "drop", "times": 0}),
        ("fail_next", {"kind": "drop", "ms": 5}),
        ("disturb", {"seed": 1, "share": 2}),
        ("disturb", {"seed": 1, "share": 0.5, "kinds": []}),
        ("disturb", {"seed": 1, "share": 0.5, "most_ms": 0}),
        ("refuse_next", {"status": 101}),
        ("refuse_next", {"times": 0}),
        ("expire_keys", {"account_id": "nobody's"}),
    ],
)
def test_wrong_arguments_change_nothing(client: Client, name: str, arguments: dict[str, Any]) -> None:
    """They are refused as everywhere at the control handle."""
    stream = listen(client)
    with pytest.raises(ValueError, match=r"."):
        getattr(client.control.streams, name)(**arguments)
    deposit(client, 1)
    assert (amounts(stream), stream.end, listen(client).connection.status) == (["1001"], None, 101)


@pytest.mark.parametrize("kind", StreamFault)
def test_faults_never_change_the_truth(kind: StreamFault) -> None:
    """Whatever becomes of frames, orders and money stand as without any stream."""

    def play(*, disturbed: bool) -> str:
        client = speaking(cancel_delay_ms=(5, 50), accept_delay_ms=(0, 20))
        if disturbed:
            listen(client)
            client.control.streams.disturb(7, 0.7, [kind])
        for step in range(6):
            order_id = client.rest()
            client.now += 30
            client.control.fill(order_id, f"0.{step + 1}", now=client.now)
            client.send("DELETE", "/api/v1/spot/order", orderId=order_id)
            client.now += 60
        return json.dumps([str(order) for order in client.control.orders()])

    assert play(disturbed=True) == play(disturbed=False)
