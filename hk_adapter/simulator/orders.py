"""One order and its life: it rests, is filled in parts, and ends filled or canceled."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .accounts import Account
from .catalogue import Market
from .money import ZERO


class OrderStatus(StrEnum):
    """Name the states of a resting order in the venue's words."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    PARTIALLY_CANCELED = "PARTIALLY_CANCELED"


OPEN = frozenset({OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """Hold what was asked for and passed every check: amounts in base currency, prices in quote currency."""

    market: Market
    side: str
    type: str
    time_in_force: str
    stp_mode: str
    price: Decimal
    amount: Decimal

    def locks(self, amount: Decimal) -> tuple[str, Decimal]:
        """Tell which asset, and how much of it, an amount of this order locks."""
        if self.side == "BUY":
            return self.market.quote, amount * self.price
        return self.market.base, amount


@dataclass(slots=True, kw_only=True)
class Order:
    """Keep one order's state; times are the venue's ms."""

    order_id: str
    client_order_id: str
    account: Account
    terms: OrderTerms
    created: int
    updated: int
    status: OrderStatus = OrderStatus.NEW
    filled: Decimal = ZERO
    cost: Decimal = ZERO
    cancel_reason: str = ""

    @property
    def is_open(self) -> bool:
        """Tell whether the order still rests."""
        return self.status in OPEN

    @property
    def remaining(self) -> Decimal:
        """Tell what is not filled, in base currency; that of a canceled order counts too."""
        return self.terms.amount - self.filled

    def fill(self, amount: Decimal, price: Decimal, now: int) -> None:
        """Trade an amount at a price."""
        self.filled += amount
        self.cost += amount * price
        self.status = OrderStatus.PARTIALLY_FILLED if self.remaining else OrderStatus.FILLED
        self.updated = now

    def cancel(self, reason: str, now: int) -> None:
        """Take the order off the book; fills stay."""
        self.status = OrderStatus.PARTIALLY_CANCELED if self.filled else OrderStatus.CANCELED
        self.cancel_reason = reason
        self.updated = now
