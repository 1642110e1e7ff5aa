"""The hooks: what is asked of a plugin before a venue is open, and of the venue that it opened."""

from __future__ import annotations

from typing import Any

import pluggy

from hk_adapter.flow.effects import Flow
from hk_adapter.hooks.opened_venue import OpenedVenue, VenueSettings
from hk_adapter.model import (
    Account,
    AccountRequest,
    Balances,
    CancelAllRequest,
    CancelOrdersAnswer,
    CancelOrdersRequest,
    CancelRequest,
    Candle,
    CountdownRequest,
    CreateOrderRequest,
    CreateOrdersAnswer,
    CreateOrdersRequest,
    Currency,
    FetchOrderRequest,
    KeyInfo,
    ListOrdersRequest,
    ListTradesRequest,
    Market,
    MarketRequest,
    MarketStreamPlan,
    MarketStreamRequest,
    Operation,
    Order,
    OrderBook,
    OrderPage,
    StreamPlan,
    StreamRequest,
    SymbolsRequest,
    Ticker,
    Trade,
    TradePage,
    TradingFee,
    VenueStatus,
)

PROJECT = "hk_adapter"

CONTRACT_VERSION = 1
"""What a plugin may state as ``hk_adapter_contract``; a higher number is refused when the plugin is loaded."""

UNSTATED_CONTRACT = 1
"""What a plugin is taken to be written for that states none; this stays."""

