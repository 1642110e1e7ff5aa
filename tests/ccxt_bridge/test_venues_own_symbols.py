"""The exchange's own word for a market, which ccxt takes for its symbol: no order, fill or book is of that name."""

from __future__ import annotations

from typing import Any

import pytest

import hk_adapter as hk

CALLS: dict[str, Any] = {
    "cancel_all_orders": lambda venue, own: venue.cancel_all_orders(own),
    "cancel_order": lambda venue, own: venue.cancel_order("7", own),
    "cancel_orders": lambda venue, own: venue.cancel_orders(["7", "8"], own),
    "create_order": lambda venue, own: venue.create_order(own, "limit", "buy", "1", "1900"),
    "fetch_order": lambda venue, own: venue.fetch_order("7", own),
    "fetch_open_orders": lambda venue, own: venue.fetch_open_orders(own),
    "fetch_orders": lambda venue, own: venue.fetch_orders(own),
    "fetch_my_trades": lambda venue, own: venue.fetch_my_trades(own),
    "fetch_ticker": lambda venue, own: venue.fetch_ticker(own),
    "fetch_tickers": lambda venue, own: venue.fetch_tickers(["BTC/USD", own]),
    "fetch_order_book": lambda venue, own: venue.fetch_order_book(own),
    "fetch_trades": lambda venue, own: venue.fetch_trades(own),
    "fetch_ohlcv": lambda venue, own: venue.fetch_ohlcv(own),
    "fetch_trading_fees": lambda venue, own: venue.fetch_trading_fees([own]),
}


@pytest.mark.usefixtures("skipped_time")
@pytest.mark.parametrize("name", CALLS)
def test_it_is_refused_with_the_symbol_that_is_meant(name: str) -> None:
    """Nothing is sent; an empty list of reports would say that nothing was open."""
    with hk.connect("ccxt:hashkey", environment="simulator") as venue:
        order = venue.create_order("ETH/USD", "limit", "buy", "1", "1900")
        before = len(venue.simulator.requests)
        with pytest.raises(hk.InvalidArgument, match="ETHUSD"):
            CALLS[name](venue, "ETHUSD")
        assert len(venue.simulator.requests) == before
        assert venue.simulator.order(order.id).status == "NEW"
