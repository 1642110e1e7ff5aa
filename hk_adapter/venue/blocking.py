"""The calls of an open venue, for threads. Written from venue/api by tests/facades/generate.py."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from hk_adapter.model import (
    Account,
    Balances,
    BalanceUpdate,
    CancelReport,
    Candle,
    CreateReport,
    Currency,
    KeyInfo,
    Market,
    Markets,
    Order,
    OrderBook,
    OrderBookUpdate,
    OrderSide,
    OrderType,
    OrderUpdate,
    PublicTradeUpdate,
    RecoveredOperation,
    Ticker,
    TickerUpdate,
    TimeInForce,
    Trade,
    TradeUpdate,
    TradingFee,
    VenueStatus,
)
from hk_adapter.venue.api.base import Number, WaitWord
from hk_adapter.venue.connection import Connection
from hk_adapter.venue.info import VenueInfo
from hk_adapter.venue.watch import Streams, Watch

if TYPE_CHECKING:
    from hk_adapter.flow.blocking_runner import BlockingRunner


class BlockingCalls(VenueInfo):
    """Every call of ``venue/api``, carried out by a runner."""

    def __init__(
        self,
        connection: Connection,
        runner: BlockingRunner,
        streams: Streams | None = None,
        markets: Streams | None = None,
    ) -> None:
        super().__init__(connection, streams, markets)
        self._runner = runner

    def cancel_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> Order:
        """Cancel one order, and return it once what ``wait`` asks for is reached.

        Args:
            order_id: the venue's id; sent alone where ``client_order_id`` is given too.
            symbol: unified; checked against the answer. None: not checked.
            params: ccxt's way to give ``clientOrderId``; other keys are refused unless the venue knows them.
            client_order_id: the client's id; beside ``order_id`` it is checked against the answer.
            wait: ``final``: the order is proven off the book, and the returned order is its end. ``ack``: the venue
                accepted; the status is ``pending_cancel`` unless more is proven.
            timeout: seconds for the whole call; None is the connection's.

        Raises:
            InvalidArgument, ConfigurationError, NotSupported: before anything is sent.
            OutcomeUnknown: the cancel may or may not have run, or its end could not be proven in time.
            CancelRejected: refused, and the order was still on the book afterwards.
            OrderNotFound: the venue knows no such order.
            RateLimited, ClockSkew, AuthenticationError, BadRequest, VenueUnavailable, NotSent: it did not run.
            Mismatch: it ran, on an order with another symbol or client order id.
        Each but the first three carries a ``CancelReport`` as ``.report``.
        """
        return self._runner.run(
            self._calls.cancel_order(
                order_id, symbol, params, client_order_id=client_order_id, wait=wait, timeout=timeout
            )
        )

    def try_cancel(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> CancelReport:
        """Cancel one order and report what is known, whatever venue, network or plugins do.

        Arguments as ``cancel_order``. Raises only InvalidArgument, ConfigurationError and NotSupported, before
        anything is sent.
        """
        return self._runner.run(
            self._calls.try_cancel(
                order_id, symbol, params, client_order_id=client_order_id, wait=wait, timeout=timeout
            )
        )

    def cancel_orders(
        self,
        order_ids: Iterable[str | int],
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_ids: Iterable[str] = (),
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel several orders and report on each, in the order given: ``order_ids``, then ``client_order_ids``.

        Args:
            order_ids: the venue's ids; sent together as far as the venue can. One given twice is sent once, and has a
                report at each place.
            symbol: unified, of all of them; checked against the answers. None: not checked.
            params: keys that only the venue knows.
            client_order_ids: the client's ids of further orders.
            wait: as ``cancel_order``.
            timeout: seconds for all of them; None is the connection's and what the venue takes for each order.

        Never raises for what venue, network or plugins do; else as ``try_cancel``.
        """
        return self._runner.run(
            self._calls.cancel_orders(
                order_ids, symbol, params, client_order_ids=client_order_ids, wait=wait, timeout=timeout
            )
        )

    def cancel_all_orders(
        self,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        side: OrderSide | Literal["buy", "sell"] | None = None,
        client_id_prefix: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel the orders that are open when this call lists them, and report on each.

        Each is canceled by its id: an order that arrives after the list is never hit. A row of the list that cannot be
        read is canceled too where it tells its id and that it is meant; each of the others has a ``not_sent`` report.
        Of a list of several pages the first is canceled while the others are read. Where one of them cannot be had, one
        more ``not_sent`` report, without an order, says that others may be open. An order that a create of this process
        was answered with in the last two seconds, and that the list does not show yet, is canceled, too; not so with
        ``params``, which may name another book.

        Args:
            symbol: unified; None cancels orders of every symbol that the venue lists without one: of ccxt's exchanges,
                those of one kind of market (``defaultType``).
            params: keys that only the venue knows.
            side: only orders of this side; None means both.
            client_id_prefix: only orders whose client order id begins so, sparing those of other bots. Where the
                venue or ccxt may show another id than was given, an order that shows none, or one with this in it,
                has a ``not_sent`` report; NotSupported where it is told none.
            wait: as ``cancel_order``.
            timeout: seconds for everything; None is the connection's and 30 s.

        Where a list has no name for its further page (many of ccxt's), it is read anew once the orders that it shows
        are canceled, until it is whole; what it may not have shown has one report without an order, ``not_sent``.

        Raises the listing's error (OutcomeUnknown, VenueError, NotSent) where the open orders could not be listed:
        an empty list means that nothing was open. Nothing was sent then. Else as ``cancel_orders``.
        """
        return self._runner.run(
            self._calls.cancel_all_orders(
                symbol, params, side=side, client_id_prefix=client_id_prefix, wait=wait, timeout=timeout
            )
        )

    def cancel_all_orders_after(
        self, milliseconds: int, params: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> bool:
        """Let the venue cancel everything by itself after a time, unless it is asked again before: a countdown.

        A venue counts whole seconds, and says by itself what it takes. What it cancels then it does not tell: list and
        look. ``has["cancelAllOrdersAfter"]`` says whether there is one.

        Args:
            milliseconds: from the venue's receipt on; 0 takes the countdown off.
            params: keys that only the venue knows.
            timeout: seconds for the call; None is the connection's.

        Returns True: the venue has taken it. Raises OutcomeUnknown where the countdown may be the old or the new one,
        NotSupported where the venue has none.
        """
        return self._runner.run(self._calls.cancel_all_orders_after(milliseconds, params, timeout=timeout))

    def recover(
        self, *, resend: bool = False, timeout: float | None = None, close: Iterable[str] = ()
    ) -> list[RecoveredOperation]:
        """Settle what the journal has in flight here, by looking each order up.

        Covers this venue, environment and key, oldest first. What is proven is written back; the rest stays in
        flight, and so does, untouched, what may still be under way in a living process. Nothing is placed or
        canceled, unless ``resend``: then what is not proven off the book is canceled anew, and never what was placed
        after the entry was written.

        Args:
            resend: cancel anew; never places an order anew.
            timeout: seconds for all look-ups; None takes a second for each, and the connection's at least. A cancel
                that is sent anew has the connection's on top.
            close: ``entry.id`` of entries that you know to be of no consequence, of any key. They are looked up as the
                others, what is known of them is returned, and they are in flight no more; ``closed`` tells that
                nothing proved their end.

        Raises:
            InvalidArgument: no entry in flight has an id to be closed, or its call may still be under way.
            NotSupported: the connection has no journal.
            ConfigurationError, PluginError: the journal cannot be read.
        """
        return self._runner.run(self._calls.recover(resend=resend, timeout=timeout, close=close))

    def create_order(
        self,
        symbol: str,
        type: OrderType | Literal["limit", "market"],
        side: OrderSide | Literal["buy", "sell"],
        amount: Number | None = None,
        price: Number | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        time_in_force: TimeInForce | Literal["GTC", "IOC", "FOK"] | None = None,
        post_only: bool = False,
        cost: Number | None = None,
        timeout: float | None = None,
        test: bool = False,
    ) -> Order:
        """Place one order; it is sent once and never again.

        Args:
            symbol: unified, such as ``ETH/USD``.
            type: how the order takes its price.
            side: which way it trades the base currency.
            amount: base currency, of contracts their number, as Decimal, int or str. None where ``cost`` is given.
            price: the limit, in quote currency per base unit. None for market orders.
            params: ccxt's way to give ``clientOrderId``, ``timeInForce``, ``postOnly`` and ``cost``; other keys are
                refused unless the venue knows them.
            client_order_id: None makes one, so that the order can be found whatever happens.
            time_in_force: None is the venue's default.
            post_only: refuse the order rather than take liquidity.
            cost: what a market order spends or receives, in quote currency.
            timeout: seconds for the whole call; None is the connection's.
            test: only have the venue check it, where its site can; the order returned has no id, and none exists.

        Raises:
            InvalidArgument, ConfigurationError, NotSupported, NotSent: nothing was sent.
            OrderDenied: nothing was sent, for a rule of the market; only where ``load_markets`` was called.
            OrderRejected (InsufficientFunds, DuplicateClientOrderId) and other VenueErrors: refused; no order exists.
            OutcomeUnknown: it may exist; ``.order`` carries its ``client_order_id``.
        """
        return self._runner.run(
            self._calls.create_order(
                symbol,
                type,
                side,
                amount,
                price,
                params,
                client_order_id=client_order_id,
                time_in_force=time_in_force,
                post_only=post_only,
                cost=cost,
                timeout=timeout,
                test=test,
            )
        )

    def create_orders(
        self,
        orders: Iterable[Mapping[str, Any]],
        params: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
    ) -> list[CreateReport]:
        """Place several orders, each sent once, and report on each in the order given.

        Args:
            orders: mappings of ``create_order``'s arguments; of any symbols, as many as wanted.
            params: none are known; give them with each order.
            timeout: seconds for all of them; None is the connection's and what the venue takes for each order.

        Never raises for what the venue does to an order: see ``CreateReport.created``. Raises before anything is sent
        as ``create_order``, naming the order's place.
        """
        return self._runner.run(self._calls.create_orders(orders, params, timeout=timeout))

    def fetch_order(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        account_id: str | int | None = None,
    ) -> Order:
        """Ask the venue how one order stands, once.

        ``account_id`` names a sub-account that a master key may see; None is the key's own.

        Raises OrderNotFound; OutcomeUnknown or UnexpectedPayload where no usable answer came, OutcomeUnknown also where
        the venue knows no such order, and this process placed one under that id within the last ten minutes.
        """
        return self._runner.run(
            self._calls.fetch_order(order_id, symbol, params, client_order_id=client_order_id, account_id=account_id)
        )

    def fetch_open_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Order]:
        """List the orders on the book, oldest first.

        Args:
            symbol: unified; None lists every symbol.
            since: only orders created from then on, in ms UTC; None has no such bound.
            limit: at most so many: the first from ``since`` on, or without ``since`` the newest. None: all.
            params: keys that only the venue knows; and ``partial``: True gives what can be read, as a list whose
                ``unread`` tells the other rows, each with ``reason`` and, where it has an id, ``order``.
            account_id: a sub-account that a master key may see; None is the key's own.
            until: only orders created up to then, in ms UTC; also as ccxt's ``until`` in ``params``. None has no such
                bound. Without ``since``, the newest are the newest of these.

        Reads as many pages as it takes. Raises UnexpectedPayload rather than leave an order out; NotSent where the
        rate budget leaves no time for a further page; else as ``fetch_time``.
        """
        return self._runner.run(
            self._calls.fetch_open_orders(symbol, since, limit, params, account_id=account_id, until=until)
        )

    def fetch_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Order]:
        """List the order history, oldest first; which orders it has, and how far it reaches, is the venue's.

        Arguments and errors as ``fetch_open_orders``; without ``since`` and ``limit`` the venue's largest page of the
        newest.
        """
        return self._runner.run(
            self._calls.fetch_orders(symbol, since, limit, params, account_id=account_id, until=until)
        )

    def fetch_closed_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Order]:
        """List the orders of the history that were filled; as ``fetch_orders``."""
        return self._runner.run(
            self._calls.fetch_closed_orders(symbol, since, limit, params, account_id=account_id, until=until)
        )

    def fetch_canceled_orders(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Order]:
        """List the orders of the history that were canceled, fills or not; as ``fetch_orders``."""
        return self._runner.run(
            self._calls.fetch_canceled_orders(symbol, since, limit, params, account_id=account_id, until=until)
        )

    def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Trade]:
        """List the account's fills, oldest first, each once.

        Args:
            symbol: unified; None lists every symbol.
            since: only fills from then on, in ms UTC; None has no such bound. How long they are kept
                is the venue's.
            limit: at most so many: the first from ``since`` on, or without ``since`` the newest. None: all from
                ``since`` on, or without it the venue's largest page of the newest.
            params: ccxt's way to give ``clientOrderId``; other keys are refused unless the venue knows them.
            client_order_id: only the fills of this order.
            until: only fills up to then, in ms UTC; also as ccxt's ``until`` in ``params``. None has no such bound.
            account_id: a sub-account that a master key may see; None is the key's own.

        Raises UnexpectedPayload rather than leave a fill out; NotSent where the rate budget leaves no time; else as
        ``fetch_time``.
        """
        return self._runner.run(
            self._calls.fetch_my_trades(
                symbol, since, limit, params, client_order_id=client_order_id, account_id=account_id, until=until
            )
        )

    def fetch_order_trades(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        account_id: str | int | None = None,
    ) -> list[Trade]:
        """List the fills of one order, oldest first, each once: all that it has had, or an error.

        Looks the order up first: its fills must add up to what it has executed.

        Args:
            order_id: the venue's id; asked by alone where ``client_order_id`` is given too.
            symbol: unified; checked against the answers. None: not checked.
            since: only fills from then on, in ms UTC; None has no such bound.
            limit: at most so many: the first from ``since`` on, or without ``since`` the newest. None: all.
            params: ccxt's way to give ``clientOrderId``; other keys are refused unless the venue knows them. And
                ``partial``: True gives the fills that can be had, as a list whose ``unread`` tells what is missing.
            client_order_id: the client's id; beside ``order_id`` it is checked against the answer.
            account_id: a sub-account that a master key may see; None is the key's own.

        Raises OrderNotFound; UnexpectedPayload where fills are missing: posted late, kept no longer, or not
        to be read; NotSent where the rate budget leaves no time.
        """
        return self._runner.run(
            self._calls.fetch_order_trades(
                order_id, symbol, since, limit, params, client_order_id=client_order_id, account_id=account_id
            )
        )

    def fetch_balance(
        self, params: Mapping[str, Any] | None = None, *, account_id: str | int | None = None
    ) -> Balances:
        """Ask for the balances, by currency; ``account_id`` names a sub-account, None is the key's own.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_balance(params, account_id=account_id))

    def fetch_trading_fees(
        self, symbols: Iterable[str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, TradingFee]:
        """Ask what trading costs this account, by symbol; ``symbols`` None asks for every market.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_trading_fees(symbols, params))

    def fetch_accounts(self, params: Mapping[str, Any] | None = None) -> list[Account]:
        """Ask which accounts this key can see.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_accounts(params))

    def check_key(self, params: Mapping[str, Any] | None = None) -> KeyInfo:
        """Ask what the venue tells about the key in use; raises AuthenticationError for one that does not work.

        Else it raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.check_key(params))

    def load_markets(self, reload: bool = False, params: Mapping[str, Any] | None = None) -> Markets:
        """Get the venue's markets by symbol, and keep them: from then on orders are checked before they are sent.

        Sends nothing where they were got before, unless ``reload``. Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.load_markets(reload, params))

    def fetch_markets(self, params: Mapping[str, Any] | None = None) -> list[Market]:
        """Ask what can be traded, and keep nothing of it.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_markets(params))

    def fetch_currencies(self, params: Mapping[str, Any] | None = None) -> dict[str, Currency]:
        """Ask which currencies the venue knows, by code.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_currencies(params))

    def fetch_ticker(self, symbol: str, params: Mapping[str, Any] | None = None) -> Ticker:
        """Ask for the last 24 hours of one market.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_ticker(symbol, params))

    def fetch_tickers(
        self, symbols: Iterable[str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, Ticker]:
        """Ask for the last 24 hours of several markets, by symbol; ``symbols`` None asks for every market.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_tickers(symbols, params))

    def fetch_order_book(
        self, symbol: str, limit: int | None = None, params: Mapping[str, Any] | None = None
    ) -> OrderBook:
        """Ask for the order book of one market; ``limit`` prices a side, None is the venue's default.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_order_book(symbol, limit, params))

    def fetch_trades(
        self,
        symbol: str,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        until: int | None = None,
    ) -> list[Trade]:
        """Ask for the newest public trades of one market, oldest first.

        ``since`` and ``until`` in ms UTC and ``limit`` choose among those that the venue gives: the first ``limit``
        from ``since`` on, or without it the newest up to ``until``; None is all of them. ``until`` may be given as
        ccxt does, in ``params``. Raises NotSupported where the venue gives newer ones only; else as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_trades(symbol, since, limit, params, until=until))

    def fetch_ohlcv(
        self,
        symbol: str,
        timeframe: str = "1m",
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        until: int | None = None,
    ) -> list[Candle]:
        """Ask for candles of one market, oldest first.

        Args:
            symbol: unified.
            timeframe: such as ``1m``, ``1h`` or ``1d``; InvalidArgument for one that the venue has not.
            since: only candles that begin from then on, in ms UTC; None gives the newest.
            limit: at most so many; None is the venue's default.
            params: keys that only the venue knows.
            until: only candles that begin up to then, in ms UTC; also as ccxt's ``until`` in ``params``. None has no
                such bound. NotSupported where the venue gives newer ones only.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_ohlcv(symbol, timeframe, since, limit, params, until=until))

    def fetch_time(self) -> int:
        """Ask the venue for its clock, in ms UTC. Needs no key.

        Sent once: where the answer is lost, ask again.

        Raises:
            NotSupported, NotSent: nothing was sent.
            OutcomeUnknown, UnexpectedPayload: no answer came, or none that can be read.
            VenueError (RateLimited, AuthenticationError and others): refused.
        """
        return self._runner.run(self._calls.fetch_time())

    def fetch_status(self) -> VenueStatus:
        """Ask whether the venue works. Needs no key.

        Raises as ``fetch_time``.
        """
        return self._runner.run(self._calls.fetch_status())

    def watch_orders(self, symbol: str | None = None) -> Watch[OrderUpdate]:
        """Watch the account's orders: first each that is open, then each change, once and in its order.

        Sends nothing yet: the first use of what is returned opens the venue's private stream, which all watches of this
        connection share and the last one closes. A lost stream is opened again, and what happened meanwhile is found by
        asking, and told with ``live`` False. An order that has ended stays ended, and what is filled only grows.
        Where ``has`` says ``"emulated"`` there is no stream: what is open is listed every ``poll_every`` seconds, and
        nothing is ever live.

        Args:
            symbol: unified: only its orders. None: all. Where no markets are loaded, the first watch of a symbol asks
                the venue for its open orders, so that one that it does not have is an error.

        Raises InvalidArgument, ConfigurationError or NotSupported at once. Iterating raises what keeps the stream from
        being opened: NotSent, VenueUnavailable, AuthenticationError and their like, once the connection's ``timeout``
        is over, or at once where no further try would help; and what the venue says of a symbol that it does not have.
        """
        return Watch(self._stream_of("watch_orders"), self._runner, self._calls.watch_orders(symbol))

    def watch_my_trades(self, symbol: str | None = None) -> Watch[TradeUpdate]:
        """Watch the account's fills: each that happens from now on, once, with the id that ``fetch_my_trades`` has.

        Shares the stream of ``watch_orders``, and is begun and ended as that. The first use asks once for the newest
        fills, so that they are known for none of the watch's own; after a lost stream the fills meanwhile are asked
        for, and told with ``live`` False, before what comes after them. Where ``has`` says ``"emulated"`` fills are
        listed every ``poll_every`` seconds, from a minute before the last list on, and none is live.

        Args:
            symbol: as in ``watch_orders``. A fill whose symbol cannot be told exactly is told to all.

        Raises as ``watch_orders``.
        """
        return Watch(self._stream_of("watch_my_trades"), self._runner, self._calls.watch_my_trades(symbol))

    def watch_balance(self) -> Watch[BalanceUpdate]:
        """Watch the account's balances: first all of them, then each change, whole every time.

        Shares the stream of ``watch_orders``, and is begun and ended as that. Asks for the balances once when it
        begins, and once after each lost stream; where the stream and an answer contradict each other the later one
        counts, and is asked for again where nothing tells which that is. Where ``has`` says ``"emulated"`` they are
        asked for every ``poll_every`` seconds, and none is live.

        Raises ConfigurationError or NotSupported at once. Iterating raises as with ``watch_orders``.
        """
        return Watch(self._stream_of("watch_balance"), self._runner, self._calls.watch_balance())

    def watch_order_book(self, symbol: str, limit: int | None = None) -> Watch[OrderBookUpdate]:
        """Watch a market's order book: as it is, then each time the venue shows it changed. Needs no key.

        Sends nothing yet: the first use of what is returned opens the venue's public stream, which all watches of
        market data of this connection share and the last one closes. Whoever reads slowly is told the newest book. One
        that is in doubt, since a change was missing or could not be read, is not told: ``is_live`` is False until the
        venue has shown it as a whole again.

        Args:
            symbol: unified. Where no markets are loaded, the first watch of a symbol asks the venue for its book, so
                that one that it does not have is an error.
            limit: prices a side at the most; None takes as many as the stream shows.

        Raises InvalidArgument or NotSupported at once. Iterating raises what keeps the stream from being opened, or the
        venue from showing this market: NotSent, VenueUnavailable and their like, once the connection's ``timeout`` is
        over, or at once where no further try would help; and what the venue says of a symbol that it does not have.
        """
        return Watch(
            self._market_stream_of("watch_order_book"), self._runner, self._calls.watch_order_book(symbol, limit)
        )

    def watch_trades(self, symbol: str) -> Watch[PublicTradeUpdate]:
        """Watch a market's public trades: the last ones, as far as the stream shows them, then each. Needs no key.

        Each is told once. Those that were made before, or found after a lost stream, have ``live`` False; where some
        may be missing, the next one has ``gap``.

        Args:
            symbol: unified, as of ``watch_order_book``.

        Sends and raises as ``watch_order_book``.
        """
        return Watch(self._market_stream_of("watch_trades"), self._runner, self._calls.watch_trades(symbol))

    def watch_ticker(self, symbol: str) -> Watch[TickerUpdate]:
        """Watch a market's last 24 hours: the newest ticker, none after a newer one. Needs no key.

        Args:
            symbol: unified, as of ``watch_order_book``.

        Sends and raises as ``watch_order_book``.
        """
        return Watch(self._market_stream_of("watch_ticker"), self._runner, self._calls.watch_ticker(symbol))
