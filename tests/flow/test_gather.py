"""Gather: several flows, their results in order, their errors as values."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown, PluginError
from hk_adapter.flow.effects import Flow, Foreign, Gather, HttpCall, Now, Sleep

if TYPE_CHECKING:
    from conftest import Bench


async def body_of(path: str) -> bytes:
    """Fetch a path."""
    return (await HttpCall(method="GET", path=path, deadline=110.0)).body


async def gathered(*flows: Flow[Any]) -> list[Any]:
    """Run flows side by side."""
    return await Gather(flows)


def test_results_come_in_the_order_of_the_flows(bench: Bench) -> None:
    """Whichever ends first, each result stands where its flow stood."""

    async def late() -> bytes:
        await Sleep(0.01)
        return await body_of("/late")

    assert bench.run(gathered(late(), body_of("/b"), body_of("/c"))) == [b"/late", b"/b", b"/c"]


def test_nothing_to_gather_is_an_empty_list(bench: Bench) -> None:
    """No flows, no results."""
    assert bench.run(gathered()) == []


def test_an_error_is_a_value(bench: Bench) -> None:
    """One flow's failure stands in its place and keeps no other from its result."""
    bench.venue.answers["/bad"] = error = OutcomeUnknown("no answer")

    async def own_fault() -> None:
        await Now()
        raise KeyError("own")

    first, second, third = bench.run(gathered(body_of("/bad"), body_of("/good"), own_fault()))
    assert first is error
    assert second == b"/good"
    assert isinstance(third, KeyError)


def test_each_flow_catches_its_own_errors(bench: Bench) -> None:
    """An exception goes into the flow that awaited, and only there."""
    bench.venue.answers["/bad"] = NotSent("no connection")

    async def careful() -> str:
        try:
            await body_of("/bad")
        except NotSent:
            return "caught"
        return "nothing"

    assert bench.run(gathered(careful(), body_of("/good"))) == ["caught", b"/good"]


def test_a_flow_that_breaks_the_rules_is_a_value_too(bench: Bench) -> None:
    """A sibling's nonsense is a PluginError in its place."""

    async def culprit() -> None:
        await asyncio.sleep(0)

    broken, good = bench.run(gathered(culprit(), body_of("/good")))
    assert isinstance(broken, PluginError)
    assert "culprit" in str(broken)
    assert good == b"/good"


def test_gathers_nest(bench: Bench) -> None:
    """A gathered flow may gather; the shape of the results is the shape of the flows."""
    bench.venue.answers["/bad"] = error = OutcomeUnknown("no answer")
    flow = gathered(gathered(body_of("/a"), body_of("/b")), body_of("/c"), gathered(gathered(body_of("/bad"))))
    assert bench.run(flow) == [[b"/a", b"/b"], b"/c", [[error]]]


def test_a_gather_is_one_effect_among_others(bench: Bench) -> None:
    """After it the flow goes on with the results."""

    async def flow() -> bytes:
        first, second = await gathered(body_of("/a"), body_of("/b"))
        return await body_of((first + second).decode())

    assert bench.run(flow()) == b"/a/b"


async def test_flows_run_at_the_same_time_under_asyncio(loop: Bench) -> None:
    """Flows that wait for each other all arrive: none is held back until another has ended."""
    together = asyncio.Barrier(3)

    async def meet() -> int:
        return await asyncio.wait_for(together.wait(), 5)

    async def flow() -> int:
        return await Foreign(blocking=lambda: 0, asyncio=meet)

    assert sorted(await loop.async_runner().run(gathered(flow(), flow(), flow()))) == [0, 1, 2]


def test_an_error_that_is_not_the_networks_reaches_the_caller(bench: Bench) -> None:
    """A test tool's error, or a bug in a transport, is no value: no flow decides anything by it, and all are closed."""
    bench.venue.answers["/bad"] = error = LookupError("no such cassette")
    closed: list[str] = []

    async def watched(path: str) -> None:
        try:
            await body_of(path)
            await Sleep(1.0)
            await body_of(path + "/again")
        finally:
            closed.append(path)

    async def careful() -> list[Any]:
        try:
            return await gathered(gathered(watched("/a")), watched("/bad"), watched("/c"))
        except Exception:  # noqa: BLE001 - what must not be seen here
            return []

    with pytest.raises(LookupError) as caught:
        bench.run(careful())
    assert caught.value is error
    assert {"/a", "/bad"} <= set(closed)
    assert not [path for path in bench.venue.sent if path in {"/bad/again", "/c/again"}]
