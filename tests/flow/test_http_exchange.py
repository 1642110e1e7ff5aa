"""Every call goes the same way under every runner: admitted, signed, sent, and heard or missed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown
from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.effects import Foreign, HttpCall, Now, Pause
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.hooks import RateLimit

if TYPE_CHECKING:
    from conftest import Bench


def call(group: str = "queries", *, within: float = 10.0) -> HttpCall:
    """Give a call, at the bench's hour, that has some seconds."""
    return HttpCall("GET", f"/{group}", group=group, deadline=100.0 + within)


def test_a_call_without_a_deadline_is_a_mistake(bench: Bench) -> None:
    """Nothing goes out that could take forever."""

    async def flow() -> None:
        await HttpCall("GET", "/x")

    with pytest.raises(TypeError, match="without a deadline"):
        bench.run(flow())
    assert bench.venue.sent == []


def test_a_call_for_which_the_budget_has_no_room_in_time_is_not_sent(bench: Bench) -> None:
    """It is refused at once, unsigned: waiting could not change it."""
    bench.limits = {"queries": RateLimit(amount=1)}

    async def flow() -> str:
        await call()
        try:
            await call(within=0.9)
        except NotSent as error:
            return f"{error}; {error.retry_after}"
        return "sent"

    assert "no room" in (said := bench.run(flow()))
    assert said.endswith("None")  # how soon there is room depends on what else is sent
    assert bench.prepared == bench.venue.sent == ["/queries"]


def test_a_call_waits_for_its_slot(threads: Bench) -> None:
    """What fits the deadline is slept away, and signed only then."""
    threads.limits = {"queries": RateLimit(amount=1)}
    signed_at: list[float] = []

    def sleep(seconds: float) -> None:
        threads.clock.monotonic += seconds

    async def flow() -> None:
        for _ in range(2):
            await call()
            signed_at.append(threads.clock.monotonic)

    threads.blocking_runner(sleep).run(flow())
    assert signed_at == [100.0, pytest.approx(101.0)]


def test_a_pause_holds_its_group_and_no_other(bench: Bench) -> None:
    """What a venue forbade for longer than there is time is not sent; everything else is."""
    bench.limits = {"queries": RateLimit(amount=5), "orders": RateLimit(amount=5)}

    async def flow() -> list[str]:
        await Pause("queries", 60.0)
        told = []
        for group in ("queries", "orders", "public"):
            try:
                told.append((await call(group)).body.decode())
            except NotSent:
                told.append("not sent")
        return told

    assert bench.run(flow()) == ["not sent", "/orders", "/public"]


def test_a_pause_of_everything_holds_what_has_no_limit_too(bench: Bench) -> None:
    """After a block no call at all goes out."""
    bench.limits = {"orders": RateLimit(amount=5)}

    async def flow() -> int:
        await Pause(None, 60.0)
        refused = 0
        for group in ("orders", "public"):
            try:
                await call(group)
            except NotSent:
                refused += 1
        return refused

    assert bench.run(flow()) == 2
    assert bench.venue.sent == []


@pytest.mark.parametrize("patience", ["timeout", "share"])
def test_an_exchange_gets_its_timeout_and_its_share(bench: Bench, patience: str) -> None:
    """The transport's deadline is the nearest of the call's deadline, its timeout and its share of what is left."""
    limits = {"timeout": {"timeout": 3.0}, "share": {"share": 0.25}}[patience]

    async def flow() -> None:
        await HttpCall("GET", "/x", deadline=110.0, **limits)

    bench.run(flow())
    assert bench.venue.deadlines == [{"timeout": 103.0, "share": 102.5}[patience]]


@pytest.mark.parametrize(
    ("error", "silence"),
    [(OutcomeUnknown("no answer"), 4.0), (NotSent("refused", unreachable=True), 4.0), (NotSent("no key"), 0.0)],
    ids=["lost", "refused", "ours"],
)
def test_silence_is_counted_from_the_asking(bench: Bench, error: Exception, silence: float) -> None:
    """A call that the venue did not answer begins a silence; one that never left does not."""
    bench.venue.answers["/public"] = error

    async def flow() -> float:
        try:
            await call("public")
        except (OutcomeUnknown, NotSent):
            bench.clock.monotonic += 4
        return (await Now()).silence

    assert bench.run(flow()) == silence


