"""Plugins that lie, each in its own way, and the case that must say so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

import base64
import json
import logging
import random
import socket
import threading
import time
from decimal import Decimal
from typing import Any

import hk_adapter as hk
from hk_adapter.testing.conformance.campaigns import CASE
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


class CallsUnknownStatesOpen(Lagoon):
    """Whatever is not done or gone is live."""

    case = "test_a_status_that_nobody_knows"

    def status(self, row: dict[str, Any]) -> hk.OrderStatus:
        words = {"gone": hk.OrderStatus.CANCELED, "done": hk.OrderStatus.CLOSED}
        return words.get(row["state"], hk.OrderStatus.OPEN)


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
        headers = {**request.headers, "X-Luck": str(random.random())}
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


class PairsBackwards(Lagoon):
    """The places of a batch's answer are read from the end."""

    case = "test_each_order_of_a_batch_has_its_own_answer"

    def refused(self, response: hk.Response, ids: list[str]) -> hk.CancelOrdersAnswer:
        return super().refused(response, ids[::-1])


class LosesRefusals(Lagoon):
    """A batch that was answered was accepted."""

    case = "test_each_order_of_a_batch_has_its_own_answer"

    def refused(self, response: hk.Response, ids: list[str]) -> hk.CancelOrdersAnswer:
        return hk.CancelOrdersAnswer(refused={})


class TakesShortAnswers(Lagoon):
    """What an answer says nothing of was accepted."""

    case = "test_an_answer_that_tells_of_fewer_orders_than_were_named"

    def refused(self, response: hk.Response, ids: list[str]) -> hk.CancelOrdersAnswer:
        return super().refused(response, ids[: len(self.payload(response))])


class OverfillsBatches(Lagoon):
    """More orders go into a request than the venue takes."""

    case = "test_more_orders_than_a_batch_takes"
    cancel_batch = 6


class CallsLostBatchesRefused(Lagoon):
    """A batch without an answer was refused."""

    case = "test_a_batch_whose_answer_was_lost"

    @hk.hookimpl
    async def cancel_orders(self, request: Any) -> hk.CancelOrdersAnswer:
        ids = list(request.order_ids)
        call = hk.HttpCall("POST", "/orders/cancel", json=ids, signed=True, group="orders", timeout=1.0)
        try:
            return self.refused(await call, ids)
        except hk.OutcomeUnknown:
            refused = {one: hk.CancelRejected("lost", reason=hk.CancelRejectReason.OTHER) for one in ids}
            return hk.CancelOrdersAnswer(refused=refused)


class StopsAtAPageThatComesAgain(Lagoon):
    """The same page twice is the end."""

    case = "test_a_page_that_comes_again_is_no_end"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        found: dict[str, hk.Order] = {}
        after: dict[str, str] = {}
        while True:
            call = hk.HttpCall("GET", "/orders", params={"limit": "50"} | after, signed=True, group="queries")
            response = await call
            with self.reading(response):
                payload = self.payload(response)
                orders = [self.order(row) for row in payload["orders"]]
                if not payload["more"] or orders[-1].id in found:
                    return hk.OrderPage(orders=tuple((found | {one.id: one for one in orders}).values()), complete=True)
                found |= {str(one.id): one for one in orders}
                after = {"after": orders[-1].id}


class ListsBuysAlone(Lagoon):
    """Orders to sell are not listed."""

    case = CASE

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        response = await hk.HttpCall("GET", "/orders", params={"limit": "50"}, signed=True, group="queries")
        with self.reading(response):
            payload = self.payload(response)
            orders = [self.order(row) for row in payload["orders"]]
            bought = tuple(one for one in orders if one.side is hk.OrderSide.BUY)
            return hk.OrderPage(orders=bought, complete=not payload["more"])


class DropsBadOrders(Lagoon):
    """A row that cannot be read is no row."""

    case = "test_a_row_that_cannot_be_read_is_told"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        response = await hk.HttpCall("GET", "/orders", params={"limit": "50"}, signed=True, group="queries")
        rows = self.payload(response)["orders"]
        return hk.OrderPage(orders=tuple(self.order(row) for row in rows if row["size"] != "NaN"), complete=True)


