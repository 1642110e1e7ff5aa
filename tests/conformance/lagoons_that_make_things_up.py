"""Plugins that ask, wait, tell or show what nobody told them to; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import hk_adapter as hk
from tests.conformance.lagoon import Lagoon


class RepeatsRefusedLooks(Lagoon):
    """A look that is refused is made once more, a second later."""

    case = "test_a_read_that_fails_is_not_asked_again_by_its_hook"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        try:
            order: hk.Order = await Lagoon.fetch_order(self, request)
        except hk.RateLimited:
            await hk.Sleep(1.0)
            order = await Lagoon.fetch_order(self, request)
        return order


class RepeatsLostLooks(Lagoon):
    """A look whose answer was lost is made once more."""

    case = "test_a_read_that_fails_is_not_asked_again_by_its_hook"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        try:
            order: hk.Order = await Lagoon.fetch_order(self, request)
        except hk.UnexpectedPayload:
            raise
        except hk.OutcomeUnknown:
            order = await Lagoon.fetch_order(self, request)
        return order


class RepeatsRefusedLists(Lagoon):
    """A list that is refused for its key is asked for once more."""

    case = "test_a_read_that_fails_is_not_asked_again_by_its_hook"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        try:
            page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        except hk.AuthenticationError:
            page = await Lagoon.fetch_open_orders(self, request)
        return page


class RepeatsListsOfFills(Lagoon):
    """A list of fills for which a gateway's page came is asked for once more."""

    case = "test_a_read_that_fails_is_not_asked_again_by_its_hook"

    @hk.hookimpl
    async def fetch_my_trades(self, request: Any) -> hk.TradePage:
        try:
            page: hk.TradePage = await Lagoon.fetch_my_trades(self, request)
        except hk.UnexpectedPayload:
            page = await Lagoon.fetch_my_trades(self, request)
        return page


class RepeatsTheTime(Lagoon):
    """The time is asked for until it is told."""

    case = "test_a_read_that_fails_is_not_asked_again_by_its_hook"

    @hk.hookimpl
    async def fetch_time(self) -> int:
        try:
            time: int = await Lagoon.fetch_time(self)
        except hk.AdapterError:
            time = await Lagoon.fetch_time(self)
        return time


class RepeatsRefusedCancels(Lagoon):
    """A cancel that is refused for asking too often is sent once more at once."""

    case = "test_a_cancel_that_fails_is_sent_again_by_the_host_alone"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        try:
            order: hk.Order = await Lagoon.cancel_order(self, request)
        except hk.RateLimited:
            order = await Lagoon.cancel_order(self, request)
        return order


class RepeatsLostCancels(Lagoon):
    """A cancel whose answer was lost is sent once more at once."""

    case = "test_a_cancel_that_fails_is_sent_again_by_the_host_alone"

    @hk.hookimpl
    async def cancel_order(self, request: Any) -> hk.Order:
        try:
            order: hk.Order = await Lagoon.cancel_order(self, request)
        except hk.OutcomeUnknown:
            order = await Lagoon.cancel_order(self, request)
        return order


class MakesUpAWait(Lagoon):
    """A rate limit without a time is taken for one of half a minute."""

    case = "test_no_wait_is_made_up"

    def waiting(self, response: hk.Response, error: Any) -> hk.AdapterError:
        waiting = super().waiting(response, error)
        if isinstance(error, hk.RateLimited):
            waiting.retry_after = waiting.retry_after or 30.0
        return waiting


class MakesUpAWaitForAnything(Lagoon):
    """Whatever is refused is to be asked again in a second."""

    case = "test_no_wait_is_made_up"

    def waiting(self, response: hk.Response, error: Any) -> hk.AdapterError:
        waiting = super().waiting(response, error)
        waiting.retry_after = waiting.retry_after or 1.0
        return waiting


class RemembersAWait(Lagoon):
    """A time that was named once is named ever after."""

    case = "test_no_wait_is_made_up"
    last: float | None = None

    def waiting(self, response: hk.Response, error: Any) -> hk.AdapterError:
        waiting = super().waiting(response, error)
        self.last = waiting.retry_after = waiting.retry_after or self.last
        return waiting


class ForgetsTheWait(Lagoon):
    """The time that is named is not read."""

    case = "test_the_wait_that_is_named_is_told"

    def waiting(self, response: hk.Response, error: Any) -> hk.AdapterError:
        return error  # type: ignore[no-any-return]


