"""How a watched flow ends when its caller goes away, closes it, or forgets it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hk_adapter.errors import NotSent, PluginError
from hk_adapter.flow.driver import Watched
from hk_adapter.flow.effects import Effect, Flow, Gather, Now, Sleep
from tests.flow.watching import Watch, bodies, get

if TYPE_CHECKING:
    from conftest import Bench


@pytest.mark.parametrize("away", [KeyboardInterrupt(), GeneratorExit()], ids=repr)
def test_an_abandoned_relay_closes_its_flow(away: BaseException) -> None:
    """What is no plain exception closes the flow and passes on; the watcher is told of no failure."""
    ended: list[type[BaseException]] = []

    async def flow() -> None:
        try:
            await get("/a")
        except BaseException as error:
            ended.append(type(error))
            raise

    watch = Watch()
    relay = Watched(flow(), watch)
    relay.send(None)
    with pytest.raises(type(away)):
        relay.throw(away)
    assert ended == [GeneratorExit]
    assert watch.failures == []


def test_closing_closes_the_flow() -> None:
    """``close`` runs the cleanup of the flow inside; doing it twice changes nothing."""
    cleaned: list[bool] = []

    async def flow() -> None:
        try:
            await get("/a")
        finally:
            cleaned.append(True)

    relay = Watched(flow(), Watch())
    relay.send(None)
    relay.close()
    relay.close()
    assert cleaned == [True]


def test_closing_a_relay_that_never_began_is_quiet() -> None:
    """A watched flow that was not needed can be put away without a warning."""
    flow = bodies("/a")
    Watched(flow, Watch()).close()
    assert inspect.getcoroutinestate(flow) == "CORO_CLOSED"


def test_a_relay_that_is_never_run_is_noticed() -> None:
    """A forgotten ``await`` of a watched flow is Python's own warning about the flow."""

    async def forgotten() -> None:
        await Now()

    with pytest.warns(RuntimeWarning, match=r"forgotten.* was never awaited"):
        Watched(forgotten(), Watch())


def test_an_interrupt_goes_through_a_relay(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]) -> None:
    """An abandoned call closes the watched flow, and the caller gets its own exception."""
    bench.venue.answers["/a"] = KeyboardInterrupt()
    ended: list[type[BaseException]] = []

    async def flow() -> None:
        try:
            await bodies("/a", "/b")
        except BaseException as error:
            ended.append(type(error))
            raise

    with pytest.raises(KeyboardInterrupt):
        bench.run(way(Watched(flow(), Watch())))
    assert ended == [GeneratorExit]
    assert bench.venue.sent == ["/a"]


def test_an_interrupt_in_a_gather_goes_through_a_relay(bench: Bench) -> None:
    """Watched flows side by side are all put away, begun or not."""
    bench.venue.answers["/a"] = KeyboardInterrupt()

    flows = (bodies("/a", "/b"), bodies("/c", "/d"))

    async def flow() -> None:
        await Gather(flows)

    with pytest.raises(KeyboardInterrupt):
        bench.run(Watched(flow(), Watch()))
    assert {inspect.getcoroutinestate(flow) for flow in flows} == {"CORO_CLOSED"}
    assert not {"/b", "/d"} & set(bench.venue.sent)


def test_an_effect_awaited_in_cleanup_is_noted_through_a_relay(
    bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]
) -> None:
    """The culprit is named on the caller's exception, and its wish is not performed."""
    bench.venue.answers["/a"] = KeyboardInterrupt()

    async def clinging() -> None:
        try:
            await get("/a")
        finally:
            await Sleep(0)

    with pytest.raises(KeyboardInterrupt) as caught:
        bench.run(way(Watched(clinging(), Watch())))
    assert any("clinging awaited an effect while it was being closed" in note for note in caught.value.__notes__)


def test_a_watcher_that_fails_closes_the_flow(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]) -> None:
    """Where a watcher refuses an effect by raising, the effect is not performed and the flow does not linger."""
    cleaned: list[bool] = []

    def refuse(effect: Effect[Any]) -> Effect[Any]:
        raise PluginError(f"no {type(effect).__name__}")

    async def flow() -> None:
        try:
            await get("/a")
        finally:
            cleaned.append(True)

    relay = Watched(flow(), Watch(refuse))
    with pytest.raises(PluginError, match="no HttpCall"):
        bench.run(way(relay))
    assert cleaned == [True]
    assert bench.venue.sent == []


def test_what_a_watcher_raises_stands_though_the_cleanup_fails_too(
    bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]
) -> None:
    """The watcher's own error is raised; what the flow's cleanup did wrong is a note on it."""

    def refuse(effect: Effect[Any]) -> Effect[Any]:
        raise NotSent(f"no time for {type(effect).__name__}")

    async def clinging() -> None:
        try:
            await get("/a")
        finally:
            await Sleep(0)

    with pytest.raises(NotSent, match="no time for HttpCall") as caught:
        bench.run(way(Watched(clinging(), Watch(refuse))))
    assert any("clinging awaited an effect while it was being closed" in note for note in caught.value.__notes__)


def test_an_interrupt_thrown_in_stands_though_the_cleanup_fails_too() -> None:
    """A relay raises the interrupt it was given; what the flow's cleanup did wrong is a note on it."""

    async def clinging() -> None:
        try:
            await get("/a")
        finally:
            await Sleep(0)

    relay = Watched(clinging(), Watch())
    relay.send(None)
    with pytest.raises(KeyboardInterrupt) as caught:
        relay.throw(KeyboardInterrupt())
    assert any("clinging awaited an effect while it was being closed" in note for note in caught.value.__notes__)
