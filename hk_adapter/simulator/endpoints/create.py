"""Creating orders: one by the current path, the legacy one, and for a test that changes nothing; and up to 20 at once.

Sources: HashKey documentation 2025/2026. The legacy path differs in what a market buy's quantity is, and in the answer.
Several come as a JSON array, of which another client recorded answers. Nothing says how a body that is no array of
objects, or names two pairs, is refused: here as an illegal parameter, -1130, and -1004 when it is no JSON.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hk_adapter.simulator.endpoints.shapes import create_answer, filled_text
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.filters import OPEN_ORDERS_MOST, is_worse, worst_price
from hk_adapter.simulator.exchange.order_rules import new_client_id, new_order
from hk_adapter.simulator.exchange.orders import OrderStatus, OrderTerms
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.http import BODY
from hk_adapter.simulator.refusals import MESSAGES, Refusal


def create_order(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Accept an order (v1.1)."""
    return take_order(venue, account, parameters, now, alert=True)


def create_order_v1(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Accept an order (the legacy path)."""
    return take_order(venue, account, parameters, now, alert=False, legacy=True)


def check_order(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Check what an order says, as the legacy path would, and answer an empty object: nothing reaches the book."""
    new_order(parameters, venue.markets, venue.dialect, legacy=True)
    new_client_id(parameters)
    return {}


def take_order(
    venue: VenueState, account: Account, parameters: Parameters, now: int, *, alert: bool, legacy: bool = False
) -> dict[str, object]:
    """Check an order, place it and show it; Refusal when it is not taken in."""
    terms = new_order(parameters, venue.markets, venue.dialect, legacy=legacy)
    client_order_id = new_client_id(parameters)
    if venue.dialect.price_band != "unchecked":
        _check_band(venue, terms)
    if venue.dialect.open_orders_limit != "unchecked":
        _check_count(venue, account, terms)
    order = venue.intake.place(account, terms, client_order_id, now)
    status, executed = venue.dialect.create_status, "0"
    if status == "as_matched" or order.status is OrderStatus.PENDING_NEW:
        status, executed = order.status.value, filled_text(order)
    return create_answer(order, status=status, executed=executed, alert=alert)


def _check_band(venue: VenueState, terms: OrderTerms) -> None:
    last = venue.book.tape.last_price(terms.market.symbol)
    if last is not None and terms.price and is_worse(terms.side, terms.price, worst_price(terms.side, last)):
        raise Refusal(venue.dialect.price_band)


def _check_count(venue: VenueState, account: Account, terms: OrderTerms) -> None:
    live = venue.book.records.live(account)
    if sum(order.terms.market is terms.market for order in live) >= OPEN_ORDERS_MOST:
        raise Refusal(venue.dialect.open_orders_limit)


BATCH_MOST = 20

_DECODER = msgspec.json.Decoder(float_hook=str)


def create_batch(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Accept orders of one pair, in their order (v1.1); each entry of the answer says what became of its own."""
    return _create(venue, account, parameters, now, alert=True)


def create_batch_v1(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Do the same on the older path, which differs in the answer alone."""
    return _create(venue, account, parameters, now, alert=False)


def _create(venue: VenueState, account: Account, parameters: Parameters, now: int, *, alert: bool) -> Answer:
    entries = _entries(parameters.get(BODY, ""))
    if len(entries) > BATCH_MOST:
        raise Refusal(venue.dialect.batch_too_large, "orders")
    if len({entry.get("symbol") for entry in entries}) > 1:
        raise Refusal("-1130", "symbol")
    result = [_entry(venue, account, entry, now, alert=alert) for entry in entries]
    return {"code": 0, "result": result, "concentration": ""}


def _entry(
    venue: VenueState, account: Account, entry: Mapping[str, str], now: int, *, alert: bool
) -> dict[str, object]:
    try:
        order = take_order(venue, account, entry, now, alert=alert)
    except Refusal as refusal:
        text = MESSAGES[refusal.code]
        return {"code": refusal.code, "msg": f"{text}: {refusal.detail}" if refusal.detail else text}
    del order["concentration"]
    return {"code": 0 if venue.dialect.batch_entry_code == "number" else "0000", "order": order}


def _entries(body: str) -> list[Mapping[str, str]]:
    if not body:
        raise Refusal("0001", "orders")
    try:
        read = _DECODER.decode(body)
    except msgspec.DecodeError as error:
        raise Refusal("-1004") from error
    if not isinstance(read, list) or not read:
        raise Refusal("-1130", "orders")
    return [_parameters(entry) for entry in read]


def _parameters(entry: object) -> Mapping[str, str]:
    """Read an entry as a form's parameters: numbers by what is written, null as what was not sent."""
    if not isinstance(entry, dict):
        raise Refusal("-1130", "orders")
    for name, value in entry.items():
        if isinstance(value, bool | list | dict):
            raise Refusal("-1130", name)
    return {name: str(value) for name, value in entry.items() if value is not None}
