"""vcrpy records and replays both transports, so that plugin authors can test against cassettes."""

import pytest
import vcr
from vcr.errors import CannotOverwriteExistingCassetteException

from hk_adapter.flow.http import HttpRequest


def answering(peer):
    """Answer by counting requests."""
    while peer.read_request():
        peer.answer(b"answer %d" % len(peer.server.requests), headers=("X-Limit: 9",))


async def test_what_was_recorded_is_replayed(serve, connect, cancel, tls, tmp_path):
    """With the server gone, the cassette gives the same answers, also over TLS and on a used connection."""
    server = serve(answering, tls=tls)
    cassette = tmp_path / "cancel.yaml"
    requests = [
        cancel(server.origin),
        HttpRequest("POST", f"{server.origin}/a?ids=1,2", {"Content-Type": "application/json"}, b'{"a":1}'),
    ]
    client = connect()
    with vcr.use_cassette(str(cassette), match_on=["method", "uri", "body"]):
        recorded = [await client.send(request) for request in requests]
    assert [response.body for response in recorded] == [b"answer 1", b"answer 2"]
    server.stop()
    for player in (client, connect()):
        with vcr.use_cassette(str(cassette), record_mode="none", match_on=["method", "uri", "body"]) as tape:
            replayed = [await player.send(request) for request in requests]
        assert tape.play_count == 2
        assert [(r.status, r.body, r.headers["x-limit"]) for r in replayed] == [
            (r.status, r.body, r.headers["x-limit"]) for r in recorded
        ]


async def test_a_request_that_the_cassette_lacks_is_told_by_vcrpy(serve, client, cancel, tmp_path):
    """The error of vcrpy passes through, and nothing goes out."""
    server = serve(answering)
    with (
        vcr.use_cassette(str(tmp_path / "none.yaml"), record_mode="none"),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        await client.send(cancel(server.origin))
    assert server.connections == 0


async def test_the_network_is_used_again_after_a_cassette(serve, client, cancel, tmp_path):
    """A transport that lives before, during and after a cassette mixes none of the three up."""
    server = serve(answering)
    assert (await client.send(cancel(server.origin))).body == b"answer 1"
    with vcr.use_cassette(str(tmp_path / "middle.yaml")):
        assert (await client.send(cancel(server.origin))).body == b"answer 2"
    assert (await client.send(cancel(server.origin))).body == b"answer 3"
