"""Klines, made of the trades that this venue remembers, and the times that they cover, all in UTC.

Sources: HashKey documentation, 2026, and ccxt's notes on Global. What a time without trades shows is not documented.
Those of a month go from one first of a month to the next; all others are of fixed length.
"""

from __future__ import annotations

from calendar import timegm
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from types import MappingProxyType

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.endpoints.quotes import BAD_INTERVAL, QuoteRefusal, integer, limit_asked_for, one_market
from hk_adapter.simulator.exchange.money import ZERO, plain
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.exchange.tape import PublicTrade

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
# Unix time begins on a Thursday, a week on the Monday after it.
_FIRST_MONDAY = 4 * _DAY
_LONGEST_MONTH = 31 * _DAY

MONTH = "1M"
LENGTHS: Mapping[str, int] = MappingProxyType(
    {
        "1m": _MINUTE,
        "3m": 3 * _MINUTE,
        "5m": 5 * _MINUTE,
        "15m": 15 * _MINUTE,
        "30m": 30 * _MINUTE,
        "1h": _HOUR,
        "2h": 2 * _HOUR,
        "4h": 4 * _HOUR,
        "6h": 6 * _HOUR,
        "8h": 8 * _HOUR,
        "12h": 12 * _HOUR,
        "1d": _DAY,
        "1w": _WEEK,
    }
)
INTERVALS = frozenset({*LENGTHS, MONTH})


def start_of(interval: str, at: int) -> int:
    """Return when the kline that covers a time begins, in ms."""
    if interval == MONTH:
        return _month_start(_month_of(at))
    offset = _FIRST_MONDAY if interval == "1w" else 0
    return at - (at - offset) % LENGTHS[interval]


def next_start(interval: str, start: int) -> int:
    """Return when the kline after the one that begins at a time begins, in ms."""
    if interval == MONTH:
        return _month_start(_month_of(start) + 1)
    return start + LENGTHS[interval]


def _month_of(at: int) -> int:
    month = at // _LONGEST_MONTH
    while _month_start(month + 1) <= at:
        month += 1
    return month


def _month_start(month: int) -> int:
    years, month_of_year = divmod(month, 12)
    return timegm((1970 + years, month_of_year + 1, 1, 0, 0, 0)) * 1000


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
