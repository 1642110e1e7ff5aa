"""What everyone can watch of a market: arguments checked, and on to the venue's public stream. Needs no key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from hk_adapter.errors import NotSupported
from hk_adapter.model import MarketRequest, OrderBook, OrderBookUpdate, PublicTradeUpdate, TickerUpdate
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.markets import MarketCalls
from hk_adapter.venue.watch import WatchRequest

if TYPE_CHECKING:
    from hk_adapter.execution.streams.waiting import Waiting

U = TypeVar("U")


class MarketStreamCalls(MarketCalls):
    """Methods of ``Venue`` and ``AsyncVenue``."""

    __slots__ = ()

    def watch_order_book(self, symbol: str, limit: int | None = None) -> WatchRequest[OrderBookUpdate]:
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
        from hk_adapter.execution.streams.market.consumer import BookConsumer  # noqa: PLC0415 - only for whoever watches

        known, most = arguments.symbol(symbol), arguments.limit(limit)
        return self._watch_market(known, lambda: BookConsumer(known, most))

    def watch_trades(self, symbol: str) -> WatchRequest[PublicTradeUpdate]:
        """Watch a market's public trades: the last ones, as far as the stream shows them, then each. Needs no key.

        Each is told once. Those that were made before, or found after a lost stream, have ``live`` False; where some
        may be missing, the next one has ``gap``.

        Args:
            symbol: unified, as of ``watch_order_book``.

        Sends and raises as ``watch_order_book``.
        """
        from hk_adapter.execution.streams.market.consumer import TradesConsumer  # noqa: PLC0415 - as above

        known = arguments.symbol(symbol)
        return self._watch_market(known, lambda: TradesConsumer(known))

    def watch_ticker(self, symbol: str) -> WatchRequest[TickerUpdate]:
        """Watch a market's last 24 hours: the newest ticker, none after a newer one. Needs no key.

        Args:
            symbol: unified, as of ``watch_order_book``.

        Sends and raises as ``watch_order_book``.
        """
        from hk_adapter.execution.streams.market.consumer import TickerConsumer  # noqa: PLC0415 - as above

        known = arguments.symbol(symbol)
        return self._watch_market(known, lambda: TickerConsumer(known))

    def _watch_market(self, symbol: str, consumer: Callable[[], Waiting[U]]) -> WatchRequest[U]:
        loaded = self.markets.by_symbol is not None
        if loaded:
            self.market(symbol)
        check = None if loaded else partial(self._ask_for_book, symbol)
        return WatchRequest(consumer=consumer, symbol=symbol, timeout=self.timeout, check=check)

    async def _ask_for_book(self, symbol: str) -> None:
        async def ask() -> None:
            await self.run(self.operation("fetch_order_book", MarketRequest(symbol=symbol)), OrderBook)

        with suppress(NotSupported):  # a venue that shows books on its stream alone says there what it does not have
            await self.markets.asked.ask(("fetch_order_book", symbol), ask, self.timeout)
