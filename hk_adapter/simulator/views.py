"""What a test sees of the venue's state: copies, which nothing that happens later changes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hk_adapter.simulator.endpoints.shapes import average_price
from hk_adapter.simulator.exchange.orders import CANCELED, CancelAttempt, Fill, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """Show an order as it truly stands: the venue's words, amounts in base and cost in quote currency, times in ms.

    `amount` is 0 for an order by `cash`, in quote currency, which is 0 for all others. `status` is the truth, whatever
    word the dialect shows; `ended_at` is None while the order lives.
    """

    order_id: str
    client_order_id: str
    account_id: str
    symbol: str
    side: str
    type: str
    time_in_force: str
    price: Decimal
    amount: Decimal
    cash: Decimal
    filled: Decimal
    remaining: Decimal
    cost: Decimal
    average: Decimal
    status: str
    cancel_reason: str
    created: int
    updated: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class CancelSeen:
    """Show a cancel request that was carried out for an order: `code` is the refusal's, empty when accepted.

    `effective`: it is this request that took the order off the book.
    """

    at: int
    accepted: bool
    effective: bool
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTruth(OrderView):
    """Show also how an order ended, and every cancel that was meant for it.

    `canceled_by`: `user` (a request or the account's owner), `system` (the venue by itself), None when not canceled.
    `cancel_sends` counts what arrived naming the order, also what was refused at the door or lost before anything
    was done; `cancel_requests` are those that were carried out, mass cancels that took the order among them.
    """

    canceled_at: int | None
    canceled_by: str | None
    cancel_sends: int
    cancel_requests: tuple[CancelSeen, ...]


@dataclass(frozen=True, slots=True)
class BalanceView:
    """Show what an account has of one asset."""

    free: Decimal
    locked: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FillView:
    """Show one order's side of a trade: `fee` is what it paid, in `fee_asset`; other units as for an order.

    `id` is this side's own, `ticket_id` both sides'. `counter_order_id` is None for a trade with the outside.
    """

    id: str
    ticket_id: str
    order_id: str
    counter_order_id: str | None
    account_id: str
    symbol: str
    side: str
    price: Decimal
    amount: Decimal
    cost: Decimal
    is_maker: bool
    fee: Decimal
    fee_asset: str
    time: int


def order_view(order: Order) -> OrderView:
    """Copy an order's state."""
    return OrderView(**_state(order))


def order_truth(order: Order) -> OrderTruth:
    """Copy an order's state and its cancels."""
    canceled = order.status in CANCELED
    by = "user" if order.cancel_reason == "USER_CANCEL" else "system"
    return OrderTruth(
        **_state(order),
        canceled_at=order.ended if canceled else None,
        canceled_by=by if canceled else None,
        cancel_sends=order.cancel_sends,
        cancel_requests=tuple(map(_seen, order.cancels)),
    )


def fill_view(fill: Fill) -> FillView:
    """Copy a fill."""
    return FillView(
        id=fill.id,
        ticket_id=fill.ticket_id,
        order_id=fill.order.order_id,
        counter_order_id=None if fill.counter_order is None else fill.counter_order.order_id,
        account_id=fill.order.account.account_id,
        symbol=fill.order.terms.market.symbol,
        side=fill.side,
        price=fill.price,
        amount=fill.quantity,
        cost=fill.quote_amount,
        is_maker=fill.is_maker,
        fee=fill.commission,
        fee_asset=fill.commission_asset,
        time=fill.time,
    )


def _seen(attempt: CancelAttempt) -> CancelSeen:
    return CancelSeen(attempt.at, not attempt.code, attempt.effective, attempt.code)


def _state(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "client_order_id": order.client_order_id,
        "account_id": order.account.account_id,
        "symbol": order.terms.market.symbol,
        "side": order.terms.side,
        "type": order.terms.type,
        "time_in_force": order.terms.time_in_force,
        "price": order.terms.price,
        "amount": order.terms.amount,
        "cash": order.terms.cash,
        "filled": order.filled,
        "remaining": order.remaining,
        "cost": order.cost,
        "average": average_price(order),
        "status": order.status.value,
        "cancel_reason": order.cancel_reason,
        "created": order.created,
        "updated": order.updated,
        "ended_at": order.ended,
    }