OLDEST_CONTRACT = 1
"""The lowest number that is still taken, with a warning to the plugin's author; a lower one is refused."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class CatalogueHooks:
    """Asked of a plugin before any venue is open."""

    @hookspec(firstresult=True)
    def open_venue(self, settings: VenueSettings) -> OpenedVenue:  # type: ignore[empty-body]
        """Open one venue for one connection. Sends nothing.

        Dispatch: the one plugin whose entry point carries the venue's id. A plain function, not a flow.
        Returns:  the venue plugin: an object with venue hooks, hosts, limits, request lifetime and ``sign``.
        Raises:   ConfigurationError   an unknown site, environment or option, or a host that may not be used.
        Retries:  none.
        Tests:    tests/registry.    Since: 0.1
        """


class VenueHooks:
    """Asked of the one opened venue, with the connection's wrappers around."""

    @hookspec(firstresult=True)
    def operate(self, operation: Operation) -> Flow[Any]:  # type: ignore[empty-body]
        """Carry out one whole call: every attempt, wait and look-up of it.

        Dispatch: the core's own implementation; wrappers (journal, audit, risk, ...) run around it. ``attempt`` is
                  where they see each hook call of it.
        Returns:  a flow whose result is what the facade returns: a CancelReport for ``cancel_order``, else the
                  hook's own result.
        Raises:   any AdapterError; for ``cancel_order`` only what the caller did wrong.
        Retries:  inside, by the core.
        Tests:    tests/flow, tests/cancel.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def attempt(self, operation: Operation, request: object, hook: str) -> Flow[Any]:  # type: ignore[empty-body]
        """Call one of the hooks below, once, for a whole call.

        ``hook`` names it, and ``request`` is its argument; None where it takes none.

        Dispatch: the core's own implementation, for every hook call that it makes; wrappers run around it, outside
                  those of the hook itself.
        Returns:  a flow whose result is the hook's own.
        Raises:   what the hook raises.
        Retries:  none; each repeat of the host, and each look-up, is an attempt by itself.
        Tests:    tests/wrappers.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def cancel_order(self, request: CancelRequest) -> Flow[Order]:  # type: ignore[empty-body]
        """Ask the venue, once, to cancel one working order.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the order as the venue's answer showed it. An acknowledgement is not a
                  cancel: an answer that shows a working order has status ``pending_cancel``, and one that shows no
                  order is ``request.acknowledged()``. The host settles what became of it, the hook only reports.
        Raises:   InvalidArgument, before anything is sent, for ids or params that the venue cannot take.
                  CancelRejected   the venue answered and refused; see ``reason``.
                  OrderNotFound    the venue knows no such order; it may have ended.
                  RateLimited, ClockSkew, AuthenticationError, BadRequest   refused before the order was looked at.
                  OutcomeUnknown, UnexpectedPayload   it may have run; nothing else is known.
                  NotSent          no byte of it left.
        Retries:  none inside the hook; the host repeats and resolves.
        Tests:    tests/cancel, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def cancel_orders(self, request: CancelOrdersRequest) -> Flow[CancelOrdersAnswer]:  # type: ignore[empty-body]
        """Ask the venue, once, to cancel several working orders by their venue ids.

        Dispatch: the opened venue only, with at most its ``cancel_batch`` ids; wrappers run around each attempt.
        Returns:  a flow whose result names the ids that were refused, each with its error; all others were accepted,
                  which is not yet a cancel.
        Raises:   as ``cancel_order``, for the request as a whole.
        Retries:  none inside the hook; the host resolves every order.
        Tests:    tests/cancel, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def cancel_all_orders(self, request: CancelAllRequest) -> Flow[bool]:  # type: ignore[empty-body]
        """Ask the venue, once, to cancel all working orders, of a symbol or of all.

        Dispatch: the opened venue only; wrappers run around each attempt. The host's ``cancel_all_orders`` does not
                  ask it: it cancels by their ids the orders that it listed, so that none is hit that it cannot report.
        Returns:  a flow whose result is True once the venue has accepted. It may have taken only as many orders as
                  one request of it can.
        Raises:   NotSupported where the venue has no such request for this scope; else as ``cancel_order``.
        Retries:  none inside the hook; the host repeats and resolves.
        Tests:    tests/cancel, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def cancel_all_orders_after(self, request: CountdownRequest) -> Flow[bool]:  # type: ignore[empty-body]
        """Set the countdown after which the venue cancels all working orders itself.

        Each time that it is asked the countdown begins anew; at 0 milliseconds it is taken off.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is True once the venue has accepted: its countdown begins anew, or is off.
        Raises:   InvalidArgument, before anything is sent, for a time that the venue cannot keep.
                  RateLimited, ClockSkew, AuthenticationError, BadRequest   refused.
                  OutcomeUnknown, UnexpectedPayload   the countdown may be the old or the new one.
                  NotSent          no byte of it left.
        Retries:  none inside the hook; it may be repeated.
        Tests:    tests/countdown, tests/cli.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def create_order(self, request: CreateOrderRequest) -> Flow[Order]:  # type: ignore[empty-body]
        """Ask the venue, once, to place one order under ``request.client_order_id``.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the order as the venue's answer showed it; for a ``request.test``, which the
                  venue only checks, an order with the asked terms and no id.
        Raises:   InvalidArgument, before anything is sent; OrderRejected (InsufficientFunds,
                  DuplicateClientOrderId) where no order exists because of this request; OutcomeUnknown where one may.
                  Else as ``cancel_order``.
        Retries:  none, by hook or host: a create is never sent twice. The host lets one request of it go out that may
                  change something; one that only asks, by POST too, says ``reads=True``.
        Tests:    tests/orders, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def create_orders(self, request: CreateOrdersRequest) -> Flow[CreateOrdersAnswer]:  # type: ignore[empty-body]
        """Ask the venue, once, to place several orders of one symbol.

        Dispatch: the opened venue only, with at most its ``create_batch`` orders; wrappers run around each attempt.
        Returns:  a flow whose result has, for each order in the order asked, the order as the venue's answer showed
                  it, or the error that says why it was refused.
        Raises:   as ``create_order``, for the request as a whole.
        Retries:  none, by hook or host: a create is never sent twice. The host lets one request of it go out that may
                  change something; one that only asks, by POST too, says ``reads=True``.
        Tests:    tests/orders, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_order(self, request: FetchOrderRequest) -> Flow[Order]:  # type: ignore[empty-body]
        """Ask the venue, once, how one order stands.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the order; its status is what the venue says, never what we hope.
        Raises:   OrderNotFound    not found under this id; else as ``cancel_order``. A read has no effect, so here
                  OutcomeUnknown means only that no usable answer came.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/orders, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_open_orders(self, request: ListOrdersRequest) -> Flow[OrderPage]:  # type: ignore[empty-body]
        """Ask the venue, once, for one page of the orders on its book.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the page, newest first. ``complete`` may be True only if the list has every
                  open order of the account (and symbol) that existed when it was asked for.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/orders, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_orders(self, request: ListOrdersRequest) -> Flow[OrderPage]:  # type: ignore[empty-body]
        """Ask the venue, once, for one page of its order history.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the page, newest first; ended orders, and open ones where the venue lists
                  them. A row that cannot be read exactly is left out, and ``complete`` is False.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/orders, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_time(self) -> Flow[int]:  # type: ignore[empty-body]
        """Ask the venue for its clock.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the venue's time in ms UTC.
        Raises:   OutcomeUnknown, NotSent, VenueError; no order is concerned.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/orders, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_my_trades(self, request: ListTradesRequest) -> Flow[TradePage]:  # type: ignore[empty-body]
        """Ask the venue, once, for one page of the account's fills.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the page, newest first; each fill once. A row that cannot be read exactly is
                  left out, and ``complete`` is False.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/account, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_order_trades(self, request: ListTradesRequest) -> Flow[TradePage]:  # type: ignore[empty-body]
        """Ask the venue, once, for one page of the fills of one order.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the page, newest first; each fill of ``request.order_id`` once. What else the
                  request says of the order is as the venue showed it. The host holds the fills of all pages against
                  what the order has executed. A row that cannot be read exactly is left out, and ``complete`` is False.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/account, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_balance(self, request: AccountRequest) -> Flow[Balances]:  # type: ignore[empty-body]
        """Ask the venue, once, for the balances of an account.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the balances by currency; rows that cannot be read are told in ``unread``.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/account, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_trading_fees(self, request: SymbolsRequest) -> Flow[tuple[TradingFee, ...]]:  # type: ignore[empty-body]
        """Ask the venue, once, what trading costs this account.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the fees, one for each market that the venue names; ``ReadRows`` where some of
                  its rows cannot be read.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/account, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_accounts(self, request: AccountRequest) -> Flow[tuple[Account, ...]]:  # type: ignore[empty-body]
        """Ask the venue, once, which accounts this key can see.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the accounts; ``ReadRows`` where some of the rows cannot be read.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/account, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def check_key(self, request: AccountRequest) -> Flow[KeyInfo]:  # type: ignore[empty-body]
        """Ask the venue, once, what it tells about the key in use.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is what it tells.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/account, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_markets(self, request: SymbolsRequest) -> Flow[tuple[Market, ...]]:  # type: ignore[empty-body]
        """Ask the venue, once, what can be traded there.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is every market that could be read exactly, as ``ReadRows`` where some could
                  not; the venue may keep their names.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/markets, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_currencies(self, request: SymbolsRequest) -> Flow[tuple[Currency, ...]]:  # type: ignore[empty-body]
        """Ask the venue, once, which currencies it knows.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the currencies; ``ReadRows`` where some of the rows cannot be read.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/markets, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_tickers(self, request: SymbolsRequest) -> Flow[tuple[Ticker, ...]]:  # type: ignore[empty-body]
        """Ask the venue, once, for tickers.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is those asked for, as far as the venue has them; ``ReadRows`` where some of the
                  rows cannot be read.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/markets, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_order_book(self, request: MarketRequest) -> Flow[OrderBook]:  # type: ignore[empty-body]
        """Ask the venue, once, for the order book of a market.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the book, best prices first.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/markets, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_trades(self, request: MarketRequest) -> Flow[tuple[Trade, ...]]:  # type: ignore[empty-body]
        """Ask the venue, once, for the newest public trades of a market.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the trades, oldest first; ``ReadRows`` where some of the rows cannot be read.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/markets, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_ohlcv(self, request: MarketRequest) -> Flow[tuple[Candle, ...]]:  # type: ignore[empty-body]
        """Ask the venue, once, for candles of a market.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is the candles, oldest first; ``ReadRows`` where some of the rows cannot be read.
        Raises:   as ``fetch_time``; InvalidArgument for a ``timeframe`` that the venue has not.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/markets, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def fetch_status(self) -> Flow[VenueStatus]:  # type: ignore[empty-body]
        """Ask the venue, once, whether it works.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is what it says.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; a read may be repeated.
        Tests:    tests/markets, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def open_stream(self, request: StreamRequest) -> Flow[StreamPlan]:  # type: ignore[empty-body]
        """Prepare one connection of the account's private stream.

        Dispatch: the opened venue only; wrappers run around each attempt. It makes the calls that come first, such as
                  the one for a listen key, and opens nothing: the host connects as the plan says, reads every frame
                  with the plan's reader, and asks for another plan whenever a connection is lost. Its requests, as
                  those of ``renew_stream`` and ``close_stream``, count as such that change nothing, so that a create
                  block lets them out, unless they say ``reads=False``.
        Returns:  a flow whose result is the plan.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; the host asks again.
        Tests:    tests/streams, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def open_market_stream(self, request: MarketStreamRequest) -> Flow[MarketStreamPlan]:  # type: ignore[empty-body]
        """Prepare one connection for public market data; no key is needed.

        Dispatch: the opened venue only; wrappers run around each attempt. It makes the calls that come first, where
                  there are any, and opens nothing: the host connects as the plan says, sends what the plan's reader
                  writes to subscribe to books, trades and tickers, and reads every frame with it. All watches of
                  market data of an opened venue share it.
        Returns:  a flow whose result is the plan, with a reader of its own.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; the host asks again whenever a connection is lost.
        Tests:    tests/market_streams, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def renew_stream(self, request: StreamPlan) -> Flow[bool]:  # type: ignore[empty-body]
        """Prolong the life of a connection, each ``renew_every`` seconds of its plan.

        Dispatch: the opened venue only; wrappers run around each attempt.
        Returns:  a flow whose result is True; False where the venue knows it no more: the host opens another one.
        Raises:   as ``fetch_time``.
        Retries:  none inside the hook; the host asks again, and keeps the connection meanwhile.
        Tests:    tests/streams, tests/venues.    Since: 0.1
        """

    @hookspec(firstresult=True)
    def close_stream(self, request: StreamPlan) -> Flow[bool]:  # type: ignore[empty-body]
        """Release what a plan took at the venue, such as a listen key.

        Dispatch: the opened venue only; wrappers run around each attempt. Asked once its connection is closed; a venue
                  that has nothing to give back leaves it out.
        Returns:  a flow whose result is True once nothing of it is left; False where the venue knew it no more.
        Raises:   as ``fetch_time``.
        Retries:  none, by hook or host: what is left ends by itself.
        Tests:    tests/streams, tests/venues.    Since: 0.1
        """
