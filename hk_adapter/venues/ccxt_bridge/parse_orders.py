"""What an answer of ccxt's about an order is worth: never more than the venue said, and nothing rounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import InvalidArgument, UnexpectedPayload
from hk_adapter.model import CancelRequest, CreateOrderRequest, FetchOrderRequest, Order, OrderStatus, OrderType
from hk_adapter.venues.ccxt_bridge import parse
from hk_adapter.venues.ccxt_bridge.change_times import is_of_the_answer
from hk_adapter.venues.ccxt_bridge.client_ids import original_id
from hk_adapter.venues.ccxt_bridge.denials import cancels_none, denies
from hk_adapter.venues.ccxt_bridge.order_in_answer import (
    goes_by_the_clients,
    has_a_receipt,
    is_no_id,
    is_the_cancels,
    leaves_open_which,
    names_another,
    shows_an_order,
    stands_in,
)

_TERMS = (
    "symbol",
    "type",
    "side",
    "price",
    "triggerPrice",
    "stopPrice",
    "takeProfitPrice",
    "stopLossPrice",
    "amount",
    "timestamp",
)
"""What an acknowledgement may tell of the order. What it does not is not known: that it shows no trigger, too."""


def acknowledged(answer: Any, raw: Any, request: CancelRequest) -> Order:
    """Read ids and terms of an answer to a cancel, never a status nor fills.

    ``raw`` is what the exchange said, which ccxt took for a good answer; ``answer`` is what ccxt made of it, which may
    be an order of nothing. Raises UnexpectedPayload for an answer that says nothing at all.
    """
    row: Mapping[str, Any] = answer if isinstance(answer, Mapping) else {}
    if is_the_cancels(raw, row.get("id")):
        row = {**row, "id": None}  # xt's
    asked = request.order_id
    if asked and row.get("id") in {None, "", asked} and _is_of_another(row, (raw,), asked):
        raise UnexpectedPayload("the answer to a cancel names another order")
    if not _says_anything(row.get("info", answer) if raw is None else raw, request):
        raise UnexpectedPayload("the answer to a cancel says nothing")
    if denies(raw):
        raise UnexpectedPayload("the answer to a cancel speaks of an error, which ccxt does not read")
    if cancels_none(raw):
        raise UnexpectedPayload("the answer to a cancel says that nothing was canceled")
    original = original_id(row.get("info"))
    if original is not None:
        row = {**row, "clientOrderId": original, "timestamp": None}  # the others are the cancel's own, as Binance's
    elif is_of_the_answer(raw, row.get("timestamp")):
        row = {**row, "timestamp": None}
    ids = {
        "id": row.get("id") or request.order_id,
        "clientOrderId": row.get("clientOrderId") or request.client_order_id,
    }
    parse.exactly(parse.order, {**row, **ids}, "acknowledgement")  # one that contradicts itself acknowledges nothing
    kept = {key: row.get(key) for key in (*_TERMS, "info")}
    return replace(parse.order({**kept, **ids}), status=OrderStatus.PENDING_CANCEL)


def _says_anything(payload: Any, request: CancelRequest) -> bool:
    """Whether a raw answer has any content; a bare text must name the order."""
    if isinstance(payload, Mapping | list):
        return bool(payload)
    named = request.order_id or request.client_order_id or ""
    return isinstance(payload, str) and named in payload


def with_asked_terms(answer: Any, raw: Any, request: CreateOrderRequest) -> dict[str, Any]:
    """Add what was asked for to an answer that does not say it: many exchanges answer with the new id alone.

    ``raw`` is what the exchange said, ``answer`` what ccxt made of it. Some of ccxt's methods take the id from what was
    sent, where it is the client's, or reckon it from that: an answer that has no id says of no order that it exists.
    """
    row: dict[str, Any] = dict(answer) if isinstance(answer, Mapping) else {}
    if not row.get("id") or is_no_id(row["id"]):
        raise UnexpectedPayload("the answer to a create names no order")
    if isinstance(raw, str) and not stands_in(raw, request.client_order_id):  # it may be a gateway's "OK"
        raise UnexpectedPayload("the answer to a create is a bare text, which names no order")
    if raw is not None and row["id"] == request.client_order_id and not stands_in(raw, request.client_order_id):
        raise UnexpectedPayload("the answer to a create names no order but by the id that was sent")
    if raw is not None and not stands_in(raw, str(row["id"])) and not has_a_receipt(raw):
        raise UnexpectedPayload("the answer to a create names no order but by an id of ccxt's making")
    if row.get("postOnly") is False:
        row["postOnly"] = None  # where an answer does not say it, as Kraken's, ccxt says no
    if request.cost is not None:
        row["amount"] = row["remaining"] = None  # many of ccxt's methods tell the money as the amount
    if row.get("amount") is None and row.get("filled") is None:
        row["remaining"] = None  # of the amount that was asked for, nothing that the answer says is the rest
    asked: dict[str, Any] = {
        "symbol": request.symbol,
        "type": str(request.type),
        "side": str(request.side),
        "amount": request.amount,
        "price": request.price if request.type is OrderType.LIMIT else None,
    }
    return row | {key: value for key, value in asked.items() if row.get(key) is None}


def with_asked_id(answer: Any, raw: Any, request: FetchOrderRequest) -> dict[str, Any]:
    """Add the id that was asked for to an answer that does not repeat it.

    ``raw`` is what the exchange said, ``answer`` what ccxt made of it. Raises UnexpectedPayload for an answer that says
    nothing of an order but what was asked for, or names another one: some of ccxt's look-ups put the id over it.
    """
    row: dict[str, Any] = dict(answer) if isinstance(answer, Mapping) else {}
    if is_no_id(row.get("id")) and not is_no_id(request.order_id):
        row["id"] = None
    if not shows_an_order(row, {request.order_id, request.client_order_id}):
        raise UnexpectedPayload("the answer to a look-up says nothing of an order")
    if request.order_id is None and not row.get("id"):
        raise UnexpectedPayload("the answer to a look-up by a client order id names no order")
    if request.order_id is not None and _is_of_another(row, (raw, row.get("info")), request.order_id):
        raise UnexpectedPayload("the answer to a look-up names another order")
    if request.order_id is not None and leaves_open_which(raw, row.get("info"), request.order_id):
        raise UnexpectedPayload("the answer to a look-up does not tell which order it shows")
    ids = {"id": request.order_id, "clientOrderId": request.client_order_id}
    return row | {key: value for key, value in ids.items() if not row.get(key)}


def _is_of_another(row: Mapping[str, Any], shown: Iterable[Any], asked: str) -> bool:
    """Whether anything of what was shown names another order than the one that was asked for."""
    return not goes_by_the_clients(row, asked) and any(names_another(one, asked) for one in shown)


def check_steps(exchange: Any, request: CreateOrderRequest) -> None:
    """Refuse a price or amount that ccxt would round: an order has the terms asked for, or there is none."""
    steps = (
        ("amount", request.amount, exchange.amount_to_precision),
        ("price", request.price, exchange.price_to_precision),
    )
    for name, value, rounded in steps:
        if value is None:
            continue
        try:
            sent = Decimal(str(rounded(request.symbol, value)))
        except ArithmeticError:  # it has more digits than ccxt can round
            raise InvalidArgument(f"{name} {value} has too many digits for its step") from None
        if sent != value:
            raise InvalidArgument(f"{name} {value} is no whole multiple of its step; the nearest is {sent}")
