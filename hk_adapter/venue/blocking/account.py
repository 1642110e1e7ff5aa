"""See what a key may see of its account. For threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hk_adapter.model import Account, Balances, KeyInfo, Trade, TradingFee
from hk_adapter.venue.blocking.base import BlockingFacade


class AccountReads(BlockingFacade):
    """Methods of ``Venue``."""

    def fetch_my_trades(
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
        """List the account's fills, oldest first, each once.

        Args:
            symbol: unified; None lists every symbol.
            since: only fills from then on, in ms UTC; None has no such bound. HashKey keeps 30 days.
            limit: at most so many: the first from ``since`` on, or without ``since`` the newest. None: all from
                ``since`` on, or without it the venue's largest page of the newest.
            params: ccxt's way to give ``clientOrderId``; other keys are refused unless the venue knows them.
            client_order_id: only the fills of this order.
            until: only fills up to then, in ms UTC; also as ccxt's ``until`` in ``params``. None has no such bound.
            account_id: a sub-account that a master key may see; None is the key's own.

        Raises UnexpectedPayload rather than leave a fill out; NotSent where the rate budget leaves no time.
        """
        return self._runner.run(
            self._calls.fetch_my_trades(symbol, since, limit, params, client_order_id, account_id, until)
        )

    def fetch_balance(
        self, params: Mapping[str, Any] | None = None, *, account_id: str | int | None = None
    ) -> Balances:
        """Ask for the balances, by currency; ``account_id`` names a sub-account, None is the key's own."""
        return self._runner.run(self._calls.fetch_balance(params, account_id))

    def fetch_trading_fees(
        self, symbols: Iterable[str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, TradingFee]:
        """Ask what trading costs this account, by symbol; ``symbols`` None asks for every market."""
        return self._runner.run(self._calls.fetch_trading_fees(symbols, params))

    def fetch_accounts(self, params: Mapping[str, Any] | None = None) -> list[Account]:
        """Ask which accounts this key can see."""
        return self._runner.run(self._calls.fetch_accounts(params))

    def check_key(self, params: Mapping[str, Any] | None = None) -> KeyInfo:
        """Ask what the venue tells about the key in use; raises AuthenticationError for one that does not work."""
        return self._runner.run(self._calls.check_key(params))
