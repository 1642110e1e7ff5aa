"""What a caller asks of a venue: checked, venue-neutral, and still without any venue's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hk_adapter.model.enums import OrderSide, OrderType, TimeInForce, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequest:
    """Cancel one order, named by at least one id.

    Attributes:
        order_id: the venue's id; where both ids are given, this one is sent.
        client_order_id: the client's id; beside ``order_id`` the answer must carry it.
        symbol: unified; the answer must not contradict it. None: not said.
        params: what is left of ccxt's ``params``; the venue plugin refuses keys it does not know.
    """

    order_id: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOrderRequest:
    """Look one order up. Fields as in CancelRequest."""

    order_id: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrderRequest:
    """Place one order.

    Attributes:
        amount: base currency; None where ``cost`` is given.
        price: the limit, in quote currency per base unit; None for market orders.
        cost: what to spend or receive, in quote currency; market orders only.
        client_order_id: always set, so that a create whose outcome is unknown can be looked up.
    """

    symbol: str
    type: OrderType
    side: OrderSide
    client_order_id: str
    amount: Decimal | None = None
    price: Decimal | None = None
    cost: Decimal | None = None
    time_in_force: TimeInForce | None = None
    post_only: bool = False
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One whole call, as wrappers of ``operate`` see it.

    Attributes:
        name: the hook it is about, such as ``cancel_order``.
        request: the hook's request; None where it takes none.
        timeout: seconds for the whole call, waits included.
        wait: what a cancel waits for.
    """

    name: str
    request: Any
    timeout: float
    wait: Wait = Wait.FINAL
