"""What HashKey cannot take is refused here, before anything is sent: ids, symbols, params, terms of an order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.model import CreateOrderRequest, OrderType, TimeInForce, ids
from hk_adapter.venues.hashkey.symbols import venue_symbol

LONGEST_ORDER_ID = 20
LONGEST_CLIENT_ORDER_ID = 255
_ORDER_ID = re.compile(rf"[1-9][0-9]{{0,{LONGEST_ORDER_ID - 1}}}", re.ASCII)
STP_MODES = ("EXPIRE_TAKER", "EXPIRE_MAKER")
"""Which of two orders of one account ends where they would meet; the first is the venue's default."""


OF_A_CREATE = ("clientOrderId", "timeInForce", "postOnly", "cost")
OF_A_LOOK = ("clientOrderId",)
OF_A_LIST = ("until", "partial")
"""Keys of ``params`` that the caller's call takes itself, in ccxt's spelling: they do not come as far as a plugin."""


def refuse_params(params: Mapping[str, Any], *known: str, of_the_call: tuple[str, ...] = ()) -> None:
    """Raise InvalidArgument for a key of ``params`` that is not known; it names all that the caller may give."""
    if params and (unknown := sorted(set(params) - set(known))):
        taken = [*of_the_call, *known]
        knows = f"; it knows {', '.join(taken)}" if taken else ""
        raise InvalidArgument(f"params: hashkey does not know {shown(unknown[0])} here{knows}")


def check_symbol(symbol: str | None) -> None:
    """Raise InvalidArgument for what no unified spot symbol is, also where the symbol is not sent.

    Found only beside the answer, it would be too late.
    """
    if symbol is not None:
        venue_symbol(symbol)


def is_order_id(text: str) -> bool:
    """Whether an order of HashKey may have this id: a whole number, as the venue writes it."""
    return _ORDER_ID.fullmatch(text) is not None


def check_order_id(order_id: str) -> None:
    """Raise InvalidArgument for an id that no order of HashKey can have."""
    if not is_order_id(order_id):
        raise InvalidArgument(
            f"order_id: hashkey's are whole numbers of up to {LONGEST_ORDER_ID} digits that begin with 1 to 9, not"
            f" {order_id[:40]!r} of {len(order_id)} characters; an id of your own goes by client_order_id="
        )


def check_client_order_id(client_order_id: str) -> None:
    """Raise InvalidArgument for a client's id that is too long, or that could be read as another.

    Which characters it may have is documented nowhere.
    """
    ids.check_client_order_id("client_order_id", client_order_id)
    if len(client_order_id) > LONGEST_CLIENT_ORDER_ID:
        raise InvalidArgument(
            f"client_order_id: hashkey's have up to {LONGEST_CLIENT_ORDER_ID} characters, not {len(client_order_id)}"
        )


def check_ids(order_id: str | None, client_order_id: str | None) -> None:
    """Raise InvalidArgument for ids that no order of HashKey can have."""
    if client_order_id is not None:
        check_client_order_id(client_order_id)
    if order_id is not None:
        check_order_id(order_id)


def check_trade_id(trade_id: str) -> None:
    """Raise InvalidArgument for an id that no fill of HashKey can have: the lists take whole numbers."""
    if not _is_number(trade_id):
        raise InvalidArgument(f"before_id: hashkey's are whole numbers of up to {LONGEST_ORDER_ID} digits")


def check_account_id(account_id: str | None) -> None:
    """Raise InvalidArgument for an id that no account of HashKey can have."""
    if account_id is not None and not _is_number(account_id):
        raise InvalidArgument(f"account_id: hashkey's are whole numbers of up to {LONGEST_ORDER_ID} digits")


def check_new_order(request: CreateOrderRequest) -> None:
    """Raise InvalidArgument for an order that HashKey could not take.

    By the documentation of MENA (2026), ``GTC`` is for orders that rest, ``IOC`` for limit and market orders, ``FOK``
    for limit orders; Global's (2024-2025) has ``FOK`` for market orders too, so the venue is left to refuse that.
    """
    refuse_params(request.params, "stpMode", of_the_call=OF_A_CREATE)
    check_symbol(request.symbol)
    check_client_order_id(request.client_order_id)
    stp_mode = request.params.get("stpMode", STP_MODES[0])
    if type(stp_mode) is not str or stp_mode not in STP_MODES:
        raise InvalidArgument(f"params: stpMode must be one of {', '.join(STP_MODES)}, not {shown(stp_mode)}")
    at_once = request.time_in_force in (TimeInForce.IOC, TimeInForce.FOK)
    if request.post_only and at_once:
        raise InvalidArgument(f"time_in_force: a post-only order rests, it cannot be {request.time_in_force}")
    if request.type is OrderType.MARKET and request.time_in_force is TimeInForce.GTC:
        raise InvalidArgument("time_in_force: a market order cannot be GTC")
    if request.amount is not None and request.cost is not None:
        raise InvalidArgument("amount and cost exclude each other")


def one_id(order_id: str | None, client_order_id: str | None, *, client_name: str) -> dict[str, str]:
    """Name an order by its venue id if that is given, else by the client's, which each endpoint calls otherwise.

    Raises InvalidArgument where neither is given. Ids are checked before (``check_ids``).
    """
    if order_id is not None:
        return {"orderId": order_id}
    if client_order_id is None:
        raise InvalidArgument("order_id or client_order_id is needed")
    return {client_name: client_order_id}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ORDER_ID
