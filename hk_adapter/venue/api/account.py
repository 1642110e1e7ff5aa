"""What a key may see of its account: arguments checked, and on to the core."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hk_adapter.model import (
    Account,
    AccountRequest,
    Balances,
    KeyInfo,
    ListTradesRequest,
    SymbolsRequest,
    Trade,
    TradingFee,
)
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.base import Line
from hk_adapter.venue.api.results import keyed, listed


class AccountCalls(Line):
    """As the methods of ``Venue`` of the same names."""

    __slots__ = ()

    async def fetch_my_trades(
        self,
        symbol: str | None,
        since: int | None,
        limit: int | None,
        params: Mapping[str, Any] | None,
        client_order_id: str | None,
        account_id: str | int | None,
        until: int | None = None,
    ) -> list[Trade]:
        """As ``Venue.fetch_my_trades``."""
        partial, rest = arguments.partial(params)
        own_id, rest = arguments.client_id(client_order_id, rest)
        begin = await arguments.since(since)
        end, rest = arguments.until(until, rest, begin)
        request = ListTradesRequest(
            symbol=arguments.printable_text("symbol", symbol),
            client_order_id=own_id,
            since=begin,
            until=end,
            limit=arguments.limit(limit),
            account_id=arguments.order_id("account_id", account_id),
            partial=partial,
            params=rest,
        )
        return await self.run(self.private("fetch_my_trades", request), list)

    async def fetch_balance(self, params: Mapping[str, Any] | None, account_id: str | int | None) -> Balances:
        """As ``Venue.fetch_balance``."""
        balances = await self.run(self.private("fetch_balance", _account(params, account_id)), Balances)
        return replace(balances, known=balances.known | self.markets.known_currencies())

    async def fetch_trading_fees(
        self, symbols: Iterable[str] | None, params: Mapping[str, Any] | None
    ) -> dict[str, TradingFee]:
        """As ``Venue.fetch_trading_fees``."""
        partial, rest = arguments.partial(params)
        request = SymbolsRequest(symbols=arguments.symbols(symbols), partial=partial, params=rest)
        fees: tuple[TradingFee, ...] = await self.run(self.private("fetch_trading_fees", request), tuple)
        return keyed(fees, lambda fee: fee.symbol or fee.venue_symbol or "", partial=partial)

    async def fetch_accounts(self, params: Mapping[str, Any] | None) -> list[Account]:
        """As ``Venue.fetch_accounts``."""
        request = _account(params, None)
        return listed(await self.run(self.private("fetch_accounts", request), tuple), partial=request.partial)

    async def check_key(self, params: Mapping[str, Any] | None) -> KeyInfo:
        """As ``Venue.check_key``."""
        return await self.run(
            self.private("check_key", AccountRequest(params=arguments.frozen_params(params))), KeyInfo
        )


def _account(params: Mapping[str, Any] | None, account_id: str | int | None) -> AccountRequest:
    partial, rest = arguments.partial(params)
    return AccountRequest(account_id=arguments.order_id("account_id", account_id), partial=partial, params=rest)
