"""Plugins that read of orders and fills what is not so, or hide some; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

from decimal import Decimal
from typing import Any

import hk_adapter as hk
from hk_adapter.model.decimals import exact_sum
from tests.conformance.lagoon import Lagoon


class Rounds(Lagoon):
    """Numbers have eight places."""

    case = "test_numbers_are_read_exactly"

    def number(self, text: str) -> Decimal:
        return round(super().number(text), 8)


class HasNoMoreThanTwentyEightDigits(Lagoon):
    """Numbers have as many digits as Python's decimals have, where one does not look."""

    case = "test_numbers_are_read_exactly"

    def number(self, text: str) -> Decimal:
        return +super().number(text)


class RoundsWhatItSends(Lagoon):
    """Numbers go out with eight places."""

    case = "test_small_and_long_numbers_go_out_exactly"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request) | {"price": f"{request.price:.8f}", "size": f"{request.amount:.8f}"}


class RoundsFills(Lagoon):
    """Fills have eight places."""

    case = "test_a_fill_is_read_whole"

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        return super().fill(row | {"size": f"{Decimal(row['size']):.8f}"})


class _ReadsListsOtherwise(Lagoon):
    def listed(self, row: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _rows(self, page: hk.OrderPage) -> hk.OrderPage:
        return page.replace(orders=tuple(self.order(self.listed(one.info)) for one in page.orders))

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        return self._rows(await Lagoon.fetch_open_orders(self, request))


class RoundsLists(_ReadsListsOtherwise):
    """Lists have eight places, looks have all."""

    case = "test_a_listed_order_is_read_as_it_is"

    def listed(self, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"price": f"{Decimal(row['price']):.8f}"}


class FlipsSidesInLists(_ReadsListsOtherwise):
    """A listed order has the other side."""

    case = "test_a_listed_order_is_read_as_it_is"

    def listed(self, row: dict[str, Any]) -> dict[str, Any]:
        return row | {"side": "sell" if row["side"] == "buy" else "buy"}


class ReadsTheRestForTheFillInLists(_ReadsListsOtherwise):
    """What remains of a listed order is taken for what is filled."""

    case = "test_a_listed_order_is_read_as_it_is"

    def listed(self, row: dict[str, Any]) -> dict[str, Any]:
        size, done = Decimal(row["size"]), Decimal(row["done"])
        return row | {"done": f"{Decimal(0) if done == 0 else exact_sum(size, -done):f}"}


class MixesUpClientIds(Lagoon):
    """A listed order has the client's id of the one before it."""

    case = "test_a_listed_order_is_read_as_it_is"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        own = [one.client_order_id for one in page.orders]
        turned = zip(page.orders, own[-1:] + own[:-1], strict=True)
        return page.replace(orders=tuple(one.replace(client_order_id=client) for one, client in turned))


class TakesMillisecondsForSeconds(Lagoon):
    """Times are a thousand times what they are."""

    case = "test_an_order_is_read_whole"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"made": row["made"] * 1000})


class TakesTheCreationForTheChange(Lagoon):
    """An order last changed when it was created."""

    case = "test_an_order_is_read_whole"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"changed": row["made"]})


class SwapsMakerAndTaker(Lagoon):
    """Who rested took."""

    case = "test_a_fill_is_read_whole"

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        return super().fill(row | {"rested": not row["rested"]})


class PaysInTheBaseCurrency(Lagoon):
    """The fee is told in another currency."""

    case = "test_a_fill_is_read_whole"

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        trade = super().fill(row)
        return trade.replace(fees=(hk.Fee(currency="ETH", cost=trade.fees[0].cost),))


class ForgetsWhatWasNeverFilled(Lagoon):
    """An order without fills is none of the history."""

    case = "test_an_ended_order_is_listed_as_it_ended"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_orders(self, request)
        return page.replace(orders=tuple(one for one in page.orders if one.filled))


class CallsUnknownStatesOfTheHistoryCanceled(Lagoon):
    """In the history alone, a state that nobody knows is a cancel."""

    case = "test_an_order_of_the_history_in_a_state_that_nobody_knows_is_told"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        return await _trusting(self, Lagoon.fetch_orders(self, request))

    def status(self, row: dict[str, Any]) -> hk.OrderStatus:
        known = row["state"] in {"live", "done", "gone"} or not getattr(self, "trusts", False)
        return super().status(row) if known else hk.OrderStatus.CANCELED


