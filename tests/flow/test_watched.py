"""A watched flow: whoever stands between a flow and its runner sees all of it, and spoils none of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from hk_adapter.errors import OutcomeUnknown, PluginError
from hk_adapter.flow.driver import Watched
from hk_adapter.flow.effects import Flow, Gather, HttpCall, Now
from hk_adapter.flow.http import Response
from tests.flow.watching import Watch, bodies, get

if TYPE_CHECKING:
    from conftest import Bench


def test_every_effect_is_seen(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]) -> None:
    """The watcher sees each effect before it is performed; it is told of no failure where there is none."""
    watch = Watch()

    async def flow() -> None:
        await get("/a")
        await Now()

    bench.run(way(Watched(flow(), watch)))
    assert watch.wanted == [get("/a"), Now()]
    assert watch.failures == []


def test_effects_inside_a_gather_are_seen(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]) -> None:
    """No send escapes the watcher by going out side by side, however deep."""
    watch = Watch()

    async def flow() -> Any:
        return await Gather((bodies("/a", "/b"), nested()))

    async def nested() -> Any:
        return await Gather((bodies("/c"),))

    assert bench.run(way(Watched(flow(), watch))) == [[b"/a", b"/b"], [[b"/c"]]]
    assert sorted(watch.paths) == ["/a", "/b", "/c"]


def test_an_effect_may_be_replaced(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]) -> None:
    """What the watcher gives is performed in place of what the flow wanted, and its answer goes to the flow."""
    watch = Watch(lambda effect: get("/other") if effect == get("/a") else effect)
    assert bench.run(way(Watched(bodies("/a", "/b"), watch))) == [b"/other", b"/b"]
    assert bench.venue.sent == ["/other", "/b"]


def test_a_replacement_reaches_into_a_gather(bench: Bench) -> None:
    """A deadline or a budget set by a watcher holds for flows side by side as well."""
    watch = Watch(lambda effect: get("/other") if isinstance(effect, HttpCall) else effect)

    async def flow() -> Any:
        return await Gather((bodies("/a"), bodies("/b")))

    assert bench.run(Watched(flow(), watch)) == [[b"/other"], [b"/other"]]


@pytest.mark.parametrize("result", [None, (1, 2), ValueError("a value"), StopIteration(3)], ids=repr)
def test_a_result_passes_unchanged(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]], result: Any) -> None:
    """The flow's result is the relay's, also a tuple or a returned exception."""

    async def flow() -> Any:
        await Now()
        return result

    assert bench.run(way(Watched(flow(), Watch()))) is result


def test_an_exception_passes_unchanged(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]) -> None:
    """What the transport raised goes through the flow to the caller, and the watcher learns of it."""
    bench.venue.answers["/a"] = error = OutcomeUnknown("no answer")
    watch = Watch()
    with pytest.raises(OutcomeUnknown) as caught:
        bench.run(way(Watched(bodies("/a"), watch)))
    assert caught.value is error
    assert watch.failures == [(get("/a"), error)]


def test_a_flow_catches_exceptions_through_a_relay(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]) -> None:
    """A watched flow handles its failures as an unwatched one does."""
    bench.venue.answers["/a"] = OutcomeUnknown("no answer")

    async def careful() -> list[bytes]:
        try:
            return await bodies("/a")
        except OutcomeUnknown:
            return await bodies("/b")

    assert bench.run(way(Watched(careful(), Watch()))) == [b"/b"]


def test_relays_stack(bench: Bench) -> None:
    """Each of several watchers sees what the one inside it let through."""
    inner = Watch(lambda effect: get("/changed") if effect == get("/a") else effect)
    outer = Watch()
    assert bench.run(Watched(Watched(bodies("/a"), inner), outer)) == [b"/changed"]
    assert (inner.paths, outer.paths) == (["/a"], ["/changed"])


def test_a_relay_is_driven_by_hand() -> None:
    """Without any runner: ``send`` gives effects, and StopIteration the result."""
    relay = Watched(bodies("/a"), Watch())
    assert relay.send(None) == get("/a")
    with pytest.raises(StopIteration) as stopped:
        relay.send(Response(200, {}, b"by hand"))
    assert stopped.value.value == [b"by hand"]


def test_a_thrown_exception_goes_into_the_flow() -> None:
    """``throw`` answers the last effect with an exception, which the flow may catch."""

    async def careful() -> str:
        try:
            await get("/a")
        except OutcomeUnknown as error:
            return str(error)
        return "nothing"

    watch = Watch()
    relay = Watched(careful(), watch)
    relay.send(None)
    error = OutcomeUnknown("thrown")
    with pytest.raises(StopIteration) as stopped:
        relay.throw(error)
    assert stopped.value.value == "thrown"
    assert watch.failures == [(get("/a"), error)]


def test_the_culprit_is_named_through_a_relay(bench: Bench, way: Callable[[Flow[Any]], Flow[Any]]) -> None:
    """A watched flow that awaits nonsense is named as an unwatched one is."""

    async def cancel_of_acme() -> None:
        await Nonsense()

    class Nonsense:
        def __await__(self) -> Any:
            yield 5

    with pytest.raises(PluginError, match="cancel_of_acme awaited int"):
        bench.run(way(Watched(cancel_of_acme(), Watch())))


def test_a_gather_of_what_cannot_be_run_closes_the_flow() -> None:
    """A flow that gathers nonsense is closed at once, as one is that a watcher refuses an effect to."""
    closed: list[bool] = []

    async def nonsense() -> None:
        try:
            await Gather(5)  # type: ignore[arg-type]
        finally:
            closed.append(True)

    with pytest.raises(TypeError):
        Watched(nonsense(), Watch()).send(None)
    assert closed == [True]
