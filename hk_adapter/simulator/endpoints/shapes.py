"""How an order reads in each answer: which fields, and every value as the documents' samples show it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

from hk_adapter.simulator.exchange.money import ZERO, plain
from hk_adapter.simulator.exchange.orders import Order

# How many digits avgPrice carries is documented nowhere; more than any price step of the catalogue.
_AVERAGE_STEP = Decimal("1e-8")
_ROUNDING = Context(prec=100, rounding=ROUND_HALF_UP)
_EXCHANGE_ID = "301"
_NO_FEES = {"feeCoin": "", "feeAmount": "0", "sumFeeAmount": "0"}


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
        "reqAmount": _cash_text(order),
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
        "reqAmount": _cash_text(order),
    }


def query_answer(order: Order, status: str, *, fees: bool = False) -> dict[str, object]:
    """Show an order as the query endpoint does: a list's row, and reason, stpMode and `fees`, empty unless wanted."""
    return {
        **list_answer(order, status),
        **(_fees(order) if fees else _NO_FEES),
        "ordCxlReason": order.cancel_reason,
        "stpMode": order.terms.stp_mode,
    }


def sub_account_answer(order: Order, status: str) -> dict[str, object]:
    """Show an order as the lists of a sub-account do: a list's row, and reason and stpMode."""
    return {**list_answer(order, status), "ordCxlReason": order.cancel_reason, "stpMode": order.terms.stp_mode}


def filled_text(order: Order) -> str:
    """Write how much is filled."""
    return plain(order.filled) if order.filled else "0"


def _cash_text(order: Order) -> str:
    return plain(order.terms.cash) if order.terms.cash else "0"


def _fees(order: Order) -> dict[str, object]:
    """Show fees as HK does: those of the last fill and of all, no top-up to a least fee, and none paid in HSK."""
    last = order.fills[-1].commission if order.fills else ZERO
    return {
        "feeCoin": order.fills[-1].commission_asset if order.fills else "",
        "feeAmount": plain(last),
        "sumFeeAmount": plain(sum((fill.commission for fill in order.fills), ZERO)),
        "feeSupplementaryAmount": "0",
        "platformFeeCoin": "",
        "sumPlatformFeeAmount": "",
    }


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
