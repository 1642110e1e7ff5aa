"""Plugins that ask for less than they were asked for, or for something else; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import hk_adapter as hk
from hk_adapter.testing import BatchRow
from tests.conformance.lagoon import Lagoon, LagoonScript


class IgnoresTheTimeInForce(Lagoon):
    """An order that is to be filled at once or not at all rests."""

    case = "test_terms_of_an_order_are_sent_or_refused"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request.replace(time_in_force=None))


class IgnoresPostOnly(Lagoon):
    """An order that is to rest may take."""

    case = "test_terms_of_an_order_are_sent_or_refused"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request.replace(post_only=False))


class IgnoresParams(Lagoon):
    """What else is asked of an order is not written."""

    case = "test_terms_of_an_order_are_sent_or_refused"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request.replace(params={}))


class IgnoresParamsOfCancels(Lagoon):
    """What else is asked of a cancel is not written."""

    case = "test_params_of_a_cancel_are_sent_or_refused"

    def path(self, request: Any) -> str:
        return super().path(request.replace(params={}))


class IgnoresParamsOfLooks(IgnoresParamsOfCancels):
    """What else is asked of a look is not written."""

    case = "test_params_of_a_look_are_sent_or_refused"


class IgnoresParamsOfLists(Lagoon):
    """What else is asked of a list is not written."""

    case = "test_params_and_accounts_of_reads_are_sent_or_refused"

    def paged(self, request: Any) -> dict[str, str]:
        return super().paged(request.replace(params={}))


class IgnoresParamsOfTheMarket(Lagoon):
    """What else is asked of what everybody may see is not written."""

    case = "test_params_and_accounts_of_reads_are_sent_or_refused"

    @hk.hookimpl
    async def fetch_trades(self, request: Any) -> tuple[hk.Trade, ...]:
        found: tuple[hk.Trade, ...] = await Lagoon.fetch_trades(self, request.replace(params={}))
        return found


class ReadsItsOwnAccount(Lagoon):
    """Whatever account is asked about, the answer is about the key's own."""

    case = "test_params_and_accounts_of_reads_are_sent_or_refused"
    heeds = frozenset({"account_id"})


class ChecksByPlacing(Lagoon):
    """An order that is only to be checked is placed."""

    case = "test_a_check_is_no_create"
    heeds = frozenset({"test"})


class LooksInTheLaneOfCancels(Lagoon):
    """Looks take of what is kept for cancels."""

    case = "test_each_request_says_what_it_is"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("GET", self.path(request), signed=True, group="queries", lane=hk.Lane.CANCEL)
        return self.read(await call)


class CreatesInTheLaneOfCancels(Lagoon):
    """Creates take of what is kept for cancels, and pass where creates are held."""

    case = "test_each_request_says_what_it_is"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        terms = self.terms(request)
        call = hk.HttpCall("POST", "/orders", json=terms, signed=True, group="orders", lane=hk.Lane.CANCEL)
        return self.read(await call)


class CallsCreatesReads(Lagoon):
    """A create says that it changes nothing, so that it may be sent as often as one likes."""

    case = "test_each_request_says_what_it_is"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        terms = self.terms(request)
        return self.read(await hk.HttpCall("POST", "/orders", json=terms, signed=True, group="orders", reads=True))


class CancelsTheNewest(Lagoon):
    """A cancel by the client's id cancels the newest open order."""

    case = "test_a_cancel_by_the_clients_id"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        if request.order_id is None:
            page: hk.OrderPage = await Lagoon.fetch_open_orders(self, hk.ListOrdersRequest())
            request = hk.CancelRequest(order_id=page.orders[0].id)
        order: hk.Order = await Lagoon.cancel_order(self, request)
        return order


class CreatesInOneMarket(Lagoon):
    """Every order is one of ETH."""

    case = "test_an_order_goes_to_the_market_that_was_asked_for"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request) | {"pair": "ETH-USD"}


class CancelsAllMarkets(Lagoon):
    """The list of one market has the orders of all, as if they were its own."""

    case = "test_all_orders_of_one_market_are_canceled_and_no_other"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request.replace(symbol=None))
        return page.replace(orders=tuple(one.replace(symbol=request.symbol) for one in page.orders))


class NamesScript(LagoonScript):
    """Writes answers to batches by the names of their orders."""

    def batch(self, rows: Sequence[BatchRow]) -> hk.Response:
        words = json.loads(super().batch(rows).body)
        named = [[row.order.id, word] for row, word in zip(rows, words, strict=True)]
        return hk.Response(200, {"content-type": "application/json"}, json.dumps(named).encode())


class NamesOrders(Lagoon):
    """Answers to batches name their orders: a good one."""

    script = NamesScript()

    def refused(self, response: hk.Response, ids: list[str]) -> hk.CancelOrdersAnswer:
        with self.reading(response):
            told = dict(self.payload(response))
            if told.keys() != set(ids):
                raise ValueError("about other orders")
            return hk.CancelOrdersAnswer(
                refused={one: self.refusal(200, word) for one, word in told.items() if word != "ok"}
            )


class PairsNamesByPlace(NamesOrders):
    """Answers that name their orders are read by their places."""

    case = "test_answers_that_name_their_orders_come_in_any_order"

    def refused(self, response: hk.Response, ids: list[str]) -> hk.CancelOrdersAnswer:
        words = [word for _, word in self.payload(response)]
        return Lagoon.refused(self, hk.Response(200, {}, json.dumps(words).encode()), ids)


BAD = (
    IgnoresTheTimeInForce, IgnoresPostOnly, IgnoresParams, IgnoresParamsOfCancels, IgnoresParamsOfLooks,
    IgnoresParamsOfLists, IgnoresParamsOfTheMarket, ReadsItsOwnAccount, ChecksByPlacing,
    LooksInTheLaneOfCancels, CreatesInTheLaneOfCancels, CallsCreatesReads, CancelsTheNewest,
    CreatesInOneMarket,
    CancelsAllMarkets,
    PairsNamesByPlace,
)  # fmt: skip
