"""What can be watched: arguments checked, and on to the venue's stream."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from hk_adapter.errors import NotSupported
from hk_adapter.model import BalanceUpdate, ListOrdersRequest, OrderUpdate, TradeUpdate
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.markets import MarketCalls
from hk_adapter.venue.watch import WatchRequest

if TYPE_CHECKING:
    from hk_adapter.execution.streams.waiting import Waiting

U = TypeVar("U")


class StreamCalls(MarketCalls):
    """Methods of ``Venue`` and ``AsyncVenue``."""

    __slots__ = ()

    def watch_orders(self, symbol: str | None = None) -> WatchRequest[OrderUpdate]:
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
        from hk_adapter.execution.streams.consumer import Consumer  # noqa: PLC0415 - only for whoever watches

        return self._watch("watch_orders", Consumer, symbol, "orders")

    def watch_my_trades(self, symbol: str | None = None) -> WatchRequest[TradeUpdate]:
        """Watch the account's fills: each that happens from now on, once, with the id that ``fetch_my_trades`` has.

        Shares the stream of ``watch_orders``, and is begun and ended as that. The first use asks once for the newest
        fills, so that they are known for none of the watch's own; after a lost stream the fills meanwhile are asked
        for, and told with ``live`` False, before what comes after them. Where ``has`` says ``"emulated"`` fills are
        listed every ``poll_every`` seconds, from a minute before the last list on, and none is live.

        Args:
            symbol: as in ``watch_orders``. A fill whose symbol cannot be told exactly is told to all.

        Raises as ``watch_orders``.
        """
        from hk_adapter.execution.streams.fill_watcher import FillWatcher  # noqa: PLC0415 - as above

        return self._watch("watch_my_trades", FillWatcher, symbol, "fills")

    def watch_balance(self) -> WatchRequest[BalanceUpdate]:
        """Watch the account's balances: first all of them, then each change, whole every time.

        Shares the stream of ``watch_orders``, and is begun and ended as that. Asks for the balances once when it
        begins, and once after each lost stream; where the stream and an answer contradict each other the later one
        counts, and is asked for again where nothing tells which that is. Where ``has`` says ``"emulated"`` they are
        asked for every ``poll_every`` seconds, and none is live.

        Raises ConfigurationError or NotSupported at once. Iterating raises as with ``watch_orders``.
        """
        from hk_adapter.execution.streams.balance_watcher import BalanceWatcher  # noqa: PLC0415 - as above

        self.check_credentials("watch_balance")
        return WatchRequest(
            consumer=BalanceWatcher, symbol=None, timeout=self.timeout, what="balances", finish=self._with_known
        )

    def _with_known(self, update: BalanceUpdate) -> BalanceUpdate:
        balances = replace(update.balances, known=self.markets.known_currencies())
        return update.replace(balances=balances)

    def _watch(
        self, call: str, consumer: Callable[[str | None], Waiting[U]], symbol: str | None, what: str
    ) -> WatchRequest[U]:
        known = arguments.printable_text("symbol", symbol)
        if known is not None and self.markets.by_symbol is not None:
            self.market(known)
        self.check_credentials(call)
        check = None if known is None or self.markets.by_symbol is not None else partial(self._ask_for, known)
        return WatchRequest(
            consumer=partial(consumer, known), symbol=known, timeout=self.timeout, check=check, what=what
        )

    async def _ask_for(self, symbol: str) -> None:
        async def ask() -> None:
            request = ListOrdersRequest(symbol=symbol, partial=True)
            with suppress(NotSupported):  # a venue without such a list refuses the symbol where it is watched
                await self.run(self.private("fetch_open_orders", request), list)

        await self.markets.asked.ask(("fetch_open_orders", symbol), ask, self.timeout)
