"""The same flow under both runners: effects are answered in order, and exceptions find their way."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown, PluginError
from hk_adapter.flow.driver import check_flow
from hk_adapter.flow.effects import ClockSample, Effect, Foreign, HttpCall, Now, Sleep
from hk_adapter.flow.http import Response

if TYPE_CHECKING:
    from conftest import Bench

DEADLINE = 110.0


def get(path: str, deadline: float | None = DEADLINE) -> HttpCall:
    """Give a call that is still in time."""
    return HttpCall(method="GET", path=path, deadline=deadline)


def test_effects_are_answered_in_order(bench: Bench) -> None:
    """Each await gets its own answer, one after another, and the flow's result comes back."""

    async def flow() -> list[Any]:
        reading = ClockSample(5, 100.0, 100.1)
        effects: list[Effect[Any]] = [get("/first"), Now(), reading, get("/second"), Sleep(0), get("/third")]
        return [await effect for effect in effects]

    first, second, third = (Response(200, {}, path) for path in (b"/first", b"/second", b"/third"))
    assert bench.run(flow()) == [first, bench.clock.now(), None, second, None, third]
    assert bench.venue.sent == ["/first", "/second", "/third"]


def test_a_flow_awaits_other_flows(bench: Bench) -> None:
    """Flows are composed with plain ``await``; the runner sees only their effects."""

    async def inner(path: str) -> bytes:
        return (await get(path)).body

    async def outer() -> bytes:
        return await inner("/a") + await inner("/b")

    assert bench.run(outer()) == b"/a/b"


def test_a_flow_without_effects_just_returns(bench: Bench) -> None:
    """A flow need not want anything."""

    async def flow() -> str:
        return "done"

    assert bench.run(flow()) == "done"


@pytest.mark.parametrize("result", [None, (1, 2), StopIteration(3), ValueError("a value")], ids=repr)
def test_any_object_may_be_a_result(bench: Bench, result: Any) -> None:
    """A result is handed on as it is, also a tuple or an exception that was returned, not raised."""

    async def flow() -> Any:
        await Now()
        return result

    assert bench.run(flow()) is result


def test_thousands_of_effects_need_no_deep_stack(bench: Bench) -> None:
    """A long flow is a loop, not a recursion."""

    async def flow() -> int:
        return sum([(await Now()).timestamp > 0 for _ in range(5_000)])

    assert bench.run(flow()) == 5_000


@pytest.mark.parametrize("error", [NotSent("no connection"), OutcomeUnknown("no answer")], ids=repr)
def test_a_failed_call_is_raised_where_it_was_awaited(bench: Bench, error: Exception) -> None:
    """The transport's exception can be caught in the flow, which then goes on."""
    bench.venue.answers["/a"] = error

    async def flow() -> tuple[Exception, bytes]:
        try:
            await get("/a")
        except type(error) as caught:
            return caught, (await get("/b")).body
        raise AssertionError("nothing was raised")

    assert bench.run(flow()) == (error, b"/b")


def test_what_a_flow_does_not_catch_reaches_the_caller(bench: Bench) -> None:
    """The very exception comes out, after the flow's own cleanup."""
    bench.venue.answers["/a"] = error = OutcomeUnknown("no answer")
    cleaned = []

    async def flow() -> None:
        try:
            await get("/a")
        finally:
            cleaned.append(True)

    with pytest.raises(OutcomeUnknown) as caught:
        bench.run(flow())
    assert caught.value is error
    assert cleaned == [True]


def test_what_a_flow_raises_itself_reaches_the_caller(bench: Bench) -> None:
    """A flow's own exception is not wrapped."""

    async def flow() -> None:
        await Now()
        raise KeyError("own")

    with pytest.raises(KeyError, match="own"):
        bench.run(flow())


def test_a_flow_may_await_effects_while_an_exception_passes(bench: Bench) -> None:
    """A ``finally`` may still do its work as long as nobody abandoned the call."""
    bench.venue.answers["/a"] = OutcomeUnknown("no answer")

    async def flow() -> None:
        try:
            await get("/a")
        finally:
            await get("/tidy")

    with pytest.raises(OutcomeUnknown):
        bench.run(flow())
    assert bench.venue.sent == ["/a", "/tidy"]


def test_one_blocking_runner_serves_many_threads(threads: Bench) -> None:
    """Flows that run at the same time in several threads get their own answers, without any loop."""
    runner = threads.blocking_runner()
    together = threading.Barrier(4, timeout=5)

    async def flow(name: str) -> list[bytes]:
        await Foreign(blocking=together.wait, asyncio=never)
        return [(await get(f"/{name}/{number}")).body for number in range(50)]

    async def never() -> int:
        raise AssertionError("not under threads")

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda name: runner.run(flow(name)), "abcd"))
    assert results == [[f"/{name}/{number}".encode() for number in range(50)] for name in "abcd"]


def test_a_flow_that_is_never_run_is_noticed() -> None:
    """A forgotten ``await`` is Python's own warning: flows are plain coroutines."""

    async def forgotten() -> None:
        await Now()

    with pytest.warns(RuntimeWarning, match=r"forgotten.* was never awaited"):
        forgotten()  # type: ignore[unused-coroutine]


@pytest.mark.parametrize("value", [None, 5, "text", [1], iter(())], ids=["None", "5", "text", "[1]", "an iterator"])
def test_a_hook_that_is_no_flow_is_named(value: Any) -> None:
    """A hook that is a plain function is a PluginError that says who it was and what is wanted."""
    with pytest.raises(PluginError, match=r"acme's cancel_order .*'async def'"):
        check_flow(value, "acme's cancel_order")


def test_a_hook_that_is_a_flow_is_let_through() -> None:
    """What an ``async def`` returned passes."""

    async def flow() -> None: ...

    coroutine = flow()
    check_flow(coroutine, "acme's cancel_order")
    coroutine.close()
