"""Plugins that lie, each in its own way, and the case that must say so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

import random
import socket
import threading
import time
from decimal import Decimal
from typing import Any

import hk_adapter as hk
from tests.conformance.lagoon import ORIGIN, Lagoon


class ForgetsFills(Lagoon):
    """A canceled order has nothing filled."""

    case = "test_what_was_filled_is_kept"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | ({"done": "0"} if row["state"] == "gone" else {}))


class BelievesTheAcknowledgement(Lagoon):
    """An accepted cancel is a canceled order."""

    case = "test_an_acknowledgement_is_waited_for_no_longer_than_asked"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        response = await hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", lane=hk.Lane.CANCEL)
        return self.read(response).replace(status=hk.OrderStatus.CANCELED)


class CallsUnknownStatesCanceled(Lagoon):
    """Whatever is not live or done is gone."""

    case = "test_a_status_that_nobody_knows"

    def status(self, row: dict[str, Any]) -> hk.OrderStatus:
        words = {"live": hk.OrderStatus.OPEN, "done": hk.OrderStatus.CLOSED}
        return words.get(row["state"], hk.OrderStatus.CANCELED)


class CallsAllEndsClosed(Lagoon):
    """What is not live is done."""

    case = "test_ends_are_told_apart"

    def status(self, row: dict[str, Any]) -> hk.OrderStatus:
        return hk.OrderStatus.OPEN if row["state"] == "live" else hk.OrderStatus.CLOSED


class RepeatsCreates(Lagoon):
    """A create without an answer is sent again by the hook."""

    case = "test_an_order_that_never_arrived_is_in_doubt"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("POST", "/orders", json=self.terms(request), signed=True, group="orders", timeout=2.0)
        try:
            return self.read(await call)
        except hk.OutcomeUnknown:
            return self.read(await call)


class RefusesWhatItDoesNotKnow(Lagoon):
    """An unknown word is a refusal."""

    case = "test_a_word_that_nobody_knows_is_no_refusal"

    def refusal(self, status: int, word: str) -> Exception:
        known = super().refusal(status, word)
        reason = hk.CancelRejectReason.OTHER
        return hk.CancelRejected(word, reason=reason) if type(known) is hk.OutcomeUnknown else known


class BelievesGateways(Lagoon):
    """A page that is not the venue's is a refusal."""

    case = "test_a_gateways_page_is_no_answer"

    def read(self, response: hk.Response) -> hk.Order:
        if b"<html>" in response.body:
            raise hk.CancelRejected("a page", reason=hk.CancelRejectReason.OTHER)
        return super().read(response)


class FillsInTheId(Lagoon):
    """Every answer is about the order that was asked for."""

    case = "test_another_orders_answer"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", lane=hk.Lane.CANCEL)
        return self.read(await call).replace(id=request.order_id)

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("GET", self.path(request), signed=True, group="queries")
        return self.read(await call).replace(id=request.order_id)


class CallsTheMissingCanceled(Lagoon):
    """An order that is not found must have been canceled."""

    case = "test_an_order_that_does_not_exist"

    def refusal(self, status: int, word: str) -> Exception:
        if word == "no such order":
            return hk.CancelRejected(word, reason=hk.CancelRejectReason.TOO_LATE)
        return super().refusal(status, word)


class CallsTheFinishedMissing(Lagoon):
    """An order that has ended is not found, by a cancel and by a look."""

    case = "test_an_order_that_was_filled_first"

    def read(self, response: hk.Response) -> hk.Order:
        order = super().read(response)
        if order.status is hk.OrderStatus.CLOSED:
            raise hk.OrderNotFound("finished")
        return order

    def refusal(self, status: int, word: str) -> Exception:
        return hk.OrderNotFound(word) if word == "finished" else super().refusal(status, word)


class ReadsFloats(Lagoon):
    """Numbers are read by way of floats."""

    case = "test_numbers_are_read_exactly"

    def number(self, text: str) -> Decimal:
        return Decimal(str(float(text)))


class WritesFloats(Lagoon):
    """Numbers are written by way of floats."""

    case = "test_small_and_long_numbers_go_out_exactly"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request) | {"price": float(request.price), "size": float(request.amount)}


