"""A wrapper whose errors and effects are of classes of its own, or go on for ever: a cancel goes out all the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

import hk_adapter as hk
from hk_adapter.flow.plain_errors import answers_for_itself
from tests.conftest import TimeByLooks, install


class Unwritable(hk.OrderDenied):
    """An error that cannot be written."""

    def __str__(self) -> str:
        raise ValueError("nobody writes me")

    __repr__ = __str__


class Unreadable(Exception):
    """An error of which nothing can be read."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


class UnreadableExit(BaseException):
    """The same, of no Exception's class."""

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


class Untrue(Exception):
    """An error that is neither true nor false, nor equal to anything."""

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise RuntimeError("neither")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("nothing")


class Disguised(Exception):
    """An error that says that it denies the call."""

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return hk.OrderDenied


class Nameless(type):
    """A class that will not tell its name."""

    @property
    def __name__(cls) -> str:
        raise RuntimeError("no name")


class OfNameless(Exception, metaclass=Nameless):
    """An error of such a class."""


class OwnCall(hk.HttpCall):
    """A request of a class of its own."""


async def _nothing() -> None:
    """Do nothing."""


OpenDesk = Callable[..., Any]

HOSTILE = [Unwritable, Unreadable, UnreadableExit, Untrue, Disguised, OfNameless]
REFUSED = [
    OwnCall("GET", "/api/v1/time"),
    hk.HttpCall("GET", "/api/v1/time", group="no-such-group"),
    hk.HttpCall("GET", "/api/v1/time", weight=1e9),
    hk.HttpCall("GET", 7),  # type: ignore[arg-type]
]


async def _asks_in_vain() -> None:
    while True:
        try:
            await hk.Pause(None, 1)
        except hk.PluginError:
            continue


async def _writes_on() -> None:
    while True:
        await hk.Foreign(lambda: None, _nothing, reaches_venue=False, bounded=True)


async def _fails_on() -> None:
    while True:
        try:
            await hk.HttpCall("GET", "/api/v1/time", group="no-such-group")
        except hk.PluginError:
            continue


Act = Callable[[], Any]


class Hostile:
    """Acts before what it wraps, once it is armed."""

    def __init__(self, act: Act) -> None:
        self.act = act
        self.armed = False

    async def _act(self, flow: Any) -> None:
        if self.armed:
            await self.act()
        await flow


class AroundCalls(Hostile):
    """Acts around whole calls."""

    @hk.wraps_flow
    async def operate(self, flow: Any) -> None:
        """Act."""
        await self._act(flow)


class AroundAttempts(Hostile):
    """Acts around each attempt."""

    @hk.wraps_flow
    async def attempt(self, flow: Any) -> None:
        """Act."""
        await self._act(flow)


PLACES = [AroundCalls, AroundAttempts]


async def _cancel(open_desk: OpenDesk, hostile: Hostile, timeout: float = 10.0) -> hk.CancelReport:
    """Place an order and cancel it, with the wrapper at work around the cancel alone."""
    desk = await open_desk(plugins=[hostile])
    order = await desk.call("create_order", "ETH/USD", "limit", "buy", "1", "1900")
    hostile.armed = True
    report: hk.CancelReport = await desk.call("try_cancel", order.id, timeout=timeout)
    return report


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", HOSTILE, ids=["str", "attribute", "exit", "truth", "disguise", "name"])
async def test_an_error_that_answers_for_itself_stops_no_cancel(
    open_desk: OpenDesk, kind: type[BaseException], place: type[Hostile], caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is asked of it: it is a fault like any other, told by its wrapper's name."""

    async def act() -> None:
        raise kind("no")

    report = await _cancel(open_desk, place(act))
    assert report.outcome is hk.CancelOutcome.CANCELED
    assert place.__name__ in caplog.text


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("effect", REFUSED, ids=["class", "group", "weight", "path"])
async def test_a_request_that_is_refused_is_the_wrappers_fault_alone(
    open_desk: OpenDesk, effect: hk.HttpCall, place: type[Hostile], caplog: pytest.LogCaptureFixture
) -> None:
    """The call that it was made within goes on."""

    async def act() -> None:
        await effect

    report = await _cancel(open_desk, place(act))
    assert report.outcome is hk.CancelOutcome.CANCELED
    assert place.__name__ in caplog.text


@pytest.fixture
def time_by_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no time pass but by the looks of a call, however busy the machine is."""
    install(TimeByLooks(), monkeypatch)


@pytest.mark.usefixtures("time_by_looks")
@pytest.mark.parametrize("act", [_asks_in_vain, _writes_on, _fails_on])
@pytest.mark.parametrize("place", PLACES)
async def test_no_effect_goes_on_for_ever(open_desk: OpenDesk, act: Act, place: type[Hostile]) -> None:
    """Each looks at the time, also one that is refused, or that ends by itself."""
    report = await _cancel(open_desk, place(act), timeout=1)
    assert report.attempts == 1


@pytest.mark.parametrize("effect", [hk.Pause(None, 1), hk.Now(), REFUSED[1]], ids=["core", "plain", "request"])
@pytest.mark.parametrize("place", PLACES)
async def test_what_a_wrapper_awaits_is_none_of_the_hooks(
    open_desk: OpenDesk, effect: hk.Effect[Any], place: type[Hostile]
) -> None:
    """However often it awaits something, the venue's hook has all of the effects that it may want."""

    async def act() -> None:
        for _ in range(2_500):
            with suppress(hk.PluginError):
                await effect

    report = await _cancel(open_desk, place(act))
    assert report.outcome is hk.CancelOutcome.CANCELED


class Plain(Exception):
    """An error as most are."""

    def __str__(self) -> str:
        return "in words of its own"


def test_a_plain_error_does_not() -> None:
    """Words of its own, and what Python's own classes do, are no answers for itself."""
    plain = [Plain(), OSError(5, "x"), KeyError("x"), ExceptionGroup("x", [ValueError()]), hk.NotSent("x")]
    assert [error for error in plain if answers_for_itself(error)] == []