def test_any_answer_ends_the_silence(bench: Bench) -> None:
    """A refusal is an answer too."""
    bench.venue.answers["/lost"] = OutcomeUnknown("no answer")
    bench.venue.answers["/public"] = Response(503, {}, b"")

    async def flow() -> float:
        try:
            await call("lost")
        except OutcomeUnknown:
            bench.clock.monotonic += 4
        await call("public")
        return (await Now()).silence

    assert bench.run(flow()) == 0.0


def test_an_exchange_that_is_broken_off_gives_its_slot_back(threads: Bench) -> None:
    """Whatever ends an exchange without an answer, its slot is free again two seconds later: it may arrive late."""
    threads.limits = {"queries": RateLimit(amount=1)}
    threads.venue.answers["/queries"] = KeyboardInterrupt()
    runtime = threads.runtime()

    class Transport:
        """Answers as the bench's venue."""

        def send(self, request: HttpRequest, deadline: float) -> Response:
            """Answer at once."""
            return threads.venue.answer(request, deadline)

        def close(self) -> None:
            """Close nothing."""

    async def flow() -> Response:
        return await call()

    runner = BlockingRunner(runtime, Transport(), sleep=lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        runner.run(flow())
    del threads.venue.answers["/queries"]
    threads.clock.monotonic += 1.9

    async def hurried() -> Response:
        return await HttpCall("GET", "/queries", group="queries", deadline=threads.clock.monotonic + 0.05)

    with pytest.raises(NotSent, match="no room"):
        runner.run(hurried())
    threads.clock.monotonic += 0.1
    assert runner.run(flow()).status == 200


@pytest.mark.parametrize(("left", "sent"), [(0.009, []), (0.011, ["/public"])])
def test_too_little_time_left(bench: Bench, left: float, sent: list[str]) -> None:
    """In the last ten milliseconds nothing goes out, whatever room there is."""

    async def flow() -> str:
        try:
            await call("public", within=left)
        except NotSent as error:
            return str(error)
        return "sent"

    assert bench.run(flow()) == ("sent" if sent else "too little time is left for an answer to the request")
    assert bench.venue.sent == sent


@pytest.mark.parametrize(("error", "seconds"), [(OutcomeUnknown("lost"), 2.0), (NotSent("refused"), 1.0)])
def test_what_is_counted_late(bench: Bench, error: Exception, seconds: float) -> None:
    """What may be on its way still keeps its slot for a second more; what provably never left does not."""
    bench.limits = {"queries": RateLimit(amount=1)}
    bench.venue.answers["/queries"] = error

    async def flow() -> list[bool]:
        fits = []
        try:
            await call()
        except type(error):
            del bench.venue.answers["/queries"]
        for later in (seconds - 0.05, 0.1):
            bench.clock.monotonic += later
            try:
                await HttpCall("GET", "/queries", group="queries", deadline=bench.clock.monotonic + 0.02)
            except NotSent:
                fits.append(False)
            else:
                fits.append(True)
        return fits

    assert bench.run(flow()) == [False, True]


async def test_a_task_canceled_while_it_waits_leaves_the_queue(loop: Bench) -> None:
    """Somebody who gave up waiting for a slot holds nobody up."""
    loop.limits = {"queries": RateLimit(amount=1)}
    runner = loop.async_runner()

    async def flow() -> Response:
        return await call()

    await runner.run(flow())
    waiter = asyncio.create_task(runner.run(flow()))
    await asyncio.sleep(0.01)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    loop.clock.monotonic += 1.0
    assert (await runner.run(flow())).status == 200
    assert loop.venue.sent == ["/queries", "/queries"]


def test_a_library_that_places_orders_is_admitted(bench: Bench) -> None:
    """It waits for what holds orders back, and not longer than it may; nothing is heard of it, and nothing missed."""

    async def wait(*, places_orders: bool) -> str:
        async def waited() -> str:
            raise OutcomeUnknown("theirs")

        def done() -> str:
            raise OutcomeUnknown("theirs")

        try:
            await Foreign(done, waited, deadline=105.0, places_orders=places_orders)
        except (NotSent, OutcomeUnknown) as error:
            return str(error)
        return "nothing"

    async def flow() -> list[str]:
        said = [await wait(places_orders=True)]
        await Pause(None, 60.0)
        return [*said, await wait(places_orders=True), await wait(places_orders=False)]

    said = bench.run(flow())
    assert said[0] == said[2] == "theirs"
    assert "no room for the request before the deadline" in said[1]
    assert bench.line.silence(200.0) == 0
