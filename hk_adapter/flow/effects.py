"""The closed set of effects: values that a flow awaits to say what it wants. A runner performs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

from hk_adapter.flow.http import Response

T = TypeVar("T")

Flow = Coroutine[Any, Any, T]
"""What an ``async def`` hook returns: it awaits effects, and other flows, and nothing else."""


class Effect(Generic[T]):
    """Something wanted from the world; ``await`` it and the runner's result comes back."""

    __slots__ = ()

    def __await__(self) -> Generator[Effect[T], Any, T]:
        return cast("T", (yield self))


class Lane(StrEnum):
    """Which part of a rate budget a call may use."""

    NORMAL = "normal"
    CANCEL = "cancel"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class HttpCall(Effect[Response]):
    """One HTTP exchange with the venue; the answer comes back whatever its status.

    Thrown into the flow are only NotSent and OutcomeUnknown.

    Attributes:
        path: below the venue's host, such as ``/api/v1/spot/order``.
        params: in the order in which they are sent; the venue's ``sign`` decides where they go.
        json: the body as JSON values, numbers as text, where the venue wants JSON; None sends none.
        signed: whether it needs credentials.
        group: the venue's rate-limit group that it is charged to.
        weight: what it costs there.
        deadline: seconds of the monotonic clock by which it must be over, waiting for the rate budget included;
            None: set by the caller of the hook.
        timeout: seconds that it may take once it goes out; None: until the deadline.
        share: how much of the time left it may take once it goes out, from 0 to 1.
    """

    method: str
    path: str
    _: KW_ONLY
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    signed: bool = False
    group: str = "public"
    lane: Lane = Lane.NORMAL
    weight: int = 1
    deadline: float | None = None
    timeout: float | None = None
    share: float = 1.0

    def within(self, deadline: float, timeout: float, share: float, lane: Lane) -> HttpCall:
        """Give the same call with these bounds."""
        # By identity: what a plugin put into its call may lie when it is compared.
        if deadline is self.deadline and timeout is self.timeout and share is self.share and lane is self.lane:
            return self
        if type(self) is not HttpCall:
            return replace(self, deadline=deadline, timeout=timeout, share=share, lane=lane)
        return HttpCall(  # a third of what replace() takes, for each request
            self.method,
            self.path,
            params=self.params,
            json=self.json,
            signed=self.signed,
            group=self.group,
            lane=lane,
            weight=self.weight,
            deadline=deadline,
            timeout=timeout,
            share=share,
        )


@dataclass(frozen=True, slots=True)
class Sleep(Effect[None]):
    """Wait for a number of seconds, but no longer than ``until``, in seconds of the monotonic clock.

    Where ``strict``, a wait that ``until`` cuts short ends in NotSent: there is no time for what was to follow.
    """

    seconds: float
    _: KW_ONLY
    until: float | None = None
    strict: bool = False


async def rest(seconds: float) -> None:
    """Sleep, where there is any time to sleep for; ``Sleep(0)`` would only give others their turn."""
    if seconds > 0:
        await Sleep(seconds)


UNMEASURED = 1000.0
"""Milliseconds by which the machine's clock may be ahead of a venue's that was never measured: venues take no more."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the clocks say: ``monotonic`` in seconds, ``timestamp`` in ms UTC as the venue counts them.

    ``silence`` is for how many seconds the venue has answered nothing; 0 after any answer. ``doubt`` is by how many ms
    the timestamp may be wrong.
    """

    monotonic: float
    timestamp: int
    silence: float = 0.0
    doubt: float = UNMEASURED


@dataclass(frozen=True, slots=True)
class Now(Effect[Moment]):
    """Read the clocks."""


@dataclass(frozen=True, slots=True)
class Random(Effect[float]):
    """Draw a number from 0 up to, not including, 1."""


@dataclass(frozen=True, slots=True)
class ClockSample(Effect[None]):
    """Tell the venue clock what one reading of the venue's time showed.

    Attributes:
        timestamp: the venue's time, in ms UTC.
        asked: when it was asked for, in seconds of the monotonic clock.
        answered: when the answer was here.
        first: whether this reading begins a new measurement, so that earlier ones count no more.
    """

    timestamp: int
    asked: float
    answered: float
    first: bool = False


@dataclass(frozen=True, slots=True)
class Pause(Effect[None]):
    """Let no call of a rate-limit group out for a number of seconds; ``group`` None pauses every group."""

    group: str | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Gather(Effect[list[Any]]):
    """Run flows side by side (asyncio) or one after another (threads); results in order, errors as values."""

    flows: tuple[Flow[Any], ...]


@dataclass(frozen=True, slots=True)
class Foreign(Effect[T]):
    """Let a library do its own I/O: ``blocking`` under threads, ``asyncio`` under a loop.

    Whatever it raises is thrown into the flow; what is no error, such as a SystemExit of its own, as the cause of a
    PluginError. Only the caller's interrupt, or the cancellation of its task, ends the call.

    Attributes:
        reaches_venue: False for a wrapper's own I/O, such as a file's: it never counts as a request that may have left.
        deadline: when it ends in OutcomeUnknown under asyncio, in seconds of the monotonic clock. A thread cannot be
            ended: there the library's own timeout must hold.
        bounded: that a wrapper's I/O ends by itself within a moment, or by a timeout of its own. What does not say so
            is waited for in a thread of its own, and no longer than the wrapper may take.
    """

    blocking: Callable[[], T]
    asyncio: Callable[[], Awaitable[T]]
    _: KW_ONLY
    reaches_venue: bool = True
    deadline: float | None = None
    bounded: bool = False


CORES_OWN = (Pause, ClockSample)
"""They steer what all connections of a key share: no hook and no wrapper may await them."""
