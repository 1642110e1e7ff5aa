"""What can be traded, and by which steps and limits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from msgspec import field

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.model.ccxt_markets import currency_to_ccxt, market_to_ccxt
from hk_adapter.model.decimals import is_plain
from hk_adapter.record import Record, VenueRecord


def _check_number(name: str, value: Any) -> None:
    if value is not None and (not issubclass(type(value), Decimal) or not is_plain(value)):
        raise InvalidArgument(f"{name} must be a finite Decimal, not {shown(value)}")


class Limits(Record, frozen=True, kw_only=True):
    """The smallest and the largest number allowed, both included. None: no such limit is known."""

    min: Decimal | None = None
    max: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("min", "max"):
            _check_number(name, getattr(self, name))


NO_LIMITS = Limits()


class Market(VenueRecord, frozen=True, kw_only=True):
    """One pair and its rules. None means that the venue did not say.

    Attributes:
        id: the venue's own word, such as ``ETHUSD``.
        symbol: unified, such as ``ETH/USD``.
        base: currency that is traded.
        quote: currency that it is priced in.
        active: whether orders are taken now.
        type: ``spot``, or the venue's word for another kind.
        amount_step: amounts are whole multiples of it, in base currency.
        price_step: prices are whole multiples of it, in quote currency per base unit.
        cost_step: a market order's cost is a whole multiple of it, in quote currency.
        amount: limits of an order's amount, in base currency.
        price: limits of a limit price.
        cost: limits of amount times price, in quote currency.
        market_amount: limits of a market order's amount; what it leaves open, ``amount`` says.
        market_cost: limits of a market order's cost; what it leaves open, ``cost`` says.
        maker: fee rate for providing liquidity, as a fraction.
        taker: fee rate for taking liquidity, as a fraction.
        info: the raw payload; not part of equality.
    """

    id: str
    symbol: str
    base: str
    quote: str
    active: bool | None = None
    type: str = "spot"
    amount_step: Decimal | None = None
    price_step: Decimal | None = None
    cost_step: Decimal | None = None
    amount: Limits = NO_LIMITS
    price: Limits = NO_LIMITS
    cost: Limits = NO_LIMITS
    market_amount: Limits = NO_LIMITS
    market_cost: Limits = NO_LIMITS
    maker: Decimal | None = None
    taker: Decimal | None = None
    info: Any = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("id", "symbol", "base", "quote", "type"):
            value = getattr(self, name)
            if not issubclass(type(value), str) or not value:
                raise InvalidArgument(f"{name} must be a non-empty str, not {shown(value)}")
        for name in ("amount_step", "price_step", "cost_step"):
            value = getattr(self, name)
            _check_number(name, value)
            if value is not None and value <= 0:
                raise InvalidArgument(f"{name} must be above 0, not {value}")
        for name in ("maker", "taker"):
            _check_number(name, getattr(self, name))

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified market dict; ``number`` makes each number from its Decimal."""
        return market_to_ccxt(self, number)


class Currency(VenueRecord, frozen=True, kw_only=True):
    """One coin or fiat currency. None means that the venue did not say.

    Attributes:
        code: unified, such as ``ETH``.
        id: the venue's own word.
        type: ``crypto`` or ``fiat``.
        active: whether it can be deposited and withdrawn now.
        step: amounts are whole multiples of it.
        networks: the chains that carry it, in the venue's words.
    """

    code: str
    id: str
    name: str | None = None
    type: str | None = None
    active: bool | None = None
    deposit: bool | None = None
    withdraw: bool | None = None
    step: Decimal | None = None
    networks: tuple[str, ...] = ()
    info: Any = field(default_factory=dict)

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified currency dict; ``number`` makes each number from its Decimal."""
        return currency_to_ccxt(self, number)


Markets = Mapping[str, Market]
"""Markets by unified symbol."""
