"""What became of each order of a batch: of a create, each at its own place; of a cancel, which were refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hk_adapter.errors import AdapterError, InvalidArgument, UnexpectedPayload
from hk_adapter.model import CreateOrderRequest, Order
from hk_adapter.parsing import Fields, by_position, reading
from hk_adapter.venues.hashkey.error_codes import VENUE, error_for, normalise
from hk_adapter.venues.hashkey.named_orders import shows_an_order
from hk_adapter.venues.hashkey.parse.orders import parse_order
from hk_adapter.venues.hashkey.symbols import Unify, unified_symbol
from hk_adapter.venues.hashkey.validation import is_order_id

_OPERATION = "create_orders"

Result = Order | AdapterError


def parse_created(
    payload: Mapping[str, Any], requests: Sequence[CreateOrderRequest], *, unify: Unify = unified_symbol
) -> tuple[Result, ...]:
    """Read the answer of ``batchOrders``: one result for each request, in the order of the requests.

    The samples keep that order, but no page promises it, and an entry that failed names no order. So a refusal is
    taken for its place only while every entry with an order, readable or not, stands at its own; else what cannot be
    told is UnexpectedPayload, which leaves open whether that order exists. So it is for two orders of one venue id.
    Raises UnexpectedPayload for another number of entries.
    """
    with reading("the answer of a batch", VENUE):
        entries = Fields(payload).rows("result")
        results = by_position(entries, requests, lambda request, entry: _result(entry, request, unify))
    own = [request.client_order_id for request in requests]
    if not all(_is_in_place(entry, expected) for entry, expected in zip(entries, own, strict=True)):
        results = _sorted_out([result for result in results if isinstance(result, Order)], own)
    seen = Counter(result.id for result in results if isinstance(result, Order))
    return tuple(_untold() if isinstance(result, Order) and seen[result.id] > 1 else result for result in results)


def _is_in_place(entry: Any, client_order_id: str) -> bool:
    """Whether an entry shows no order, or the one of its place; an order whose client id cannot be read is not."""
    if not isinstance(entry, Mapping) or not Fields(entry).has("order"):
        return True
    order = entry["order"]
    return isinstance(order, Mapping) and str(order.get("clientOrderId")) == client_order_id


def _result(entry: Any, request: CreateOrderRequest, unify: Unify) -> Result:
    try:
        with reading("an entry of a batch", VENUE):
            return _read(Fields(entry), request, unify)
    except UnexpectedPayload as error:
        error.venue, error.operation = VENUE, _OPERATION
        error.order = _order_by_id(entry, request)
        return error


def _order_by_id(entry: Any, request: CreateOrderRequest) -> Order | None:
    """Return as much as its ids of an order that cannot be read otherwise, where the entry is this request's."""
    order = entry.get("order") if isinstance(entry, Mapping) else None
    if not isinstance(order, Mapping) or str(order.get("clientOrderId")) != request.client_order_id:
        return None
    text = str(order.get("orderId"))
    return Order(id=text, client_order_id=request.client_order_id) if is_order_id(text) else None


def _read(entry: Fields, request: CreateOrderRequest, unify: Unify) -> Result:
    code = normalise(entry.payload.get("code"))
    if code is None:
        if not entry.has("order"):
            raise InvalidArgument("success without an order")
        return parse_order(entry.payload["order"], operation=_OPERATION, symbol=request.symbol, unify=unify)
    if shows_an_order(entry.payload, placed=True):
        raise InvalidArgument(f"code {code} beside an order")
    message = entry.payload.get("msg")
    return error_for(code, message if isinstance(message, str) else "", 200, _OPERATION)


def _sorted_out(shown: Sequence[Order], own: Sequence[str]) -> list[Result]:
    by_id = {order.client_order_id: order for order in shown}
    seen = Counter(order.client_order_id for order in shown)
    return [by_id[one] if seen[one] == 1 else _untold() for one in own]


def _untold() -> UnexpectedPayload:
    text = f"{VENUE}: which of the answers to a batch is this order's cannot be told"
    return UnexpectedPayload(text, venue=VENUE, operation=_OPERATION)


def parse_refusals(payload: Mapping[str, Any], order_ids: Sequence[str]) -> dict[str, AdapterError]:
    """Read the answer of ``cancelOrderByIds``: its own code, and ``result``, which lists failures alone.

    The samples show an empty list where all succeeded, the notes of the same pages say null: both are taken.
    Raises UnexpectedPayload for anything else, and for an id that was not asked for.
    """
    if "code" not in payload or "result" not in payload:
        raise _unreadable_refusals("no code or no result")
    rows = [] if payload["result"] is None else payload["result"]
    if not isinstance(rows, list):
        raise _unreadable_refusals("result is no list")
    refused: dict[str, AdapterError] = {}
    told: set[str] = set()
    for row in rows:
        if not isinstance(row, dict) or str(row.get("orderId")) not in order_ids:
            raise _unreadable_refusals("result names an order that was not asked for")
        if row.get("code") is None or str(row["orderId"]) in told:
            raise _unreadable_refusals("result says nothing of an order, or two things")
        told.add(str(row["orderId"]))
        code = normalise(row.get("code"))
        if code is not None and shows_an_order(row, placed=False):
            refused[str(row["orderId"])] = _unreadable_refusals(f"code {code} beside an order")
        elif code is not None:
            refused[str(row["orderId"])] = error_for(code, "", 200, "cancel_orders")
    return refused


def _unreadable_refusals(reason: str) -> UnexpectedPayload:
    return UnexpectedPayload(f"hashkey: a batch cancel's answer cannot be read: {reason}", venue=VENUE)
