"""Asked once: what fails is told to the host, which knows what it may ask again, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import Response
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.every_hook import calls_of
from hk_adapter.testing.conformance.exchange import Fate, Seen
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Refusal, Request, Script
from hk_adapter.testing.conformance.written import has_words_for

_PAGE = Response(502, {"content-type": "text/html"}, b"<html><body>Bad Gateway</body></html>")
_CHANGE = frozenset({"cancel_order", "cancel_orders", "cancel_all_orders_after", "create_order", "create_orders"})
_REFUSALS = (Refusal.BAD_KEY, Refusal.RATE_LIMITED, Refusal.CLOSED, Refusal.NO_SUCH_ORDER, Refusal.UNKNOWN_WORD)
_SILENCE = 400.0
"""Seconds after which no limit, and no block, of a venue's is in force any more."""


class AskedOnce:
    """Cases of hooks whose request was refused, or lost."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    def test_a_read_that_fails_is_not_asked_again_by_its_hook(self) -> None:
        """A look, a list or any other read that is refused, lost or answered by a gateway's page is asked once.

        Look at: what a hook catches, and awaits after it: a ``Sleep`` and the same once more is the host's.
        """
        reads = [(hook, call) for hook, call in calls_of(self.bench, self.script, self.absent) if hook not in _CHANGE]
        for name, fate in self._failures():
            for hook, call in reads:
                asked = self._asked_by(call, fate)
                require(len(asked) == len(set(asked)), f"{hook} was {name}, and it asked the same again by itself")

    @needs("cancel_order")
    def test_a_cancel_that_fails_is_sent_again_by_the_host_alone(self) -> None:
        """A cancel that is refused, lost or answered by a gateway's page leaves as often as the report says.

        Look at: what ``cancel_order`` catches, and sends after it: whether to send again is the host's.
        """
        for name, fate in self._failures():
            order = self.bench.exchange.place()
            self.bench.exchange.meet(Request.CANCEL, fate)
            before = self.bench.exchange.count(Request.CANCEL)
            report = self.bench.cancel(order)
            sent = self.bench.exchange.count(Request.CANCEL) - before
            self.bench.advance(_SILENCE)
            require(sent <= report.attempts, f"{sent} cancels left in {report.attempts} attempts, each {name}")

    def _asked_by(self, call: Callable[[], object], fate: Fate) -> list[tuple[object, ...]]:
        exchange = self.bench.exchange
        before = len(exchange.seen)
        for kind in Request:
            exchange.meet(kind, fate)
        with suppress(AdapterError):
            call()
        for kind in Request:
            exchange.meet(kind)
        self.bench.advance(_SILENCE)
        return [_as_asked(one) for one in exchange.seen[before:]]

    def _failures(self) -> Iterator[tuple[str, Fate]]:
        for refusal in _REFUSALS:
            if refusal not in self.absent and has_words_for(self.script, refusal):
                yield f"refused ({refusal})", Fate(acts=False, refused=refusal)
        yield "answered by a gateway's page", Fate(acts=False, instead=_PAGE)
        yield "lost", Fate(arrives=False)


def _as_asked(seen: Seen) -> tuple[object, ...]:
    """Return what a request asks, whatever its time and nonce."""
    request = seen.request
    where = (request.method, request.path) if seen.asked.kind is Request.OTHER else ()
    return (repr(seen.asked.replace(nonce=None)), *where)
