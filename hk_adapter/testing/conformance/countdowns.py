"""The venue's own countdown: what is told of it is what the venue will do, whether or not anybody is still there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from hk_adapter.errors import AdapterError, AuthenticationError, InvalidArgument, RateLimited, RequestState
from hk_adapter.flow.http import Response
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.further_script import WritesCountdowns
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script
from hk_adapter.testing.conformance.written import has_words_for, refusal_of

_SECONDS = 30
_PAGES = tuple(
    Response(status, {"content-type": "text/html"}, b"<html><body>Welcome</body></html>") for status in (200, 502)
)
_KINDS: dict[Refusal, type[AdapterError]] = {
    Refusal.BAD_KEY: AuthenticationError,
    Refusal.RATE_LIMITED: RateLimited,
}
_STRANGE = {"kit_nobody_knows": "1"}
_SILENCE = 400.0
"""Seconds after which no limit of a venue's is in force any more."""


class Countdowns:
    """Cases of ``cancel_all_orders_after``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("cancel_all_orders_after")
    def test_a_countdown_is_set_as_it_was_asked(self) -> None:
        """The venue counts the very milliseconds that were asked for, and cancels everything when they are over.

        Look at: the unit in which ``cancel_all_orders_after`` writes the time: many venues count seconds.
        """
        rests = [self.bench.exchange.place() for _ in range(2)]
        require(self._set_countdown(self._usual) is True, "the venue took it, and it was not told as taken")
        require(self._counted() == [self._usual], f"{self._usual} ms were asked for, and {self._counted()} sent")
        self._let_pass(0.9)
        require(not any(one.is_ended for one in rests), "the countdown was over before its time")
        self._let_pass(0.2)
        require(all(one.is_ended for one in rests), "the countdown is over, and did not cancel everything")

    @needs("cancel_all_orders_after")
    def test_a_countdown_begins_anew_each_time(self) -> None:
        """Asked again for the same time before it is over, the venue begins anew.

        Look at: that ``cancel_all_orders_after`` sends each time, and remembers nothing of what it sent before.
        """
        rests = self.bench.exchange.place()
        for _ in range(3):
            require(self._set_countdown(self._usual) is True, "the venue took it, and it was not told as taken")
            self._let_pass(0.7)
        require(not rests.is_ended, "it was begun anew in time, and the first one went on")
        require(self._counted() == [self._usual] * 3, f"it was asked for three times, and {self._counted()} was sent")

    @needs("cancel_all_orders_after")
    def test_a_countdown_is_taken_off(self) -> None:
        """At 0 milliseconds the venue counts no more, and cancels nothing by itself.

        Look at: what ``cancel_all_orders_after`` writes for 0: it is no time at all, and no reason to send nothing.
        """
        rests = self.bench.exchange.place()
        self._set_countdown(self._usual)
        require(self._set_countdown(0) is True, "the venue took it off, and it was not told as taken")
        self._let_pass(2)
        require(not rests.is_ended, "the countdown was taken off, and canceled everything")

    @needs("cancel_all_orders_after")
    def test_a_countdown_that_the_venue_cannot_keep(self) -> None:
        """A time between its steps, or longer than its longest, is InvalidArgument, and nothing is sent.

        Look at: rounding, and bounds: who asks for a countdown has to know when it is over.
        """
        step, longest = self._writes.countdown_step, self._writes.longest_countdown
        between = [self._usual + 1, self._usual + step // 2, 1] if step > 1 else []
        for milliseconds in (*between, longest + step):
            told = self._set_countdown(milliseconds)
            sent = self._counted()
            require(not sent, f"the venue cannot keep {milliseconds} ms, and {sent} was sent")
            require(isinstance(told, InvalidArgument), f"the venue cannot keep {milliseconds} ms, and it gave {told!r}")

    @needs("cancel_all_orders_after")
    def test_params_of_a_countdown_are_sent_or_refused(self) -> None:
        """Params that the plugin does not know change the request that goes out, or nothing is sent.

        Look at: what is not written into the request of ``cancel_all_orders_after`` is ``InvalidArgument``.
        """
        self._set_countdown(self._usual)
        self._set_countdown(self._usual, params=_STRANGE)
        plain, *strange = [call for call, seen in self.bench.pairs if seen.asked.kind is Request.COUNTDOWN]
        same = any((one.params, one.json, one.path) == (plain.params, plain.json, plain.path) for one in strange)
        require(not same, f"with params {_STRANGE} the very same was asked for as without")

    @needs("cancel_all_orders_after")
    def test_a_countdown_that_is_refused_is_none(self) -> None:
        """A refusal for the key or for asking too often is told as such, and never as taken.

        Look at: that ``cancel_all_orders_after`` reads refusals as ``cancel_order`` does.
        """
        for refusal, kind in _KINDS.items():
            if refusal in self.absent or not has_words_for(self.script, refusal):
                continue
            self.bench.exchange.meet(Request.COUNTDOWN, Fate(acts=False, refused=refusal))
            told = self._set_countdown(self._usual)
            require(isinstance(told, kind), f"it was refused ({refusal}), and told as {told!r}")
            self.bench.advance(_SILENCE)

    @needs("cancel_all_orders_after")
    def test_a_countdown_that_may_run_is_in_doubt(self) -> None:
        """Without an answer, or with one that is not the venue's, it may be the old countdown or the new one.

        Look at: what ``cancel_all_orders_after`` catches, and what it makes of a body that does not say that it holds.
        """
        for name, fate in self._may_run():
            self.bench.exchange.meet(Request.COUNTDOWN, fate)
            told = self._set_countdown(self._usual)
            doubt = isinstance(told, AdapterError) and told.request_state is RequestState.UNKNOWN
            require(doubt, f"it was {name}, and told as {told!r}")
            self.bench.advance(_SILENCE)

    @needs("cancel_all_orders_after")
    def test_a_countdown_is_asked_for_once(self) -> None:
        """What is refused, lost or answered by a gateway's page is asked for once: it may be sent again by the host.

        Look at: what ``cancel_all_orders_after`` awaits after its request has failed.
        """
        for name, fate in self._may_run():
            self.bench.exchange.meet(Request.COUNTDOWN, fate)
            before = len(self._counted())
            self._set_countdown(self._usual)
            sent = len(self._counted()) - before
            require(sent <= 1, f"it was {name}, and asked for {sent} times")
            self.bench.advance(_SILENCE)

    @property
    def _writes(self) -> WritesCountdowns:
        return cast("WritesCountdowns", self.script)

    @property
    def _usual(self) -> int:
        """Ms that any venue keeps: a multiple of its step."""
        step = self._writes.countdown_step
        return max(step, _SECONDS * 1000 // step * step)

    def _may_run(self) -> Iterator[tuple[str, Fate]]:
        yield "lost", Fate(arrives=False)
        yield "taken, and its answer lost", Fate(lost=True)
        for page in _PAGES:
            yield f"answered by a page (HTTP {page.status})", Fate(instead=page)
        if Refusal.UNKNOWN_WORD not in self.absent and has_words_for(self.script, Refusal.UNKNOWN_WORD):
            word = refusal_of(self.script, Asked(kind=Request.COUNTDOWN), Refusal.UNKNOWN_WORD)
            yield "answered by a word that nobody knows", Fate(instead=word)

    def _set_countdown(self, milliseconds: int, **given: object) -> object:
        """Ask for it, and return what came of it: True, or an error."""
        try:
            return self.bench.venue.cancel_all_orders_after(milliseconds, **given)  # type: ignore[arg-type]
        except AdapterError as error:
            return error

    def _let_pass(self, share: float) -> None:
        """Advance the time by a part of the usual countdown."""
        self.bench.advance(self._usual * share / 1000)
        self.bench.exchange.settle()

    def _counted(self) -> list[int | None]:
        kinds = (one.asked for one in self.bench.exchange.seen)
        return [asked.milliseconds for asked in kinds if asked.kind is Request.COUNTDOWN]