class ReadsOnePageOfHistory(Lagoon):
    """The list of ended orders ends after its first page."""

    case = "test_ended_orders_are_listed_over_all_pages"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        response = await hk.HttpCall("GET", "/orders/ended", params={"limit": "50"}, signed=True, group="queries")
        return hk.OrderPage(orders=tuple(self.order(row) for row in self.payload(response)["orders"]), complete=True)


class BuysAllFills(Lagoon):
    """The side of a fill is not read."""

    case = "test_a_fill_is_read_whole"

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        return super().fill(row | {"side": "buy"})


class KnowsFillsByTheirOrder(Lagoon):
    """Of one order and time there is one fill."""

    case = "test_two_fills_of_one_order_are_two"

    def fills(self, payload: Any) -> hk.TradePage:
        page = super().fills(payload)
        return page.replace(trades=tuple({(one.order_id, one.timestamp): one for one in page.trades}.values()))


class PagesFillsByTime(Lagoon):
    """The next page begins before the last fill's millisecond."""

    case = "test_fills_of_one_moment_are_listed_over_all_pages"

    @hk.hookimpl
    async def fetch_my_trades(self, request: Any) -> hk.TradePage:
        params = {"limit": "50"} | ({} if request.before_id is None else {"until": request.before_id})
        page = self.fills(self.payload(await hk.HttpCall("GET", "/fills", params=params, signed=True, group="queries")))
        earlier = None if page.next_before_id is None else str(int(page.trades[-1].timestamp or 0) - 1)
        return page.replace(next_before_id=earlier)


class DropsBadFills(Lagoon):
    """A fill that cannot be read is no fill."""

    case = "test_a_fill_that_cannot_be_read_is_told"

    def fills(self, payload: Any) -> hk.TradePage:
        return super().fills(payload).replace(left_out=0, complete=not payload["more"])


class ReadsIdsAsFloats(Lagoon):
    """Ids are numbers, by way of floats."""

    case = "test_ids_are_read_as_they_are_written"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"id": str(int(float(row["id"])))})


class GivesFloats(Lagoon):
    """Numbers stay what JSON made of them."""

    case = "test_numbers_are_decimals"

    def number(self, text: str) -> Any:
        return float(text)


class CallsNanNothing(Lagoon):
    """What is no number is 0."""

    case = "test_what_is_no_number_is_refused"

    def number(self, text: str) -> Decimal:
        return Decimal(0) if text == "NaN" else Decimal(text)


class TellsSeconds(Lagoon):
    """The time is given in seconds."""

    case = "test_the_venues_time_is_read"

    def time(self, payload: Any) -> int:
        return super().time(payload) // 1000


class CallsSkewABadKey(Lagoon):
    """A request that came too late was signed with the wrong key."""

    case = "test_a_cancel_that_is_refused_for_its_time_goes_out_once_more"

    def refusal(self, status: int, word: str) -> Exception:
        return super().refusal(status, "bad key" if word == "late tide" else word)


class DoubtsClosedVenues(Lagoon):
    """Whatever a closed venue says leaves everything open."""

    case = "test_a_closed_venue_takes_no_order"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.OutcomeUnknown(word) if word == "closed" else super().refusal(status, word)


class CallsOrdersOfAClosedVenueCanceled(Lagoon):
    """A venue that is closed has no orders."""

    case = "test_a_look_at_a_closed_venue_shows_nothing"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        try:
            return self.read(await hk.HttpCall("GET", self.path(request), signed=True, group="queries"))
        except hk.VenueUnavailable:
            gone = {"id": request.order_id, "client": None, "pair": "ETH-USD", "side": "buy", "state": "gone"}
            times = {"made": 1_789_996_400_000, "changed": 1_790_000_000_500}
            return self.order({**gone, **times, "price": "1900", "size": "1", "done": "0"})


class TripsOverGarbageAcknowledgements(Lagoon):
    """What cannot be read as an acknowledgement ends in a KeyError."""

    case = "test_garbage_acknowledges_nothing"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", lane=hk.Lane.CANCEL)
        order = self.order(self.payload(await call))
        return order.replace(status=hk.OrderStatus.PENDING_CANCEL)


