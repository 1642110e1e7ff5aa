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
from hk_adapter.venue.api.base import ApiBase
from hk_adapter.venue.api.results import keyed, listed


class AccountCalls(ApiBase):
    """Methods of ``Venue`` and ``AsyncVenue``."""

    __slots__ = ()

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
        """List the account's fills, oldest first, each once.

        Args:
            symbol: unified; None lists every symbol.
            since: only fills from then on, in ms UTC; None has no such bound. How long they are kept
                is the venue's.
            limit: at most so many: the first from ``since`` on, or without ``since`` the newest. None: all from
                ``since`` on, or without it the venue's largest page of the newest.
            params: ccxt's way to give ``clientOrderId``; other keys are refused unless the venue knows them.
            client_order_id: only the fills of this order.
            until: only fills up to then, in ms UTC; also as ccxt's ``until`` in ``params``. None has no such bound.
            account_id: a sub-account that a master key may see; None is the key's own.

        Raises UnexpectedPayload rather than leave a fill out; NotSent where the rate budget leaves no time; else as
        ``fetch_time``.
        """
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

    async def fetch_order_trades(
        self,
        order_id: str | int | None = None,
        symbol: str | None = None,
        since: int | None = None,
        limit: int | None = None,
        params: Mapping[str, Any] | None = None,
        *,
        client_order_id: str | None = None,
        account_id: str | int | None = None,
    ) -> list[Trade]:
        """List the fills of one order, oldest first, each once: all that it has had, or an error.

        Looks the order up first: its fills must add up to what it has executed.

        Args:
            order_id: the venue's id; asked by alone where ``client_order_id`` is given too.
            symbol: unified; checked against the answers. None: not checked.
            since: only fills from then on, in ms UTC; None has no such bound.
            limit: at most so many: the first from ``since`` on, or without ``since`` the newest. None: all.
            params: ccxt's way to give ``clientOrderId``; other keys are refused unless the venue knows them. And
                ``partial``: True gives the fills that can be had, as a list whose ``unread`` tells what is missing.
            client_order_id: the client's id; beside ``order_id`` it is checked against the answer.
            account_id: a sub-account that a master key may see; None is the key's own.

        Raises OrderNotFound; UnexpectedPayload where fills are missing: posted late, kept no longer, or not
        to be read; NotSent where the rate budget leaves no time.
        """
        partial, rest = arguments.partial(params)
        known, own_id, rest = arguments.order_ids(order_id, client_order_id, rest)
        request = ListTradesRequest(
            symbol=arguments.printable_text("symbol", symbol),
            order_id=known,
            client_order_id=own_id,
            since=await arguments.since(since),
            limit=arguments.limit(limit),
            account_id=arguments.order_id("account_id", account_id),
            partial=partial,
            params=rest,
        )
        return await self.run(self.private("fetch_order_trades", request), list)

    async def fetch_balance(
        self, params: Mapping[str, Any] | None = None, *, account_id: str | int | None = None
    ) -> Balances:
        """Ask for the balances, by currency; ``account_id`` names a sub-account, None is the key's own.

        Raises as ``fetch_time``.
        """
        balances = await self.run(self.private("fetch_balance", _account(params, account_id)), Balances)
        return replace(balances, known=balances.known | self.markets.known_currencies())

    async def fetch_trading_fees(
        self, symbols: Iterable[str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, TradingFee]:
        """Ask what trading costs this account, by symbol; ``symbols`` None asks for every market.

        Raises as ``fetch_time``.
        """
        partial, rest = arguments.partial(params)
        request = SymbolsRequest(symbols=arguments.symbols(symbols), partial=partial, params=rest)
        fees: tuple[TradingFee, ...] = await self.run(self.private("fetch_trading_fees", request), tuple)
        return keyed(fees, lambda fee: fee.symbol or fee.venue_symbol or "", partial=partial)

    async def fetch_accounts(self, params: Mapping[str, Any] | None = None) -> list[Account]:
        """Ask which accounts this key can see.

        Raises as ``fetch_time``.
        """
        request = _account(params, None)
        return listed(await self.run(self.private("fetch_accounts", request), tuple), partial=request.partial)

    async def check_key(self, params: Mapping[str, Any] | None = None) -> KeyInfo:
        """Ask what the venue tells about the key in use; raises AuthenticationError for one that does not work.

        Else it raises as ``fetch_time``.
        """
        return await self.run(
            self.private("check_key", AccountRequest(params=arguments.frozen_params(params))), KeyInfo
        )


def _account(params: Mapping[str, Any] | None, account_id: str | int | None) -> AccountRequest:
    partial, rest = arguments.partial(params)
    return AccountRequest(account_id=arguments.order_id("account_id", account_id), partial=partial, params=rest)
