"""Keys: each connection's own, and shown to nobody where nothing is asked of an account."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote

from hk_adapter.errors import AdapterError
from hk_adapter.flow.http import HttpRequest
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.every_hook import PUBLIC, ask_all, calls_of
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Script


class PublicCalls:
    """Cases of what everybody may ask, and of two connections with a key each."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("cancel_order", "public_calls")
    def test_public_calls_show_no_key(self) -> None:
        """The time, markets, books and tickers are asked for without the key, also after calls that need it.

        Look at: ``signed=True`` where no account is asked about, and what ``sign`` keeps of a key that it was given.
        """
        calls = dict(calls_of(self.bench, self.script, self.absent))
        ask_all(self.bench, self.script, self.absent)
        for hook in PUBLIC & calls.keys():
            before = len(self.bench.exchange.seen)
            with suppress(AdapterError):
                calls[hook]()
            for seen in self.bench.exchange.seen[before:]:
                told = f"{hook} is for everybody, and {seen.request!r} holds the API key"
                require(not _holds(seen.request, [self.bench.api_key]), told)

    @needs("cancel_order")
    def test_each_connection_has_its_own_key(self) -> None:
        """What one connection sends holds nothing of the key of another one of the same plugin.

        Look at: what ``sign`` keeps of the credentials that it is given, and where: nothing, nowhere.
        """
        ask_all(self.bench, self.script, self.absent)
        other = self.bench.another()
        if other.api_key == self.bench.api_key:  # the suite's own ``keys`` say which one it is
            return
        try:
            ask_all(other, self.script, self.absent)
            for seen in other.exchange.seen:
                told = f"{seen.request!r} of one connection holds the API key of another"
                require(not _holds(seen.request, [self.bench.api_key]), told)
        finally:
            other.close()
        before = len(self.bench.exchange.seen)
        ask_all(self.bench, self.script, self.absent)
        for seen in self.bench.exchange.seen[before:]:
            told = f"{seen.request!r} of one connection holds the API key of another that was opened later"
            require(not _holds(seen.request, [other.api_key]), told)


def _holds(request: HttpRequest, words: Iterable[str]) -> bool:
    texts = (unquote(request.url), *request.headers.values(), (request.body or b"").decode("latin-1"))
    return any(word in text for word in words for text in texts)
