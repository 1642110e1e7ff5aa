"""The closed set of effects: values that a flow awaits to say what it wants. A runner performs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

from hk_adapter.flow.wire import Response

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
        signed: whether it needs credentials.
        group: the venue's rate-limit group that it is charged to.
        weight: what it costs there.
        deadline: seconds of the monotonic clock by which it must be over; None: set by the caller of the hook.
    """

    method: str
    path: str
    _: KW_ONLY
    params: Mapping[str, str] = field(default_factory=dict)
    signed: bool = False
    group: str = "public"
    lane: Lane = Lane.NORMAL
    weight: int = 1
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Sleep(Effect[None]):
    """Wait for a number of seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Moment:
    """What the clocks say: ``monotonic`` in seconds, ``timestamp`` in ms UTC as the venue counts them."""

    monotonic: float
    timestamp: int


@dataclass(frozen=True, slots=True)
class Now(Effect[Moment]):
    """Read the clocks."""


@dataclass(frozen=True, slots=True)
class Random(Effect[float]):
    """Draw a number from 0 up to, not including, 1."""


@dataclass(frozen=True, slots=True)
class ClockSample(Effect[None]):
    """Tell the venue clock what one reading showed: ``offset`` is the venue's time minus ours, in ms."""

    offset: int


@dataclass(frozen=True, slots=True)
class Gather(Effect[list[Any]]):
    """Run flows side by side (asyncio) or one after another (threads); results in order, errors as values."""

    flows: tuple[Flow[Any], ...]


@dataclass(frozen=True, slots=True)
class Foreign(Effect[T]):
    """Let a library do its own I/O: ``blocking`` under threads, ``asyncio`` under a loop.

    Whatever it raises is thrown into the flow.
    """

    blocking: Callable[[], T]
    asyncio: Callable[[], Awaitable[T]]
