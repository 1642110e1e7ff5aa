"""A caller who goes away gets its own exception; the flow is closed and sends nothing more."""

from __future__ import annotations

import asyncio
import inspect
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from hk_adapter.errors import PluginError
from hk_adapter.flow.effects import Flow, Foreign, Gather, HttpCall, Sleep

if TYPE_CHECKING:
    from conftest import Bench

AWAY = [KeyboardInterrupt("Ctrl-C"), SystemExit(3)]


class Own(BaseException):
    """Nobody's business but a library's."""


async def never() -> None:
    """Be the side that is not asked."""


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


@pytest.fixture(params=AWAY, ids=repr)
def strike(request: pytest.FixtureRequest) -> Iterator[Callable[[], BaseException]]:
    """Give what sends a signal, whose handler raises one of them; it says which."""

    def handler(number: int, frame: object) -> None:
        raise request.param

    def send() -> BaseException:
        signal.raise_signal(signal.SIGTERM)
        away: BaseException = request.param
        return away

    before = signal.signal(signal.SIGTERM, handler)
    yield send
    signal.signal(signal.SIGTERM, before)


def test_an_interrupted_library_closes_the_flow(bench: Bench, strike: Callable[[], BaseException]) -> None:
    """A signal inside a foreign call is the caller's, not the flow's."""
    seen: list[Any] = []

    async def strike_later() -> None:
        strike()

    async def flow() -> None:
        try:
            await Foreign(blocking=strike, asyncio=strike_later)
        finally:
            seen.append("cleaned up")

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        bench.run(flow())
    assert seen == ["cleaned up"]


def test_ctrl_c_inside_a_library_is_the_callers(threads: Bench) -> None:
    """Python's own interrupt, which no ``raise`` makes, leaves the call from wherever it strikes."""

    async def flow() -> None:
        await Foreign(blocking=lambda: signal.raise_signal(signal.SIGINT), asyncio=never)

    with pytest.raises(KeyboardInterrupt):
        threads.run(flow())


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError, GeneratorExit, Own])
@pytest.mark.parametrize("asked", ["plain", "async"])
def test_what_a_library_raises_by_itself_is_an_error(bench: Bench, kind: type[BaseException], asked: str) -> None:
    """Nobody asked for it, so it is the cause of a PluginError, which the flow may handle."""

    def explode() -> Any:
        raise kind

    async def explode_later() -> None:
        explode()

    async def flow() -> str:
        try:
            await Foreign(blocking=explode, asyncio=explode if asked == "plain" else explode_later)
        except PluginError as error:
            return f"{error}, {type(error.__cause__).__name__}"
        return "nothing happened"

    assert bench.run(flow()) == f"a library that a plugin called raised {kind.__name__}, {kind.__name__}"


async def test_a_cancellation_asked_for_before_is_the_callers(loop: Bench) -> None:
    """As Ctrl-C under ``asyncio.run``, which cancels a task that is running."""
    seen: list[str] = []

    async def wait() -> None:
        seen.append("asked")
        await asyncio.Event().wait()

    async def flow() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await Foreign(blocking=lambda: None, asyncio=wait)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(loop.async_runner().run(flow()))
    assert seen == ["asked"]


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
