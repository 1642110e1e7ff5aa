"""Orders: every spot answer that shows one, of every year of the documentation."""

from __future__ import annotations

from typing import Any

from hk_adapter.venues.hashkey.parse import parse_order

from .comparing import Difference, Kind, Number, payloads

HK_FEES = "query, FILLED SELL, fees of HK"
NO_FEE = {"currency": None, "cost": None}
FILE = "orders.json"


def ours(payload: Any, number: Number) -> Any:
    """Read an order with our parser."""
    return parse_order(payload, operation="fetch_order").to_ccxt(number)


def theirs(exchange: Any, payload: Any) -> Any:
    """Read an order with ccxt's."""
    order: dict[str, Any] = exchange.parse_order(payload)
    return order | {"fee": one_kind_of_fee(order["fee"]), "fees": [one_kind_of_fee(fee) for fee in order["fees"]]}


def one_kind_of_fee(fee: dict[str, Any]) -> dict[str, Any]:
    """Even out ccxt's releases: older ones misname the cost ``amount``, newer ones leave it text in one place."""
    cost = fee.get("cost") or fee.get("amount")
    return {"currency": fee["currency"], "cost": None if cost is None else float(cost)}


DIFFERENCES = (
    Difference(
        keys="`status`",
        when="the venue says PENDING_CANCEL",
        ours="`open`",
        theirs="`canceled`",
        reason="A cancel under way is no cancel: the order may still trade.",
        shown_by={
            "cancel, PENDING_CANCEL": {"status": ("open", "canceled")},
            "query, PENDING_CANCEL": {"status": ("open", "canceled")},
        },
    ),
    Difference(
        keys="`status`",
        when="the venue says PENDING_NEW or PENDING",
        ours="`open`",
        theirs="the venue's word",
        reason="A bot knows only ccxt's words, and the order may trade at any moment.",
        shown_by={
            "create, PENDING_NEW 2026": {"status": ("open", "PENDING_NEW")},
            "create, PENDING": {"status": ("open", "PENDING")},
        },
    ),
    Difference(
        keys="`price`",
        when="a market order has fills",
        ours="`None`",
        theirs="the average of the fills",
        reason="`price` is the limit, and there is none; what was paid is under `average`.",
        shown_by={
            "query, MARKET by cost FILLED 2024": {"price": (None, 3235.49)},
            "query, MARKET by amount FILLED": {"price": (None, 112922.4)},
            "query, MARKET by cost PARTIALLY_CANCELED": {"price": (None, 1899.5)},
        },
    ),
    Difference(
        keys="`amount`, `remaining`",
        when="a market order placed by its cost is filled",
        ours="`None`",
        theirs="what was filled, and 0",
        reason="No amount in base currency was ever ordered; what was got is under `filled`.",
        shown_by={
            "create, MARKET by cost FILLED 2024": {"amount": (None, 0.0061), "remaining": (None, 0.0)},
            "query, MARKET by cost FILLED 2024": {"amount": (None, 0.0061), "remaining": (None, 0.0)},
        },
    ),
    Difference(
        keys="`cost`",
        when="there are fills, and the answer does not say what they cost",
        ours="`None`",
        theirs="filled times the limit price",
        reason="A fill may be at a better price than the limit; the query says the true cost.",
        shown_by={
            "cancel, PARTIALLY_FILLED": {"cost": (None, 760.0)},
            "cancel, PARTIALLY_CANCELED": {"cost": (None, 760.0)},
            "cancel, FILLED": {"cost": (None, 1900.0)},
        },
    ),
    Difference(
        keys="`cost`",
        when="a market order ended with nothing filled",
        ours="0",
        theirs="`None`",
        reason="Nothing filled cost nothing: that follows exactly.",
        shown_by={"query, MARKET CANCELED unfilled": {"cost": (0.0, None)}},
    ),
    Difference(
        keys="`average`",
        when="the venue says the cost of the fills, and 0 for their average",
        ours="`None`",
        theirs="cost divided by filled",
        reason="A quotient is rounded, and a row that is half written is not completed by us.",
        shown_by={"query, PARTIALLY_FILLED without average": {"average": (None, 1899.5)}},
    ),
    Difference(
        keys="`symbol`",
        when="the venue's word can be split in two ways, and the caller gave no symbol",
        ours="`None`",
        theirs="the symbol of the loaded market",
        reason="A cancel needs no market list; with the caller's symbol both give the same.",
        shown_by={"cancel, ambiguous symbol": {"symbol": (None, "BTC/FDUSD")}},
    ),
    Difference(
        keys="`fee`, `fees`",
        when="the answer says no fee",
        ours="`None`, `[]`",
        theirs="one fee whose currency and cost are `None`",
        reason="An empty list says that no fee is known; a fee of nothing must be looked for.",
        shown_by={name: {"fee": (None, NO_FEE), "fees": ([], [NO_FEE])} for name in payloads(FILE) if name != HK_FEES},
    ),
    Difference(
        keys="`fee`, `fees`",
        when="Hong Kong's query says a fee",
        ours="`None`, `[]`",
        theirs="one fee, its cost `feeAmount`",
        reason="`feeAmount` is the last fill's fee alone, and the other sites leave it 0; the fills say all.",
        shown_by={
            HK_FEES: {
                "fee": (None, {"currency": "USD", "cost": 0.5}),
                "fees": ([], [{"currency": "USD", "cost": 0.5}]),
            }
        },
    ),
)

ORDERS = Kind(title="Orders", file=FILE, ours=ours, theirs=theirs, differences=DIFFERENCES)