class PagesOpenOrdersByTime(Lagoon):
    """The next page begins after the last order's millisecond."""

    case = "test_open_orders_of_one_moment_are_listed_over_all_pages"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        seen: set[int | None] = self.__dict__.setdefault("seen", set())
        if request.before_id is None:
            seen.clear()
        kept = tuple(one for one in page.orders if one.timestamp not in seen)
        seen |= {one.timestamp for one in page.orders}
        return page.replace(orders=kept)


class RemembersLooks(Lagoon):
    """An order that was looked at once is not looked at again."""

    case = "test_each_look_is_a_new_one"

    def __init__(self) -> None:
        self._seen: dict[str | None, hk.Order] = {}

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        fresh: hk.Order = await Lagoon.fetch_order(self, request)
        return self._seen.setdefault(fresh.id, fresh)


class ShowsTheLastLookWhereItIsRefused(Lagoon):
    """A look that is refused shows what the last one did."""

    case = "test_a_look_that_is_refused_shows_no_order"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        try:
            self.last: hk.Order = await Lagoon.fetch_order(self, request)
        except hk.RateLimited:
            return self.last
        return self.last


class FindsNothingWithABadKey(Lagoon):
    """Who may not look finds no order."""

    case = "test_a_look_that_is_refused_shows_no_order"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        try:
            order: hk.Order = await Lagoon.fetch_order(self, request)
        except hk.AuthenticationError:
            raise hk.OrderNotFound("not for you") from None
        return order


class KnowsTwoStates(Lagoon):
    """What is filled is open."""

    case = "test_each_documented_state_is_read"

    def status(self, row: dict[str, Any]) -> hk.OrderStatus:
        return hk.OrderStatus.OPEN if row["state"] == "done" else super().status(row)


class ListsCancelsAlone(Lagoon):
    """Of the history, only what was canceled is listed."""

    case = "test_ended_orders_are_listed_in_each_state"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_orders(self, request)
        return page.replace(orders=tuple(one for one in page.orders if one.venue_status == "gone"))


class ListsWhatRestsAlone(Lagoon):
    """An open order in a rarer state is not listed."""

    case = "test_open_orders_are_listed_in_each_state"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        return page.replace(orders=tuple(one for one in page.orders if one.venue_status == "live"))


async def _trusting(venue: Any, flow: Any) -> hk.OrderPage:
    venue.trusts = True
    try:
        page: hk.OrderPage = await flow
    finally:
        venue.trusts = False
    return page


class RemembersLists(Lagoon):
    """Open orders are listed once, and told from then on."""

    case = "test_each_list_is_a_new_one"

    @hk.hookimpl
    async def fetch_open_orders(self, request: Any) -> hk.OrderPage:
        if not hasattr(self, "page"):
            self.page: hk.OrderPage = await Lagoon.fetch_open_orders(self, request)
        return self.page


class RemembersTheHistory(Lagoon):
    """What had ended when it was first asked is all that has."""

    case = "test_each_history_is_a_new_one"

    @hk.hookimpl
    async def fetch_orders(self, request: Any) -> hk.OrderPage:
        fresh: hk.OrderPage = await Lagoon.fetch_orders(self, request)
        return self.__dict__.setdefault("history", fresh)


class RemembersFills(Lagoon):
    """What had been filled when it was first asked is all that was."""

    case = "test_each_list_of_fills_is_a_new_one"

    @hk.hookimpl
    async def fetch_my_trades(self, request: Any) -> hk.TradePage:
        fresh: hk.TradePage = await Lagoon.fetch_my_trades(self, request)
        return self.__dict__.setdefault("made", fresh)


class ShowsTheNewestOrder(Lagoon):
    """Whatever client's id is asked for, the newest open order is shown."""

    case = "test_a_look_by_the_clients_id_shows_that_order"

    @hk.hookimpl
    async def fetch_order(self, request: Any) -> hk.Order:
        if request.order_id is None:
            page: hk.OrderPage = await Lagoon.fetch_open_orders(self, hk.ListOrdersRequest())
            return page.orders[0]
        order: hk.Order = await Lagoon.fetch_order(self, request)
        return order


