"""A listen key at the simulator, one cassette for each endpoint; through both facades. No cassette shows the key."""

from __future__ import annotations

from .by_hook import ask_of_stream
from .scenes import Scene, simulated


@simulated("new_listen_key")
async def test_a_listen_key_is_made(scene: Scene) -> None:
    """It is what the stream's address ends with, at the host that is declared for streams."""
    plan = await ask_of_stream(await scene.desk(), "open_stream")
    assert plan.url.endswith(f"/api/v1/ws/{plan.key}")
    assert plan.key


@simulated("renew_listen_key")
async def test_a_listen_key_is_renewed(scene: Scene) -> None:
    """The venue takes a key that it has made."""
    desk = await scene.desk()
    plan = await ask_of_stream(desk, "open_stream")
    assert await ask_of_stream(desk, "renew_stream", plan) is True


@simulated("end_listen_key")
async def test_a_listen_key_is_ended(scene: Scene) -> None:
    """After that the venue knows it no more, which is no error."""
    desk = await scene.desk()
    plan = await ask_of_stream(desk, "open_stream")
    assert await ask_of_stream(desk, "close_stream", plan, 5.0) is True
    assert await ask_of_stream(desk, "renew_stream", plan) is False
