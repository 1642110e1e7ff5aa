"""Hygiene: whatever comes back, a plugin ends in an order or in an error of this package, and does nothing beside."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from hk_adapter.errors import AdapterError, RequestState
from hk_adapter.flow.http import Response
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.every_hook import calls_of
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.reads import fuzzed
from hk_adapter.testing.conformance.script import Request, Script
from hk_adapter.testing.conformance.side_effects import watched

_HEADERS = {"content-type": "application/json"}
_FEW = 60


class Hygiene:
    """Cases of bytes that nobody foresaw, and of hooks other than ``cancel_order``."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("cancel_order", "fetch_order")
    def test_garbage_acknowledges_nothing(self) -> None:
        """Whatever bytes answer a cancel that did not run, no order is reported as ended, and the hook does not break.

        Look at: what ``cancel_order`` does between the bytes and the ``Order``: all of it within what turns a
        ``KeyError`` into an ``UnexpectedPayload``.
        """
        order = self.bench.exchange.place()
        for body in fuzzed(self.script.accepted(order).body, _FEW):
            instead = Response(200, _HEADERS, body)
            self.bench.exchange.meet(Request.CANCEL, Fate(acts=False, instead=instead))
            report = self.bench.cancel(order, timeout=1.0)
            require(not report.final, f"{body[:60]!r} came back, and it was reported {report.outcome}")

    @needs("create_order", "fetch_order", "client_order_id")
    def test_garbage_refuses_no_order(self) -> None:
        """Whatever bytes answer a create that ran, its order is told or in doubt, and it was sent once.

        Look at: what ``create_order`` does between the bytes and the ``Order``.
        """
        placed = self.bench.exchange.place(client_order_id=self.bench.own_id(3))
        for number, body in enumerate(fuzzed(self.script.created(placed).body, _FEW)):
            self.bench.exchange.meet(Request.CREATE, Fate(instead=Response(200, _HEADERS, body)))
            own, before = self.bench.own_id(10 + number), self.bench.exchange.count(Request.CREATE)
            terms: dict[str, Any] = {"amount": "0.5", "price": "1900", "client_order_id": own, "timeout": 3.0}
            try:
                self.bench.venue.create_order(self.script.symbol, "limit", "buy", **terms)
            except AdapterError as error:
                told = f"{body[:60]!r} came back, and it was told as not there: {error!r}"
                require(error.request_state is RequestState.UNKNOWN, told)
            sent = self.bench.exchange.count(Request.CREATE) - before
            require(sent == 1, f"{body[:60]!r} came back, and it was sent {sent} times")

    @needs("fetch_open_orders")
    def test_garbage_is_no_list(self) -> None:
        """Whatever bytes come back, a list gives orders or raises an error of this package.

        Look at: what ``fetch_open_orders`` does between the bytes and the page.
        """
        placed = [self.bench.exchange.place() for _ in range(2)]
        for body in fuzzed(self.script.page(placed, is_last=True).body, _FEW):
            self.bench.exchange.meet(Request.OPEN_ORDERS, Fate(instead=Response(200, _HEADERS, body)))
            try:
                self.bench.venue.fetch_open_orders(self.script.symbol)
            except AdapterError as error:
                require("broke" not in str(error), f"{body[:60]!r} broke the plugin: {error}")

    def test_no_hook_does_io(self) -> None:
        """No hook opens a socket, starts a thread or sleeps: neither one that creates nor one that lists or looks.

        Look at: the imports of the plugin: HTTP is an ``HttpCall``, waiting is the host's.
        """
        for hook, call in calls_of(self.bench, self.script, self.absent):
            with watched() as done, suppress(AdapterError):  # what it raises is another case's
                call()
            require(not done, f"{hook} did something by itself: {', '.join(done)}")
