"""What every runner has beside its transport: clock, rate budget, signing; and one request's way through them."""

from __future__ import annotations

import logging
import math
import random
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from msgspec import field
from msgspec.structs import replace

from hk_adapter.errors import AdapterError, NotSent, OutcomeUnknown
from hk_adapter.flow.driver import Answer
from hk_adapter.flow.effects import (
    ClockSample,
    Effect,
    HttpCall,
    Moment,
    Now,
    Pause,
    Random,
    Sleep,
)
from hk_adapter.flow.forks import renew_after_fork
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.log_line import write
from hk_adapter.record import Record

_LOG = logging.getLogger("hk_adapter")

LEAST_TIME_LEFT = 0.01
"""Seconds before its deadline in which no request goes out any more: no answer comes as soon, and a request that is
given up as it leaves is the one that the venue counts latest."""
COUNTED_LATE = 1.0
"""Seconds for which a request that ended without an answer, whatever ended it, keeps its place in the budget beyond the
usual window: it may still be on its way, and the venue counts it when it arrives."""

Prepare = Callable[[HttpCall], HttpRequest]
"""Sign a call and build its bytes, at the moment of sending. Raises NotSent where that is impossible."""


def over_by(call: HttpCall, deadline: float, now: float) -> float:
    """Return by when the exchange must be over that is admitted now, for a call that has until ``deadline``.

    All in seconds of the monotonic clock.
    """
    patience = (deadline - now) * call.share
    return now + (patience if call.timeout is None else min(patience, call.timeout))


class Clock(Protocol):
    """Our monotonic clock, and the venue's time as far as it is known."""

    def now(self, luck: float = 0.0) -> Moment:
        """Read both; ``luck`` is the number that was drawn for whoever asked."""

    def time(self) -> float:
        """Read ours alone, in seconds, as an asyncio loop's."""

    def sample(self, reading: ClockSample) -> None:
        """Record a reading of the venue's time."""


class Admission(Protocol):
    """The local rate budget, which says when a call may go out. Times in seconds of the monotonic clock."""

    def enter(self, call: HttpCall, deadline: float) -> Any:
        """Queue a call and return its ticket, which must be given back by ``leave``."""

    def ask(self, ticket: Any, now: float) -> float:
        """Return 0 if the call may go out now, else when to ask again; infinite if never before its deadline."""

    def leave(self, ticket: Any, now: float, *, counted_until: float | None = None) -> None:
        """Release a ticket; ``counted_until`` where the venue may count the request later than now."""

    def pause(self, group: str | None, until: float) -> None:
        """Hold a group back until a time; None means every group."""

    def pause_left(self, group: str, now: float) -> float | None:
        """Return for how many seconds a group is paused still; None where it is not."""


class Liveness:
    """Keeps since when a venue has answered nothing. Shared by all connections of one key.

    Thread-safe without a lock: each word is one step, and where two come at once either may be the last.

    Attributes:
        silent_since: when what was not answered was asked first, a monotonic time in seconds; None after any answer.
    """

    def __init__(self) -> None:
        self.silent_since: float | None = None

    def heard(self) -> None:
        """Record that an answer came, whatever it said."""
        self.silent_since = None

    def missed(self, asked: float) -> None:
        """Record that what was asked at a monotonic time in seconds was not answered."""
        if self.silent_since is None:
            self.silent_since = asked

    def silence(self, now: float) -> float:
        """Return for how many seconds nothing was answered; 0 if the last answer is the last thing known."""
        since = self.silent_since
        return 0.0 if since is None else max(0.0, now - since)


class _Luck(random.Random):
    """Draws numbers that no other process draws, without asking the system for each: a fork's child begins anew."""

    def __init__(self) -> None:
        super().__init__()
        renew_after_fork(self)

    def renew_in_child(self) -> None:
        """Forget the parent's numbers."""
        self.seed()


