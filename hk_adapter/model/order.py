"""One order, its fills and its fees, in ccxt's words and exact numbers; and what must hold of each.

Nothing is repaired: a contradiction is an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from msgspec import field
from msgspec.structs import force_setattr

from hk_adapter.errors import AdapterError, InvalidArgument, shown
from hk_adapter.model.ccxt_format import Fields, order_from_ccxt, order_to_ccxt, trade_to_ccxt
from hk_adapter.model.decimals import are_plainly_money, exact_difference, is_plain
from hk_adapter.model.enums import OrderSide, OrderStatus, OrderType, TimeInForce
from hk_adapter.record import Record, VenueRecord


class Fee(Record, frozen=True, kw_only=True):
    """What was charged. ``cost`` is in ``currency`` and negative for a rebate; None: the venue did not say."""

    currency: str | None
    cost: Decimal | None
    rate: Decimal | None = None

    def __post_init__(self) -> None:
        _check_fee(self)


class Trade(VenueRecord, frozen=True, kw_only=True):
    """One fill of an order. None means that the venue did not say.

    Attributes:
        price: quote currency per base unit.
        amount: base currency.
        cost: quote currency.
        taker_or_maker: ``taker`` or ``maker``.
        timestamp: when it matched, in ms UTC.
        info: the raw payload, mostly a mapping; not part of equality.
    """

    id: str | None
    order_id: str | None = None
    symbol: str | None = None
    type: str | None = None
    side: OrderSide | None = None
    taker_or_maker: str | None = None
    price: Decimal | None = None
    amount: Decimal | None = None
    cost: Decimal | None = None
    fees: tuple[Fee, ...] = ()
    timestamp: int | None = None
    info: Any = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_trade(self)

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified trade dict; ``number`` makes each number from its Decimal, as in ``Order.to_ccxt``."""
        return trade_to_ccxt(self, number)


class Order(VenueRecord, frozen=True, kw_only=True):
    """An order as last seen. None means that the venue did not say and nothing follows exactly.

    Attributes:
        id: given by the venue; None for an order that the venue has not shown: in doubt, refused, or only a test.
        client_order_id: given by the client, or by the venue on its behalf.
        symbol: unified, such as ``ETH/USD``; None where the venue's word is ambiguous.
        type: ``limit`` or ``market``, or the venue's own word for another.
        time_in_force: ``GTC``, ``IOC`` or ``FOK``, or the venue's own word for another.
        price: the limit, in quote currency per base unit; never an average.
        trigger_price: the price that sets the order off, in quote currency per base unit. None is no proof that there
            is none: acknowledgements and many venues' rows do not tell. So are the next two.
        take_profit_price: the price that sets off an order taking a profit, or that one is attached at.
        stop_loss_price: the price that sets off an order stopping a loss, or that one is attached at.
        average: of the fills, as the venue says it; None when nothing is filled.
        amount: base currency; of contracts, which ccxt has, their number, and so are the next two. None for a market
            order placed by its cost.
        filled: base currency; amount minus remaining, where only those two are said. Not so where nothing remains of an
            order that was canceled, rejected or expired: many venues say that of each such order.
        remaining: amount minus filled, also for a canceled order; None for the 0 that venues say of each such order.
        cost: of the fills, in quote currency; never estimated from the limit.
        timestamp: creation, in ms UTC.
        last_trade_timestamp: newest fill, in ms UTC.
        last_update_timestamp: newest change of status, in ms UTC.
        account_id: the venue's account that owns the order.
        venue_status: the venue's own word for the status.
        venue_symbol: the venue's own word for the symbol.
        info: the raw payload, mostly a mapping; not part of equality.

    Raises InvalidArgument where the numbers contradict each other.
    """

    id: str | None
    client_order_id: str | None = None
    symbol: str | None = None
    type: str | None = None
    side: OrderSide | None = None
    time_in_force: str | None = None
    post_only: bool | None = None
    reduce_only: bool | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    take_profit_price: Decimal | None = None
    stop_loss_price: Decimal | None = None
    average: Decimal | None = None
    amount: Decimal | None = None
    filled: Decimal | None = None
    remaining: Decimal | None = None
    cost: Decimal | None = None
    status: OrderStatus | None = None
    fees: tuple[Fee, ...] = ()
    trades: tuple[Trade, ...] = ()
    timestamp: int | None = None
    last_trade_timestamp: int | None = None
    last_update_timestamp: int | None = None
    account_id: str | None = None
    venue_status: str | None = None
    venue_symbol: str | None = None
    info: Any = field(default_factory=dict)

    def __post_init__(self) -> None:
        _settle_order(self)

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified order dict, with exactly the keys of ccxt's ``safe_order``.

        ``number`` makes each number from its Decimal: ``float`` as ccxt does, ``Decimal`` or ``str`` to keep every
        digit. Statuses that may still trade become ``open``.
        """
        return order_to_ccxt(self, number)

    @classmethod
    def from_ccxt(cls, data: Mapping[str, Any]) -> Order:
        """Read ccxt's unified order dict; floats are read by their shortest text.

        Raises InvalidArgument for an unknown status or side, and for numbers that contradict each other.
        """
        fields = order_from_ccxt(data)
        trades = tuple(Trade(**{**trade, "fees": _fees(trade)}) for trade in fields["trades"])
        return cls(**{**fields, "fees": _fees(fields), "trades": trades})


def _fees(fields: Fields) -> tuple[Fee, ...]:
    return tuple(Fee(**fee) for fee in fields["fees"])


def order_of(error: AdapterError) -> Order | None:
    """Return what an error tells of its order; None where it tells nothing."""
    return error.order if isinstance(error.order, Order) else None


_ORDER_NUMBERS = (
    "price",
    "trigger_price",
    "take_profit_price",
    "stop_loss_price",
    "average",
    "amount",
    "filled",
    "remaining",
    "cost",
)
_numbers_of = attrgetter(*_ORDER_NUMBERS)
_ORDER_TIMES = ("timestamp", "last_trade_timestamp", "last_update_timestamp")
_ORDER_IDS = ("id", "client_order_id", "account_id")
_ORDER_WORDS = ("symbol", "type", "time_in_force", "venue_status", "venue_symbol")
_texts_of = attrgetter(*_ORDER_IDS, *_ORDER_WORDS)
_TEXT_OR_NONE = frozenset({str, OrderType, TimeInForce, type(None)})
_ENDED_UNFILLED = (OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED)
_LAST_MOMENT = 253_402_300_799_999
"""The end of the year 9999 in ms UTC: later times have no date to be written as."""


def _settle_order(order: Any) -> None:
    """Raise InvalidArgument unless the order's fields agree, and set what is filled or remains where that follows."""
    if not _TEXT_OR_NONE.issuperset(map(type, texts := _texts_of(order))) or "" in texts:
        _check_ids(order, _ORDER_IDS)
        _check_words(_ORDER_WORDS, texts[len(_ORDER_IDS) :])
    if not are_plainly_money(numbers := _numbers_of(order)):
        _check_numbers(_ORDER_NUMBERS, numbers)
    _check_times(order, _ORDER_TIMES)
    if order.side is not None and type(order.side) is not OrderSide:
        raise InvalidArgument(f"side must be an OrderSide, not {shown(order.side)}")
    if order.status is not None and type(order.status) is not OrderStatus:
        raise InvalidArgument(f"status must be an OrderStatus, not {shown(order.status)}")
    if order.id is None and order.client_order_id is None:
        raise InvalidArgument("an order needs an id or a client_order_id")
    if order.filled is None and order.remaining is not None and not order.remaining and order.status in _ENDED_UNFILLED:
        # Nobody knows what was filled: many venues say of any such order that nothing is left to be filled. A copy with
        # another status would read from it that all was.
        force_setattr(order, "remaining", None)
    if order.amount is not None:
        _settle_amounts(order, order.amount, order.filled, order.remaining)
    if order.average is not None and order.filled is not None and not order.filled:
        raise InvalidArgument("an average price without a fill")