class WaitsInMilliseconds(Lagoon):
    """The time that is named is read in another unit."""

    case = "test_the_wait_that_is_named_is_told"

    def waiting(self, response: hk.Response, error: Any) -> hk.AdapterError:
        waiting = super().waiting(response, error)
        waiting.retry_after = waiting.retry_after and waiting.retry_after / 1000
        return waiting


class ListsHistoryAfterTheMoment(Lagoon):
    """What was placed at the very moment is not listed."""

    case = "test_history_from_a_moment_on"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_orders(self, request)
        return page.replace(orders=tuple(one for one in page.orders if self.is_wanted(one, request)))

    def is_wanted(self, order: hk.Order, request: Any) -> bool:
        return request.since is None or (order.timestamp or 0) > request.since


class ListsHistoryOfLater(ListsHistoryAfterTheMoment):
    """The moment is taken for one a minute later."""

    def is_wanted(self, order: hk.Order, request: Any) -> bool:
        return request.since is None or (order.timestamp or 0) >= request.since + 60_000


class ListsOnePageOfHistory(ListsHistoryAfterTheMoment):
    """From a moment on there is one page."""

    case = "test_long_history_from_a_moment_on"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_orders(self, request)
        return page if request.since is None else page.replace(complete=True, next_before_id=None)


class ListsHistoryBeforeTheMoment(ListsHistoryAfterTheMoment):
    """What was placed at the last moment is not listed."""

    case = "test_history_up_to_a_moment"

    def is_wanted(self, order: hk.Order, request: Any) -> bool:
        return request.until is None or (order.timestamp or 0) < request.until


class LeavesOutFeesOfNothing(Lagoon):
    """A fee of 0 is none."""

    case = "test_a_fee_of_nothing_is_told"

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        fill = super().fill(row)
        return fill.replace(fees=tuple(fee for fee in fill.fees if fee.cost))


class LeavesOutNothingFilled(Lagoon):
    """Where nothing is filled, nobody says how much is."""

    case = "test_an_order_without_fills_is_read_so"

    def order(self, row: dict[str, Any]) -> hk.Order:
        order = super().order(row)
        return order if order.filled else order.replace(filled=None, remaining=None)


class ListsNothingFilledAsUnknown(Lagoon):
    """So it is in lists alone."""

    case = "test_a_listed_order_without_fills_is_read_so"

    def page(self, payload: Any, symbol: str | None) -> hk.OrderPage:
        page = super().page(payload, symbol)
        orders = (one if one.filled else one.replace(filled=None, remaining=None) for one in page.orders)
        return page.replace(orders=tuple(orders))


class MakesUpTheStateWord(Lagoon):
    """The venue's word is what it was read as."""

    case = "test_the_venues_word_for_a_state_is_kept_as_it_is"

    def order(self, row: dict[str, Any]) -> hk.Order:
        order = super().order(row)
        return order.replace(venue_status=str(order.status))


class MakesUpOneStateWord(Lagoon):
    """The rarest word is told as a more usual one."""

    case = "test_the_venues_word_for_a_state_is_kept_as_it_is"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row).replace(venue_status="live" if row["state"] == "tide" else row["state"])


class MakesUpTheAccount(Lagoon):
    """The account has a name that nobody gave it."""

    case = "test_what_is_told_as_said_was_said"
    told: ClassVar[dict[str, Any]] = {"account_id": "4711"}

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row).replace(**self.told)


class MakesUpTheVenuesSymbol(MakesUpTheAccount):
    """The venue is told to call its market otherwise than it does."""

    told: ClassVar[dict[str, Any]] = {"venue_symbol": "ETHUSD"}


class MakesUpTheStateInLists(Lagoon):
    """Whatever is listed is told to be open in a word that is not the venue's."""

    case = "test_what_is_told_as_said_was_said"

    def page(self, payload: Any, symbol: str | None) -> hk.OrderPage:
        page = super().page(payload, symbol)
        return page.replace(orders=tuple(one.replace(venue_status="OPEN") for one in page.orders))


class MakesUpWhatAnOrderCost(Lagoon):
    """A tenth of a percent was paid, as it is mostly."""

    case = "test_no_fee_of_an_order_is_made_up"

    def order(self, row: dict[str, Any]) -> hk.Order:
        cost = self.number(row["done"]) * self.number(row["price"]) / 1000
        return super().order(row).replace(fees=(hk.Fee(currency="USD", cost=cost),))


