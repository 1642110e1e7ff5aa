"""What everybody may read about a pair: its order book, its last trades, and tickers made of both.

Sources: HashKey documentation, 2026, and public calls seen live in Sept 2026. Prices and amounts are text, times are
numbers; a book's time is that of its last change.
How merged depth rounds is not documented: each price goes to the step that is worse for whoever takes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from hk_adapter.simulator.endpoints.quotes import (
    WRONG_TYPE,
    QuoteRefusal,
    integer,
    limit_asked_for,
    markets_asked_for,
    one_market,
)
from hk_adapter.simulator.exchange.markets import Market
from hk_adapter.simulator.exchange.money import ZERO, plain
from hk_adapter.simulator.exchange.orders import Order, OrderStatus
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.exchange.tape import PublicTrade

DEFAULT_DEPTH = 100
MOST_TRADES = 100
DAY_MS = 24 * 3600 * 1000

_INST_TYPES = ("SPOT", "FUTURES", "ANY")
_MOST_SCALE = 18

Levels = list[tuple[Decimal, Decimal]]


def depth(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """Show the best prices of both sides, best first, with all that is open there."""
    market = one_market(venue, parameters)
    limit = limit_asked_for(parameters, venue.dialect.depth_most, DEFAULT_DEPTH)
    bids, asks = venue.book.depth(market.symbol)
    return _depth(venue, market, bids[:limit], asks[:limit], now)


def merged_depth(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """Show depth in coarser steps: `scale` decimals, or tens, hundreds... where it is negative; 0 merges nothing."""
    market = one_market(venue, parameters)
    limit = limit_asked_for(parameters, venue.dialect.depth_most, DEFAULT_DEPTH)
    scale = integer(parameters, "scale") or 0
    if abs(scale) > _MOST_SCALE:
        raise QuoteRefusal(WRONG_TYPE, "scale")
    bids, asks = venue.book.depth(market.symbol)
    if scale:
        step = Decimal(1).scaleb(-scale)
        bids, asks = _merged(bids, step, ROUND_FLOOR), _merged(asks, step, ROUND_CEILING)
    return _depth(venue, market, bids[:limit], asks[:limit], now)


def trades(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """List a pair's last trades, oldest first; they have no id."""
    market = one_market(venue, parameters)
    limit = limit_asked_for(parameters, MOST_TRADES)
    return [
        {"t": trade.time, "p": plain(trade.price), "q": plain(trade.quantity), "ibm": trade.is_buyer_maker}
        for trade in venue.book.trades(market.symbol)[-limit:]
    ]


def day_tickers(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """Show the last 24 hours of one pair or all, always as a list; a pair that never traded shows zeros."""
    inst_type = parameters.get("instType") or "SPOT"
    if inst_type not in _INST_TYPES:
        raise QuoteRefusal(WRONG_TYPE, "instType")
    markets = markets_asked_for(venue, parameters)
    rows = [] if inst_type == "FUTURES" else [day_ticker(venue, market, now) for market in markets]
    if not venue.dialect.ticker_inst_type:
        for row in rows:
            del row["it"]
    return rows


def price_tickers(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """Show the last price of one pair or all; a pair that never traded shows 0."""
    return [_price_ticker(venue, market) for market in markets_asked_for(venue, parameters)]


def book_tickers(venue: VenueState, parameters: Parameters, now: int) -> Answer:
    """Show the best bid and ask of one pair or all, 0 for a side that is empty."""
    if venue.dialect.book_ticker_symbol_required:
        one_market(venue, parameters)
    return [_book_ticker(venue, market, now) for market in markets_asked_for(venue, parameters)]


def _depth(venue: VenueState, market: Market, bids: Levels, asks: Levels, now: int) -> dict[str, object]:
    return {"t": _book_time(venue, market, now), "b": _rows(bids), "a": _rows(asks)}


def _rows(levels: Levels) -> list[list[str]]:
    return [[plain(price), plain(amount)] for price, amount in levels]


def _merged(levels: Levels, step: Decimal, rounding: str) -> Levels:
    merged: dict[Decimal, Decimal] = {}
    for price, amount in levels:
        coarse = (price / step).to_integral_value(rounding) * step
        merged[coarse] = merged.get(coarse, ZERO) + amount
    return list(merged.items())


def day_ticker(venue: VenueState, market: Market, now: int) -> dict[str, object]:
    """Show the last 24 hours of a pair."""
    tape = venue.book.trades(market.symbol)
    today = _since(tape, now - DAY_MS)
    prices = [trade.price for trade in today] or [_last_price(tape)]
    (bid, _), (ask, _) = _best(venue, market)
    return {
        "t": now,
        "s": market.symbol,
        "c": plain(prices[-1]),
        "h": plain(max(prices)),
        "l": plain(min(prices)),
        "o": plain(prices[0]),
        "b": plain(bid),
        "a": plain(ask),
        "v": plain(sum((trade.quantity for trade in today), ZERO)),
        "qv": plain(sum((trade.price * trade.quantity for trade in today), ZERO)),
        "it": "SPOT",
    }


def _price_ticker(venue: VenueState, market: Market) -> dict[str, object]:
    return {"s": market.symbol, "p": plain(_last_price(venue.book.trades(market.symbol)))}


def _book_ticker(venue: VenueState, market: Market, now: int) -> dict[str, object]:
    (bid, bid_amount), (ask, ask_amount) = _best(venue, market)
    return {
        "s": market.symbol,
        "b": plain(bid),
        "bq": plain(bid_amount),
        "a": plain(ask),
        "aq": plain(ask_amount),
        "t": _book_time(venue, market, now),
    }


def _best(venue: VenueState, market: Market) -> tuple[tuple[Decimal, Decimal], tuple[Decimal, Decimal]]:
    bids, asks = venue.book.depth(market.symbol)
    return (bids[0] if bids else (ZERO, ZERO), asks[0] if asks else (ZERO, ZERO))


def _since(tape: Sequence[PublicTrade], first: int) -> list[PublicTrade]:
    return [trade for trade in tape if trade.time > first]


def _last_price(tape: Sequence[PublicTrade]) -> Decimal:
    return tape[-1].price if tape else ZERO


def _book_time(venue: VenueState, market: Market, now: int) -> int:
    changes = (order.updated for order in venue.book if order.terms.market is market and _was_open(order))
    return max(changes, default=now)


def _was_open(order: Order) -> bool:
    return order.status not in (OrderStatus.PENDING_NEW, OrderStatus.REJECTED)
