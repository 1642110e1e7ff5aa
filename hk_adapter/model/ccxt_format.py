"""The only room that knows ccxt's camelCase: orders to and from ccxt's unified dict.

A record's fields are read by their names, and given back by them: records import this file, and it no record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.model.decimals import to_decimal, whole, writer
from hk_adapter.model.enums import OrderSide, OrderStatus
from hk_adapter.true_class import class_name, is_a

Number = Callable[[Decimal], Any]
Record = Any
"""An object with the fields that the function's name says."""
Fields = dict[str, Any]
"""A record's fields by name, as its class takes them."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_FEE: Fields = {"currency": None, "cost": None, "rate": None}
_FOLDED = {
    OrderStatus.PENDING_NEW: "open",
    OrderStatus.PENDING_CANCEL: "open",
}
_STATUS_WORDS = {
    "open": OrderStatus.OPEN,
    "closed": OrderStatus.CLOSED,
    "canceled": OrderStatus.CANCELED,
    "expired": OrderStatus.EXPIRED,
    "rejected": OrderStatus.REJECTED,
    "canceling": OrderStatus.PENDING_CANCEL,
}


def order_to_ccxt(order: Record, number: Number = float) -> dict[str, Any]:
    """Return ccxt's order dict; see ``Order.to_ccxt``."""
    number = writer(number)

    def num(value: Decimal | None) -> Any:
        return None if value is None else number(value)

    fees = [_fee_to_ccxt(fee, num) for fee in order.fees]
    return {
        "id": order.id,
        "clientOrderId": order.client_order_id,
        "timestamp": order.timestamp,
        "datetime": iso8601(order.timestamp),
        "lastTradeTimestamp": order.last_trade_timestamp,
        "lastUpdateTimestamp": order.last_update_timestamp,
        "symbol": order.symbol,
        "type": _word(order.type),
        "timeInForce": _word(order.time_in_force),
        "postOnly": order.post_only,
        "reduceOnly": order.reduce_only,
        "side": _word(order.side),
        "price": num(order.price),
        "stopPrice": num(order.trigger_price),
        "triggerPrice": num(order.trigger_price),
        "takeProfitPrice": num(order.take_profit_price),
        "stopLossPrice": num(order.stop_loss_price),
        "average": num(order.average),
        "amount": num(order.amount),
        "filled": num(order.filled),
        "remaining": num(order.remaining),
        "cost": num(order.cost),
        "status": None if order.status is None else _FOLDED.get(order.status, str(order.status)),
        "trades": [trade_to_ccxt(trade, number) for trade in order.trades],
        "fee": fees[0] if len(fees) == 1 else None,
        "fees": fees,
        "info": order.info,
    }


def order_from_ccxt(data: Mapping[str, Any]) -> Fields:
    """Read the fields of ccxt's order dict, those of its trades and fees as dicts; see ``Order.from_ccxt``."""
    if not isinstance(data, Mapping):
        raise InvalidArgument(f"an order dict is needed, not {type(data).__name__}")
    amount, filled, remaining = _number(data, "amount"), _number(data, "filled"), _number(data, "remaining")
    return {
        "id": _text(data, "id"),
        "client_order_id": _text(data, "clientOrderId"),
        "symbol": _text(data, "symbol"),
        "type": _text(data, "type"),
        "side": _side(data),
        "time_in_force": _text(data, "timeInForce"),
        "post_only": _flag(data, "postOnly"),
        "reduce_only": _flag(data, "reduceOnly"),
        "price": _number(data, "price"),
        "trigger_price": _first_number(data, "triggerPrice", "stopPrice"),
        "take_profit_price": _number(data, "takeProfitPrice"),
        "stop_loss_price": _number(data, "stopLossPrice"),
        "average": _number(data, "average") or None,
        "amount": amount,
        "filled": filled,
        "remaining": remaining if amount is None or filled is None else None,
        "cost": _number(data, "cost"),
        "status": _status(data),
        "fees": _fees(data),
        "trades": [_trade_from_ccxt(trade) for trade in _rows(data, "trades")],
        "timestamp": _time(data, "timestamp"),
        "last_trade_timestamp": _time(data, "lastTradeTimestamp"),
        "last_update_timestamp": _time(data, "lastUpdateTimestamp"),
        "info": _info(data),
    }


def iso8601(timestamp: int | None) -> str | None:
    """Write ms UTC as ccxt does, such as ``2023-11-27T14:22:00.045Z``; None stays None."""
    if timestamp is None:
        return None
    moment = _EPOCH + timedelta(milliseconds=timestamp)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{timestamp % 1000:03d}Z"


