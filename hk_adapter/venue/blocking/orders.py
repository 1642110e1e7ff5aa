"""Place orders and look them up. For threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from hk_adapter.model import CreateReport, Order
from hk_adapter.venue.api import Number
from hk_adapter.venue.blocking.base import BlockingFacade


class Orders(BlockingFacade):
    """Methods of ``Venue``."""

    def create_order(
        self,
        symbol: str,
        type: Literal["limit", "market"],
        side: Literal["buy", "sell"],
        amount: Number | None,
        price: Number | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        time_in_force: Literal["GTC", "IOC", "FOK"] | None = None,
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
            amount: base currency, as Decimal, int or str. None where ``cost`` is given.
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
                client_order_id,
                time_in_force,
                post_only,
                cost,
                timeout,
                test,
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
            timeout: seconds for all of them; None is the connection's and 0.12 s for each order.

        Never raises for what the venue does to an order: see ``CreateReport.created``. Raises before anything is sent
        as ``create_order``, naming the order's place.
        """
        return self._runner.run(self._calls.create_orders(orders, params, timeout))

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

        Raises OrderNotFound; OutcomeUnknown or UnexpectedPayload where no usable answer came.
        """
        return self._runner.run(self._calls.fetch_order(order_id, symbol, params, client_order_id, account_id))

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
        rate budget leaves no time for a further page.
        """
        return self._runner.run(
            self._calls.list_orders("fetch_open_orders", symbol, since, limit, params, account_id, until)
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

        HashKey's has 90 days, and orders that ended without a fill too. Arguments and errors as
        ``fetch_open_orders``; without ``since`` and ``limit`` the venue's largest page of the newest.
        """
        return self._runner.run(
            self._calls.list_orders("fetch_orders", symbol, since, limit, params, account_id, until)
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
            self._calls.list_orders("fetch_closed_orders", symbol, since, limit, params, account_id, until)
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
            self._calls.list_orders("fetch_canceled_orders", symbol, since, limit, params, account_id, until)
        )
