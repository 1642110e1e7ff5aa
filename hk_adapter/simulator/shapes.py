"""How an order reads in each answer: which fields, and every value as the documents' samples show it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from hk_adapter.simulator.money import ZERO, plain
from hk_adapter.simulator.orders import Order

# How many digits avgPrice carries is documented nowhere; more than any price step of the catalogue.
_AVERAGE_STEP = Decimal("1e-8")
_ROUNDING = Context(prec=100, rounding=ROUND_HALF_UP)
_EXCHANGE_ID = "301"


def average_price(order: Order) -> Decimal:
    """Divide cost by filled, rounded to 8 decimals; 0 when nothing is filled."""
    if not order.filled:
        return ZERO
    return _ROUNDING.quantize(_ROUNDING.divide(order.cost, order.filled), _AVERAGE_STEP)


def create_answer(order: Order, *, status: str, executed: str, alert: bool) -> dict[str, object]:
    """Show a new order; only v1.1 has `alert`. `status` and `executed` are what the dialect lets it tell."""
    answer: dict[str, object] = {
        **_identity(order),
        "symbolName": order.terms.market.symbol,
        "transactTime": str(order.created),
        **_state(order, status, executed),
        "reqAmount": "0",
        "concentration": "",
    }
    return answer | {"alert": ""} if alert else answer


def cancel_answer(order: Order, status: str) -> dict[str, object]:
    """Show an order in the cancel endpoint's twelve fields; transactTime is its creation time."""
    return {**_identity(order), "transactTime": str(order.created), **_state(order, status, filled_text(order))}


def list_answer(order: Order, status: str) -> dict[str, object]:
    """Show an order as open orders and history do; both spellings of the quote quantity are the venue's."""
    filled = bool(order.filled)
    cost = plain(order.cost) if filled else "0"
    return {
        **_identity(order),
        "exchangeId": _EXCHANGE_ID,
        "symbolName": order.terms.market.symbol,
        **_state(order, status, filled_text(order)),
        "cummulativeQuoteQty": cost,
        "cumulativeQuoteQty": cost,
        "avgPrice": plain(average_price(order)) if filled else "0",
        "stopPrice": "0.0",
        "icebergQty": "0.0",
        "time": str(order.created),
        "updateTime": str(order.updated),
        "isWorking": True,
        "reqAmount": "0",
    }


def query_answer(order: Order, status: str) -> dict[str, object]:
    """Show an order as the query endpoint does: a list's row, and fees, reason and stpMode."""
    return {
        **list_answer(order, status),
        "feeCoin": "",
        "feeAmount": "0",
        "sumFeeAmount": "0",
        "ordCxlReason": order.cancel_reason,
        "stpMode": order.terms.stp_mode,
    }


def filled_text(order: Order) -> str:
    """Write how much is filled."""
    return plain(order.filled) if order.filled else "0"


def _identity(order: Order) -> dict[str, object]:
    return {
        "accountId": order.account.account_id,
        "symbol": order.terms.market.symbol,
        "clientOrderId": order.client_order_id,
        "orderId": order.order_id,
    }


def _state(order: Order, status: str, executed: str) -> dict[str, object]:
    return {
        "price": order.price_text,
        "origQty": order.amount_text,
        "executedQty": executed,
        "status": status,
        "timeInForce": order.terms.time_in_force,
        "type": order.terms.type,
        "side": order.terms.side,
    }
