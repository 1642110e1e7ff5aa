"""One market's ticker: the newest that was shown."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hk_adapter.execution.streams.market.heard import NOTHING, Heard, Onward
from hk_adapter.model import MarketEvent, Ticker, TickerSeen, TickerUpdate
from hk_adapter.model.decimals import is_plain
from hk_adapter.record import field_names

_NUMBERS = tuple(name for name in field_names(Ticker) if name not in {"symbol", "venue_symbol", "timestamp", "info"})


class TickerTopic:
    """The ticker. None is told after a newer one."""

    def __init__(self) -> None:
        self.is_whole = False
        self._onward = Onward()
        self._ticker: Ticker | None = None

    def hear(self, event: MarketEvent, now: float) -> Heard:
        """As Topic.hear."""
        if not isinstance(event, TickerSeen):
            return NOTHING
        ticker = event.ticker
        if not all(_is_number(getattr(ticker, name)) for name in _NUMBERS):
            return Heard(doubt="it has something else than exact numbers")
        if ticker.timestamp is not None and self._onward.is_older(ticker.timestamp):
            return self._onward.heard_older("tickers", ticker.timestamp, now)
        same = self.is_whole and ticker == self._ticker
        self._onward.shown(ticker.timestamp)
        self._ticker, self.is_whole = ticker, True
        return NOTHING if same else Heard((TickerUpdate(ticker=ticker),))

    def lose(self) -> None:
        """As Topic.lose."""
        self.is_whole = False

    def held(self) -> Sequence[TickerUpdate]:
        """As Topic.held."""
        return () if self._ticker is None else (TickerUpdate(ticker=self._ticker),)


def _is_number(value: object) -> bool:
    return value is None or (type(value) is Decimal and is_plain(value))