class CallsGarbageRefused(Lagoon):
    """An answer to a create that is no order refuses it."""

    case = "test_garbage_refuses_no_order"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("POST", "/orders", json=self.terms(request), signed=True, group="orders")
        try:
            return self.read(await call)
        except hk.UnexpectedPayload:
            raise hk.OrderRejected("not an order") from None


class TripsOverGarbageLists(Lagoon):
    """What cannot be read as a list ends in a KeyError."""

    case = "test_garbage_is_no_list"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        response = await hk.HttpCall("GET", "/orders", params={"limit": "50"}, signed=True, group="queries")
        payload = self.payload(response)
        return hk.OrderPage(orders=tuple(self.order(row) for row in payload["orders"]), complete=not payload["more"])


class SleepsInLists(Lagoon):
    """A list waits by itself."""

    case = "test_no_hook_does_io"

    def fills(self, payload: Any) -> hk.TradePage:
        time.sleep(0.0001)
        return super().fills(payload)


class CallsTheLostRefused(Lagoon):
    """A cancel without an answer was refused, and its order is there no more."""

    case = "test_a_lost_answer"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", timeout=1.0)
        try:
            return self.read(await call).replace(status=hk.OrderStatus.PENDING_CANCEL)
        except hk.OutcomeUnknown:
            raise hk.AuthenticationError("nobody answered") from None


class CallsTheUnheardRejected(Lagoon):
    """A cancel without an answer was rejected, so that its order is on the book."""

    case = "test_a_lost_request"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", timeout=1.0)
        try:
            return self.read(await call).replace(status=hk.OrderStatus.PENDING_CANCEL)
        except hk.OutcomeUnknown:
            raise hk.CancelRejected("nobody answered", reason=hk.CancelRejectReason.OTHER) from None


class LooksAway(Lagoon):
    """An order that was looked up after a cancel has gone."""

    case = "test_a_cancel_that_is_accepted_and_never_runs"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        order = self.read(await hk.HttpCall("GET", self.path(request), signed=True, group="queries"))
        return order.replace(status=hk.OrderStatus.CANCELED)


class CallsTheCanceledMissing(Lagoon):
    """An order that was canceled is there no more."""

    case = "test_an_order_that_was_canceled_before"

    def read(self, response: hk.Response) -> hk.Order:
        order = super().read(response)
        if order.status is hk.OrderStatus.CANCELED:
            raise hk.OrderNotFound("gone")
        return order


class TrustsItsMemory(Lagoon):
    """An order whose cancel was accepted has gone, whatever a look shows."""

    case = "test_an_acknowledgement_is_no_cancel"

    def __init__(self) -> None:
        self.gone: set[str | None] = set()

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("DELETE", self.path(request), signed=True, group="orders", lane=hk.Lane.CANCEL)
        order = self.read(await call).replace(status=hk.OrderStatus.PENDING_CANCEL)
        self.gone.add(order.id)
        return order

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        order = self.read(await hk.HttpCall("GET", self.path(request), signed=True, group="queries"))
        return order.replace(status=hk.OrderStatus.CANCELED) if order.id in self.gone else order


class DoubtsBadKeys(Lagoon):
    """A key that is refused leaves everything open."""

    case = "test_a_key_that_is_refused"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.OutcomeUnknown(word) if word == "bad key" else super().refusal(status, word)


class CallsLimitsBadRequests(Lagoon):
    """Who asks too often asks wrongly."""

    case = "test_a_rate_limit"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.BadRequest(word) if word == "slow down" else super().refusal(status, word)


class CallsClosedVenuesBadRequests(Lagoon):
    """Who asks a closed venue asks wrongly."""

    case = "test_a_venue_that_is_closed"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.BadRequest(word) if word == "closed" else super().refusal(status, word)


class ForgetsClientIds(Lagoon):
    """The client's id is not read."""

    case = "test_a_cancel_by_the_clients_id"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"client": None})


class DoubtsEmptyPurses(Lagoon):
    """A want of funds leaves everything open."""

    case = "test_a_refusal_is_no_doubt"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.OutcomeUnknown(word) if word == "no funds" else super().refusal(status, word)


class BelievesGatewaysThatRefuseOrders(Lagoon):
    """A page that is not the venue's refuses an order."""

    case = "test_a_gateways_page_is_no_refusal"

    def payload(self, response: hk.Response) -> Any:
        if b"<html>" in response.body:
            raise hk.OrderRejected("a page")
        return super().payload(response)


