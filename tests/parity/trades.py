"""Trades: the account's own fills, and those that everybody sees."""

from __future__ import annotations

from typing import Any

from hk_adapter.venues.hashkey.parse.fills import parse_fill
from hk_adapter.venues.hashkey.parse.market_data import parse_public_trades

from .comparing import Difference, Kind, Number, payloads

SYMBOL = "ETH/USD"
PUBLIC = "public_trades.json"
NO_FEE = {"currency": None, "cost": None}


def our_fill(payload: Any, number: Number) -> Any:
    """Read a fill with our parser."""
    return parse_fill(payload).to_ccxt(number)


def our_public_trade(payload: Any, number: Number) -> Any:
    """Read a public trade, which names no market, with our parser."""
    (trade,) = parse_public_trades([payload], symbol=SYMBOL)
    return trade.to_ccxt(number)


FILLS = Kind(
    title="Own trades",
    file="fills.json",
    ours=our_fill,
    theirs=lambda exchange, payload: exchange.parse_trade(payload),
    differences=(
        Difference(
            keys="`fee.cost`, `fees`",
            when="Hong Kong charged the minimum fee",
            ours="the whole fee",
            theirs="the part in `feeAmount`",
            reason="`feeSupplementaryAmount` comes on top, up to the minimum; both were paid.",
            shown_by={
                "HK 2025, up to the minimum fee": {
                    "fee.cost": (1.99, 0.09),
                    "fees": ([{"currency": "USD", "cost": 1.99}], [{"currency": "USD", "cost": 0.09}]),
                }
            },
        ),
        Difference(
            keys="`symbol`",
            when="the venue's word can be split in two ways, and no markets were loaded",
            ours="`None`",
            theirs="the symbol of the loaded market",
            reason="Which fills there are can be asked without a market list; once it is loaded both give the same.",
            shown_by={"ambiguous symbol": {"symbol": (None, "BTC/FDUSD")}},
        ),
    ),
)

PUBLIC_TRADES = Kind(
    title="Public trades",
    file=PUBLIC,
    ours=our_public_trade,
    theirs=lambda exchange, payload: exchange.parse_trade(payload, exchange.market(SYMBOL)),
    differences=(
        Difference(
            keys="`fee`",
            when="always: what strangers pay is not public",
            ours="`None`",
            theirs="one fee whose currency and cost are `None`",
            reason="As with orders: a fee of nothing must be looked for.",
            shown_by={name: {"fee": (None, NO_FEE)} for name in payloads(PUBLIC)},
        ),
    ),
)
