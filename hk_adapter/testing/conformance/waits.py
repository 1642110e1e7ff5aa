"""Waits: how long to be silent is the venue's word, or nobody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import Response
from hk_adapter.parsing import retry_after
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.every_hook import calls_of
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script
from hk_adapter.testing.conformance.written import has_words_for, refusal_of

_NAMED = 17.0
"""Seconds: what no plugin would make up."""
_OK = 200
_READS = {
    "fetch_order": Request.QUERY,
    "fetch_open_orders": Request.OPEN_ORDERS,
    "fetch_my_trades": Request.FILLS,
}
_SILENCE = 400.0


class Waits:
    """Cases of ``retry_after``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("fetch_order")
    def test_no_wait_is_made_up(self) -> None:
        """An error has a ``retry_after`` only where the answer, or the documentation, names the time: else None.

        Look at: what is set where ``Retry-After`` is missing: nothing, unless the script's ``waits`` has it.
        """
        documented = {None, *getattr(self.script, "waits", ())}
        all(self._reads_refused(Refusal.RATE_LIMITED, named=f"{_NAMED:.0f}"))  # which is no word of what comes next
        for refusal in (Refusal.RATE_LIMITED, Refusal.BAD_KEY, Refusal.CLOSED, Refusal.UNKNOWN_WORD):
            for hook, answer, read in self._reads_refused(refusal, named=None):
                may_be = documented | {retry_after(answer.headers)}
                told = f"{hook} was refused ({refusal}) without a time, and it was told to wait for {read} s"
                require(read in may_be, told)

    @needs("fetch_order", Refusal.RATE_LIMITED)
    def test_the_wait_that_is_named_is_told(self) -> None:
        """Where ``Retry-After`` names seconds beside a refusal for asking too often, it is those.

        Look at: ``retry_after(response.headers)`` of ``hk_adapter.parsing``; the table of errors reads it, given the
        ``headers``.
        """
        for hook, answer, read in self._reads_refused(Refusal.RATE_LIMITED, named=f"{_NAMED:.0f}"):
            documented = getattr(self.script, "waits", ()) if answer.status == _OK else ()
            may_be = {_NAMED, *documented} | ({None} if answer.status == _OK else set())
            told = f"{hook} was told to wait for {_NAMED} s under HTTP {answer.status}, and read {read}"
            require(read in may_be, told)

    def _reads_refused(self, refusal: Refusal, named: str | None) -> Iterator[tuple[str, Response, float | None]]:
        """Refuse each read; tell which, by what, and how long its error says to wait."""
        if refusal in self.absent or not has_words_for(self.script, refusal):
            return
        calls = {hook: call for hook, call in calls_of(self.bench, self.script, self.absent) if hook in _READS}
        for hook, call in calls.items():
            answer = refusal_of(self.script, Asked(kind=_READS[hook]), refusal)
            if named is not None:
                answer = Response(answer.status, {**answer.headers, "retry-after": named}, answer.body)
            for kind in Request:
                self.bench.exchange.meet(kind, Fate(acts=False, instead=answer))
            error = _error_of(call)
            for kind in Request:
                self.bench.exchange.meet(kind)
            self.bench.advance(_SILENCE)
            require(error is not None, f"{hook} was refused ({refusal}), and ended well")
            if error is not None:
                yield hook, answer, error.retry_after


def _error_of(call: Callable[[], object]) -> AdapterError | None:
    try:
        call()
    except AdapterError as error:
        return error
    return None
