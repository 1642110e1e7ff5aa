"""One order and its life: it is taken in, rests, is filled in parts, and ends filled, canceled or rejected.

Each trade leaves a fill for each side that has an order here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.fees import NO_FEES, FeeRates
from hk_adapter.simulator.exchange.markets import Market
from hk_adapter.simulator.exchange.money import ZERO, plain


class OrderStatus(StrEnum):
    """Name the states of an order in the venue's words."""

    PENDING_NEW = "PENDING_NEW"
    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    PARTIALLY_CANCELED = "PARTIALLY_CANCELED"
    REJECTED = "REJECTED"


OPEN = frozenset({OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED})
CANCELED = frozenset({OrderStatus.CANCELED, OrderStatus.PARTIALLY_CANCELED})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTerms:
    """Hold what was asked for and passed every check: amounts in base currency, prices in quote currency.

    A market order has a price of 0. One by `cash`, in quote currency, has an amount of 0; all others have no cash.
    """

    market: Market
    side: str
    type: str
    time_in_force: str
    stp_mode: str
    price: Decimal
    amount: Decimal
    cash: Decimal = ZERO

    @property
    def pays(self) -> str:
        """Return the asset that the order gives away, and locks."""
        return self.market.quote if self.side == "BUY" else self.market.base

    @property
    def gets(self) -> str:
        """Return the asset that the order is for."""
        return self.market.base if self.side == "BUY" else self.market.quote


@dataclass(slots=True)
class CancelAttempt:
    """Keep what became of one cancel request for one order: `code` is the refusal's, empty when accepted."""

    at: int
    code: str = ""
    effective: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fill:
    """Hold one order's side of a trade.

    `id` is REST's `id`, this side's own; `ticket_id` REST's `ticketId`, which both sides share. `order` is this side's,
    `counter_order` the other's: None where `SimulatorControl.fill` traded with the outside. `quantity` is in base,
    `price` and `quote_amount` (their product) in quote currency, `time` in ms. `commission` is what this side paid.
    """

    id: str
    ticket_id: str
    order: Order = field(repr=False)
    counter_order: Order | None = field(repr=False)
    price: Decimal
    quantity: Decimal
    quote_amount: Decimal
    is_maker: bool
    side: str
    commission: Decimal
    commission_asset: str
    time: int


@dataclass(slots=True, kw_only=True, eq=False)
class Order:
    """Keep one order's state; times are the venue's ms."""

    order_id: str
    client_order_id: str
    account: Account
    terms: OrderTerms
    created: int
    updated: int
    fees: FeeRates = NO_FEES
    """The account's rates when the order was taken in."""
    locked: Decimal = ZERO
    """How much of what it pays with is still locked for it."""
    is_resting: bool = False
    """It stands on the book, where others can reach it."""
    status: OrderStatus = OrderStatus.PENDING_NEW
    filled: Decimal = ZERO
    cost: Decimal = ZERO
    cancel_reason: str = ""
    ended: int | None = None
    fills: list[Fill] = field(default_factory=list, repr=False)
    """Its trades, oldest first."""
    cancels: list[CancelAttempt] = field(default_factory=list)
    cancel_sends: int = 0
    cancel_pending: bool = False
    """A cancel was accepted, whether it has taken effect or not."""
    cancel_once_open: CancelAttempt | None = None
    """A cancel whose time came while the order was still being taken in."""
    number: int = field(init=False)
    price_text: str = field(init=False)
    amount_text: str = field(init=False)

    def __post_init__(self) -> None:
        # Shown in every answer and never changed: written once.
        self.number = int(self.order_id)
        self.price_text = plain(self.terms.price)
        self.amount_text = plain(self.terms.amount)

    @property
    def is_open(self) -> bool:
        """Return whether the order is live for matching, as it is once it was taken in and until it ends."""
        return self.status in OPEN

    @property
    def is_ended(self) -> bool:
        """Return whether nothing can happen to the order any more."""
        return self.ended is not None

    @property
    def remaining(self) -> Decimal:
        """Return what is not filled, in base currency; that of a canceled order counts too. 0 for an order by cash."""
        amount = self.terms.amount
        return amount - self.filled if amount else ZERO

    def open(self, now: int) -> None:
        """Record that the order rests."""
        self.status = OrderStatus.NEW
        self.updated = now

    def fill(self, amount: Decimal, price: Decimal, now: int) -> None:
        """Trade an amount at a price; an order by cash is not complete before it is told so."""
        self.filled += amount
        self.cost += amount * price
        if self.remaining or self.terms.cash:
            self.status = OrderStatus.PARTIALLY_FILLED
            self.updated = now
        else:
            self.complete(now)

    def complete(self, now: int) -> None:
        """End the order as filled."""
        self._end(OrderStatus.FILLED, now)

    def cancel(self, reason: str, now: int) -> None:
        """Remove the order from the book; fills stay."""
        self.cancel_reason = reason
        self._end(OrderStatus.PARTIALLY_CANCELED if self.filled else OrderStatus.CANCELED, now)

    def reject(self, now: int) -> None:
        """Refuse the order before it ever rests."""
        self._end(OrderStatus.REJECTED, now)

    def _end(self, status: OrderStatus, now: int) -> None:
        self.status = status
        self.updated = self.ended = now