class NeedsOrders(Lagoon):
    """An empty list cannot be read."""

    case = "test_no_open_orders"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        response = await hk.HttpCall("GET", "/orders", params={"limit": "50"}, signed=True, group="queries")
        with self.reading(response):
            orders = [self.order(row) for row in self.payload(response)["orders"]]
            last = orders[-1].id if self.payload(response)["more"] or not orders[0] else None
            return hk.OrderPage(orders=tuple(orders), complete=last is None, next_before_id=last)


class LogsTheSecret(Lagoon):
    """The secret is written to the log."""

    case = "test_the_secret_is_written_nowhere"

    def take_key(self, api_key: str, secret: str) -> None:
        self._secret = secret

    def path(self, request: Any) -> str:
        logging.getLogger("lagoon").debug("signing with %s", self._secret)
        return super().path(request)


def _asked(request: Any, path: str = "/orders") -> hk.HttpCall:
    params = {"limit": "50"} | ({} if request.before_id is None else {"after": request.before_id})
    return hk.HttpCall("GET", path, params=params, signed=True, group="queries")


def _rows(response: hk.Response, name: str) -> tuple[list[Any], bool]:
    """Read rows where there are any, and nothing where there are none."""
    try:
        payload = json.loads(response.body)
    except ValueError:
        payload = {}
    payload = payload if isinstance(payload, dict) else {}
    return payload.get(name, []), bool(payload.get("more"))


class ListsNothingWhereItReadsNothing(Lagoon):
    """A list without its rows is an empty one."""

    case = "test_what_is_no_list_is_no_empty_list"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        response = await _asked(request)
        with self.reading(response):
            rows, more = _rows(response, "orders")
            last = rows[-1]["id"] if more else None
            orders = tuple(self.order(row) for row in rows)
            return hk.OrderPage(orders=orders, complete=last is None, next_before_id=last)


class ListsNothingWhereItIsRefused(Lagoon):
    """A list that is refused is an empty one."""

    case = "test_what_is_no_list_is_no_empty_list"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        try:
            page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        except (hk.AuthenticationError, hk.VenueUnavailable, hk.RateLimited):
            return hk.OrderPage(orders=(), complete=True)
        return page


class HasNoHistoryWhereItReadsNone(Lagoon):
    """A history without its rows is an empty one."""

    case = "test_what_is_no_history_is_no_empty_one"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        response = await _asked(request, "/orders/ended")
        with self.reading(response):
            rows, more = _rows(response, "orders")
            last = rows[-1]["id"] if more else None
            orders = tuple(self.order(row) for row in rows)
            return hk.OrderPage(orders=orders, complete=last is None, next_before_id=last)


class HasNoFillsWhereItReadsNone(Lagoon):
    """A list of fills without its rows is an empty one."""

    case = "test_what_is_no_list_of_fills_is_no_empty_one"

    @hk.hookimpl
    async def fetch_my_trades(self, request: Any) -> hk.TradePage:
        response = await _asked(request, "/fills")
        with self.reading(response):
            rows, more = _rows(response, "fills")
            return self.fills({"fills": rows, "more": more})


class SkipsStates(Lagoon):
    """A listed order in a state that nobody knows is left out, and not told."""

    case = "test_a_listed_order_in_a_state_that_nobody_knows_is_told"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        response = await _asked(request)
        with self.reading(response):
            payload = self.payload(response)
            known = tuple(self.order(row) for row in payload["orders"] if row["state"] in {"live", "done", "gone"})
            last = payload["orders"][-1]["id"] if payload["more"] else None
            return hk.OrderPage(orders=known, complete=last is None, next_before_id=last)


class ListsTheNewAlone(Lagoon):
    """An open order that is older than a day is not listed."""

    case = "test_pages_are_read_to_the_end"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        newest = max((order.timestamp or 0 for order in page.orders), default=0)
        kept = tuple(order for order in page.orders if (order.timestamp or 0) > newest - 86_400_000)
        return page.replace(orders=kept)


