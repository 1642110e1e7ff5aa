"""One open venue through either facade, so that a test body is written once and promised for both."""

from __future__ import annotations

import asyncio
import gc
import inspect
import json
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from heapq import heappop, heappush
from itertools import count
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.flow.blocking_runner import BlockingRunner
from hk_adapter.flow.log_line import Lines
from hk_adapter.simulator import RecordedRequest, Simulator, SimulatorControl
from hk_adapter.transport.venue_clock import VenueClock
from hk_adapter.venue import per_key

pytest_plugins = ["hk_adapter.testing.pytest_plugin"]

if "_hypothesis_pytestplugin" in sys.modules:  # not so in a pytest that a test starts
    from hypothesis import settings

    settings.register_profile("any machine", deadline=None)  # a busy one takes longer than 0.2 s for an example
    settings.load_profile("any machine")


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Fail where a test has left an exception behind: it would be the context of what others raise in this process."""
    left = sys.exception()
    assert left is None, f"the test has left {left!r} behind, as if it were still being handled"


ORDER_PATH = "/api/v1/spot/order"
CREATE_PATH = "/api/v1.1/spot/order"


@dataclass
class Desk:
    """An open venue. Every call is awaited; behind the blocking facade that changes nothing."""

    venue: hk.Venue | hk.AsyncVenue
    served: SimulatorControl | None = None

    @property
    def simulator(self) -> SimulatorControl:
        """The simulated venue's control handle: that of the served one, where requests go over HTTP."""
        return self.served or self.venue.simulator

    async def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call a method of either facade and wait for its result."""
        result = getattr(self.venue, name)(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    async def cancel(self, *args: Any, **kwargs: Any) -> hk.Order:
        """``cancel_order``."""
        order = await self.call("cancel_order", *args, **kwargs)
        assert isinstance(order, hk.Order)
        return order

    async def try_cancel(self, *args: Any, **kwargs: Any) -> hk.CancelReport:
        """``try_cancel``."""
        report = await self.call("try_cancel", *args, **kwargs)
        assert isinstance(report, hk.CancelReport)
        return report

    async def place(self, amount: Any = "1", price: Any = "1900", **kwargs: Any) -> hk.Order:
        """Let an order to buy ETH/USD rest, and forget the requests that this took."""
        order = await self.call("create_order", "ETH/USD", "limit", "buy", amount, price, **kwargs)
        assert isinstance(order, hk.Order)
        self.simulator.requests.clear()
        return order

    def seen(self, method: str | None = None) -> list[RecordedRequest]:
        """The requests for orders that arrived, without those for anything else."""
        paths = (ORDER_PATH, CREATE_PATH)
        return [one for one in self.simulator.requests if one.path in paths and method in (None, one.method)]

    @property
    def cancels(self) -> int:
        """How many cancel requests arrived."""
        return len(self.seen("DELETE"))

    def most_looks_in_a_second(self) -> int:
        """The largest number of look-ups that arrived within any one second."""
        window: deque[int] = deque()
        most = 0
        for one in self.seen("GET"):
            window.append(one.at)
            while one.at - window[0] >= 1000:
                window.popleft()
            most = max(most, len(window))
        return most

    def row(self, order_id: str, **changes: Any) -> str:
        """Write an order as the query endpoint would, with fields changed; None takes a field away."""
        order = self.simulator.order(order_id)
        fields: dict[str, Any] = {
            "accountId": "1649292498437183232",
            "symbol": order.symbol,
            "clientOrderId": order.client_order_id,
            "orderId": order.order_id,
            "time": str(order.created),
            "price": str(order.price),
            "origQty": str(order.amount),
            "executedQty": str(order.filled),
            "cumulativeQuoteQty": str(order.cost),
            "status": order.status,
            "timeInForce": "GTC",
            "type": "LIMIT",
            "side": order.side,
        }
        return json.dumps({key: value for key, value in (fields | changes).items() if value is not None})


OpenDesk = Callable[..., Awaitable[Desk]]


def pytest_collection_finish() -> None:
    """Leave what was collected out of garbage collection: going through all of it takes longer than some deadlines.

    And collect less often: a test leaves more behind than a call.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def _opened_by_the_thousand() -> Iterator[None]:
    """Remember of classes what Python does from 3.12 on."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.version_info < (3, 12):
            patch.setattr(inspect, "_shadowed_dict", lru_cache(inspect._shadowed_dict))
        yield


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_works() -> None:
    """Take Ctrl-C as Python does by default: a shell starts what it puts in the background without it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _strangers_ports() -> None:
    """Share nothing with an earlier test: a port that is used again is another venue, whatever the last one said."""
    per_key._by_key.clear()
    per_key._budgets.clear()