class MakesUpTheFillsOfAnOrder(Lagoon):
    """What is filled of an order was filled at once."""

    case = "test_no_fee_of_an_order_is_made_up"

    def order(self, row: dict[str, Any]) -> hk.Order:
        order = super().order(row)
        if not order.filled:
            return order
        fill = hk.Trade(id="1", order_id=order.id, symbol=order.symbol, price=order.price, amount=order.filled)
        return order.replace(trades=(fill,))


class CountsTheFeeIn(Lagoon):
    """What a fill came to has its fee in it."""

    case = "test_what_a_fill_came_to_is_its_price_times_its_amount"

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        cost = self.number(row["price"]) * self.number(row["size"]) + self.number(row["fee"])
        return super().fill(row).replace(cost=cost)


class RoundsWhatAFillCameTo(Lagoon):
    """What a fill came to has two places."""

    case = "test_what_a_fill_came_to_is_its_price_times_its_amount"

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        cost = self.number(row["price"]) * self.number(row["size"])
        return super().fill(row).replace(cost=round(cost, 2) + Decimal(0))


class ShowsTheKeyToAll(Lagoon):
    """The key that was seen once goes with what is asked of nobody's account."""

    case = "test_public_calls_show_no_key"
    key: str | None = None

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        self.key = self.key if credentials is None else credentials.api_key
        headers = request.headers if self.key is None else {**request.headers, "X-Key": self.key}
        return hk.HttpRequest(request.method, request.url, headers, request.body)


class SignsTheTime(Lagoon):
    """The time is asked for with the key."""

    case = "test_public_calls_show_no_key"

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        key = {} if credentials is None else {"X-Key": credentials.api_key}
        return hk.HttpRequest(request.method, request.url, {**request.headers, **key}, request.body)

    @hk.hookimpl
    async def fetch_time(self) -> int:
        response = await hk.HttpCall("GET", "/time", signed=True, group="queries")
        with self.reading(response):
            return self.time(self.payload(response))


class KeepsTheFirstKey(Lagoon):
    """The first key that was seen is that of every connection."""

    case = "test_each_connection_has_its_own_key"
    keys: ClassVar[list[Any]] = []

    def __init__(self) -> None:
        KeepsTheFirstKey.keys.clear()
        super().__init__()

    def sign(self, call: Any, credentials: Any, timestamp: int) -> hk.HttpRequest:
        request = super().sign(call, credentials, timestamp)
        if credentials is None:
            return request
        key = self.kept(credentials)
        return hk.HttpRequest(request.method, request.url, {**request.headers, "X-Key": key.api_key}, request.body)

    def kept(self, credentials: Any) -> Any:
        self.keys.append(credentials)
        return self.keys[0]


class KeepsTheNewestKey(KeepsTheFirstKey):
    """Whoever was opened last signs for all."""

    known: ClassVar[set[str]] = set()

    def kept(self, credentials: Any) -> Any:
        if credentials.api_key not in self.known:
            self.known.add(credentials.api_key)
            self.keys.append(credentials)
        return self.keys[-1]


BAD = (
    RepeatsRefusedLooks, RepeatsLostLooks, RepeatsRefusedLists, RepeatsListsOfFills, RepeatsTheTime,
    RepeatsRefusedCancels, RepeatsLostCancels,
    MakesUpAWait, MakesUpAWaitForAnything, RemembersAWait, ForgetsTheWait, WaitsInMilliseconds,
    ListsHistoryAfterTheMoment, ListsHistoryOfLater, ListsOnePageOfHistory, ListsHistoryBeforeTheMoment,
    LeavesOutFeesOfNothing, LeavesOutNothingFilled, ListsNothingFilledAsUnknown,
    MakesUpTheStateWord, MakesUpOneStateWord, MakesUpTheAccount, MakesUpTheVenuesSymbol, MakesUpTheStateInLists,
    MakesUpWhatAnOrderCost, MakesUpTheFillsOfAnOrder, CountsTheFeeIn, RoundsWhatAFillCameTo,
    ShowsTheKeyToAll, SignsTheTime, KeepsTheFirstKey, KeepsTheNewestKey,
)  # fmt: skip
