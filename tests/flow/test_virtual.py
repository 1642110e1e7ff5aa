"""Flows in virtual time: the same runtime and exchange as every other runner, and a clock that only jumps."""

import random
from collections.abc import Generator
from contextlib import suppress

import pytest

from hk_adapter.errors import NotSent, OutcomeUnknown, PluginError
from hk_adapter.flow.effects import Foreign, Gather, HttpCall, Now, Random, Sleep
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import Liveness, Runtime
from hk_adapter.hooks import RateLimit
from hk_adapter.testing.virtual_time import VirtualRunner, VirtualTime
from hk_adapter.transport.rate_budget import RateBudget
from hk_adapter.transport.venue_clock import VenueClock


class Echo:
    """Answers everything after a second; ``/lost`` never."""

    def __init__(self, time: VirtualTime) -> None:
        self.time = time
        self.begun: list[float] = []

    def send(self, request: HttpRequest, deadline: float) -> Generator[float, None, Response]:
        """Tell the story of one exchange."""
        self.begun.append(self.time.now)
        if request.path == "/lost":
            yield deadline
            raise OutcomeUnknown("no answer came before the deadline")
        if request.path == "/broken":
            raise RuntimeError("a bug")
        yield self.time.now + 1.0
        return Response(200, {}, request.path.encode())


@pytest.fixture
def time() -> VirtualTime:
    """A clock at 100 s."""
    return VirtualTime(100.0)


@pytest.fixture
def echo(time: VirtualTime) -> Echo:
    """The venue."""
    return Echo(time)


@pytest.fixture
def runner(time: VirtualTime, echo: Echo) -> VirtualRunner:
    """A runner with two queries a second."""
    clock = VenueClock(time.monotonic, lambda: 1_700_000_000 + time.now)
    runtime = Runtime(
        prepare=lambda call: HttpRequest(call.method, f"https://venue.example{call.path}", {}),
        clock=clock,
        admission=RateBudget({"queries": RateLimit(amount=2)}),
        liveness=Liveness(),
        rng=random.Random(1),
    )
    return VirtualRunner(runtime, echo, time)


async def _sleeper(seconds: float) -> float:
    await Sleep(seconds)
    return (await Now()).monotonic


async def _call(path: str = "/x", group: str = "public", within: float = 10.0) -> str:
    deadline = (await Now()).monotonic + within
    return (await HttpCall("GET", path, group=group, deadline=deadline)).body.decode()


def test_a_sleep_moves_the_clock_and_nothing_else(runner: VirtualRunner, time: VirtualTime) -> None:
    """An hour passes at once, exactly."""
    assert runner.run(_sleeper(3600.0)) == 3700.0
    assert time.now == 3700.0


def test_a_negative_sleep_does_not_turn_time_back(runner: VirtualRunner) -> None:
    """Time only goes on."""
    assert runner.run(_sleeper(-5.0)) == 100.0


def test_flows_side_by_side_share_the_time(runner: VirtualRunner, time: VirtualTime) -> None:
    """Fifty sleepers take as long as the longest, and wake in the order of time."""
    assert runner.run_all(_sleeper(50.0 - number) for number in range(50)) == [150.0 - number for number in range(50)]
    assert time.now == 150.0


def test_gather_inside_a_flow_is_side_by_side_too(runner: VirtualRunner) -> None:
    """Gathers nest; results keep their order."""

    async def pair(first: float, second: float) -> list[float]:
        return await Gather((_sleeper(first), _sleeper(second)))

    async def whole() -> list[object]:
        return await Gather((pair(3.0, 1.0), pair(2.0, 4.0)))

    assert runner.run(whole()) == [[103.0, 101.0], [102.0, 104.0]]


def test_errors_of_flows_side_by_side_come_as_values(runner: VirtualRunner) -> None:
    """One flow's failure leaves the others be."""

    async def fail() -> None:
        await Sleep(1.0)
        raise ValueError("mine")

    first, second = runner.run_all([fail(), _sleeper(2.0)])
    assert isinstance(first, ValueError)
    assert second == 102.0


def test_an_exchange_takes_the_time_that_its_story_tells(runner: VirtualRunner, time: VirtualTime) -> None:
    """The transport says when the answer is here."""
    assert runner.run(_call("/a")) == "/a"
    assert time.now == 101.0


def test_the_budget_is_kept_as_under_any_other_runner(runner: VirtualRunner, echo: Echo) -> None:
    """Of two slots a second, each is free again one second after its exchange ended."""
    runner.run_all(_call(group="queries") for _ in range(4))
    assert echo.begun == [100.0, 100.0, 102.0, 102.0]


def test_a_call_that_cannot_go_out_in_time_is_not_sent(runner: VirtualRunner, echo: Echo) -> None:
    """The budget's refusal reaches the flow, and nothing went out."""
    errors = runner.run_all(_call(group="queries", within=1.5) for _ in range(3))
    assert [type(error) for error in errors] == [str, str, NotSent]
    assert len(echo.begun) == 2


def test_silence_is_heard(runner: VirtualRunner) -> None:
    """What was not answered counts as silence from the time of asking."""

    async def flow() -> float:
        with pytest.raises(OutcomeUnknown):
            await _call("/lost", within=4.0)
        await Sleep(2.0)
        return (await Now()).silence

    assert runner.run(flow()) == 6.0


def test_a_transports_bug_reaches_the_caller(runner: VirtualRunner) -> None:
    """A flow cannot catch what is neither the network's nor ours."""

    async def flow() -> None:
        with suppress(Exception):
            await _call("/broken")

    with pytest.raises(RuntimeError, match="a bug"):
        runner.run(flow())


def test_awaiting_anything_else_names_the_flow(runner: VirtualRunner) -> None:
    """As under every runner, a foreign await is a plugin's error."""

    class Other:
        def __await__(self) -> Generator[object, None, None]:
            yield object()

    async def flow() -> None:
        await Other()

    with pytest.raises(PluginError, match="flow"):
        runner.run(flow())


def test_foreign_runs_its_blocking_side(runner: VirtualRunner) -> None:
    """A library that does its own I/O has no virtual time: it just runs."""

    async def flow() -> str:
        return await Foreign(blocking=lambda: "done", asyncio=lambda: pytest.fail("no loop here"))

    assert runner.run(flow()) == "done"


def test_what_a_library_places_is_held(runner: VirtualRunner, time: VirtualTime) -> None:
    """While everything is paused, no order goes out by a library either; what else it does, does."""
    runner._runtime.admission.pause(None, time.now + 3)

    async def flow() -> list[float]:
        ends = {"blocking": lambda: time.now, "asyncio": lambda: pytest.fail("no loop here"), "deadline": 110.0}
        return [await Foreign(**ends), await Foreign(**ends, places_orders=True)]

    assert runner.run(flow()) == [100.0, 103.0]


def test_luck_is_seeded(runner: VirtualRunner) -> None:
    """Random draws come from the runtime's own source."""

    async def flow() -> float:
        return await Random()

    assert runner.run(flow()) == random.Random(1).random()
