"""From HashKey's account answers to balances, fees, accounts and what a key is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Account, Balance, Balances, KeyInfo, TradingFee
from hk_adapter.venues.hashkey.parse.fields import Fields, Unify, reading
from hk_adapter.venues.hashkey.symbols import unified_symbol

_ACCOUNT_TYPES = {"1": "spot", "3": "swap", "5": "custody", "6": "fiat", "7": "opt", "9": "prefund"}
_KEY_TYPES = {"master": "master", "master account": "master", "sub": "sub", "sub account": "sub"}


def parse_balances(payload: Mapping[str, Any], *, account_id: str | None = None) -> Balances:
    """Read the balances; a row that cannot be read makes the whole answer unusable, as money would be missing."""
    with reading("a list of balances"):
        by_currency: dict[str, Balance] = {}
        for row in map(Fields, Fields(payload).rows("balances")):
            currency = row.code("asset")
            if currency in by_currency:
                raise InvalidArgument(f"{currency} is listed twice")
            by_currency[currency] = Balance(
                free=row.number("free"), used=row.number("locked"), total=row.number("total")
            )
        return Balances(by_currency=by_currency, account_id=account_id, info=dict(payload))


def parse_fees(
    payload: Mapping[str, Any], *, asked: Mapping[str, str] | None = None, unify: Unify = unified_symbol
) -> tuple[TradingFee, ...]:
    """Read the fee rates of the markets ``asked`` for (unified symbols by the venue's), or of all that it names."""
    with reading("a list of fees"):
        rows = [Fields(row) for row in Fields(payload).rows("data")]
        return tuple(_fee(row, asked, unify) for row in rows if asked is None or row.text("symbol") in asked)


def parse_accounts(rows: Sequence[Any]) -> tuple[Account, ...]:
    """Read the accounts; a type without a name of its own is the venue's number."""
    with reading("a list of accounts"):
        return tuple(_account(Fields(row)) for row in rows)


def parse_key(payload: Mapping[str, Any]) -> KeyInfo:
    """Read what a key is. HK says ``master``, MENA ``Master Account`` and ``Sub Account``; any other word stays."""
    with reading("an account of a key"):
        word = Fields(payload).text("accountType")
        return KeyInfo(account_type=_KEY_TYPES.get(word.lower(), word), info=dict(payload))


def _fee(row: Fields, asked: Mapping[str, str] | None, unify: Unify) -> TradingFee:
    word = row.text("symbol")
    return TradingFee(
        symbol=unify(word, (asked or {}).get(word)),
        maker=row.maybe_number("actualMakerRate"),
        taker=row.maybe_number("actualTakerRate"),
        venue_symbol=word,
        info=dict(row.payload),
    )


def _account(row: Fields) -> Account:
    number = row.id("accountType")
    return Account(
        id=row.id("accountId"),
        type=_ACCOUNT_TYPES.get(number, number),
        name=row.maybe_text("accountLabel"),
        info=dict(row.payload),
    )
