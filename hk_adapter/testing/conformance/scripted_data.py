"""What a scripted venue has: orders, fills, balances, markets, books, trades and tickers, as they truly are."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from hk_adapter.model import OrderSide, OrderStatus, OrderType
from hk_adapter.model.decimals import exact_sum
from hk_adapter.record import Record

_EIGHT = Decimal("0.00000001")
_PLENTY = Decimal(9_000_000_000)


class ScriptedOrder(Struct, kw_only=True):
    """One order as it truly is at the scripted venue, a limit order unless it is said otherwise. Times in ms UTC.

    Attributes:
        symbol: its market, unified: the script's ``symbol``, or its ``other_symbol``.
        price: in quote currency; 0 of a market order.
        amount: in base currency; ``filled`` is that part of it which is executed.
        word: the venue's own word for its status instead of the one that the script has for ``status``.
    """

    id: str
    client_order_id: str | None = None
    symbol: str = "ETH/USD"
    type: OrderType = OrderType.LIMIT
    side: OrderSide = OrderSide.BUY
    price: Decimal = Decimal(1900)
    amount: Decimal = Decimal(1)
    filled: Decimal = Decimal(0)
    status: OrderStatus = OrderStatus.OPEN
    word: str | None = None
    created: int = 0
    updated: int = 0

    @property
    def is_ended(self) -> bool:
        """Whether it is off the book."""
        return self.status.final


class ScriptedFill(Struct, kw_only=True):
    """One fill as it truly is, of an order of the scripted venue. Times in ms UTC.

    Attributes:
        price: in quote currency.
        amount: in base currency.
        fee: what it cost, in quote currency.
        maker: whether the order rested when it was met.
    """

    id: str
    order: ScriptedOrder
    price: Decimal
    amount: Decimal
    fee: Decimal = Decimal(0)
    maker: bool = True
    time: int = 0


class ScriptedBalance(Record, frozen=True, kw_only=True):
    """What an account has of one currency.

    Attributes:
        free: may be used now; ``used`` is held by open orders.
    """

    currency: str
    free: Decimal
    used: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        """Both together."""
        return exact_sum(self.free, self.used)


class ScriptedMarket(Record, frozen=True, kw_only=True):
    """One market and its rules, of which a venue may tell some only.

    Attributes:
        symbol: unified; its two halves are the currencies.
        active: whether orders are taken now.
        price_step: prices are whole multiples of it, in quote currency; the same of ``amount_step`` in base currency.
        least_amount: of an order, in base currency; the same of ``most_amount``.
        least_cost: of an order, in quote currency; 0 is no such limit.
    """

    symbol: str
    active: bool = True
    price_step: Decimal = _EIGHT
    amount_step: Decimal = _EIGHT
    least_amount: Decimal = _EIGHT
    most_amount: Decimal = _PLENTY
    least_cost: Decimal = Decimal(0)

    @property
    def base(self) -> str:
        """The currency that is traded."""
        return self.symbol.partition("/")[0]

    @property
    def quote(self) -> str:
        """The currency that it is priced in."""
        return self.symbol.partition("/")[2]


class ScriptedBookOrders(Record, frozen=True, kw_only=True):
    """The book of one market: pairs of a price, in quote currency, and an amount, in base currency, the best first."""

    symbol: str
    bids: tuple[tuple[Decimal, Decimal], ...] = ()
    asks: tuple[tuple[Decimal, Decimal], ...] = ()


class ScriptedTrade(Record, frozen=True, kw_only=True):
    """A trade that everybody sees; ``time`` in ms UTC.

    Attributes:
        side: which way the taker traded.
    """

    id: str
    symbol: str
    side: OrderSide
    price: Decimal
    amount: Decimal
    time: int


class ScriptedTicker(Record, frozen=True, kw_only=True):
    """A market's last 24 hours: prices in quote currency, ``volume`` in base currency, ``time`` in ms UTC."""

    symbol: str
    bid: Decimal
    ask: Decimal
    open: Decimal
    high: Decimal
    low: Decimal
    last: Decimal
    volume: Decimal
    time: int = 0
