"""What a test sees of the venue's state: copies, which nothing that happens later changes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hk_adapter.simulator.orders import CANCELED, CancelAttempt, Order
from hk_adapter.simulator.shapes import average_price


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """Show an order as it truly stands: the venue's words, amounts in base and cost in quote currency, times in ms.

    `status` is the truth, whatever word the dialect shows; `ended_at` is None while the order lives.
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
