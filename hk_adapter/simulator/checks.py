"""What a new order must satisfy before it may rest: the documented refusals of the create endpoint.

Where several tabled codes fit, the more exact one is given: -1200 to -1203 name limit orders and their side,
-5030 a field's length. Only orders that can rest are known: MARKET, IOC and FOK are refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from hk_adapter.simulator.catalogue import Market
from hk_adapter.simulator.money import ZERO
from hk_adapter.simulator.orders import OrderTerms
from hk_adapter.simulator.refusals import Refusal

MAX_CLIENT_ID = 255

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_TYPES = ("LIMIT", "LIMIT_MAKER")
_STP_MODES = ("EXPIRE_TAKER", "EXPIRE_MAKER")
# side -> (quantity below minimum, quantity above maximum)
_AMOUNT_LIMITS = {"BUY": ("-1200", "-1201"), "SELL": ("-1202", "-1203")}


def new_order(parameters: Mapping[str, str], markets: Mapping[str, Market]) -> OrderTerms:
    """Read an order's terms out of a create request; Refusal for the first rule it breaks."""
    market = markets.get(_required(parameters, "symbol"))
    if market is None:
        raise Refusal("0201", "symbol")
    side = _required(parameters, "side")
    if side not in _AMOUNT_LIMITS:
        raise Refusal("-1117", "side")
    order_type = _type(parameters)
    if "quantity" in parameters and "amount" in parameters:
        raise Refusal("-1129")
    terms = OrderTerms(
        market=market,
        side=side,
        type=order_type,
        time_in_force=_time_in_force(parameters),
        stp_mode=_stp_mode(parameters),
        amount=_number(parameters, "quantity", "-1126"),
        price=_number(parameters, "price", "-1124"),
    )
    _check_price(terms)
    _check_amount(terms)
    _check_cost(terms)
    return terms


def new_client_id(parameters: Mapping[str, str]) -> str | None:
    """Read the id the client chose; None when it leaves that to the venue."""
    client_order_id = parameters.get("newClientOrderId") or None
    if client_order_id is not None and len(client_order_id) > MAX_CLIENT_ID:
        raise Refusal("-5030", f"newClientOrderId, {MAX_CLIENT_ID}")
    return client_order_id


def _required(parameters: Mapping[str, str], name: str) -> str:
    value = parameters.get(name)
    if not value:
        raise Refusal("0001", name)
    return value


def _type(parameters: Mapping[str, str]) -> str:
    order_type = _required(parameters, "type")
    if order_type == "MARKET":
        raise Refusal("-1194")
    if order_type not in _TYPES:
        raise Refusal("0206", "type")
    return order_type


def _time_in_force(parameters: Mapping[str, str]) -> str:
    time_in_force = parameters.get("timeInForce", "GTC")
    if time_in_force != "GTC":
        raise Refusal("-1115", "timeInForce")
    return time_in_force


def _stp_mode(parameters: Mapping[str, str]) -> str:
    stp_mode = parameters.get("stpMode", "EXPIRE_TAKER")
    if stp_mode not in _STP_MODES:
        raise Refusal("-1130", "stpMode")
    return stp_mode


def _number(parameters: Mapping[str, str], name: str, malformed: str) -> Decimal:
    text = _required(parameters, name)
    if not _NUMBER.fullmatch(text) or not (number := Decimal(text)):
        raise Refusal(malformed, name)
    return number


def _check_price(terms: OrderTerms) -> None:
    if terms.price > terms.market.max_price:
        raise Refusal("-1132")
    if terms.price < terms.market.tick:
        raise Refusal("-1133")
    if terms.price % terms.market.tick != ZERO:
        raise Refusal("0209")


def _check_amount(terms: OrderTerms) -> None:
    below, above = _AMOUNT_LIMITS[terms.side]
    if terms.amount < terms.market.min_amount:
        raise Refusal(below)
    if terms.amount > terms.market.max_amount:
        raise Refusal(above)
    if terms.amount % terms.market.step != ZERO:
        raise Refusal("-1137")


def _check_cost(terms: OrderTerms) -> None:
    cost = terms.amount * terms.price
    if cost < terms.market.min_cost:
        raise Refusal("-1140")
    if cost > terms.market.max_cost:
        raise Refusal("-1206")
