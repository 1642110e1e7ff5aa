"""The hooks that show what a key can see of its account, and what they send."""

from __future__ import annotations

from hk_adapter.errors import InvalidArgument
from hk_adapter.hooks import hookimpl
from hk_adapter.model import (
    Account,
    AccountRequest,
    Balances,
    KeyInfo,
    ListTradesRequest,
    SymbolsRequest,
    TradePage,
    TradingFee,
)
from hk_adapter.venues.hashkey import endpoints
from hk_adapter.venues.hashkey.endpoints import Endpoint
from hk_adapter.venues.hashkey.parse.account import parse_accounts, parse_balances, parse_fees, parse_key
from hk_adapter.venues.hashkey.parse.fills import parse_fills
from hk_adapter.venues.hashkey.responses import read_list, read_object
from hk_adapter.venues.hashkey.site_hooks import SiteHooks
from hk_adapter.venues.hashkey.validation import (
    check_account_id,
    check_client_order_id,
    check_order_id,
    check_trade_id,
    refuse_params,
)

LARGEST_PAGE = 1000


class AccountHooks(SiteHooks):
    """The key's account."""

    @hookimpl
    async def fetch_my_trades(self, request: ListTradesRequest) -> TradePage:
        """List a page of the fills of 30 days, newest first.

        ``toId`` alone asks for smaller ids. The cheaper list by client id, on HK only, says less of the fees: not used.
        """
        return await self._fills(request, endpoints.FILLS)

    @hookimpl
    async def fetch_order_trades(self, request: ListTradesRequest) -> TradePage:
        """List a page of the fills of one order: the venue picks them by the client's id, which may be used again."""
        if request.order_id is None:
            raise InvalidArgument("order_id is needed")
        check_order_id(request.order_id)
        page = await self._fills(request, endpoints.ORDER_FILLS)
        return page.replace(trades=tuple(fill for fill in page.trades if fill.order_id == request.order_id))

    async def _fills(self, request: ListTradesRequest, own: Endpoint) -> TradePage:
        refuse_params(request.params)
        check_account_id(request.account_id)
        if request.client_order_id is not None:
            check_client_order_id(request.client_order_id)
        if request.before_id is not None:
            check_trade_id(request.before_id)
        of_sub_account = request.account_id is not None and self._site.name in endpoints.SUB_FILLS.sites
        limit = min(request.limit or LARGEST_PAGE, LARGEST_PAGE)
        params = {
            # HK's pages know no endpoints for sub-accounts, but an accountId on this one.
            "subAccountId" if of_sub_account else "accountId": request.account_id,
            "symbol": None if request.symbol is None else self._names.word(request.symbol),
            "clientOrderId": request.client_order_id,
            "startTime": None if request.since is None else str(request.since),
            "toId": request.before_id,
            "limit": str(limit),
        }
        endpoint = endpoints.SUB_FILLS if of_sub_account else own
        call = endpoint.call({name: text for name, text in params.items() if text is not None})
        return parse_fills(read_list(await call, own.hook), request, limit=limit, unify=self._names.unified)

    @hookimpl
    async def fetch_balance(self, request: AccountRequest) -> Balances:
        """Read the balances; ``accountId`` is for a master key's sub-accounts, and left out for the key's own."""
        refuse_params(request.params)
        check_account_id(request.account_id)
        params = {} if request.account_id is None else {"accountId": request.account_id}
        payload = read_object(await endpoints.BALANCES.call(params), "fetch_balance")
        return parse_balances(payload, account_id=request.account_id)

    @hookimpl
    async def fetch_trading_fees(self, request: SymbolsRequest) -> tuple[TradingFee, ...]:
        """Read the account's fee rates. HK's pages of Nov 2025 demand ``symbols``: all are sent once they are known."""
        refuse_params(request.params)
        asked = None if request.symbols is None else {self._names.word(symbol): symbol for symbol in request.symbols}
        words = sorted(self._names.words) if asked is None else list(asked)
        if asked == {}:
            raise InvalidArgument("symbols: an empty list asks for nothing; None asks for all")
        call = endpoints.FEES.call({"symbols": ",".join(words)} if words else {})
        payload = read_object(await call, "fetch_trading_fees")
        return parse_fees(payload, asked=asked, unify=self._names.unified)

    @hookimpl
    async def fetch_accounts(self, request: AccountRequest) -> tuple[Account, ...]:
        """List the accounts that the key can see, each with its kind."""
        _refuse_account_id(request)
        return parse_accounts(read_list(await endpoints.ACCOUNTS.call({}), "fetch_accounts"))

    @hookimpl
    async def check_key(self, request: AccountRequest) -> KeyInfo:
        """Read whether the key is a master account's or a sub-account's; its permissions cannot be asked for."""
        _refuse_account_id(request)
        return parse_key(read_object(await endpoints.KEY.call({}), "check_key"))


def _refuse_account_id(request: AccountRequest) -> None:
    refuse_params(request.params)
    if request.account_id is not None:
        raise InvalidArgument("account_id: hashkey tells this of the key, not of one account")
