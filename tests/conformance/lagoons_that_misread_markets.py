"""Plugins that tell of balances, markets and market orders what is not so; and the case that says so."""

# ruff: noqa: D102 - what each method lies about is in its class

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

import hk_adapter as hk
from tests.conformance.lagoon import Lagoon

_READ = "test_balances_are_read_as_they_are"
_RULES = "test_markets_are_read_as_they_are"
_BOOK = "test_an_order_book_is_read_as_it_is"
_TRADES = "test_public_trades_are_read_as_they_are"
_TICKER = "test_a_ticker_is_read_as_it_is"


class _RenamesFields(Lagoon):
    """Reads some fields for others."""

    balance_fields: ClassVar[Mapping[str, str]] = {}
    market_fields: ClassVar[Mapping[str, str]] = {}
    ticker_fields: ClassVar[Mapping[str, str]] = {}

    def balance(self, row: Any) -> tuple[str, hk.Balance]:
        return super().balance(row | {name: row[other] for name, other in self.balance_fields.items()})

    def market(self, row: Any) -> hk.Market:
        return super().market(row | {name: row[other] for name, other in self.market_fields.items()})

    def ticker(self, row: Any) -> hk.Ticker:
        return super().ticker(row | {name: row[other] for name, other in self.ticker_fields.items()})


class CallsAllOfItFree(_RenamesFields):
    """What orders hold may be used."""

    case = _READ
    balance_fields: ClassVar = {"free": "total"}


class CallsTheFreeAll(_RenamesFields):
    """What orders hold is not there."""

    case = _READ
    balance_fields: ClassVar = {"total": "free"}


class ForgetsWhatIsHeld(Lagoon):
    """A currency of which nothing is free is not listed."""

    case = _READ

    def balances(self, rows: list[Any]) -> hk.Balances:
        return super().balances([row for row in rows if Decimal(row["free"])])


class FloatsBalances(Lagoon):
    """Balances go by way of a float."""

    case = _READ

    def balance(self, row: Any) -> tuple[str, hk.Balance]:
        return super().balance(row | {"free": str(float(row["free"])), "held": str(float(row["held"]))})


class SumsRoundly(Lagoon):
    """Both together is a sum of as many digits as Python's decimals have."""

    case = _READ

    def balance(self, row: Any) -> tuple[str, hk.Balance]:
        return super().balance(row | {"total": str(Decimal(row["free"]) + Decimal(row["held"]))})


class EndsAtNothing(Lagoon):
    """What follows a row of zeros is not read."""

    case = "test_a_balance_of_nothing_is_nothing"

    def balances(self, rows: list[Any]) -> hk.Balances:
        zeros = [number for number, row in enumerate(rows) if not Decimal(row["total"])]
        return super().balances(rows[: zeros[0]] if zeros else rows)


class RemembersBalances(Lagoon):
    """What was there once is there."""

    case = "test_each_look_at_balances_is_a_new_one"
    known: Any = None

    def balances(self, rows: list[Any]) -> hk.Balances:
        read = super().balances(rows)
        self.known = {**(self.known or {}), **read.by_currency}
        return hk.Balances(by_currency=self.known)


class CallsNoAnswerNoMoney(Lagoon):
    """An answer without rows is an account with nothing."""

    case = "test_what_tells_no_balances_is_no_empty_account"

    def payload(self, response: hk.Response) -> Any:
        payload = Lagoon.payload(self, response)
        return {"funds": []} | payload if isinstance(payload, dict) else payload


class LeavesOutBalances(Lagoon):
    """Rows that cannot be read are left out."""

    case = "test_a_balance_that_cannot_be_read_is_told"

    def balances(self, rows: list[Any]) -> hk.Balances:
        return hk.Balances(by_currency=super().balances(rows).by_currency)


class CallsUnreadNothing(Lagoon):
    """A balance that cannot be read is 0."""

    case = "test_a_balance_that_cannot_be_read_is_told"

    def balance(self, row: Any) -> tuple[str, hk.Balance]:
        return super().balance({name: "0" if text == "NaN" else text for name, text in row.items()})


class TakesLotsForTicks(_RenamesFields):
    """Prices go in the steps of amounts."""

    case = _RULES
    market_fields: ClassVar = {"tick": "lot"}


