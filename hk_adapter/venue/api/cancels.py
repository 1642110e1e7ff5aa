"""Cancels, and the recovery of what a journal has in flight: arguments checked, and on to the core."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from hk_adapter.errors import AdapterError, NotSupported
from hk_adapter.execution.operate import report_cancel, report_cancel_all, report_cancels, with_origin
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelReport,
    CancelRequest,
    CountdownRequest,
    Operation,
    Order,
    OrderSide,
    RecoveredOperation,
)
from hk_adapter.model.ids import check_distinct
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.base import ApiBase, WaitWord

SECONDS_FOR_ALL = 30.0
"""Added to the time of ``cancel_all_orders``, whose number of orders is not known before it lists them."""


class CancelCalls(ApiBase):
    """Methods of ``Venue`` and ``AsyncVenue``."""

    __slots__ = ()

    async def cancel_order(
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
        operation = self._cancel(order_id, client_order_id, symbol, params, wait, timeout)
        report = await report_cancel(self.hooks, operation, self.venue_id)
        try:
            return report.order_or_raise()
        except AdapterError as error:
            with_origin(error, "cancel_order", self.venue_id)
            raise

    async def try_cancel(
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
        operation = self._cancel(order_id, client_order_id, symbol, params, wait, timeout)
        return await report_cancel(self.hooks, operation, self.venue_id)

    def _cancel(
        self,
        order_id: object,
        client_order_id: object,
        symbol: object,
        params: Mapping[str, Any] | None,
        wait: object,
        timeout: float | None,
    ) -> Operation:
        known, own, rest = arguments.order_ids(order_id, client_order_id, params)
        request = CancelRequest(
            order_id=known,
            client_order_id=own,
            symbol=arguments.printable_text("symbol", symbol),
            params=rest,
        )
        return self.private("cancel_order", request, timeout, arguments.wait(wait))

    async def cancel_orders(
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
        symbol = arguments.printable_text("symbol", symbol)
        rest = arguments.frozen_params(params)
        known = arguments.each("order_ids", order_ids, arguments.order_id)
        own = arguments.each("client_order_ids", client_order_ids, arguments.client_order_id)
        check_distinct("order_ids", _first_places("order_ids", known))
        check_distinct("client_order_ids", _first_places("client_order_ids", own))
        asked = [CancelRequest(order_id=one, symbol=symbol, params=rest) for one in known]
        asked += [CancelRequest(client_order_id=one, symbol=symbol, params=rest) for one in own]
        names = [(one.order_id, one.client_order_id) for one in asked]
        orders = list(dict(zip(names, asked, strict=True)).values())
        if not orders:
            return []
        operation = self.private(
            "cancel_orders",
            CancelManyRequest(orders=tuple(orders)),
            self.time_for(len(orders)) if timeout is None else timeout,
            arguments.wait(wait),
        )
        reports = await report_cancels(self.hooks, operation, self.venue_id)
        if len(reports) != len(orders):
            return reports  # a wrapper's own list
        told = dict(zip(dict.fromkeys(names), reports, strict=True))
        return [told[name] for name in names]

    async def cancel_all_orders(
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
        request = CancelAllRequest(
            symbol=arguments.printable_text("symbol", symbol),
            side=arguments.optional_word("side", side, OrderSide),
            client_id_prefix=arguments.printable_text("client_id_prefix", client_id_prefix),
            params=arguments.frozen_params(params),
        )
        seconds = self.timeout + SECONDS_FOR_ALL if timeout is None else timeout
        operation = self.private("cancel_all_orders", request, seconds, arguments.wait(wait))
        return await report_cancel_all(self.hooks, operation, self.venue_id)

    async def cancel_all_orders_after(
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
        span = arguments.milliseconds("milliseconds", milliseconds)
        request = CountdownRequest(milliseconds=span, params=arguments.frozen_params(params))
        return await self.run(self.private("cancel_all_orders_after", request, timeout), bool)

    async def recover(
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
        resend = arguments.flag("resend", resend)
        closed = frozenset(arguments.each("close", close, arguments.printable_text))
        seconds = None if timeout is None else arguments.timeout(timeout, self.timeout)
        self.check_credentials("recover")
        if self.recovery is None:
            raise NotSupported("this connection has no journal; name one in plugins=", venue=self.venue_id)
        return await self.recovery.run(resend=resend, timeout=seconds, least=self.timeout, close=closed)


def _first_places(name: str, ids: list[str]) -> Iterator[tuple[str, str]]:
    """Return each id with where it first stands; one given again is no other."""
    first: dict[str, int] = {}
    for place, one in enumerate(ids):
        first.setdefault(one, place)
    return ((f"{name}[{place}]", one) for one, place in first.items())