@pytest.fixture(autouse=True)
def _nobody_elses_lines() -> None:
    """Count no earlier test's lines where the log takes a bounded number of the same words in a minute."""
    for lines in _logs_of(len(sys.modules)):
        lines._minutes.clear()


@lru_cache(maxsize=1)
def _logs_of(modules: int) -> list[Lines]:
    """Return the logs that modules keep, looked for anew only where more of these were loaded."""
    ours = [vars(module) for name, module in sys.modules.copy().items() if name.startswith("hk_adapter.")]
    return [names["_LOG"] for names in ours if isinstance(names.get("_LOG"), Lines)]


@pytest.fixture(params=["blocking", "asyncio"])
def facade(request: pytest.FixtureRequest) -> str:
    """Which facade the test goes through."""
    assert request.param in {"blocking", "asyncio"}
    return str(request.param)


@pytest.fixture
async def open_desk(facade: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenDesk]:
    """Open venues through the test's facade, by default HashKey's simulator in process; closed at the end."""
    for name in ("HK_ADAPTER_HASHKEY_API_KEY", "HK_ADAPTER_HASHKEY_SECRET", "HK_ADAPTER_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    desks: list[Desk] = []

    async def open_one(
        venue_id: str = "hashkey",
        *,
        served: SimulatorControl | None = None,
        simulator: Simulator | None = None,
        **options: Any,
    ) -> Desk:
        options.setdefault("environment", "simulator")
        connect: Callable[..., Any] = hk.connect if facade == "blocking" else hk.connect_async
        with monkeypatch.context() as patched:
            if simulator is not None:  # with limits or in a dialect, which no argument of connect() asks for
                patched.setattr("hk_adapter.simulator.opening.Simulator", lambda **_: simulator)
            desks.append(Desk(connect(venue_id, **options), served))
        return desks[-1]

    yield open_one
    for desk in desks:
        await desk.call("close")


class SkippedTime:
    """The machine's clocks, but for the time that somebody slept, which passes at once.

    What passes by itself counts for a thousandth: on a busy machine a call of 0.3 s would be over before it began.
    """

    SHARE = 0.001

    def __init__(self) -> None:
        self._began, self._began_by_date = time.monotonic(), time.time()
        self._skipped = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    @property
    def skipped(self) -> float:
        """Seconds that somebody slept."""
        return self._skipped

    def monotonic(self) -> float:
        """Seconds, as ``time.monotonic``."""
        return self._began + self._passed()

    def time(self) -> float:
        """Seconds, as ``time.time``."""
        return self._began_by_date + self._passed()

    def _passed(self) -> float:
        return (time.monotonic() - self._began) * self.SHARE + self._skipped

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self._skipped += seconds

    async def sleep_async(self, seconds: float, _sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Move on, once all others sleep too: who sleeps side by side sleeps at the same time."""
        if seconds <= 0:
            await _sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        heappush(self._sleepers, (self.monotonic() + seconds, next(self._order), wake))
        if len(self._sleepers) == 1:
            self._move()
        await wake

    def _move(self, turns: int = 3) -> None:
        while self._sleepers and self._sleepers[0][2].done():
            heappop(self._sleepers)  # its task was canceled
        if not self._sleepers:
            return
        if turns == 0:
            when, _, wake = self._sleepers[0]
            self._skipped += max(0.0, when - self.monotonic())
            wake.set_result(None)
        asyncio.get_running_loop().call_soon(self._move, turns - 1 if turns else 3)


class SkippedSleep(SkippedTime):
    """As ``SkippedTime``, where requests go over sockets: to these, the machine's own time counts whole."""

    SHARE = 1.0


class TimeByLooks(SkippedTime):
    """Clocks that only sleeps and their own readings move on, each reading by a millisecond, however busy the machine.

    What looks at the time for ever comes to an end.
    """

    def _passed(self) -> float:
        self.sleep(0.001)
        return self.skipped


class FastTime:
    """Clocks many times as fast as the machine's, for what many threads do at the same time.

    While the machine stands still they do, too: of what a busy one takes at once, no more counts than one tick.
    """

    SPEED = 10
    TICK = 0.002

    def __init__(self) -> None:
        self._began, self._began_by_date = time.monotonic(), time.time()
        self._passed = 0.0
        self._sleepers: list[tuple[float, int, threading.Event]] = []
        self._order = count()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._ticking = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> FastTime:
        self._ticking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._ticking.join()
        with self._lock:
            for _, _, awake in self._sleepers:
                awake.set()

    def monotonic(self) -> float:
        """Seconds, as ``time.monotonic``."""
        return self._began + self._passed

    def time(self) -> float:
        """Seconds, as ``time.time``."""
        return self._began_by_date + self._passed

    def sleep(self, seconds: float) -> None:
        """Wait for a part of it."""
        awake = threading.Event()
        with self._lock:
            heappush(self._sleepers, (self._passed + seconds, next(self._order), awake))
            if self._over.is_set():
                return
        awake.wait()

    async def sleep_async(self, seconds: float, _sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Wait for a part of it."""
        end = self._passed + seconds
        await _sleep(seconds / self.SPEED)
        while self._passed < end:
            await _sleep(self.TICK)

    def _tick(self) -> None:
        while not self._over.wait(self.TICK):
            with self._lock:
                self._passed += self.TICK * self.SPEED
                while self._sleepers and self._sleepers[0][0] <= self._passed:
                    heappop(self._sleepers)[2].set()


def install(clock: SkippedTime | FastTime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all who use the simulator in process, and the simulator, live by a clock."""
    monkeypatch.setattr("hk_adapter.venue.connection.VenueClock", partial(VenueClock, clock.monotonic, clock.time))
    monkeypatch.setattr("hk_adapter.venue.connect.BlockingRunner", partial(BlockingRunner, sleep=clock.sleep))
    monkeypatch.setattr("hk_adapter.transport.in_process.time", clock)
    monkeypatch.setattr("hk_adapter.transport.in_process.monotonic", clock.monotonic)
    monkeypatch.setattr(asyncio, "sleep", clock.sleep_async)


@pytest.fixture
def skipped_time(monkeypatch: pytest.MonkeyPatch) -> SkippedTime:
    """Let nobody wait who uses the simulator in process; the clocks, the venue's too, show that time has passed."""
    skipped = SkippedTime()
    install(skipped, monkeypatch)
    return skipped


@pytest.fixture
def skipped_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait between requests who sends them over sockets; the clocks show that time has passed."""
    install(SkippedSleep(), monkeypatch)


@pytest.fixture
def fast_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[FastTime]:
    """Let all time pass faster for those who use the simulator in process; the venue's too."""
    with FastTime() as fast:
        install(fast, monkeypatch)
        yield fast


@pytest.fixture
async def desk(skipped_time: SkippedTime, open_desk: OpenDesk) -> Desk:
    """HashKey's simulator, in process, where no test waits for time to pass."""
    return await open_desk()