class CountsDigits(Lagoon):
    """A step is told by its digits, of which eight count."""

    case = _RULES

    def market(self, row: Any) -> hk.Market:
        return super().market(row | {"lot": str(round(Decimal(row["lot"]), 3))})


class TakesCostsForAmounts(_RenamesFields):
    """The least cost is the least amount."""

    case = _RULES
    market_fields: ClassVar = {"least": "worth"}


class SwapsCurrencies(Lagoon):
    """What is traded is taken for what it is priced in."""

    case = _RULES

    def market(self, row: Any) -> hk.Market:
        market = super().market(row)
        return market.replace(base=market.quote, quote=market.base)


class CallsAllActive(Lagoon):
    """Whatever is listed takes orders."""

    case = "test_a_market_that_takes_no_orders_is_told_so"

    def market(self, row: Any) -> hk.Market:
        return super().market(row | {"open": True})


class RemembersMarkets(Lagoon):
    """The first list holds for ever."""

    case = "test_each_list_of_markets_is_a_new_one"
    first: Any = None

    def markets(self, rows: list[Any]) -> hk.ReadRows[hk.Market]:
        self.first = self.first or super().markets(rows)
        return self.first  # type: ignore[no-any-return]


class CallsNoAnswerNoMarkets(Lagoon):
    """An answer without rows is a venue without markets."""

    case = "test_what_is_no_list_of_markets_is_no_empty_one"

    def payload(self, response: hk.Response) -> Any:
        payload = Lagoon.payload(self, response)
        return {"pairs": []} | payload if isinstance(payload, dict) else payload


class MakesUpLimits(Lagoon):
    """A limit that cannot be read is none."""

    case = "test_a_market_that_cannot_be_read_has_no_rules_made_up"

    def market(self, row: Any) -> hk.Market:
        return super().market({name: "0" if text == "NaN" else text for name, text in row.items()})


class HidesTheOtherMarkets(Lagoon):
    """What follows a row that cannot be read is not read."""

    case = "test_a_market_that_cannot_be_read_has_no_rules_made_up"

    def markets(self, rows: list[Any]) -> hk.ReadRows[hk.Market]:
        bad = [number for number, row in enumerate(rows) if "NaN" in row.values()]
        return super().markets(rows[: bad[0]] if bad else rows)


class SwapsTheSides(Lagoon):
    """Bids are asks."""

    case = _BOOK

    def book(self, payload: Any, symbol: str) -> hk.OrderBook:
        return super().book({"bids": payload["asks"], "asks": payload["bids"]}, symbol)


class SortsPricesAsText(Lagoon):
    """Prices are sorted by their letters."""

    case = _BOOK

    def book(self, payload: Any, symbol: str) -> hk.OrderBook:
        return super().book(payload | {"bids": sorted(payload["bids"], reverse=True)}, symbol)


class ShowsTheBestLast(Lagoon):
    """The best price is the last one."""

    case = _BOOK

    def book(self, payload: Any, symbol: str) -> hk.OrderBook:
        return super().book(payload | {"asks": payload["asks"][::-1]}, symbol)


class ShowsOneBook(Lagoon):
    """Every book is that of ETH."""

    case = _BOOK

    async def about(self, path: str, symbol: str) -> hk.Response:
        return await Lagoon.about(self, path, "ETH/USD")


class FloatsBooks(Lagoon):
    """Prices go by way of a float."""

    case = "test_numbers_of_an_order_book_are_read_exactly"

    def level(self, pair: Any) -> hk.BookLevel:
        return super().level([str(float(number)) for number in pair])


class TakesEmptyForBroken(Lagoon):
    """A side without orders is taken for an answer that is none."""

    case = "test_a_side_without_orders_is_empty"

    def book(self, payload: Any, symbol: str) -> hk.OrderBook:
        if not payload["asks"]:
            raise ValueError("no asks")
        return super().book(payload, symbol)


class CallsNoBookEmpty(Lagoon):
    """Where a side is missing, nobody asks or bids."""

    case = "test_what_is_no_book_is_no_empty_one"

    def book(self, payload: Any, symbol: str) -> hk.OrderBook:
        return super().book({"bids": [], "asks": []} | payload, symbol)


class TellsTheMakersSide(Lagoon):
    """A trade has the side of who was there first."""

    case = _TRADES

    def trade(self, row: Any) -> hk.Trade:
        return super().trade(row | {"taker": "sell" if row["taker"] == "buy" else "buy"})