class ReadsFourPages(Lagoon):
    """A list ends after its fourth page."""

    case = "test_pages_are_read_to_the_end"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        self.read_before = 0 if request.before_id is None else self.read_before + 1
        page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        return page.replace(complete=True, next_before_id=None) if self.read_before == 3 else page


class BuysWhatWasSold(Lagoon):
    """Every order goes out as a buy."""

    case = "test_an_order_is_sent_once_as_it_was_asked_for"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request) | {"side": "buy"}


class BelievesServerErrors(Lagoon):
    """HTTP 500 and 503 with a word refuse."""

    case = "test_a_server_error_is_no_refusal"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.BadRequest(word) if status in {500, 503} and word != "closed" else super().refusal(status, word)


class BelievesServerErrorsOfCreates(BelievesServerErrors):
    """So do they refuse creates."""

    case = "test_a_server_error_refuses_no_create"


class TakesAGatewaysJsonForARefusal(Lagoon):
    """An answer of HTTP 400 and above that has no word of the venue's refuses."""

    case = "test_a_gateways_page_is_no_answer"

    def payload(self, response: hk.Response) -> Any:
        if response.status >= 400 and response.body.startswith(b"{") and b'"error"' not in response.body:
            raise self.wordless(response.status)
        return super().payload(response)

    def wordless(self, status: int) -> Exception:
        return hk.BadRequest(f"HTTP {status}")


class TakesAGatewaysJsonForARefusalOfCreates(TakesAGatewaysJsonForARefusal):
    """So does it refuse creates."""

    case = "test_a_gateways_page_is_no_refusal"


class MissesOrdersByAGatewaysJson(TakesAGatewaysJsonForARefusal):
    """HTTP 404 without a word of the venue's says that there is no such order."""

    case = "test_a_status_alone_finds_nothing_missing"

    def wordless(self, status: int) -> Exception:
        return hk.OrderNotFound("none") if status == 404 else hk.OutcomeUnknown(f"HTTP {status}")


class CallsUsedIdsBadRequests(Lagoon):
    """A create under an id that an order has is malformed, and none exists because of it."""

    case = "test_a_duplicate_may_be_the_very_order"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.BadRequest(word) if word == "used name" else super().refusal(status, word)


class MissesWhatItDoesNotHear(Lagoon):
    """A look without an answer says that there is no such order."""

    case = "test_a_look_that_is_refused_shows_no_order"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        try:
            return await super().fetch_order(request)
        except hk.OutcomeUnknown:
            raise hk.OrderNotFound("not heard") from None


class LowersClientIds(Lagoon):
    """A look by the client's id asks for it in small letters."""

    case = "test_a_look_by_the_clients_id_shows_that_order"

    def path(self, request: Any) -> str:
        return super().path(request) if request.order_id else super().path(request).lower()


class RefusesOrdersItDoesNotKnow(Lagoon):
    """A word that nobody knows refuses a create."""

    case = "test_a_word_that_nobody_knows_refuses_no_create"

    def refusal(self, status: int, word: str) -> Exception:
        return hk.OrderRejected(word) if word == "tide too low" else super().refusal(status, word)


class RefusesWhatItDoesNotKnowOfABatch(Lagoon):
    """In a batch, a word that nobody knows refuses."""

    case = "test_a_word_that_nobody_knows_refuses_no_order_of_a_batch"

    def refused(self, response: hk.Response, ids: list[str]) -> hk.CancelOrdersAnswer:
        answer = super().refused(response, ids)
        known = {one: self._sure(error) for one, error in answer.refused.items()}
        return hk.CancelOrdersAnswer(refused=known)

    def _sure(self, error: Any) -> Any:
        doubt = isinstance(error, hk.OutcomeUnknown)
        return hk.CancelRejected("refused", reason=hk.CancelRejectReason.OTHER) if doubt else error


class RemembersTheMissing(Lagoon):
    """An order that was seen, and is not found now, was canceled."""

    case = "test_an_order_that_is_missed_was_not_canceled"

    def __init__(self) -> None:
        self._seen: dict[str | None, hk.Order] = {}

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        try:
            order: hk.Order = await Lagoon.fetch_order(self, request)
        except hk.OrderNotFound:
            if request.order_id not in self._seen:
                raise
            return self._seen[request.order_id].replace(status=hk.OrderStatus.CANCELED)
        self._seen[order.id] = order
        return order


