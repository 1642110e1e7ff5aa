"""The statement of an account: what was traded and moved, one kind of record at a time.

Source: HashKey documentation, Nov 2025. Of its kinds only trades and transfers happen here; the others have no records.
A trade's balances are the text that the document gives as their default, for nobody here remembers them.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from hk_adapter.simulator.endpoints.parameters import required, whole_number
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.ledger import Transfer
from hk_adapter.simulator.exchange.money import plain
from hk_adapter.simulator.exchange.orders import Fill
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal

KINDS = frozenset({"trade", "deposit", "fiatDeposit", "withdraw", "fiatWithdraw", "transfer", "reversal", "refund"})
MOST_ROWS = 500
"""Ours: the document names no limit."""

_DAY_MS = 24 * 3600 * 1000
# How many days a kind reaches back, and how many one call may span.
_TRADE_DAYS = (14, 7)
_OTHER_DAYS = (30, 30)


def statement(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """List the records of one kind, oldest first; only a main account's key may ask."""
    if account.parent is not None:
        raise Refusal(venue.dialect.foreign_account)
    asked = venue.register.asked_for(account, parameters, venue.dialect.foreign_account)
    kind = required(parameters, "type")
    if kind not in KINDS:
        raise Refusal("-2026", "type")
    first, last = _span(parameters, _TRADE_DAYS if kind == "trade" else _OTHER_DAYS, now)
    rows: Iterable[dict[str, object]] = ()
    if kind == "trade":
        rows = _trades(venue, asked, parameters, first, last)
    elif kind == "transfer":
        rows = _transfers(venue, asked, parameters, first, last)
    limit = whole_number(parameters, "limit")
    if limit == 0:
        raise Refusal("-1130", "limit")
    return list(islice(rows, min(limit or MOST_ROWS, MOST_ROWS)))


def _trades(
    venue: VenueState, account: Account, parameters: Parameters, first: int, last: int
) -> Iterable[dict[str, object]]:
    begin, client_id = whole_number(parameters, "beginId") or 0, parameters.get("clientOrderId")
    for number, fill in enumerate(venue.book.records.fills(account), 1):
        if number > begin and first <= fill.time <= last and client_id in (None, "", fill.order.client_order_id):
            yield _trade_row(number, fill)


def _transfers(
    venue: VenueState, account: Account, parameters: Parameters, first: int, last: int
) -> Iterable[dict[str, object]]:
    begin, client_id = whole_number(parameters, "beginId") or 0, parameters.get("clientOrderId")
    remark = parameters.get("remark")
    for number, one in enumerate(venue.transfers.of(account), 1):
        if number <= begin or not first <= one.time <= last:
            continue
        if client_id in (None, "", one.client_order_id) and remark in (None, "", one.remark):
            yield _transfer_row(number, one)


def _span(parameters: Parameters, days: tuple[int, int], now: int) -> tuple[int, int]:
    reach, most = days
    required(parameters, "startTime")
    required(parameters, "endTime")
    first, last = whole_number(parameters, "startTime") or 0, whole_number(parameters, "endTime") or 0
    if first < now - reach * _DAY_MS or last - first > most * _DAY_MS:
        raise Refusal("-2027")
    return first, last


def _trade_row(number: int, fill: Fill) -> dict[str, object]:
    market, buys = fill.order.terms.market, fill.side == "BUY"
    return {
        "id": str(number),
        "accountId": fill.order.account.account_id,
        "type": "trade",
        "netBaseAmount": plain(fill.quantity if buys else -fill.quantity),
        "baseCcy": market.base,
        "baseAssetBalance": "",
        "netQuoteAmount": plain(-fill.quote_amount if buys else fill.quote_amount),
        "quoteCcy": market.quote,
        "quoteAssetBalance": "",
        "direction": fill.side,
        "fee": plain(fill.commission),
        "feeCcy": fill.commission_asset,
        "clientOrderId": fill.order.client_order_id,
        "orderId": fill.order.order_id,
        "tradeId": fill.id,
        "transactTime": str(fill.time),
    }


def _transfer_row(number: int, one: Transfer) -> dict[str, object]:
    return {
        "id": str(number),
        "fromAccountId": one.source.account_id,
        "toAccountId": one.target.account_id,
        "type": "transfer",
        "netTransferAmount": plain(one.amount),
        "transferCcy": one.coin,
        "fromAccountBalance": plain(one.source_left),
        "toAccountBalance": plain(one.target_left),
        "orderId": one.order_id,
        "remark": one.remark,
        "transactTime": str(one.time),
        "clientOrderId": one.client_order_id,
    }
