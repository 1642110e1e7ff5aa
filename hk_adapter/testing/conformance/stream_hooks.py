"""The private stream: opened where the venue says, kept alive, and given back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import Response
from hk_adapter.model import StreamPlan
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.conduct import tells
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.no_lists import no_lists
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script
from hk_adapter.testing.conformance.written import has_words_for, refusal_of

_NOW = 1_790_000_000_000
_LATER = 3_600_000
_LONG = 1000.0


class StreamHooks:
    """Cases of ``open_stream``, ``renew_stream`` and ``close_stream``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("open_stream")
    def test_a_stream_is_opened_where_the_venue_says(self) -> None:
        """The plan leads to one of ``stream_hosts``, with what the venue gave for it, and without the secret.

        Look at: the ``url`` of the ``StreamPlan``, what is sent ``first``, and what ``sign_stream`` writes.
        """
        for number in range(1, 3):
            before = self.bench.exchange.count(Request.OPEN_STREAM)
            plan = self.bench.streams.open()
            hosts: frozenset[str] = getattr(self.bench.opened_venue, "stream_hosts", frozenset())
            require(plan.origin in hosts, f"the plan leads to {plan.origin}, which is none of {sorted(hosts)}")
            shown = (plan.url, *self.bench.streams.first(plan))
            require(not any(map(tells, shown)), "what is sent to open the stream holds the secret")
            sent = self.bench.exchange.count(Request.OPEN_STREAM) - before
            require(sent <= 1, f"to open one stream, {sent} requests were sent")
            key = self.bench.exchange.desk.newest_key
            told = f"the stream {number} does not use what the venue gave for it"
            require(not sent or any(key in text for text in shown), told)

    @needs("open_stream")
    def test_what_begins_a_stream_is_signed_for_it(self) -> None:
        """What is signed of a stream is so for that very stream at that very time, and the same each time.

        Look at: ``sign_stream``: it signs what it is given, the plan's ``key`` and the time, and keeps nothing.
        """
        sign = self.bench.streams.sign
        plan, other = self.bench.streams.open(), self.bench.streams.open()
        if sign is None:
            return
        texts = sign(plan, _NOW)
        require(sign(plan, _NOW) == texts, "the same was signed twice at the same time, and differs")
        if texts:
            told = "another stream, of another key, begins with the very same text"
            require(plan.key == other.key or sign(other, _NOW) != texts, told)
            require(sign(plan, _NOW + _LATER) != texts, "it begins with the very same text at another time")

    @needs("open_stream")
    def test_a_plan_can_be_kept(self) -> None:
        """A plan that is to be renewed has who renews it; its heartbeats come before the silence that ends it.

        Look at: ``renew_every`` and ``renew_stream``, ``ping_every``, ``silence``, ``lifetime`` and the reader's
        ``ping``.
        """
        plan = self.bench.streams.open()
        renews = hasattr(self.bench.opened_venue, "renew_stream")
        require(plan.renew_every is None or renews, "the plan is to be renewed, and there is no renew_stream")
        require(plan.renew_every is not None or not renews, "there is a renew_stream, and the plan never asks for it")
        times = {"silence": plan.silence, "renew_every": plan.renew_every, "lifetime": plan.lifetime}
        for name, seconds in (times | {"ping_every": plan.ping_every}).items():
            require(seconds is None or seconds > 0, f"{name} is {seconds}")
        pings = plan.ping_every is not None
        told = f"it pings every {plan.ping_every} s, and is given up after {plan.silence} s of silence"
        require(not pings or (plan.ping_every or 0) < plan.silence, told)
        require(not pings or plan.reader.ping(_NOW), "it pings, and its reader writes no ping")
        word = plan.reader.venue_symbol(self.script.symbol)
        require(word, f"the venue's word for {self.script.symbol} was told as {word!r}")

    @needs("open_stream")
    def test_a_stream_that_is_refused_is_none(self) -> None:
        """Where a refusal comes instead, a page of a gateway or an answer without a key, there is no plan.

        Look at: what is read where the field with the key is missing: ``UnexpectedPayload``.
        """
        self.bench.streams.open()
        if not self.bench.exchange.count(Request.OPEN_STREAM):  # nothing is asked, so nothing is refused
            return
        for answer in no_lists(self.script, Request.OPEN_STREAM, self.absent):
            self.bench.exchange.meet(Request.OPEN_STREAM, Fate(instead=answer))
            before = self.bench.exchange.count(Request.OPEN_STREAM)
            opened = _ends_well(self.bench.streams.open)
            asked = self.bench.exchange.count(Request.OPEN_STREAM) - before
            self.bench.advance(_LONG)
            require(not opened, f"HTTP {answer.status} with {answer.body[:60]!r} came, and a stream was planned")
            require(asked <= 1, f"a stream was refused, and asked for {asked} times")

    @needs("open_stream", "renew_stream")
    def test_a_stream_is_renewed_at_the_venue(self) -> None:
        """It asks for this very stream, and is True; of one that the venue knows no more it is False.

        Look at: how ``renew_stream`` names its stream, and which refusals say that it is gone: no limit, and no key.
        """
        self._asked_of_it(Request.RENEW_STREAM, self.bench.streams.renew)

    @needs("open_stream", "close_stream")
    def test_a_stream_is_given_back_to_the_venue(self) -> None:
        """It ends this very stream, and is True; of one that the venue knows no more it is False.

        Look at: how ``close_stream`` names its stream.
        """
        self._asked_of_it(Request.CLOSE_STREAM, self.bench.streams.close)

    def _asked_of_it(self, kind: Request, ask: Callable[[StreamPlan], bool]) -> None:
        plan = self.bench.streams.open()
        key = self.bench.exchange.desk.newest_key
        self.bench.streams.open()
        require(ask(plan) is True, "the venue did it, and it was told as not done")
        named = [one.asked.stream_key for one in self.bench.exchange.seen if one.asked.kind is kind]
        require(named == [key], f"the venue was to be asked of {key}, and was asked of {named}")
        self.bench.exchange.desk.stream_keys.clear()
        told = _value(lambda: ask(plan))
        require(told is False, f"the venue knows the stream no more, and it was told as {told!r}")
        for answer in self._doubts(kind):
            self.bench.exchange.meet(kind, Fate(instead=answer))
            told = _value(lambda: ask(plan))
            require(isinstance(told, AdapterError), f"HTTP {answer.status} came, and it was told as {told!r}")
            self.bench.advance(_LONG)

    def _doubts(self, kind: Request) -> Iterator[Response]:
        """Write answers that do not say whether the stream is there."""
        for refusal in (Refusal.BAD_KEY, Refusal.RATE_LIMITED):
            if refusal not in self.absent and has_words_for(self.script, refusal):
                yield refusal_of(self.script, Asked(kind=kind), refusal)
        for status in (502, 503):
            yield Response(status, {"content-type": "text/html"}, b"<html><body>Bad Gateway</body></html>")


def _ends_well(call: Callable[[], object]) -> bool:
    return not isinstance(_value(call), AdapterError)


def _value(call: Callable[[], object]) -> object:
    try:
        return call()
    except AdapterError as error:
        return error