class LosesTheClientsId(Lagoon):
    """The client's id is not sent."""

    case = "test_an_order_is_sent_once_as_it_was_asked_for"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request) | {"client": "lagoon-1"}


class SellsWhatWasBought(Lagoon):
    """The side is not read."""

    case = "test_an_order_is_read_whole"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"side": "buy"})


class ReadsOnePage(Lagoon):
    """The list ends after its first page."""

    case = "test_pages_are_read_to_the_end"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        response = await hk.HttpCall("GET", "/orders", params={"limit": "50"}, signed=True, group="queries")
        orders = tuple(self.order(row) for row in self.payload(response)["orders"])
        return hk.OrderPage(orders=orders, complete=True)


class TripsOverGarbage(Lagoon):
    """What cannot be read ends in a KeyError."""

    case = "test_garbage_ends_in_our_errors"

    def read(self, response: hk.Response) -> hk.Order:
        return self.order(self.payload(response))


class SendsCancelsTwice(Lagoon):
    """To be sure."""

    case = "test_a_cancel_is_sent_once_where_all_is_well"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", lane=hk.Lane.CANCEL)
        first = self.read(await call)
        await call
        return first.replace(status=hk.OrderStatus.PENDING_CANCEL)


class NamesNoLimit(Lagoon):
    """Cancels go out in a group that has no limit."""

    case = "test_every_request_has_a_limit"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("DELETE", self.path(request), signed=True, group="cancels", lane=hk.Lane.CANCEL)
        return self.read(await call).replace(status=hk.OrderStatus.PENDING_CANCEL)


class SendsTheSecret(Lagoon):
    """The secret goes out in a header."""

    case = "test_the_secret_is_sent_nowhere"

    def take_key(self, api_key: str, secret: str) -> None:
        self._secret = secret

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        return hk.HttpRequest(request.method, request.url, {**request.headers, "X-Debug": self._secret}, request.body)


class SignsByChance(Lagoon):
    """A number that nobody gave goes into the request."""

    case = "test_what_goes_out_depends_on_nothing_but_the_call"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        headers = {**request.headers, "X-Nonce": str(random.random())}
        return hk.HttpRequest(request.method, request.url, headers, request.body)


class SendsElsewhere(Lagoon):
    """Requests go to a host that was not declared."""

    case = "test_a_cancel_is_sent_once_where_all_is_well"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        url = request.url.replace(ORIGIN, "https://api.other.example")
        return hk.HttpRequest(request.method, url, request.headers, request.body)


class Sleeps(Lagoon):
    """A hook waits by itself."""

    case = "test_hooks_do_no_io"

    def path(self, request: Any) -> str:
        time.sleep(0.0001)
        return super().path(request)


class OpensSockets(Lagoon):
    """A hook has a connection of its own."""

    case = "test_hooks_do_no_io"

    def path(self, request: Any) -> str:
        socket.socket().close()
        return super().path(request)


class StartsThreads(Lagoon):
    """A hook does something beside."""

    case = "test_hooks_do_no_io"

    def path(self, request: Any) -> str:
        threading.Thread(target=lambda: None).start()
        return super().path(request)


class GivesRows(Lagoon):
    """A hook gives the venue's row instead of an order."""

    case = "test_an_order_is_read_whole"

    def read(self, response: hk.Response) -> Any:
        return self.payload(response)


class NeverFinds(Lagoon):
    """Orders cannot be looked up by the client's id."""

    case = "test_an_order_whose_answer_was_lost_is_found"

    def path(self, request: Any) -> str:
        if request.order_id is None:
            raise hk.InvalidArgument("by order_id, please")
        return super().path(request)


BAD = (
    ForgetsFills, BelievesTheAcknowledgement, CallsUnknownStatesCanceled, CallsAllEndsClosed, RepeatsCreates,
    RefusesWhatItDoesNotKnow, BelievesGateways, FillsInTheId, CallsTheMissingCanceled, CallsTheFinishedMissing,
    ReadsFloats, WritesFloats, LosesTheClientsId, SellsWhatWasBought, ReadsOnePage, TripsOverGarbage, SendsCancelsTwice,
    NamesNoLimit, SendsTheSecret, SignsByChance, SendsElsewhere, Sleeps, OpensSockets, StartsThreads, GivesRows,
    NeverFinds,
)  # fmt: skip
