"""What a private stream tells: an order's report, a fill's ticket, an account's balances.

Source: HashKey documentation, 2026, and captures that ccxt quotes. Every value is text, times too, but for booleans.
What a report says of an execution where there was none is not documented: amounts are 0, names empty.
"""

from __future__ import annotations

from collections.abc import Mapping

from hk_adapter.simulator.endpoints.shapes import average_price, filled_text
from hk_adapter.simulator.exchange.accounts import Balance
from hk_adapter.simulator.exchange.money import plain
from hk_adapter.simulator.exchange.orders import Fill, Order

ORDER_REPORT = "executionReport"
FILL_TICKET = "ticketInfo"
BALANCES = "outboundAccountInfo"

Event = dict[str, object]


def order_report(order: Order, status: str, fill: Fill | None, now: int) -> Event:
    """Show an order as it stands now, and the execution that changed it, if one did."""
    terms = order.terms
    return {
        "e": ORDER_REPORT,
        "E": str(now),
        "s": terms.market.symbol,
        "c": order.client_order_id,
        "S": terms.side,
        "o": _type_word(order),
        "f": terms.time_in_force,
        "q": order.amount_text,
        "p": order.price_text,
        "X": status,
        "i": order.order_id,
        "M": "0",
        **_execution(fill),
        "z": filled_text(order),
        "F": "0",
        "u": True,
        "w": True,
        "m": terms.type == "LIMIT_MAKER",
        "O": str(order.created),
        "U": str(order.updated),
        "Z": plain(order.cost),
        "A": "0",
        "C": False,
        "v": "0",
        "reqAmt": plain(terms.cash),
        "r": plain(order.remaining),
        "V": plain(average_price(order)) if order.filled else "0",
        "x": order.cancel_reason,
    }


def fill_ticket(fill: Fill, now: int) -> Event:
    """Show one fill; its ticket's id is that of the public trade."""
    order = fill.order
    return {
        "e": FILL_TICKET,
        "E": str(now),
        "s": order.terms.market.symbol,
        "q": plain(fill.quantity),
        "t": str(fill.time),
        "p": plain(fill.price),
        "T": fill.ticket_id,
        "o": order.order_id,
        "c": order.client_order_id,
        "O": "0",
        "a": order.account.account_id,
        "A": "0",
        "m": fill.is_maker,
        "S": fill.side,
    }


def balance_report(changed: Mapping[str, Balance], now: int) -> Event:
    """Show what there is now of the assets that changed."""
    return {
        "e": BALANCES,
        "E": str(now),
        "T": True,
        "W": True,
        "D": True,
        "B": [
            {"a": asset, "f": plain(balance.free), "l": plain(balance.locked), "r": ""}
            for asset, balance in changed.items()
        ],
    }


def _type_word(order: Order) -> str:
    if order.terms.type != "MARKET":
        return order.terms.type
    return "MARKET_OF_QUOTE" if order.terms.cash else "MARKET_OF_BASE"


def _execution(fill: Fill | None) -> Event:
    if fill is None:
        return {"l": "0", "L": "0", "n": "0", "N": "", "d": "", "rt": "", "T": ""}
    return {
        "l": plain(fill.quantity),
        "L": plain(fill.price),
        "n": plain(fill.commission),
        "N": fill.commission_asset if fill.commission else "",
        "d": fill.id,
        "rt": "maker" if fill.is_maker else "taker",
        "T": fill.ticket_id,
    }