class HasOneMarket(Lagoon):
    """Every order is one of ETH."""

    case = "test_an_order_is_of_its_own_market"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row | {"pair": "ETH-USD"})


class ListsAllMarkets(Lagoon):
    """A list of one market has the orders of all."""

    case = "test_a_list_of_one_market_has_no_order_of_another"

    def page(self, payload: Any, symbol: str | None) -> hk.OrderPage:
        return super().page(payload, None)


class ListsTheFillsOfAllMarkets(Lagoon):
    """A list of one market's fills has those of all, as if they were its own."""

    case = "test_fills_of_one_market_are_none_of_another"

    def fill(self, row: dict[str, Any]) -> hk.Trade:
        return super().fill(row | {"pair": "ETH-USD"})


class RemembersTheTime(Lagoon):
    """The time is asked for once."""

    case = "test_the_venues_time_is_read"

    @hk.hookimpl
    async def fetch_time(self) -> int:
        fresh: int = await Lagoon.fetch_time(self)
        return self.__dict__.setdefault("then", fresh)


class CallsNewOrdersOpen(Lagoon):
    """An order that was created is open, and nothing of it is filled."""

    case = "test_an_order_that_was_filled_at_once_is_told_so"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        call = hk.HttpCall("POST", "/orders", json=self.terms(request), signed=True, group="orders")
        response = await call
        with self.reading(response):
            return self.order(self.payload(response) | {"state": "live", "done": "0"})


class BeginsALittleLater(Lagoon):
    """What was filled at the very moment from which fills are wanted is not listed."""

    case = "test_fills_from_a_moment_on"

    @hk.hookimpl
    async def fetch_my_trades(self, request: Any) -> hk.TradePage:
        page: hk.TradePage = await Lagoon.fetch_my_trades(self, request)
        since = request.since or 0
        return page.replace(trades=tuple(one for one in page.trades if (one.timestamp or 0) > since))


class TakesTheSizeForTheCost(Lagoon):
    """What an order has cost is what was filled of it."""

    case = "test_an_order_is_read_whole"

    def order(self, row: dict[str, Any]) -> hk.Order:
        order = super().order(row)
        return order.replace(cost=order.filled)


class MakesUpAnAverage(Lagoon):
    """What was filled was filled at 1."""

    case = "test_a_listed_order_is_read_as_it_is"

    def order(self, row: dict[str, Any]) -> hk.Order:
        order = super().order(row)
        return order.replace(average=Decimal(1) if order.filled else None)


class CallsAllPostOnly(Lagoon):
    """Each order is one that never takes."""

    case = "test_an_order_is_read_whole"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row).replace(post_only=True)


class CallsAllImmediate(Lagoon):
    """Each order is one that never rests."""

    case = "test_an_order_is_read_whole"

    def order(self, row: dict[str, Any]) -> hk.Order:
        return super().order(row).replace(time_in_force="IOC")


BAD = (
    TakesTheSizeForTheCost, MakesUpAnAverage, CallsAllPostOnly, CallsAllImmediate,
    Rounds, HasNoMoreThanTwentyEightDigits, RoundsWhatItSends, RoundsFills, RoundsLists, FlipsSidesInLists,
    ReadsTheRestForTheFillInLists, MixesUpClientIds, TakesMillisecondsForSeconds, TakesTheCreationForTheChange,
    SwapsMakerAndTaker, PaysInTheBaseCurrency, ForgetsWhatWasNeverFilled,
    CallsUnknownStatesOfTheHistoryCanceled, PagesOpenOrdersByTime, RemembersLooks, ShowsTheLastLookWhereItIsRefused,
    RemembersTheTime, CallsNewOrdersOpen, BeginsALittleLater, HasOneMarket, ListsAllMarkets, ListsTheFillsOfAllMarkets,
    RemembersLists, RemembersTheHistory, RemembersFills, ShowsTheNewestOrder,
    FindsNothingWithABadKey, KnowsTwoStates, ListsCancelsAlone, ListsWhatRestsAlone,
)  # fmt: skip
