"""What a new order must say before it is looked at any further: the documented refusals of the create endpoint.

A field's length is refused with -5030, which names it. Market orders ignore a price.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.filters import check_filters
from hk_adapter.simulator.exchange.markets import Market
from hk_adapter.simulator.exchange.money import ZERO
from hk_adapter.simulator.exchange.orders import OrderTerms
from hk_adapter.simulator.refusals import Refusal

MAX_CLIENT_ID = 255

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_SIDES = ("BUY", "SELL")
_TYPES = ("LIMIT", "LIMIT_MAKER", "MARKET")
_STP_MODES = ("EXPIRE_TAKER", "EXPIRE_MAKER")
# type -> what it may say of its time in force, the default first
_TIMES_IN_FORCE = {"LIMIT": ("GTC", "IOC", "FOK"), "LIMIT_MAKER": ("GTC",), "MARKET": ("IOC",)}


def new_order(
    parameters: Mapping[str, str], markets: Mapping[str, Market], dialect: Dialect, *, legacy: bool = False
) -> OrderTerms:
    """Read an order's terms out of a create request; Refusal for the first rule it breaks.

    `legacy`: of the older path, which has no `amount` and where the quantity of a market buy may be cash.
    """
    market = markets.get(_required(parameters, "symbol"))
    if market is None:
        raise Refusal("0201", "symbol")
    side = _required(parameters, "side")
    if side not in _SIDES:
        raise Refusal("-1117", "side")
    order_type = _required(parameters, "type")
    if order_type not in _TYPES:
        raise Refusal("0206", "type")
    if "quantity" in parameters and "amount" in parameters:
        raise Refusal("-1129")
    by_cash = order_type == "MARKET" and _is_by_cash(parameters, side, dialect, legacy=legacy)
    terms = OrderTerms(
        market=market,
        side=side,
        type=order_type,
        time_in_force=_time_in_force(parameters, order_type, dialect),
        stp_mode=_stp_mode(parameters),
        amount=ZERO if by_cash else _number(parameters, "quantity", "-1126"),
        price=ZERO if order_type == "MARKET" else _number(parameters, "price", "-1124"),
        cash=_cash(parameters, legacy=legacy) if by_cash else ZERO,
    )
    check_filters(terms)
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


def _time_in_force(parameters: Mapping[str, str], order_type: str, dialect: Dialect) -> str:
    allowed = _TIMES_IN_FORCE[order_type]
    time_in_force = parameters.get("timeInForce", allowed[0])
    if time_in_force in allowed:
        return time_in_force
    if (order_type, time_in_force) == ("MARKET", "FOK") and dialect.market_fok == "accepted":
        return time_in_force
    raise Refusal("-1115", "timeInForce")


def _is_by_cash(parameters: Mapping[str, str], side: str, dialect: Dialect, *, legacy: bool) -> bool:
    if legacy:
        return side == "BUY" and dialect.market_buy_quantity == "quote"
    return "amount" in parameters


def _cash(parameters: Mapping[str, str], *, legacy: bool) -> Decimal:
    return _number(parameters, "quantity", "-1126") if legacy else _number(parameters, "amount", "-1130")


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