def _word(value: str | None) -> str | None:
    return None if value is None else str(value)


def _fee_to_ccxt(fee: Record, num: Callable[[Decimal | None], Any]) -> dict[str, Any]:
    data = {"currency": fee.currency, "cost": num(fee.cost)}
    if fee.rate is not None:
        data["rate"] = num(fee.rate)
    return data


def trade_to_ccxt(trade: Record, number: Number = float) -> dict[str, Any]:
    """Return ccxt's trade dict; see ``Trade.to_ccxt``."""
    number = writer(number)

    def num(value: Decimal | None) -> Any:
        return None if value is None else number(value)

    fees = [_fee_to_ccxt(fee, num) for fee in trade.fees]
    return {
        "id": trade.id,
        "order": trade.order_id,
        "timestamp": trade.timestamp,
        "datetime": iso8601(trade.timestamp),
        "symbol": trade.symbol,
        "type": _word(trade.type),
        "side": _word(trade.side),
        "takerOrMaker": _word(trade.taker_or_maker),
        "price": num(trade.price),
        "amount": num(trade.amount),
        "cost": num(trade.cost),
        "fee": fees[0] if len(fees) == 1 else None,
        "fees": fees,
        "info": trade.info,
    }


def _trade_from_ccxt(data: Mapping[str, Any]) -> Fields:
    return {
        "id": _text(data, "id"),
        "order_id": _text(data, "order"),
        "symbol": _text(data, "symbol"),
        "type": _text(data, "type"),
        "side": _side(data),
        "taker_or_maker": _text(data, "takerOrMaker"),
        "price": _number(data, "price"),
        "amount": _number(data, "amount"),
        "cost": _number(data, "cost"),
        "fees": _fees(data),
        "timestamp": _time(data, "timestamp"),
        "info": _info(data),
    }


def _fees(data: Mapping[str, Any]) -> list[Fields]:
    fee = data.get("fee")
    rows = _rows(data, "fees") or _rows({"fee": [fee] if fee else []}, "fee")
    fees = [
        {"currency": _text(row, "currency"), "cost": _number(row, "cost"), "rate": _number(row, "rate")} for row in rows
    ]
    return [fee for fee in fees if fee != _NO_FEE]


def _rows(data: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    rows = data.get(key)
    if rows is None:
        return ()
    if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
        raise InvalidArgument(f"{key} must be given as dicts")
    return rows


def _info(data: Mapping[str, Any]) -> Any:
    """Keep the raw payload whatever it is: bitfinex's rows are lists, and some acknowledgements are bare words."""
    info = data.get("info")
    return {} if info is None else info


def _status(data: Mapping[str, Any]) -> OrderStatus | None:
    word = data.get("status")
    if word is None:
        return None
    text = str.__str__(word) if is_a(word, str) else ""
    if text not in _STATUS_WORDS:
        raise InvalidArgument(f"status {shown(word)} is none of ccxt's")
    return _STATUS_WORDS[text]


def _side(data: Mapping[str, Any]) -> OrderSide | None:
    word = data.get("side")
    if word is None:
        return None
    try:
        return OrderSide(str.__str__(word) if is_a(word, str) else "")
    except ValueError:
        raise InvalidArgument(f"side must be 'buy' or 'sell', not {shown(word)}") from None


def _text(data: Mapping[str, Any], key: str) -> str | None:
    value = data.get(key)
    if value is None or value == "":
        return None
    if not is_a(value, str):
        raise InvalidArgument(f"{key} must be a str, not {class_name(value)}")
    text: str = value
    return text


def _flag(data: Mapping[str, Any], key: str) -> bool | None:
    value = data.get(key)
    if value is not None and not is_a(value, bool):
        raise InvalidArgument(f"{key} must be a bool, not {shown(value)}")
    return value


def _time(data: Mapping[str, Any], key: str) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    moment = int(value) if is_a(value, float) and value.is_integer() else whole(value)
    if moment is None:
        raise InvalidArgument(f"{key} must be whole ms UTC, not {shown(value)}")
    return moment


def _first_number(data: Mapping[str, Any], *keys: str) -> Decimal | None:
    return next((number for key in keys if (number := _number(data, key)) is not None), None)


def _number(data: Mapping[str, Any], key: str) -> Decimal | None:
    value = data.get(key)
    if value is None or value == "":
        return None
    return to_decimal(key, float.__repr__(value) if is_a(value, float) else value)
