"""The runner for virtual time: no thread, no loop, no sleep. What waits is resumed in order; the clock jumps there."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from heapq import heapify, heappop, heapreplace
from typing import Any, Protocol, TypeVar

from hk_adapter.errors import NotSent
from hk_adapter.flow.blocking_runner import LIBRARY, travelling
from hk_adapter.flow.contained import contained
from hk_adapter.flow.driver import START, Answer, Done, abandon, step
from hk_adapter.flow.effects import Effect, Flow, Foreign, Gather, HttpCall, Sleep
from hk_adapter.flow.http import HttpRequest, Response
from hk_adapter.flow.runtime import HttpExchange, Runtime
from hk_adapter.flow.streams import CloseStream, Listen, OpenStream, Receive, SendFrame

T = TypeVar("T")

LOOK_EVERY = 0.02
"""Virtual seconds between two looks of whoever waits for a frame or a bell."""

Story = Generator[float, None, T]
"""What happens when: yields the moment to go on at, in seconds of the virtual clock, and returns how it ended."""


class VirtualTransport(Protocol):
    """Stands where an HTTP library would."""

    def send(self, request: HttpRequest, deadline: float) -> Story[Response]:
        """Play the story of one exchange; errors as ``BlockingTransport.send``, times in virtual seconds."""


class VirtualLink(Protocol):
    """One open stream, in virtual time."""

    def take(self) -> str | None:
        """Return the next frame that is there; raises VenueUnavailable where the connection has ended."""

    def send(self, text: str) -> None:
        """Send a frame; raises VenueUnavailable where the connection has ended."""

    def close(self) -> None:
        """Close it. Idempotent."""


class VirtualTime:
    """A monotonic clock that only a runner moves, in seconds."""

    def __init__(self, start: float = 0.0) -> None:
        self.now = start

    def monotonic(self) -> float:
        """Read it."""
        return self.now

    def jump(self, when: float) -> None:
        """Go on to a moment; one that has passed changes nothing."""
        self.now = max(self.now, when)


def play_out(time: VirtualTime, story: Story[T]) -> T:
    """Play a story to its end, and return how it ended."""
    try:
        while True:
            time.jump(next(story))
    except StopIteration as end:
        result: T = end.value
        return result


class VirtualRunner:
    """Drives flows deterministically. ``runtime``'s clock must read ``time``; flows side by side take turns by time."""

    def __init__(
        self, runtime: Runtime, transport: VirtualTransport, time: VirtualTime, look_every: float = LOOK_EVERY
    ) -> None:
        self._look_every = look_every
        self._runtime = runtime
        self._transport = transport
        self._time = time

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and return its result, or raise what it raises."""
        return play_out(self._time, self._drive(flow))

    def run_all(self, flows: Iterable[Flow[Any]]) -> list[Any]:
        """Run flows side by side; results in order, errors as values."""
        return play_out(self._time, self._side_by_side(tuple(flows)))

    def _drive(self, flow: Flow[T]) -> Story[T]:
        answer = START
        try:
            while True:
                moved = step(flow, answer)
                if isinstance(moved, Done):
                    return moved.value
                if isinstance(moved, Sleep):
                    answer = yield from self._nap(moved)
                elif isinstance(moved, HttpCall | Foreign | Gather | OpenStream | Receive | Listen):
                    answer = yield from self._answer(moved)
                else:
                    answer = self._answer_at_once(moved)
        except BaseException as reason:
            abandon(flow, reason)
            raise

    def _nap(self, effect: Sleep) -> Story[Answer]:
        seconds = self._runtime.time_to_sleep(effect)
        if seconds > 0:
            yield self._time.now + seconds
        try:
            self._runtime.wake(effect)
        except NotSent as error:
            return Answer(error=error)
        return START

    def _answer_at_once(self, effect: Effect[Any]) -> Answer:
        try:
            if isinstance(effect, SendFrame):
                return Answer(effect.link.send(effect.text))
            if isinstance(effect, CloseStream):
                return Answer(effect.link.close())
            return Answer(self._runtime.at_once(effect))
        except Exception as error:  # noqa: BLE001 - told apart in travelling
            return travelling(effect, error)

    def _answer(self, effect: HttpCall | Foreign[Any] | Gather | OpenStream | Receive | Listen) -> Story[Answer]:
        try:
            match effect:
                case Gather(flows):
                    return Answer((yield from self._side_by_side(flows)))
                case OpenStream(url, deadline):
                    return Answer((yield from self._opening(url, deadline)))
                case Receive(link, until):
                    return Answer((yield from self._receiving(link, until)))
                case Listen(bell, until):
                    while not bell.heard() and (until is None or self._time.now < until):
                        yield self._next_look(until)
                    return START
                case Foreign():
                    done: Any = yield from self._by_library(effect)
                case _:
                    done = yield from self._exchange(effect)
            return Answer(done)
        except Exception as error:  # noqa: BLE001 - told apart in travelling
            return travelling(effect, error)

    def _by_library(self, effect: Foreign[T]) -> Story[T]:
        if not effect.places_orders:
            return contained(effect.blocking, LIBRARY)
        with HttpExchange(self._runtime, effect.turn) as exchange:
            while (seconds := exchange.wait()) > 0:
                yield self._time.now + seconds
            return contained(effect.blocking, LIBRARY)

    def _opening(self, url: str, deadline: float) -> Story[Any]:
        opener = getattr(self._transport, "open_stream", None)
        if opener is None:
            raise TypeError("this transport opens no streams")
        return (yield from opener(url, deadline))

    def _receiving(self, link: VirtualLink, until: float | None) -> Story[str | None]:
        while (frame := link.take()) is None and (until is None or self._time.now < until):
            yield self._next_look(until)
        return frame

    def _next_look(self, until: float | None) -> float:
        """Return when to look again: what is waited for may come of what another flow does meanwhile."""
        soon = self._time.now + self._look_every
        return soon if until is None else min(soon, until)

    def _exchange(self, call: HttpCall) -> Story[Response]:
        with HttpExchange(self._runtime, call) as exchange:
            while (seconds := exchange.wait()) > 0:
                yield self._time.now + seconds
            return exchange.answered((yield from self._transport.send(*exchange.request())))

    def _side_by_side(self, flows: tuple[Flow[Any], ...]) -> Story[list[Any]]:
        results: list[Any] = [None] * len(flows)
        # Each entry: when to resume, the order of asking among equals, which flow, its story.
        due = [(self._time.now, turn, turn, self._drive(flow)) for turn, flow in enumerate(flows)]
        heapify(due)
        turn = len(due)
        try:
            while due:
                when, _, index, story = due[0]
                if when > self._time.now:
                    yield when
                try:
                    entry = (next(story), turn, index, story)
                except StopIteration as end:
                    results[index] = end.value
                    heappop(due)
                except Exception as error:  # noqa: BLE001 - Gather gives errors as values
                    results[index] = error
                    heappop(due)
                else:
                    heapreplace(due, entry)
                    turn += 1
        except BaseException as reason:
            for *_, story in due:
                story.close()
            for flow in flows:
                abandon(flow, reason)  # also one that was never begun
            raise
        return results