class SendsTheSecretInBase64(Lagoon):
    """The secret goes out in Base64, beside the key."""

    case = "test_the_secret_is_sent_nowhere"

    def take_key(self, api_key: str, secret: str) -> None:
        self._secret = secret

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        told = {"Authorization": base64.b64encode(f"key:{self._secret}".encode()).decode()}
        return hk.HttpRequest(request.method, request.url, {**request.headers, **told}, request.body)


class SendsTheSecretWithLists(SendsTheSecretInBase64):
    """The secret goes out in plain with a list."""

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = Lagoon.sign(self, call, credentials, timestamp)
        told = {"X-Debug": self._secret} if call.path == "/orders" and call.method == "GET" else {}
        return hk.HttpRequest(request.method, request.url, {**request.headers, **told}, request.body)


class LogsTheSecretWhereItIsRefused(Lagoon):
    """The secret is written to the log with a refusal."""

    case = "test_the_secret_is_written_nowhere"

    def take_key(self, api_key: str, secret: str) -> None:
        self._secret = secret

    def payload(self, response: hk.Response) -> Any:
        if response.status != 200:
            logging.getLogger("lagoon").error("refused with %s", self._secret)
        return super().payload(response)


class SignsByItsOwnClock(Lagoon):
    """The machine's second is signed, whatever time is given."""

    case = "test_what_goes_out_depends_on_nothing_but_the_call"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        return super().sign(call, credentials, int(time.time()) * 1000)


BAD = (
    ForgetsFills, BelievesTheAcknowledgement, CallsUnknownStatesCanceled, CallsUnknownStatesOpen, CallsAllEndsClosed,
    RepeatsCreates,
    RefusesWhatItDoesNotKnow, BelievesGateways, FillsInTheId, CallsTheMissingCanceled, CallsTheFinishedMissing,
    ReadsFloats, WritesFloats, LosesTheClientsId, SellsWhatWasBought, ReadsOnePage, TripsOverGarbage, SendsCancelsTwice,
    NamesNoLimit, SendsTheSecret, SignsByChance, SendsElsewhere, Sleeps, OpensSockets, StartsThreads, GivesRows,
    NeverFinds, PairsBackwards, LosesRefusals, TakesShortAnswers, OverfillsBatches, CallsLostBatchesRefused,
    StopsAtAPageThatComesAgain, ListsBuysAlone,
    DropsBadOrders, ReadsOnePageOfHistory, BuysAllFills, KnowsFillsByTheirOrder,
    PagesFillsByTime, DropsBadFills, ReadsIdsAsFloats, GivesFloats, CallsNanNothing, TellsSeconds, CallsSkewABadKey,
    DoubtsClosedVenues, CallsOrdersOfAClosedVenueCanceled, TripsOverGarbageAcknowledgements, TripsOverGarbageLists,
    CallsGarbageRefused,
    SleepsInLists, CallsTheLostRefused, CallsTheUnheardRejected, LooksAway, TrustsItsMemory, CallsTheCanceledMissing,
    DoubtsBadKeys,
    CallsLimitsBadRequests, CallsClosedVenuesBadRequests, ForgetsClientIds, DoubtsEmptyPurses,
    BelievesGatewaysThatRefuseOrders, NeedsOrders, LogsTheSecret,
    ListsNothingWhereItReadsNothing, ListsNothingWhereItIsRefused, HasNoHistoryWhereItReadsNone,
    HasNoFillsWhereItReadsNone, SkipsStates, ListsTheNewAlone, ReadsFourPages, BuysWhatWasSold, BelievesServerErrors,
    SendsTheSecretInBase64, SendsTheSecretWithLists, LogsTheSecretWhereItIsRefused, SignsByItsOwnClock,
    BelievesServerErrorsOfCreates, RefusesOrdersItDoesNotKnow, RefusesWhatItDoesNotKnowOfABatch, RemembersTheMissing,
    TakesAGatewaysJsonForARefusal, TakesAGatewaysJsonForARefusalOfCreates, MissesOrdersByAGatewaysJson,
    LowersClientIds, MissesWhatItDoesNotHear, CallsUsedIdsBadRequests,
)  # fmt: skip
