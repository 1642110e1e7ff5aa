"""What is asked of the venue: no less than the caller asked for, and in the part of the budget that is for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from hk_adapter.errors import AdapterError
from hk_adapter.flow.effects import HttpCall, Lane
from hk_adapter.testing.conformance.bench import Bench
from hk_adapter.testing.conformance.every_hook import OF_ACCOUNTS, ask_all, reads_of
from hk_adapter.testing.conformance.exchange import Fate
from hk_adapter.testing.conformance.promises import needs, require
from hk_adapter.testing.conformance.script import Request, Script

_CANCELS = frozenset({Request.CANCEL, Request.CANCEL_MANY, Request.COUNTDOWN})
_CHANGES = _CANCELS | {Request.CREATE, Request.CREATE_MANY}
_STRANGE = {"kit_nobody_knows": "1"}
_ACCOUNT = "7001"


class AskedFor:
    """Cases of what hooks make of what they are asked for."""

    bench: Bench
    script: Script
    absent: frozenset[str]

    @needs("create_order")
    def test_terms_of_an_order_are_sent_or_refused(self) -> None:
        """A time in force, ``post_only`` and further params change the create that goes out, or nothing is sent.

        Look at: ``create_order``, or ``check_create``: what is not written into the request is ``InvalidArgument``.
        """
        own = None if "client_order_id" in self.absent else self.bench.own_id(50)
        venue, symbol = self.bench.venue, self.script.symbol

        def create(**terms: Any) -> Callable[[], object]:
            return lambda: venue.create_order(symbol, "limit", "buy", "0.5", "1900", client_order_id=own, **terms)

        others: dict[str, dict[str, Any]] = {
            "time_in_force IOC": {"time_in_force": "IOC"},
            "time_in_force FOK": {"time_in_force": "FOK"},
            "post_only": {"post_only": True},
            f"params {_STRANGE}": {"params": _STRANGE},
        }
        self._all_differ(create(), {name: create(**terms) for name, terms in others.items()})

    @needs("cancel_order")
    def test_params_of_a_cancel_are_sent_or_refused(self) -> None:
        """Params that the plugin does not know change the cancel that goes out, or nothing is sent.

        Look at: ``cancel_order``, or ``check_cancel``: what is not written into the request is ``InvalidArgument``.
        """
        order, venue = self.bench.exchange.place(), self.bench.venue
        self.bench.exchange.meet(Request.CANCEL, Fate(acts=False))

        def cancel(**terms: Any) -> Callable[[], object]:
            return lambda: venue.try_cancel(order.id, wait="ack", **terms)

        self._all_differ(cancel(), {f"params {_STRANGE}": cancel(params=_STRANGE)})

    @needs("fetch_order")
    def test_params_of_a_look_are_sent_or_refused(self) -> None:
        """Params that the plugin does not know change the look that goes out, or nothing is sent.

        Look at: ``fetch_order``: what is not written into the request is ``InvalidArgument``.
        """
        order = self.bench.exchange.place()
        strange = {f"params {_STRANGE}": lambda: self.bench.venue.fetch_order(order.id, params=_STRANGE)}
        self._all_differ(lambda: self.bench.venue.fetch_order(order.id), strange)

    @needs("create_order")
    def test_a_check_is_no_create(self) -> None:
        """An order that is only to be checked goes out as something else than one to be placed, or nothing is sent.

        Look at: ``request.test`` in ``create_order``; a plugin whose ``heeds`` does not name it is never asked.
        """
        own = None if "client_order_id" in self.absent else self.bench.own_id(60)
        venue, symbol = self.bench.venue, self.script.symbol

        def create(**terms: Any) -> Callable[[], object]:
            return lambda: venue.create_order(symbol, "limit", "buy", "0.5", "1900", client_order_id=own, **terms)

        self._all_differ(create(), {"test": create(test=True)})

    def test_params_and_accounts_of_reads_are_sent_or_refused(self) -> None:
        """Params that the plugin does not know, or a sub-account, change the read that goes out, or nothing is sent.

        Look at: ``request.params`` and ``request.account_id`` in each hook that reads: what is not written into the
        request is ``InvalidArgument``. Of accounts it is asked only where its ``heeds`` names them.
        """
        for name, read in reads_of(self.bench, self.script, self.absent):
            others: dict[str, dict[str, Any]] = {f"params {_STRANGE}": {"params": _STRANGE}}
            if name in OF_ACCOUNTS:
                others["an account_id"] = {"account_id": _ACCOUNT}
            usual = self._sent_by(read)
            require(usual, f"{name} sent nothing")
            for what, more in others.items():
                same = self._sent_by(partial(read, **more)) == usual
                require(not same, f"{name} with {what} asked for the very same as without")

    @needs("cancel_order")
    def test_each_request_says_what_it_is(self) -> None:
        """What changes something is no read, what changes nothing is; only cancels are in the lane of cancels.

        Look at: ``lane`` and ``reads`` of each ``HttpCall``: a question asked by POST says ``reads=True``.
        """
        ask_all(self.bench, self.script, self.absent)
        for call, seen in self.bench.pairs:
            kind, named = seen.asked.kind, f"{call.method} {call.path}"
            if kind is not Request.OTHER:
                told = f"{named} is {kind}, and says that it changes {'something' if call.may_change else 'nothing'}"
                require(call.may_change is (kind in _CHANGES), told)
            require(kind in _CANCELS or call.lane is not Lane.CANCEL, f"{named} goes out in the lane of cancels")
            told = f"{named} goes out in the lane of {call.lane}, and is a create"
            require(kind is not Request.CREATE or call.lane is Lane.NORMAL, told)

    def _all_differ(self, plain: Callable[[], object], others: Mapping[str, Callable[[], object]]) -> None:
        usual = self._sent_by(plain)[:1]
        require(usual, "nothing was sent")
        for name, ask in others.items():
            require(self._sent_by(ask)[:1] != usual, f"with {name} the very same was asked for as without")

    def _sent_by(self, ask: Callable[[], object]) -> list[tuple[object, ...]]:
        """Return what each request of a call asks."""
        before = len(self.bench.sent)
        with suppress(AdapterError):
            ask()
        return [_asking(call) for call in self.bench.sent[before:]]


def _asking(call: HttpCall) -> tuple[object, ...]:
    return call.method, call.path, dict(call.params), call.json, getattr(call, "request", None)
