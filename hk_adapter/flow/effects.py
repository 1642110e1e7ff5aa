"""The closed set of effects: values that a flow awaits to say what it wants. A runner performs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar

from msgspec import field
from msgspec.structs import replace

from hk_adapter.flow.cost_by_age import Weight
from hk_adapter.flow.http import Response
from hk_adapter.record import Record

T = TypeVar("T")

Flow = Coroutine[Any, Any, T]
"""What an ``async def`` hook returns: it awaits effects, and other flows, and nothing else."""


class Effect(Generic[T]):
    """Something wanted from the world; ``await`` it and the runner's result comes back."""

    __slots__ = ()

    def __await__(self) -> Generator[Effect[T], Any, T]:
        result: T = yield self
        return result


class Lane(StrEnum):
    """Which part of a rate budget a call may use."""

    NORMAL = "normal"
    CANCEL = "cancel"
    CONFIRM = "confirm"


PUBLIC = "public"
"""The group of a call that names none. Where no limit of it is declared, it has none, for calls that are not signed."""


class _Addressed(Record, frozen=True):
    method: str
    path: str


class HttpCall(Effect[Response], _Addressed, frozen=True, kw_only=True):
    """One HTTP exchange with the venue; the answer comes back whatever its status.

    Thrown into the flow are only NotSent and OutcomeUnknown.

    Attributes:
        path: below the venue's host, such as ``/api/v1/spot/order``.
        params: in the order in which they are sent; the venue's ``sign`` decides where they go.
        json: the body as JSON values, numbers as text, where the venue wants JSON; None sends none.
        signed: whether it needs credentials.
        reads: whether it changes nothing at the venue, as a question asked by POST; None: a GET does not, all else may,
            but for what ``fetch_`` and ``check_`` hooks and those of streams send: the host calls that a question.
        group: the venue's rate-limit group that it is charged to.
        lane: which part of its limits it may use. The host puts cancels into ``CANCEL``, and the looks that confirm
            them into ``CONFIRM``, whatever stands here; all else stays ``NORMAL``.
        weight: what it costs there, from 0 up; of this very request, such as one for each id in it. A ``CostByAge``
            falls with the age of its orders.
        costs: what it costs in further groups, each by its name, where several limits count one call.
        deadline: seconds of the monotonic clock by which it must be over, waiting for the rate budget included;
            None: set by the caller of the hook.
        timeout: seconds that it may take once it goes out; None: until the deadline.
        share: how much of the time left it may take once it goes out, from 0 to 1.
        nonce: made by the core as the request goes out, where the venue is ``ordered``: higher than that of every
            request of this key before it. ``sign`` finds it there; a hook leaves it alone.
    """

    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    signed: bool = False
    reads: bool | None = None
    group: str = PUBLIC
    lane: Lane = Lane.NORMAL
    weight: Weight = 1
    costs: Mapping[str, Weight] = field(default_factory=dict)
    deadline: float | None = None
    timeout: float | None = None
    share: float = 1.0
    nonce: int | None = None

    @property
    def may_change(self) -> bool:
        """Whether it may change something at the venue."""
        return self.method != "GET" if self.reads is None else not self.reads

    @property
    def groups(self) -> tuple[str, ...]:
        """All rate-limit groups that it is charged to, its own first."""
        return (self.group, *self.costs) if self.costs else (self.group,)

    def within(self, deadline: float, timeout: float, share: float, lane: Lane) -> HttpCall:
        """Return the same call with these bounds."""
        # By identity: what a plugin put into its call may lie when it is compared.
        if deadline is self.deadline and timeout is self.timeout and share is self.share and lane is self.lane:
            return self
        return replace(self, deadline=deadline, timeout=timeout, share=share, lane=lane)


class _Lasting(Record, frozen=True):
    seconds: float


class Sleep(Effect[None], _Lasting, frozen=True, kw_only=True):
    """Wait for a number of seconds, but no longer than ``until``, in seconds of the monotonic clock.

    Where ``strict``, a wait that ``until`` cuts short ends in NotSent: there is no time for what was to follow.
    """

    until: float | None = None
    strict: bool = False


async def rest(seconds: float) -> None:
    """Sleep, where there is any time to sleep for; ``Sleep(0)`` would only give others their turn."""
    if seconds > 0:
        await Sleep(seconds)


