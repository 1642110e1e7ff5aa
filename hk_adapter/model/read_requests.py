"""What a caller asks to see of an account or a market: checked, venue-neutral, without any venue's words.

In all of them ``params`` is what is left of ccxt's ``params``; the venue plugin refuses keys it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import field

from hk_adapter.model.order import Trade
from hk_adapter.model.requests import UnreadRow
from hk_adapter.record import Record


class AccountRequest(Record, frozen=True, kw_only=True):
    """Ask about an account.

    Attributes:
        account_id: a sub-account; None is the key's own.
        partial: whether the caller takes what can be read. Hooks need not heed it: they tell what they leave out.
    """

    account_id: str | None = None
    partial: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


class ListTradesRequest(Record, frozen=True, kw_only=True):
    """List the account's fills, newest first, one page of them.

    Attributes:
        symbol: unified; None lists every symbol.
        order_id: the venue's id of the one order whose fills are wanted; None where they are not those of one.
        client_order_id: only fills of this order; None lists those of every order.
        since: only fills from then on, in ms UTC; None has no such bound. A hint: the page may hold older ones.
        until: only fills up to then, in ms UTC; None has no such bound. A hint: the page may hold newer ones.
        before_id: what the page before gave as ``next_before_id``; None starts at the newest.
        limit: rows wanted; None, or more than the venue's largest page, is that page.
        account_id: a sub-account; None is the key's own.
        partial: whether the caller takes what can be read. Hooks need not heed it: they tell what they leave out.
    """

    symbol: str | None = None
    order_id: str | None = None
    client_order_id: str | None = None
    since: int | None = None
    until: int | None = None
    before_id: str | None = None
    limit: int | None = None
    account_id: str | None = None
    partial: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


class TradePage(Record, frozen=True, kw_only=True):
    """One page of a list of fills.

    Attributes:
        complete: whether nothing is missing: no further page, and every row could be read.
        next_before_id: the cursor of the next page; None where there is none.
        left_out: rows that could not be read exactly.
        unread: those rows, as far as the plugin tells them.
        cut_off: as in OrderPage.
    """

    trades: tuple[Trade, ...]
    complete: bool
    next_before_id: str | None = None
    left_out: int = 0
    unread: tuple[UnreadRow, ...] = ()
    cut_off: bool | None = None


class SymbolsRequest(Record, frozen=True, kw_only=True):
    """Ask about several markets.

    Attributes:
        symbols: unified; None means all of them.
        partial: whether the caller takes what can be read. Hooks need not heed it: they tell what they leave out.
    """

    symbols: tuple[str, ...] | None = None
    partial: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


class MarketRequest(Record, frozen=True, kw_only=True):
    """Ask about one market.

    Attributes:
        limit: rows wanted; None is the venue's default.
        since: only rows from then on, in ms UTC; None has no such bound.
        until: only rows up to then, in ms UTC; None has no such bound. A hint: the answer may hold newer ones.
        timeframe: of candles, such as ``1m`` or ``1d``; None for anything else.
        partial: whether the caller takes what can be read. Hooks need not heed it: they tell what they leave out.
    """

    symbol: str
    limit: int | None = None
    since: int | None = None
    until: int | None = None
    timeframe: str | None = None
    partial: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)
