"""What Kraken cannot take is refused here, before anything is sent; and what is sent is written here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import hk_adapter as hk
from hk_adapter_kraken.parse import check_id

_CLIENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|[!-~]{1,18}")
"""A UUID, with or without its dashes, or up to 18 printable characters (docs.kraken.com, "Add order", 2026)."""


def refuse_params(params: Mapping[str, Any]) -> None:
    """Raise InvalidArgument for any ``params``: there are none that this plugin sends."""
    if params:
        raise hk.InvalidArgument("params: kraken's plugin takes none")


def check_ids(order_id: str | None, client_order_id: str | None) -> None:
    """Raise InvalidArgument for ids that no order of Kraken's can have, or that could name several."""
    if order_id is None and client_order_id is None:
        raise hk.InvalidArgument("order_id or client_order_id is needed")
    if order_id is not None:
        check_id(order_id)
    if client_order_id is not None and not _CLIENT_ID.fullmatch(client_order_id):
        told = f"a UUID in small letters or up to 18 characters, not {client_order_id[:40]!r}"
        raise hk.InvalidArgument(f"client_order_id: kraken's are {told}")


def check_new_order(request: hk.CreateOrderRequest) -> None:
    """Raise InvalidArgument for an order that Kraken could not take."""
    refuse_params(request.params)
    check_ids(None, request.client_order_id)
    if request.time_in_force is hk.TimeInForce.FOK:
        raise hk.InvalidArgument("time_in_force: kraken's are GTC and IOC")
    if request.post_only and request.time_in_force is hk.TimeInForce.IOC:
        raise hk.InvalidArgument("time_in_force: a post-only order rests, it cannot be IOC")


def terms_of(request: hk.CreateOrderRequest, pair: str) -> dict[str, str]:
    """Write an order as Kraken reads it; a market order by its cost has its volume in quote currency."""
    volume = request.amount if request.cost is None else request.cost
    flags = ["post"] * request.post_only + ["viqc"] * (request.cost is not None)
    terms = {
        "ordertype": str(request.type),
        "type": str(request.side),
        "volume": f"{volume:f}",
        "pair": pair,
        "price": None if request.price is None else f"{request.price:f}",
        "oflags": ",".join(flags) or None,
        "timeinforce": None if request.time_in_force is None else str(request.time_in_force),
        "cl_ord_id": request.client_order_id,
        "validate": "true" if request.test else None,
    }
    return {name: text for name, text in terms.items() if text is not None}