def _settle_amounts(order: Any, amount: Decimal, filled: Decimal | None, remaining: Decimal | None) -> None:
    if remaining is not None and remaining > amount:
        raise InvalidArgument(f"remaining {remaining} is above the amount {amount}")
    if filled is None:
        if remaining is None:
            return
        filled, remaining = exact_difference(amount, remaining), None
        force_setattr(order, "filled", filled)
    if filled > amount:
        raise InvalidArgument(f"filled {filled} is above the amount {amount}")
    left = exact_difference(amount, filled)
    if remaining is None:
        force_setattr(order, "remaining", left)  # in the same digits, whichever of the two was said
    elif remaining != left:
        raise InvalidArgument(f"remaining {remaining} is not amount minus filled")


def _check_trade(trade: Any) -> None:
    """Raise InvalidArgument unless the fill's fields are of their kind."""
    _check_ids(trade, ("id", "order_id"))
    _check_words(("symbol", "type", "taker_or_maker"), (trade.symbol, trade.type, trade.taker_or_maker))
    if not are_plainly_money(numbers := (trade.price, trade.amount, trade.cost)):
        _check_numbers(("price", "amount", "cost"), numbers)
    _check_times(trade, ("timestamp",))
    if trade.side is not None and type(trade.side) is not OrderSide:
        raise InvalidArgument(f"side must be an OrderSide, not {shown(trade.side)}")


def _check_fee(fee: Any) -> None:
    """Raise InvalidArgument unless the fee's numbers are finite Decimals."""
    if not are_plainly_money(numbers := (fee.cost, fee.rate)):
        _check_numbers(("cost", "rate"), numbers, may_be_negative=True)


def _check_ids(record: object, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(record, name)
        if value is None or (type(value) is str and value):
            continue
        if not issubclass(type(value), str) or not value:
            raise InvalidArgument(f"{name} must be a non-empty str, not {shown(value)}")


def _check_words(names: Sequence[str], words: Sequence[Any]) -> None:
    for name, value in zip(names, words, strict=True):
        if value is not None and not issubclass(type(value), str):
            raise InvalidArgument(f"{name} must be a str, not {shown(value)}")


def _check_numbers(names: Sequence[str], numbers: Sequence[Any], *, may_be_negative: bool = False) -> None:
    for name, value in zip(names, numbers, strict=True):
        if value is None:
            continue
        if not issubclass(type(value), Decimal) or not is_plain(value):
            raise InvalidArgument(f"{name} must be a finite Decimal, not {shown(value)}")
        if value < 0 and not may_be_negative:
            raise InvalidArgument(f"{name} is negative: {value}")


def _check_times(record: object, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(record, name)
        if value is None or (type(value) is int and 0 <= value <= _LAST_MOMENT):
            continue
        if issubclass(type(value), bool) or not issubclass(type(value), int):
            raise InvalidArgument(f"{name} must be an int of ms UTC, not {shown(value)}")
        if not 0 <= value <= _LAST_MOMENT:
            raise InvalidArgument(f"{name} is outside the years 1970 to 9999")
