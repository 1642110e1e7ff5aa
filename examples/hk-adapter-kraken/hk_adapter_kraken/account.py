"""The hooks that tell what a key sees of its account."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import hk_adapter as hk
from hk_adapter.parsing import Fields, exact_sum, read_rows, reading
from hk_adapter_kraken import calls
from hk_adapter_kraken.answers import VENUE, read_result
from hk_adapter_kraken.desk import Desk
from hk_adapter_kraken.names import currency
from hk_adapter_kraken.orders import PAGE, skipped_by
from hk_adapter_kraken.parse import parse_fill, rows_of
from hk_adapter_kraken.terms import refuse_params

_NOTHING = Decimal(0)


class AccountHooks(Desk):
    """Balances and fills."""

    @hk.hookimpl
    async def fetch_balance(self, request: hk.AccountRequest) -> hk.Balances:
        """List what there is of each asset, and what open orders hold of it."""
        refuse_params(request.params)
        _refuse_account(request.account_id, "fetch_balance")
        result = read_result(await calls.ask("BalanceEx"), "fetch_balance")
        with reading("a list of balances", VENUE):
            rows = Fields(result).payload
        read = read_rows(rows.items(), _balance, 0)
        return hk.Balances(by_currency=dict(read), unread=read.unread, info=dict(rows))

    @hk.hookimpl
    async def fetch_my_trades(self, request: hk.ListTradesRequest) -> hk.TradePage:
        """List a page of the account's fills, newest first. Its cursor is a number of rows."""
        refuse_params(request.params)
        _refuse_account(request.account_id, "fetch_my_trades")
        if request.client_order_id is not None:
            text = f"{VENUE} lists fills by no client order id"
            raise hk.NotSupported(text, venue=VENUE, operation="fetch_my_trades")
        skipped = skipped_by(request.before_id)
        params = {} if skipped == 0 else {"ofs": str(skipped)}
        if request.since is not None:
            params["start"] = str(request.since // 1000)
        result = read_result(await calls.ask("TradesHistory", params, weight=2), "fetch_my_trades")
        with reading("a list of fills", VENUE):
            rows = rows_of(result, "trades")
        read = read_rows(rows.items(), lambda row: parse_fill(row[0], row[1], self.names.symbol), 0)
        full = len(rows) >= PAGE
        wanted = (one for one in read if request.symbol in (None, one.symbol))
        return hk.TradePage(
            trades=tuple(sorted(wanted, key=lambda one: one.timestamp or 0, reverse=True)),
            complete=not read.unread and not full,
            next_before_id=str(skipped + len(rows)) if full else None,
            left_out=len(read.unread),
            unread=read.unread,
            cut_off=False,
        )


def _refuse_account(account_id: str | None, operation: str) -> None:
    if account_id is not None:
        raise hk.NotSupported(f"{VENUE}: a key sees its own account", venue=VENUE, operation=operation)


def _balance(pair: tuple[str, Any]) -> tuple[str, hk.Balance]:
    with reading("a balance", VENUE):
        asset, payload = pair
        row = Fields(payload)
        total, used = row.number("balance"), row.amount("hold_trade")
        credit = exact_sum(
            row.maybe_amount("credit") or _NOTHING, (row.maybe_amount("credit_used") or _NOTHING).copy_negate()
        )
        return currency(asset), hk.Balance(
            free=exact_sum(exact_sum(total, credit), used.copy_negate()), used=used, total=total
        )
