"""From HashKey's exchangeInfo to markets and currencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from hk_adapter.errors import InvalidArgument, UnexpectedPayload, shown
from hk_adapter.model import Currency, Limits, Market, ReadRows, UnreadRow
from hk_adapter.parsing import Fields, read_rows, reading
from hk_adapter.venues.hashkey.error_codes import VENUE

_TRADING, _TRADABLE = "TRADING", "TRADABLE"
_MONEY = "REAL_MONEY"
"""The tokenType of what no chain carries; the other types are kinds of tokens."""
_FILTERS = {"TRAD_AMOUNT": "TRADE_AMOUNT"}
"""One row of the documentation misspells it."""


def parse_markets(payload: Mapping[str, Any], *, of_one: str | None = None) -> ReadRows[Market]:
    """Read the catalogue, and tell the markets that cannot be read exactly.

    Of several with one symbol the one that trades is taken; where that is not one, none, which is told. Nor is any of
    several with one id, which orders name their market by. A request ``of_one`` market's id is answered with its object
    itself, and that must be readable, and be that market's.
    """
    if of_one is not None and "symbols" not in payload:
        market = parse_market(payload)
        if market.id != of_one:
            raise UnexpectedPayload(f"the market is {shown(market.id)}, not {of_one!r}", venue=VENUE)
        return ReadRows((market,))
    with reading("a catalogue", VENUE):
        rows = Fields(payload).rows("symbols")
    read = read_rows(rows, parse_market, "symbol")
    by_symbol: dict[str, list[Market]] = {}
    for market in read:
        by_symbol.setdefault(market.symbol, []).append(market)
    the_ones = {symbol: _the_one(namesakes) for symbol, namesakes in by_symbol.items()}
    bearers = Counter(one.id for one in the_ones.values() if one is not None)
    found, unread = [], list(read.unread)
    for symbol, one in the_ones.items():
        if one is None:
            unread.append(UnreadRow(reason="more than one market is called so", about=symbol))
        elif bearers[one.id] > 1:
            unread.append(UnreadRow(reason=f"another market's id is {shown(one.id)}, too", about=symbol))
        else:
            found.append(one)
    return ReadRows(found, unread)


def _the_one(namesakes: Sequence[Market]) -> Market | None:
    """Return the only market of a symbol, or the only one of them that trades; None where there is no such."""
    trading = [one for one in namesakes if one.active]
    ones = namesakes if len(namesakes) == 1 else trading
    return ones[0] if len(ones) == 1 else None


def parse_market(payload: Any) -> Market:
    """Read one market and its filters. Raises UnexpectedPayload for what cannot be read exactly.

    A 0 is "none" in limits and steps. Of its prices only the step is a rule: ``minPrice`` and ``maxPrice`` are
    documented as no longer used, and the bands around the market price are no fixed limits; they stay in ``info``.
    """
    with reading("a market", VENUE):
        row = Fields(payload)
        filters = _filters(row)
        price, lot, cost = (filters.get(name, Fields({})) for name in ("PRICE_FILTER", "LOT_SIZE", "TRADE_AMOUNT"))
        base, quote = row.code("baseAsset"), row.code("quoteAsset")
        return Market(
            id=row.id("symbol"),
            symbol=f"{base}/{quote}",
            base=base,
            quote=quote,
            active=row.text("status") == _TRADING and row.maybe_text("tradeStatus") in (None, _TRADABLE),
            amount_step=lot.above_zero("stepSize"),
            price_step=price.above_zero("tickSize"),
            # Steps, not counts of digits, whatever their names say.
            cost_step=row.above_zero("quotePrecision"),
            amount=_limits(lot, "minQty", "maxQty"),
            cost=_cost_limits(filters, cost),
            market_amount=_limits(lot, "marketOrderMinQty", "marketOrderMaxQty"),
            market_cost=_limits(cost, "marketOrderMinAmount", "marketOrderMaxAmount"),
            info=dict(row.payload),
        )


def parse_currencies(payload: Mapping[str, Any]) -> ReadRows[Currency]:
    """Read the coins of a catalogue, and tell those that cannot be read."""
    with reading("a catalogue", VENUE):
        rows = Fields(payload).rows("coins")
    return read_rows(rows, _currency, "coinId")


def _filters(row: Fields) -> dict[str, Fields]:
    filters: dict[str, Fields] = {}
    for one in map(Fields, row.maybe_rows("filters")):
        name = one.text("filterType")
        name = _FILTERS.get(name, name)
        if name in filters:
            raise InvalidArgument(f"two filters are called {name[:40]}")
        filters[name] = one
    return filters


def _limits(row: Fields, least: str, most: str) -> Limits:
    return Limits(min=row.above_zero(least), max=row.above_zero(most))


def _cost_limits(filters: Mapping[str, Fields], cost: Fields) -> Limits:
    """Return the stricter of the two filters that set a minimum."""
    limits = _limits(cost, "minAmount", "maxAmount")
    notional = filters["MIN_NOTIONAL"].above_zero("minNotional") if "MIN_NOTIONAL" in filters else None
    least = max(limits.min or Decimal(0), notional or Decimal(0))
    return Limits(min=least or None, max=limits.max)


def _currency(payload: Any) -> Currency:
    with reading("a coin", VENUE):
        row = Fields(payload)
        kind = row.maybe_text("tokenType")
        deposit, withdraw = row.maybe_flag("allowDeposit"), row.maybe_flag("allowWithdraw")
        return Currency(
            code=row.code("coinId"),
            id=row.text("coinId"),
            name=row.maybe_text("coinFullName"),
            type=None if kind is None else "fiat" if kind == _MONEY else "crypto",
            active=None if deposit is None or withdraw is None else deposit and withdraw,
            deposit=deposit,
            withdraw=withdraw,
            networks=tuple(Fields(chain).text("chainType") for chain in row.maybe_rows("chainTypes")),
            info=dict(row.payload),
        )
