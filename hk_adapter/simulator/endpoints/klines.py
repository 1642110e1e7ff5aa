"""Klines, made of the trades that this venue remembers.

Sources: HashKey documentation, 2026, and ccxt's notes on Global. What a time without trades shows is not documented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.endpoints.intervals import INTERVALS, next_start, start_of
from hk_adapter.simulator.endpoints.quotes import BAD_INTERVAL, QuoteRefusal, integer, limit_asked_for, one_market
from hk_adapter.simulator.exchange.money import ZERO, plain
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.exchange.tape import PublicTrade

MOST_KLINES = 1000


@dataclass(frozen=True, slots=True)
class Kline:
    """Hold the trades between `start` and the next one's, or the last price before them where there are none."""

    start: int
    trades: Sequence[PublicTrade]
    last_price: Decimal


def klines(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """List klines that begin within the times asked for, oldest first."""
    market = one_market(venue, parameters)
    interval = parameters.get("interval", "")
    if interval not in INTERVALS:
        raise QuoteRefusal(BAD_INTERVAL, "interval")
    limit = limit_asked_for(parameters, MOST_KLINES)
    first, last = integer(parameters, "startTime"), integer(parameters, "endTime")
    found = _traded(venue.book.trades(market.symbol), interval)
    if venue.dialect.kline_gaps == "flat":
        found = _without_gaps(found, interval, now)
    wanted = [
        kline for kline in found if (first is None or kline.start >= first) and (last is None or kline.start <= last)
    ]
    page = wanted[:limit] if venue.dialect.kline_cut == "earliest" else wanted[-limit:]
    return [_row(kline, interval, venue.dialect) for kline in page]


def _traded(tape: Sequence[PublicTrade], interval: str) -> Iterator[Kline]:
    # In the order of their times, should a clock have gone back between two of them.
    in_order = sorted(tape, key=lambda trade: trade.time)
    for start, trades in groupby(in_order, key=lambda trade: start_of(interval, trade.time)):
        together = tuple(trades)
        yield Kline(start, together, together[-1].price)


def _without_gaps(found: Iterator[Kline], interval: str, now: int) -> Iterator[Kline]:
    before: Kline | None = None
    for kline in found:
        if before is not None:
            yield from _flat(before, interval, kline.start)
        yield kline
        before = kline
    if before is not None:
        yield from _flat(before, interval, now + 1)


def _flat(before: Kline, interval: str, end: int) -> Iterator[Kline]:
    start = next_start(interval, before.start)
    while start < end:
        yield Kline(start, (), before.last_price)
        start = next_start(interval, start)


def _row(kline: Kline, interval: str, dialect: Dialect) -> list[object]:
    prices = [trade.price for trade in kline.trades] or [kline.last_price]
    bought = [trade for trade in kline.trades if not trade.is_buyer_maker]
    close_time = 0 if dialect.kline_close_time == "zero" else next_start(interval, kline.start) - 1
    return [
        kline.start,
        plain(prices[0]),
        plain(max(prices)),
        plain(min(prices)),
        plain(prices[-1]),
        plain(_amount(kline.trades)),
        close_time,
        plain(_cost(kline.trades)),
        len(kline.trades),
        plain(_amount(bought)),
        plain(_cost(bought)),
    ]


def _amount(trades: Sequence[PublicTrade]) -> Decimal:
    return sum((trade.quantity for trade in trades), ZERO)


def _cost(trades: Sequence[PublicTrade]) -> Decimal:
    return sum((trade.price * trade.quantity for trade in trades), ZERO)
