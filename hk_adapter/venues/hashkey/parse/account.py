"""From HashKey's account answers to balances, fees, accounts and what a key is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hk_adapter.model import Account, Balance, Balances, KeyInfo, ReadRows, TradingFee, UnreadRow
from hk_adapter.parsing import Fields, name_of, read_rows, reading
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.symbols import Unify, unified_symbol

ACCOUNT_TYPES = {"1": "spot", "3": "swap", "5": "custody", "6": "fiat", "7": "opt", "9": "prefund"}
_KEY_TYPES = {"master": "master", "master account": "master", "sub": "sub", "sub account": "sub"}


def parse_balances(payload: Mapping[str, Any], *, account_id: str | None = None) -> Balances:
    """Read the balances, and tell the rows that cannot be read. Of a currency listed twice, no row is believed."""
    with reading("a list of balances", VENUE):
        rows = Fields(payload).rows("balances")
    by_currency, unread = balances_of(rows, _balance, "asset")
    return Balances(by_currency=by_currency, account_id=account_id, unread=unread, info=dict(payload))


def balances_of(
    rows: Sequence[Any], read: Callable[[Any], tuple[str, Balance]], named_by: str
) -> tuple[dict[str, Balance], tuple[UnreadRow, ...]]:
    """Read rows of balances; those that cannot be read, and each of a currency that is there twice, are unread."""
    found = read_rows(rows, read, named_by)
    unread = [row.replace(about=row.about and row.about.upper()) for row in found.unread]
    listed = Counter([currency for currency, _ in found] + [row.about for row in unread if row.about])
    twice = [currency for currency, _ in found if listed[currency] > 1]
    unread += [UnreadRow(reason=f"{one} is listed twice", about=one) for one in twice]
    return {currency: balance for currency, balance in found if listed[currency] == 1}, tuple(unread)


def parse_fees(
    payload: Mapping[str, Any], *, asked: Mapping[str, str] | None = None, unify: Unify = unified_symbol
) -> ReadRows[TradingFee]:
    """Read the fee rates of the markets ``asked`` for (unified symbols by the venue's), or of all that it names."""
    with reading("a list of fees", VENUE):
        rows = Fields(payload).rows("data")
    wanted = [row for row in rows if asked is None or name_of(row, "symbol") in {None, *asked}]
    return read_rows(wanted, lambda row: _fee(row, asked, unify), "symbol")


def parse_accounts(rows: Sequence[Any]) -> ReadRows[Account]:
    """Read the accounts; a type without a name of its own is the venue's number."""
    return read_rows(rows, _account, "accountId")


def parse_key(payload: Mapping[str, Any]) -> KeyInfo:
    """Read what a key is. HK says ``master``, MENA ``Master Account`` and ``Sub Account``; any other word stays."""
    with reading("an account of a key", VENUE):
        word = Fields(payload).text("accountType")
        return KeyInfo(account_type=_KEY_TYPES.get(word.lower(), word), info=dict(payload))


def _balance(payload: Any) -> tuple[str, Balance]:
    with reading("a balance", VENUE):
        row = Fields(payload)
        balance = Balance(free=row.number("free"), used=row.number("locked"), total=row.number("total"))
        return row.code("asset"), balance


def _fee(payload: Any, asked: Mapping[str, str] | None, unify: Unify) -> TradingFee:
    with reading("a fee", VENUE):
        row = Fields(payload)
        word = row.text("symbol")
        return TradingFee(
            symbol=unify(word, (asked or {}).get(word)),
            maker=row.maybe_number("actualMakerRate"),
            taker=row.maybe_number("actualTakerRate"),
            venue_symbol=word,
            info=dict(row.payload),
        )


def _account(payload: Any) -> Account:
    with reading("an account", VENUE):
        row = Fields(payload)
        number = row.id("accountType")
        return Account(
            id=row.id("accountId"),
            type=ACCOUNT_TYPES.get(number, number),
            name=row.maybe_text("accountLabel"),
            info=dict(row.payload),
        )
