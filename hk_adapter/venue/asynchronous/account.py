"""See what a key may see of its account. For asyncio."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hk_adapter.model import Account, Balances, KeyInfo, Trade, TradingFee
from hk_adapter.venue.asynchronous.base import AsyncFacade


class AccountReads(AsyncFacade):
    """Methods of ``AsyncVenue``."""

    async def fetch_my_trades(
        self,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        account_id: str | int | None = None,
        until: int | None = None,
    ) -> list[Trade]:
        """List the account's fills, oldest first, each once; as ``Venue.fetch_my_trades``."""
        return await self._runner.run(
            self._calls.fetch_my_trades(symbol, since, limit, params, client_order_id, account_id, until)
        )

    async def fetch_balance(
        self, params: Mapping[str, Any] | None = None, *, account_id: str | int | None = None
    ) -> Balances:
        """Ask for the balances; as ``Venue.fetch_balance``."""
        return await self._runner.run(self._calls.fetch_balance(params, account_id))

    async def fetch_trading_fees(
        self, symbols: Iterable[str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, TradingFee]:
        """Ask what trading costs this account; as ``Venue.fetch_trading_fees``."""
        return await self._runner.run(self._calls.fetch_trading_fees(symbols, params))

    async def fetch_accounts(self, params: Mapping[str, Any] | None = None) -> list[Account]:
        """Ask which accounts this key can see; as ``Venue.fetch_accounts``."""
        return await self._runner.run(self._calls.fetch_accounts(params))

    async def check_key(self, params: Mapping[str, Any] | None = None) -> KeyInfo:
        """Ask what the venue tells about the key in use; as ``Venue.check_key``."""
        return await self._runner.run(self._calls.check_key(params))
