"""What a key sees of its account: balances, trading fees and accounts."""

from __future__ import annotations

from typing import Any

from hk_adapter.venues.hashkey.parse.account import parse_accounts, parse_balances, parse_fees

from .comparing import Difference, Kind, Number


def our_fee(payload: Any, number: Number) -> Any:
    """Read a row of the fees with our parser."""
    (fee,) = parse_fees({"data": [payload]})
    return fee.to_ccxt(number)


def our_account(payload: Any, number: Number) -> Any:
    """Read an account, in which there is no number, with our parser."""
    (account,) = parse_accounts([payload])
    return account.to_ccxt()


BALANCES = Kind(
    title="Balances",
    file="balances.json",
    ours=lambda payload, number: parse_balances(payload).to_ccxt(number),
    theirs=lambda exchange, payload: exchange.parse_balance(payload),
)

TRADING_FEES = Kind(
    title="Trading fees",
    file="trading_fees.json",
    ours=our_fee,
    theirs=lambda exchange, payload: exchange.parse_trading_fee(payload),
    differences=(
        Difference(
            keys="`symbol`",
            when="the venue's word can be split in two ways, and no markets were loaded",
            ours="`None`",
            theirs="the symbol of the loaded market",
            reason="As with trades.",
            shown_by={"ambiguous symbol": {"symbol": (None, "BTC/FDUSD")}},
        ),
    ),
)

ACCOUNTS = Kind(
    title="Accounts",
    file="accounts.json",
    ours=our_account,
    theirs=lambda exchange, payload: exchange.parse_account(payload),
    differences=(
        Difference(
            keys="`type`",
            when="always",
            ours="one word, such as `spot`",
            theirs="words of its HashKey class, such as `main spot account`",
            reason="`spot` and `swap` are ccxt's words everywhere else; the venue's label is under `info`.",
            shown_by={
                "main trading": {"type": ("spot", "main spot account")},
                "sub trading": {"type": ("spot", "sub spot account")},
                "futures, 2024": {"type": ("swap", "main swap account")},
                "custody": {"type": ("custody", " custody account")},
                "fiat": {"type": ("fiat", " fiat account")},
                "prefund, HK": {"type": ("prefund", " 9")},
            },
        ),
    ),
)
