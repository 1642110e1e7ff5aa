"""Cancel orders, and settle what a journal has in flight. For threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from hk_adapter.model import CancelReport, Order, RecoveredOperation
from hk_adapter.venue.blocking.base import BlockingFacade, WaitWord


class Cancels(BlockingFacade):
    """Methods of ``Venue``."""

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
        return self._runner.run(self._calls.cancel_order(order_id, symbol, params, client_order_id, wait, timeout))

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
        return self._runner.run(self._calls.try_cancel(order_id, symbol, params, client_order_id, wait, timeout))

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
            timeout: seconds for all of them; None is the connection's and 0.12 s for each order.

        Never raises for what venue, network or plugins do; else as ``try_cancel``.
        """
        return self._runner.run(self._calls.cancel_orders(order_ids, symbol, params, client_order_ids, wait, timeout))

    def cancel_all_orders(
        self,
        symbol: str | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        side: Literal["buy", "sell"] | None = None,
        client_id_prefix: str | None = None,
        wait: WaitWord = "final",
        timeout: float | None = None,
    ) -> list[CancelReport]:
        """Cancel the orders that are open when this call lists them, and report on each.

        Each is canceled by its id: an order that arrives after the list is never hit. A row of the list that cannot be
        read is canceled too where it tells its id and that it is meant; each of the others has a ``not_sent`` report.

        Args:
            symbol: unified; None cancels orders of every symbol.
            params: keys that only the venue knows.
            side: only orders of this side; None means both.
            client_id_prefix: only orders whose client order id begins so, sparing those of other bots.
            wait: as ``cancel_order``.
            timeout: seconds for everything; None is the connection's and 30 s.

        Raises the listing's error (OutcomeUnknown, VenueError, NotSent) where the open orders could not be listed:
        an empty list means that nothing was open. Else as ``cancel_orders``.
        """
        return self._runner.run(self._calls.cancel_all_orders(symbol, params, side, client_id_prefix, wait, timeout))

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
        return self._runner.run(self._calls.recover(resend, timeout, close))