class Runtime(Record, frozen=True, kw_only=True):
    """What every runner needs beside its transport: how calls are signed, timed, admitted, and heard."""

    prepare: Prepare
    clock: Clock
    admission: Admission
    liveness: Liveness
    rng: random.Random = field(default_factory=_Luck)

    def now(self, *, lucky: bool = False) -> Moment:
        """Read the clocks, and draw a number where one is wanted."""
        moment = self.clock.now(self.rng.random() if lucky else 0.0)
        if self.liveness.silent_since is None:
            return moment
        return replace(moment, silence=self.liveness.silence(moment.monotonic))

    def time_to_sleep(self, effect: Sleep) -> float:
        """Return for how many seconds to sleep."""
        seconds = effect.seconds
        if effect.until is not None:
            seconds = min(seconds, effect.until - self.clock.time())
        return max(0.0, seconds)

    def wake(self, effect: Sleep) -> None:
        """Raise NotSent where a strict sleep was cut short."""
        if effect.strict and effect.until is not None and self.clock.time() >= effect.until:
            raise NotSent("the deadline passed while the call slept")

    def answer(self, effect: Effect[Any]) -> Answer:
        """Answer an effect that needs no waiting (``AT_ONCE``)."""
        try:
            if type(effect) is Now:  # as nearly all are
                return Answer(self.now(lucky=effect.lucky))
            return Answer(self.at_once(effect))
        except Exception as error:  # noqa: BLE001 - the flow's to handle
            return Answer(error=error)

    def at_once(self, effect: Effect[Any]) -> Any:
        """Perform an effect that needs no waiting."""
        match effect:
            case Now():
                return self.now(lucky=effect.lucky)
            case Random():
                return self.rng.random()
            case ClockSample():
                return self.clock.sample(effect)
            case Pause(group, seconds):
                return self.admission.pause(group, self.clock.time() + seconds)
            case _:
                raise TypeError(f"no runner performs {type(effect).__name__}")


class HttpExchange:
    """One request's exchange with the venue: admitted, signed, sent, answered. The runner does the waiting.

    A context manager, which holds the request's place in the rate budget. A library that may place an order goes as far
    as to be admitted: what it is answered is its own.
    """

    def __init__(self, runtime: Runtime, call: HttpCall) -> None:
        if call.deadline is None:
            raise TypeError(f"an HttpCall without a deadline: {call.method} {call.path}")
        self._runtime = runtime
        self._call = call
        self._deadline: float = call.deadline
        self._ticket = runtime.admission.enter(call, call.deadline)
        self._asked = self._over_by = 0.0
        self._went = False
        self._response: Response | None = None

    def __enter__(self) -> HttpExchange:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        liveness, now = self._runtime.liveness, self._runtime.clock.time()
        try:
            if error is not None and not isinstance(error, AdapterError):
                traceback.clear_frames(error.__traceback__)  # an interrupt strikes where variables hold a signature
            if not self._went:
                pass  # nothing of ours was on its way
            elif error is None:
                liveness.heard()
            elif isinstance(error, OutcomeUnknown) or (isinstance(error, NotSent) and error.unreachable):
                liveness.missed(self._asked)
        finally:
            until = None if error is None or isinstance(error, NotSent) else now + COUNTED_LATE
            self._runtime.admission.leave(self._ticket, now, counted_until=until)
        if self._went and _LOG.isEnabledFor(logging.DEBUG):
            _note_exchange(self._call, self._response, error, now - self._asked)

    def wait(self) -> float:
        """Return how many seconds to wait before asking again; 0 when the call may go out."""
        now = self._runtime.clock.time()
        if now >= self._deadline:
            raise NotSent("the deadline passed before the request was sent")
        if now > self._deadline - LEAST_TIME_LEFT:
            raise NotSent("too little time is left for an answer to the request")
        admission = self._runtime.admission
        seconds = admission.ask(self._ticket, now)
        if seconds == math.inf:
            left = [admission.pause_left(group, now) for group in self._call.groups]
            paused = max((one for one in left if one is not None), default=None)
            raise NotSent("the rate budget has no room for the request before the deadline", retry_after=paused)
        # By the moment of admission, as the budget reckons: a run that freezes here must not be later than it presumes.
        self._asked, self._over_by = now, over_by(self._call, self._deadline, now)
        return seconds

    def request(self) -> tuple[HttpRequest, float]:
        """Sign the call now; return the request, and by when it must be over, in seconds of the monotonic clock."""
        prepared = self._runtime.prepare(self._call)
        self._went = True
        return prepared, self._over_by

    def answered(self, response: Response) -> Response:
        """Record the answer, and return it."""
        self._response = response
        return response


def _note_exchange(call: HttpCall, response: Response | None, error: BaseException | None, seconds: float) -> None:
    """Write the DEBUG line of a request that was handed to the network. Nothing that is signed is in it.

    Without an answer it ends by the kind of its failure.
    """
    path = call.path.partition("?")[0]
    status = "no answer" if response is None else str(response.status)
    ended = status if error is None else type(error).__name__
    write(_LOG, logging.DEBUG, "%s %s: %s in %.0f ms, group %s", call.method, path, ended, seconds * 1000, call.group)