class ListsTheNewestFirst(Lagoon):
    """Trades come as the venue has them not."""

    case = _TRADES

    def trades(self, rows: list[Any]) -> hk.ReadRows[hk.Trade]:
        return super().trades(rows[::-1])


class FloatsTrades(Lagoon):
    """Amounts go by way of a float."""

    case = _TRADES

    def trade(self, row: Any) -> hk.Trade:
        return super().trade(row | {"size": str(float(row["size"]))})


class TellsTradesInSeconds(Lagoon):
    """Times are told in another unit."""

    case = _TRADES

    def trade(self, row: Any) -> hk.Trade:
        return super().trade(row | {"made": row["made"] // 1000})


class CallsNoAnswerNoTrades(Lagoon):
    """Where the rows are missing, nobody trades."""

    case = "test_what_is_no_list_of_trades_is_no_empty_one"

    def payload(self, response: hk.Response) -> Any:
        payload = Lagoon.payload(self, response)
        return {"trades": []} | payload if isinstance(payload, dict) else payload


class LeavesOutTrades(Lagoon):
    """Rows that cannot be read are left out."""

    case = "test_a_public_trade_that_cannot_be_read_is_told"

    def trades(self, rows: list[Any]) -> hk.ReadRows[hk.Trade]:
        return hk.ReadRows(tuple(super().trades(rows)))


class TakesTheFirstForTheLast(_RenamesFields):
    """The last price is the first one of the day."""

    case = _TICKER
    ticker_fields: ClassVar = {"last": "first"}


class SwapsBidAndAsk(_RenamesFields):
    """The ask is the bid."""

    case = _TICKER
    ticker_fields: ClassVar = {"bid": "ask", "ask": "bid"}


class FloatsTickers(Lagoon):
    """Volumes go by way of a float."""

    case = _TICKER

    def ticker(self, row: Any) -> hk.Ticker:
        return super().ticker(row | {"volume": str(float(row["volume"]))})


class TellsOneTicker(Lagoon):
    """Every ticker is the first one."""

    case = _TICKER

    def tickers(self, rows: list[Any]) -> hk.ReadRows[hk.Ticker]:
        return super().tickers([rows[0] | {"pair": row["pair"]} for row in rows])


class CallsNoTickerNothing(Lagoon):
    """Where the row is missing, there is a ticker without numbers."""

    case = "test_what_is_no_ticker_is_an_error"

    def payload(self, response: hk.Response) -> Any:
        payload = Lagoon.payload(self, response)
        return {"tickers": []} | payload if isinstance(payload, dict) else payload

    def tickers(self, rows: list[Any]) -> hk.ReadRows[hk.Ticker]:
        return super().tickers(rows) if rows else hk.ReadRows([hk.Ticker(symbol="ETH/USD")])


class RemembersTheBook(Lagoon):
    """The first book holds for ever."""

    case = "test_each_look_at_a_market_is_a_new_one"
    first: Any = None

    def book(self, payload: Any, symbol: str) -> hk.OrderBook:
        self.first = self.first or super().book(payload, symbol)
        return self.first  # type: ignore[no-any-return]


class RemembersTheTicker(Lagoon):
    """The first ticker holds for ever."""

    case = "test_each_look_at_a_market_is_a_new_one"
    first: Any = None

    def ticker(self, row: Any) -> hk.Ticker:
        self.first = self.first or super().ticker(row)
        return self.first  # type: ignore[no-any-return]


class BreaksAtBooks(Lagoon):
    """What cannot be read breaks the hook."""

    case = "test_garbage_is_no_balance_and_no_market"

    @hk.hookimpl
    async def fetch_order_book(self, request: Any) -> hk.OrderBook:
        return self.book(self.payload(await self.about("/book", request.symbol)), request.symbol)


class BreaksAtBalances(Lagoon):
    """So it does."""

    case = "test_garbage_is_no_balance_and_no_market"

    @hk.hookimpl
    async def fetch_balance(self, request: Any) -> hk.Balances:
        response = await hk.HttpCall("GET", "/account", signed=True, group="queries")
        return self.balances(self.payload(response)["funds"])


class _WritesOrders(Lagoon):
    def written(self, request: Any) -> Any:
        raise NotImplementedError

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(self.written(request) if request.type == "market" else request)


class MakesMarketOrdersLimitOrders(_WritesOrders):
    """A market order is a limit order at a price that nobody gave."""

    case = "test_an_order_is_sent_as_its_type_or_not_at_all"

    def written(self, request: Any) -> Any:
        return request.replace(type=hk.OrderType.LIMIT, price=Decimal(10_000))


class MakesLimitOrdersMarketOrders(Lagoon):
    """A limit order takes whatever price there is."""

    case = "test_an_order_is_sent_as_its_type_or_not_at_all"

    def terms(self, request: Any) -> dict[str, Any]:
        return super().terms(request) | {"kind": "market"}


class PricesMarketOrders(_WritesOrders):
    """A market order has a price beside."""

    case = "test_a_market_order_is_sent_once_as_it_was_asked_for"

    def written(self, request: Any) -> Any:
        return request.replace(price=Decimal(1900))


class AlwaysBuysAtMarket(_WritesOrders):
    """A market order is one to buy."""

    case = "test_a_market_order_is_sent_once_as_it_was_asked_for"

    def written(self, request: Any) -> Any:
        return request.replace(side=hk.OrderSide.BUY)


class SpendsTheAmount(_WritesOrders):
    """The amount of a market order to buy is what it may cost."""

    case = "test_a_market_order_is_sent_once_as_it_was_asked_for"

    def written(self, request: Any) -> Any:
        return request if request.amount is None else request.replace(amount=None, cost=request.amount)


class BuysTheCost(_WritesOrders):
    """What a market order may cost is the amount that is bought."""

    case = "test_what_a_market_order_may_cost_is_no_amount"

    def written(self, request: Any) -> Any:
        return request if request.cost is None else request.replace(amount=request.cost, cost=None)


class WorksOutTheAmount(_WritesOrders):
    """What a market order may cost is divided by a price that was so once."""

    case = "test_what_a_market_order_may_cost_is_no_amount"

    def written(self, request: Any) -> Any:
        return request if request.cost is None else request.replace(amount=request.cost / 1900, cost=None)


class BelievesMarketOrdersAreFilled(Lagoon):
    """A market order that was taken was filled."""

    case = "test_a_market_order_is_not_filled_by_being_taken"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        order: hk.Order = await Lagoon.create_order(self, request)
        if order.type != "market":
            return order
        return order.replace(status=hk.OrderStatus.CLOSED, filled=order.amount, remaining=Decimal(0))


class BelievesMarketOrdersWereRefused(Lagoon):
    """A market order whose answer was lost does not exist."""

    case = "test_a_market_order_whose_answer_was_lost_is_found"

    @hk.hookimpl
    async def create_order(self, request: Any) -> hk.Order:
        try:
            order: hk.Order = await Lagoon.create_order(self, request)
        except hk.OutcomeUnknown as error:
            if request.type == "market":
                raise hk.OrderRejected("no answer") from error
            raise
        return order


BAD = (
    CallsAllOfItFree, CallsTheFreeAll, ForgetsWhatIsHeld, FloatsBalances, SumsRoundly, EndsAtNothing,
    RemembersBalances, CallsNoAnswerNoMoney, LeavesOutBalances, CallsUnreadNothing,
    TakesLotsForTicks, CountsDigits, TakesCostsForAmounts, SwapsCurrencies, CallsAllActive, RemembersMarkets,
    CallsNoAnswerNoMarkets, MakesUpLimits, HidesTheOtherMarkets,
    SwapsTheSides, SortsPricesAsText, ShowsTheBestLast, ShowsOneBook, FloatsBooks, TakesEmptyForBroken,
    CallsNoBookEmpty, TellsTheMakersSide, ListsTheNewestFirst, FloatsTrades, TellsTradesInSeconds,
    CallsNoAnswerNoTrades, LeavesOutTrades, TakesTheFirstForTheLast, SwapsBidAndAsk, FloatsTickers, TellsOneTicker,
    CallsNoTickerNothing, RemembersTheBook, RemembersTheTicker, BreaksAtBooks, BreaksAtBalances,
    MakesMarketOrdersLimitOrders, MakesLimitOrdersMarketOrders, PricesMarketOrders, AlwaysBuysAtMarket,
    SpendsTheAmount, BuysTheCost, WorksOutTheAmount, BelievesMarketOrdersAreFilled, BelievesMarketOrdersWereRefused,
)  # fmt: skip
