"""What happens beside the calls of a scenario: a story that goes on while the clock moves, and wakes when it has to."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any, Protocol

from hk_adapter.flow.driver import START, Answer, abandon
from hk_adapter.flow.effects import Flow
from hk_adapter.flow.streams import Listen
from hk_adapter.testing.campaign.broken_wrappers import Unheard
from hk_adapter.testing.virtual_time import Story, VirtualRunner, VirtualTime


class Waiting(float):
    """The moment up to which a story waits, in virtual seconds; sooner, if ``is_over`` says so by then."""

    is_over: Callable[[], bool]

    def __new__(cls, until: float, is_over: Callable[[], bool]) -> Waiting:
        """Make one."""
        self = super().__new__(cls, until)
        self.is_over = is_over
        return self


class WakefulLink(Protocol):
    """One open stream that tells when it is to be looked at, in virtual time."""

    def take(self) -> str | None:
        """As VirtualLink.take."""

    def next_at(self) -> float:
        """Return when to look again, if nobody does anything until then."""

    def is_ready(self) -> bool:
        """Whether somebody did something, so that there may be a frame before that."""


class TimeBeside(VirtualTime):
    """A clock that lets another story play as far as it is moved. What that raises ends it, and is kept in ``raised``.

    At equal moments the story comes first.
    """

    def __init__(self, start: float) -> None:
        super().__init__(start)
        self.raised: BaseException | None = None
        self._story: Story[Any] | None = None
        self._due: float = math.inf

    def play(self, story: Story[Any]) -> None:
        """Begin to play a story now."""
        self._story, self._due = story, self.now

    def jump(self, when: float) -> None:
        """Go on to a moment; one that has passed changes nothing."""
        while self._story is not None:
            if (due := _due(self._due, self.now)) > when:
                break
            super().jump(due)
            try:
                self._due = next(self._story)
            except (Exception, SystemExit, asyncio.CancelledError, Unheard) as error:  # noqa: BLE001 - kept
                self.raised, self._story = error, None
        super().jump(when)

    def close(self) -> None:
        """End the story where it is."""
        story, self._story = self._story, None
        if story is not None:
            story.close()


class WakefulRunner(VirtualRunner):
    """Drives flows that wait for frames and bells: they are woken, and need not look every now and then."""

    def _answer(self, effect: Any) -> Story[Answer]:
        return self._hearing(effect) if isinstance(effect, Listen) else super()._answer(effect)

    def _hearing(self, effect: Listen) -> Story[Answer]:
        woken: list[bool] = []
        end = math.inf if effect.until is None else effect.until

        def wake() -> None:
            woken.append(True)

        effect.bell.listen(wake)
        try:
            while not woken and self._time.now < end:
                yield Waiting(end, lambda: bool(woken))
        finally:
            effect.bell.stop_listening(wake)
            effect.bell.heard()
        return START

    def _receiving(self, link: WakefulLink, until: float | None) -> Story[str | None]:  # type: ignore[override]
        end = math.inf if until is None else until
        while (frame := link.take()) is None and self._time.now < end:
            yield Waiting(min(end, link.next_at()), link.is_ready)
        return frame

    def _side_by_side(self, flows: tuple[Flow[Any], ...]) -> Story[list[Any]]:
        results: list[Any] = [None] * len(flows)
        stories = {index: self._drive(flow) for index, flow in enumerate(flows)}
        dues: dict[int, float] = dict.fromkeys(stories, self._time.now)
        try:
            while dues:
                index, due = min(((one, _due(dues[one], self._time.now)) for one in dues), key=lambda pair: pair[1])
                if due > self._time.now:
                    yield Waiting(due, lambda: any(_is_woken(one) for one in dues.values()))
                    continue
                try:
                    dues[index] = next(stories[index])
                except StopIteration as end:
                    results[index] = end.value
                    del dues[index]
                except Exception as error:  # noqa: BLE001 - Gather gives errors as values
                    results[index] = error
                    del dues[index]
        except BaseException as reason:
            for story in stories.values():
                story.close()
            for flow in flows:
                abandon(flow, reason)
            raise
        return results


def _is_woken(due: float) -> bool:
    return isinstance(due, Waiting) and due.is_over()


def _due(due: float, now: float) -> float:
    return now if _is_woken(due) else due
