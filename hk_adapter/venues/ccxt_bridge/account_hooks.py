"""The hooks that show what a key can see of its account: fills, balances, fees and accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hk_adapter.errors import NotSupported, UnexpectedPayload
from hk_adapter.hooks import hookimpl
from hk_adapter.model import (
    Account,
    AccountRequest,
    Balances,
    ListTradesRequest,
    SymbolsRequest,
    TradePage,
    TradingFee,
    UnreadRow,
)
from hk_adapter.venues.ccxt_bridge import capabilities, parse, parse_account
from hk_adapter.venues.ccxt_bridge.call_record import current
from hk_adapter.venues.ccxt_bridge.page_end import Page, check_bound, dropped, has_a_list, has_rows
from hk_adapter.venues.ccxt_bridge.read_hooks import ReadHooks, of_symbols, with_until
from hk_adapter.venues.ccxt_bridge.terms import check_symbol, check_symbols


class AccountHooks(ReadHooks):
    """The key's own account."""

    @hookimpl
    async def fetch_my_trades(self, request: ListTradesRequest) -> TradePage:
        """List the account's fills, newest first, as far back as one request goes."""
        if request.before_id or request.client_order_id or request.account_id:
            raise NotSupported("ccxt lists fills by symbol and time only")
        check_symbol(self._exchange, request.symbol)
        limit = request.limit or capabilities.page_limit(self._exchange, "fetchMyTrades", None)
        page = await self._fills(
            "fetchMyTrades",
            "fetch_my_trades",
            request.symbol,
            request.since,
            limit,
            symbol=request.symbol,
            params=with_until(request),
        )
        check_bound(self._exchange.id, [fill.timestamp for fill in page.trades], request.until)
        return page

    @hookimpl
    async def fetch_order_trades(self, request: ListTradesRequest) -> TradePage:
        """List the fills of one order, newest first, as far as one request goes."""
        if request.before_id or request.account_id:
            raise NotSupported("ccxt lists the fills of an order at once, and of the key's own account")
        return await self._fills(
            "fetchOrderTrades",
            "fetch_order_trades",
            request.order_id,
            request.symbol,
            symbol=request.symbol,
            params=request.params,
        )

    async def _fills(
        self, ability: str, method: str, *arguments: Any, symbol: str | None, params: Mapping[str, Any]
    ) -> TradePage:
        pages: list[Page] = []
        read: list[str | None] = []

        async def listed(*given: Any, **named: Any) -> Any:
            answer = await getattr(self._exchange, method)(*given, **named)
            if (record := current()) is not None:
                pages.extend(record.pages)
                read.extend(record.fills)
            return answer

        answer = await self._call(ability, listed, *arguments, params=params)
        if not answer and pages and not has_a_list(pages):
            raise UnexpectedPayload(f"{self._exchange.id} answered without a list of fills")
        if not answer and not read and has_rows(pages):
            raise UnexpectedPayload(f"{self._exchange.id} answered with rows of which ccxt reads none")
        return _trade_page(answer, dropped(symbol, read, len(answer or ())))

    @hookimpl
    async def fetch_balance(self, request: AccountRequest) -> Balances:
        """Ask for the balances of the key's own account."""
        _own_account(request)
        answer = await self._call("fetchBalance", "fetch_balance", params=request.params)
        return parse.exactly(parse_account.balances, answer, "balance")

    @hookimpl
    async def fetch_trading_fees(self, request: SymbolsRequest) -> tuple[TradingFee, ...]:
        """Ask for the fees; an exchange that tells one at a time is asked for one."""
        check_symbols(self._exchange, request.symbols)
        if capabilities.has(self._exchange, "fetchTradingFees"):
            answer = await self._call("fetchTradingFees", "fetch_trading_fees", params=request.params)
            return of_symbols(parse.readable(parse_account.trading_fee, answer, "fee", "symbol"), request.symbols)
        symbol = self._one_symbol(request)
        answer = await self._call("fetchTradingFee", "fetch_trading_fee", symbol, params=request.params)
        return (parse.exactly(parse_account.trading_fee, answer, "fee"),)

    @hookimpl
    async def fetch_accounts(self, request: AccountRequest) -> tuple[Account, ...]:
        """Ask which accounts the key can see."""
        _own_account(request)
        answer = await self._call("fetchAccounts", "fetch_accounts", params=request.params)
        return parse.readable(parse_account.account, answer, "account", "id")


def _own_account(request: AccountRequest) -> None:
    if request.account_id is not None:
        raise NotSupported("ccxt looks into the key's own account only")


def _trade_page(answer: Any, dropped_rows: Sequence[UnreadRow] = ()) -> TradePage:
    found = parse.readable(parse.trade, answer, "fill", "id")
    newest_first = tuple(sorted(found, key=lambda fill: fill.timestamp or 0, reverse=True))
    unread = (*found.unread, *dropped_rows)
    return TradePage(trades=newest_first, complete=not unread, left_out=len(unread), unread=unread, cut_off=False)
