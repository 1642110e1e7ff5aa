"""From HashKey's rows of fills to trades, with what was paid for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import Fee, ListTradesRequest, OrderSide, Trade, TradePage
from hk_adapter.parsing import Fields, exact_product, exact_sum, read_rows, reading
from hk_adapter.venues.hashkey.error_codes import VENUE
from hk_adapter.venues.hashkey.symbols import Unify, unified_symbol


def parse_fills(
    rows: Sequence[Any], request: ListTradesRequest, *, limit: int, unify: Unify = unified_symbol
) -> TradePage:
    """Read one page of fills, newest first as the venue sends them, each once.

    Only identical rows are one fill: both sides of a match can be one account's. A
    row that cannot be read is left out, and the page is not complete; so is one of another symbol than asked for, and
    one of no client order id where fills of one were asked for.
    """
    read = read_rows(rows, lambda row: _asked_for(parse_fill(row, symbol=request.symbol, unify=unify), request), "id")
    full = len(rows) >= limit
    last = read[-1].id if read else None
    # Where the bound itself were included, the page after it would be the same one again.
    next_before_id = last if full and last != request.before_id else None
    return TradePage(
        trades=tuple(_each_once(fill for fill in read if _is_wanted(fill, request))),
        complete=len(read) == len(rows) and not full,
        next_before_id=next_before_id,
        left_out=len(read.unread),
        unread=read.unread,
        cut_off=full and next_before_id is None,
    )


def parse_fill(payload: Any, *, symbol: str | None = None, unify: Unify = unified_symbol) -> Trade:
    """Read one fill; ``symbol`` is the caller's. Raises UnexpectedPayload for what cannot be read exactly."""
    with reading("a fill", VENUE):
        row = Fields(payload)
        price, amount = row.number("price"), row.number("qty")
        return Trade(
            id=row.id("id"),
            order_id=row.id("orderId"),
            symbol=unify(row.text("symbol"), symbol),
            side=OrderSide.BUY if row.flag("isBuyer") else OrderSide.SELL,
            taker_or_maker="maker" if row.flag("isMaker") else "taker",
            price=price,
            amount=amount,
            cost=exact_product(price, amount),
            fees=_fees(row),
            timestamp=row.time("time"),
            info=dict(row.payload),
        )


def _each_once(fills: Iterable[Trade]) -> list[Trade]:
    found: list[Trade] = []
    payloads: dict[Trade, list[Any]] = {}
    for fill in fills:
        same = payloads.setdefault(fill, [])
        if fill.info not in same:
            same.append(fill.info)
            found.append(fill)
    return found


def _asked_for(fill: Trade, request: ListTradesRequest) -> Trade:
    with reading("a fill that was asked for", VENUE):
        if request.symbol not in (None, fill.symbol):
            raise InvalidArgument(f"it is of {fill.symbol}")
        if request.client_order_id is not None:
            Fields(fill.info).id("clientOrderId")
    return fill


def _is_wanted(fill: Trade, request: ListTradesRequest) -> bool:
    own = request.client_order_id
    return fill.id != request.before_id and (own is None or str(fill.info.get("clientOrderId")) == own)


def _fees(row: Fields) -> tuple[Fee, ...]:
    """Read what was paid: ``fee`` after a deduction in HSK, ``commission`` where there is no such object.

    On HK ``feeSupplementaryAmount`` comes on top, up to the minimum fee: of the row's own coin, whatever the fee was
    deducted in. ``makerRebate`` is not read: whether it is part of the fee, and in which currency it is, is documented
    nowhere.
    """
    paid = _paid(row)
    if paid is None:
        return ()
    cost, currency = paid
    supplement = row.maybe_amount("feeSupplementaryAmount") or Decimal(0)
    coin = _currency(row, "feeCoinId") or _currency(row, "commissionAsset") or currency
    whole = exact_sum(cost, supplement) if coin == currency else cost
    # The fee is sent up to three times, of one coin unless HSK was deducted; two numbers for one fee are no fee.
    for name, its_coin in (("commission", "commissionAsset"), ("feeAmount", "feeCoinId")):
        if _currency(row, its_coin) == currency and row.maybe_number(name) not in (None, cost, whole):
            raise InvalidArgument(f"{name} and fee {cost} differ")
    fee = Fee(currency=currency, cost=whole)
    return (fee,) if coin == currency or not supplement else (fee, Fee(currency=coin, cost=supplement))


def _paid(row: Fields) -> tuple[Decimal, str | None] | None:
    paid = row.object("fee") if row.has("fee") else None
    if paid is not None and paid.has("fee"):
        return paid.number("fee"), _currency(paid, "feeCoinId")
    if row.has("commission"):
        return row.number("commission"), _currency(row, "commissionAsset")
    if row.has("feeAmount"):
        return row.number("feeAmount"), _currency(row, "feeCoinId")
    return None


def _currency(row: Fields, name: str) -> str | None:
    return row.code(name) if row.has(name) else None