UNMEASURED = 1000.0
"""Milliseconds by which the machine's clock may be ahead of a venue's that was never measured: venues take no more."""

MOST_BEHIND = 5000.0
"""Milliseconds by which the machine's clock may be behind a venue's that was never measured and took its stamps."""


class Moment(Record, frozen=True):
    """What the clocks say: ``monotonic`` in seconds, ``timestamp`` in ms UTC as the venue counts them.

    ``silence`` is for how many seconds the venue has answered nothing; 0 after any answer. ``doubt`` is by how many ms
    the timestamp may be wrong. ``luck`` is a number drawn from 0 up to, not including, 1, where it was asked for.
    ``vouched`` is whether anything vouches for the timestamp: a reading of the venue's clock, or a venue that would
    refuse a request whose time is wrong. ``ahead`` is by how many ms it may then be ahead, where there was no reading:
    of stamps that are further ahead the venue takes none.
    """

    monotonic: float
    timestamp: int
    silence: float = 0.0
    doubt: float = UNMEASURED
    luck: float = 0.0
    vouched: bool = True
    ahead: float = 0.0

    def time_at(self, monotonic: float) -> float:
        """Return when a time of the monotonic clock was, in ms UTC as the venue counts them, by this reading."""
        return self.timestamp - (self.monotonic - monotonic) * 1000


class Now(Effect[Moment], Record, frozen=True, kw_only=True):
    """Read the clocks; where ``lucky``, and draw a number, as ``Random`` does."""

    lucky: bool = False


class Random(Effect[float], Record, frozen=True):
    """Draw a number from 0 up to, not including, 1."""


class ClockSample(Effect[None], Record, frozen=True):
    """Teach the venue clock what one reading of the venue's time showed.

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


class Pause(Effect[None], Record, frozen=True):
    """Let no call of a rate-limit group out for a number of seconds; ``group`` None pauses every group."""

    group: str | None
    seconds: float


class Gather(Effect[list[Any]], Record, frozen=True):
    """Run flows side by side (asyncio) or one after another (threads); results in order, errors as values."""

    flows: tuple[Flow[Any], ...]


class _Performed(Record, Generic[T], frozen=True):
    blocking: Callable[[], T]
    asyncio: Callable[[], Awaitable[T]]


class Foreign(Effect[T], _Performed[T], frozen=True, kw_only=True):
    """Let a library do its own I/O: ``blocking`` under threads, ``asyncio`` under a loop.

    Whatever it raises is thrown into the flow; what is no error, such as a SystemExit of its own, as the cause of a
    PluginError. Only the caller's interrupt, or the cancellation of its task, ends the call.

    Attributes:
        reaches_venue: False for a wrapper's own I/O, such as a file's: it never counts as a request that may have left.
        reads: whether it changes nothing at the venue, whatever it sends.
        deadline: when it ends in OutcomeUnknown under asyncio, in seconds of the monotonic clock. A thread cannot be
            ended: there the library's own timeout must hold.
        bounded: that a wrapper's I/O ends by itself within a moment, or by a timeout of its own. What does not say so
            is waited for in a thread of its own, and no longer than the wrapper may take.
        places_orders: set by the core, of what may change something in a call that places orders: it is held where an
            order's request would be, by a create block and by a budget that is out of reach. No limit counts it.
    """

    reaches_venue: bool = True
    reads: bool = False
    deadline: float | None = None
    bounded: bool = False
    places_orders: bool = False

    @property
    def may_change(self) -> bool:
        """Whether it may change something at the venue."""
        return self.reaches_venue and not self.reads

    @property
    def turn(self) -> HttpCall:
        """What stands for it where requests are let out: an order's request of a group that no venue limits."""
        return HttpCall("POST", "by a library", group="a library's own", deadline=self.deadline)


AT_ONCE = (Now, Random, Pause, ClockSample)
"""They need no waiting, under whichever runner."""


class _CoresOwn(Effect[T]):
    """An effect that no hook and no wrapper may await, such as those of streams (``streams.py``)."""

    __slots__ = ()


CORES_OWN = (Pause, ClockSample, _CoresOwn)
"""They steer what all connections of a key share: no hook and no wrapper may await them."""


def stays_here(effect: Effect[Any]) -> bool:
    """Whether it is a library's I/O that says, in its own field and not by a property, that it asks no venue."""
    return isinstance(effect, Foreign) and vars(Foreign)["reaches_venue"].__get__(effect) is False
