"""A caller who goes away gets its own exception; the flow is closed and sends nothing more."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from hk_adapter.flow.effects import Flow, Foreign, Gather, HttpCall, Sleep

if TYPE_CHECKING:
    from conftest import Bench

AWAY = [KeyboardInterrupt("Ctrl-C"), SystemExit(3)]


def get(path: str) -> HttpCall:
    """Give a call that is still in time."""
    return HttpCall(method="GET", path=path, deadline=110.0)


def recording(seen: list[Any], *paths: str) -> Flow[None]:
    """Give a flow that makes the calls and records how it ended."""

    async def flow() -> None:
        try:
            for path in paths:
                await get(path)
            seen.append("returned")
        except BaseException as error:
            seen.append(type(error))
            raise
        finally:
            seen.append("cleaned up")

    return flow()


@pytest.mark.parametrize("away", AWAY, ids=repr)
def test_an_interrupt_closes_the_flow(bench: Bench, away: BaseException) -> None:
    """Interrupted in a call, the flow sees GeneratorExit, its ``finally`` runs, and the next call is never made."""
    bench.venue.answers["/a"] = away
    seen: list[Any] = []
    with pytest.raises(type(away)) as caught:
        bench.run(recording(seen, "/a", "/b"))
    assert caught.value is away
    assert seen == [GeneratorExit, "cleaned up"]
    assert bench.venue.sent == ["/a"]


def test_an_interrupt_cannot_be_caught_by_the_flow(bench: Bench) -> None:
    """A hook's ``except Exception`` around a call does not keep a bot from being stopped."""
    bench.venue.answers["/a"] = KeyboardInterrupt()

    async def clinging() -> str:
        try:
            await get("/a")
        except Exception:  # noqa: BLE001 - the point of the test
            await get("/b")
        return "went on"

    with pytest.raises(KeyboardInterrupt):
        bench.run(clinging())
    assert bench.venue.sent == ["/a"]


def test_an_interrupted_sleep_closes_the_flow(threads: Bench) -> None:
    """Ctrl-C during a wait of the blocking runner ends the flow in its place."""
    seen: list[Any] = []

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt(f"after {seconds} s")

    async def flow() -> None:
        try:
            await Sleep(2)
        except GeneratorExit:
            seen.append("closed")
            raise

    with pytest.raises(KeyboardInterrupt, match="after 2 s"):
        threads.blocking_runner(interrupted).run(flow())
    assert seen == ["closed"]


@pytest.mark.parametrize("away", AWAY, ids=repr)
def test_an_interrupted_library_closes_the_flow(bench: Bench, away: BaseException) -> None:
    """Ctrl-C inside a foreign call is the caller's, not the flow's."""
    seen: list[Any] = []

    def blocking_side() -> None:
        raise away

    async def asyncio_side() -> None:
        raise away

    async def flow() -> None:
        try:
            await Foreign(blocking=blocking_side, asyncio=asyncio_side)
        finally:
            seen.append("cleaned up")

    with pytest.raises(type(away)):
        bench.run(flow())
    assert seen == ["cleaned up"]


def test_an_effect_awaited_in_cleanup_becomes_a_note(bench: Bench) -> None:
    """The caller gets its own exception; that the flow wanted more is noted on it, and is not performed."""
    bench.venue.answers["/a"] = KeyboardInterrupt()

    async def clinging() -> None:
        try:
            await get("/a")
        finally:
            await get("/tidy")

    with pytest.raises(KeyboardInterrupt) as caught:
        bench.run(clinging())
    assert any("clinging awaited an effect while it was being closed" in note for note in caught.value.__notes__)
    assert bench.venue.sent == ["/a"]


def test_a_flow_that_swallows_its_end_does_not_save_itself(bench: Bench) -> None:
    """Even a flow that returns something while it is closed leaves the caller with its own exception."""
    bench.venue.answers["/a"] = KeyboardInterrupt()

    async def swallowing() -> str:
        try:
            await get("/a")
        except BaseException:  # noqa: BLE001 - the point of the test
            return "all is well"
        return "answered"

    with pytest.raises(KeyboardInterrupt):
        bench.run(swallowing())


def test_a_fault_in_cleanup_does_not_replace_the_callers_exception(bench: Bench) -> None:
    """A ``finally`` that fails becomes a note: Ctrl-C stays Ctrl-C."""
    bench.venue.answers["/a"] = KeyboardInterrupt()

    async def clumsy() -> None:
        try:
            await get("/a")
        finally:
            raise ValueError("in cleanup")

    with pytest.raises(KeyboardInterrupt) as caught:
        bench.run(clumsy())
    assert any("in cleanup" in note for note in caught.value.__notes__)


def test_an_interrupt_in_a_gather_closes_every_flow(bench: Bench) -> None:
    """Interrupted in one of several flows, all are closed, begun or not, and nothing more is sent."""
    bench.venue.answers["/a"] = KeyboardInterrupt()
    inner: list[Any] = []
    outer: list[Any] = []

    flows = (recording(inner, "/a", "/b"), recording(inner, "/c", "/d"))

    async def flow() -> None:
        try:
            await Gather(flows)
        except GeneratorExit:
            outer.append("closed")
            raise

    with pytest.raises(KeyboardInterrupt):
        bench.run(flow())
    assert {inspect.getcoroutinestate(flow) for flow in flows} == {"CORO_CLOSED"}
    assert outer == ["closed"]
    assert "returned" not in inner
    assert not {"/b", "/d"} & set(bench.venue.sent)
