"""Order events of the private stream: every status, type and fill that the simulator tells of."""

from __future__ import annotations

from typing import Any

import pytest

from hk_adapter.venues.hashkey.parse.stream import parse_report
from hk_adapter.venues.hashkey.symbols import SymbolNames

from .comparing import Difference, Kind, Number
from .orders import one_kind_of_fee

FILE = "order_events.json"


def ours(payload: Any, number: Number) -> Any:
    """Read an event's order with our parser."""
    return parse_report(payload, SymbolNames()).to_ccxt(number)


def theirs(exchange: Any, payload: Any) -> Any:
    """Read it with that of ccxt.pro's class, which knows the same markets."""
    client = pytest.importorskip("ccxt.pro").hashkey()
    client.set_markets(list(exchange.markets.values()))
    order: dict[str, Any] = client.parse_ws_order(payload)
    return order | {"fee": one_kind_of_fee(order["fee"]), "fees": [one_kind_of_fee(fee) for fee in order["fees"]]}


DIFFERENCES = (
    Difference(
        keys="`status`",
        when="the venue says PENDING_CANCEL",
        ours="`open`",
        theirs="`canceled`",
        reason="A cancel under way is no cancel: the order may still trade.",
        shown_by={"its cancel on its way": {"status": ("open", "canceled")}},
    ),
    Difference(
        keys="`status`",
        when="the venue says PENDING_NEW",
        ours="`open`",
        theirs="the venue's word",
        reason="A bot knows only ccxt's words, and the order may trade at any moment.",
        shown_by={"on its way to the book": {"status": ("open", "PENDING_NEW")}},
    ),
    Difference(
        keys="`lastUpdateTimestamp`",
        when="always",
        ours="the event's `U`, when the order changed",
        theirs="`None`",
        reason="It orders what a stream and a query say of one order.",
        shown_by={
            "new limit order": {"lastUpdateTimestamp": (1790000000000, None)},
            "filled in part, as maker, with its fee": {"lastUpdateTimestamp": (1790000000100, None)},
            "canceled with a part filled": {"lastUpdateTimestamp": (1790000001000, None)},
            "new order that only makes": {"lastUpdateTimestamp": (1790000001100, None)},
            "filled, of one that only makes": {"lastUpdateTimestamp": (1790000001100, None)},
            "new order to sell": {"lastUpdateTimestamp": (1790000001200, None)},
            "canceled with nothing filled": {"lastUpdateTimestamp": (1790000001200, None)},
            "filled in part, as taker": {"lastUpdateTimestamp": (1790000001300, None)},
            "rest of an IOC canceled": {"lastUpdateTimestamp": (1790000001300, None)},
            "new market order by its cost": {"lastUpdateTimestamp": (1790000002600, None)},
            "market order by its cost, filled in part": {"lastUpdateTimestamp": (1790000002600, None)},
            "market order by its cost, filled": {"lastUpdateTimestamp": (1790000002600, None)},
            "new market order by its amount": {"lastUpdateTimestamp": (1790000002700, None)},
            "market order by its amount, filled": {"lastUpdateTimestamp": (1790000002700, None)},
            "rejected": {"lastUpdateTimestamp": (1790000002800, None)},
            "new limit order, its kind empty": {"lastUpdateTimestamp": (1790000000000, None)},
            "on its way to the book": {"lastUpdateTimestamp": (1790000000000, None)},
            "its cancel on its way": {"lastUpdateTimestamp": (1790000000100, None)},
        },
    ),
    Difference(
        keys="`type`",
        when="a market order was placed by its cost",
        ours="`market`",
        theirs="`MARKET_OF_QUOTE`",
        reason="A bot knows only ccxt's words; the venue's is under `info`.",
        shown_by={
            "new market order by its cost": {"type": ("market", "MARKET_OF_QUOTE")},
            "market order by its cost, filled in part": {"type": ("market", "MARKET_OF_QUOTE")},
            "market order by its cost, filled": {"type": ("market", "MARKET_OF_QUOTE")},
        },
    ),
    Difference(
        keys="`amount`, `remaining`",
        when="a market order was placed by its cost",
        ours="`None`",
        theirs="what was filled, and 0",
        reason="No amount in base currency was ever ordered; what was got is under `filled`.",
        shown_by={
            "new market order by its cost": {"amount": (None, 0.0), "remaining": (None, 0.0)},
            "market order by its cost, filled in part": {"amount": (None, 0.2631), "remaining": (None, 0.0)},
            "market order by its cost, filled": {"amount": (None, 0.2631), "remaining": (None, 0.0)},
        },
    ),
    Difference(
        keys="`price`",
        when="a market order placed by its amount has fills",
        ours="`None`",
        theirs="the average of the fills",
        reason="`price` is the limit, and there is none; what was paid is under `average`.",
        shown_by={"market order by its amount, filled": {"price": (None, 1900.0)}},
    ),
    Difference(
        keys="`cost`",
        when="nothing of a market order is filled yet",
        ours="0",
        theirs="`None`",
        reason="Nothing filled cost nothing: that follows exactly.",
        shown_by={
            "new market order by its cost": {"cost": (0.0, None)},
            "new market order by its amount": {"cost": (0.0, None)},
        },
    ),
    Difference(
        keys="`postOnly`",
        when="the order only makes",
        ours="`True`",
        theirs="`False`",
        reason="The event's type says `LIMIT_MAKER`; ccxt passes it on as no such order.",
        shown_by={
            "new order that only makes": {"postOnly": (True, False)},
            "filled, of one that only makes": {"postOnly": (True, False)},
        },
    ),
    Difference(
        keys="`fee`, `fees`",
        when="the event tells of a fill",
        ours="`None`, `[]`",
        theirs="one fee, of that fill alone",
        reason="It is no fee of the order; that of each fill is under its trade.",
        shown_by={
            "filled in part, as maker, with its fee": {
                "fee": (None, {"currency": "USD", "cost": 0.756}),
                "fees": ([], [{"currency": "USD", "cost": 0.756}]),
            },
            "filled, of one that only makes": {
                "fee": (None, {"currency": "USD", "cost": 2.9}),
                "fees": ([], [{"currency": "USD", "cost": 2.9}]),
            },
            "filled in part, as taker": {
                "fee": (None, {"currency": "USD", "cost": 1.425}),
                "fees": ([], [{"currency": "USD", "cost": 1.425}]),
            },
            "market order by its cost, filled in part": {
                "fee": (None, {"currency": "USD", "cost": 0.749835}),
                "fees": ([], [{"currency": "USD", "cost": 0.749835}]),
            },
            "market order by its amount, filled": {
                "fee": (None, {"currency": "USD", "cost": 0.57}),
                "fees": ([], [{"currency": "USD", "cost": 0.57}]),
            },
            "its cancel on its way": {
                "fee": (None, {"currency": "USD", "cost": 0.756}),
                "fees": ([], [{"currency": "USD", "cost": 0.756}]),
            },
        },
    ),
    Difference(
        keys="`fee`, `fees`",
        when="the event tells of no fill",
        ours="`None`, `[]`",
        theirs="one fee whose currency and cost are `None`",
        reason="An empty list says that no fee is known; a fee of nothing must be looked for.",
        shown_by={
            "new limit order": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "canceled with a part filled": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "new order that only makes": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "new order to sell": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "canceled with nothing filled": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "rest of an IOC canceled": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "new market order by its cost": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "market order by its cost, filled": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "new market order by its amount": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "rejected": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "new limit order, its kind empty": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
            "on its way to the book": {
                "fee": (None, {"currency": None, "cost": None}),
                "fees": ([], [{"currency": None, "cost": None}]),
            },
        },
    ),
)
ORDER_EVENTS = Kind(title="Order events", file=FILE, ours=ours, theirs=theirs, differences=DIFFERENCES)
