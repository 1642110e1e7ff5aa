"""What a key can see of its account: balances, fees, and which accounts there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from dataclasses import replace as dataclass_replace
from decimal import Decimal
from typing import Any, Self

from msgspec import field

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.model.ccxt_account import balances_to_ccxt, trading_fee_to_ccxt
from hk_adapter.model.decimals import is_plain
from hk_adapter.model.requests import UnreadRow
from hk_adapter.record import Record, VenueRecord


class Balance(Record, frozen=True, kw_only=True):
    """How much of one currency there is. None means that the venue did not say.

    Attributes:
        free: may be used now.
        used: held by open orders, or otherwise locked.
        total: both together.
    """

    free: Decimal | None
    used: Decimal | None
    total: Decimal | None

    def __post_init__(self) -> None:
        for name in ("free", "used", "total"):
            value = getattr(self, name)
            if value is not None and (not issubclass(type(value), Decimal) or not is_plain(value)):
                raise InvalidArgument(f"{name} must be a finite Decimal, not {shown(value)}")


_OF_CCXT = frozenset({"free", "used", "total"})
_NOTHING = Balance(free=Decimal(0), used=Decimal(0), total=Decimal(0))


class UnknownCurrency(InvalidArgument, KeyError):
    """A currency that was not listed, and that the venue is not known to have."""

    __str__ = Exception.__str__  # a KeyError shows its text in quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Balances(Mapping[str, Balance]):
    """The balances of one account by currency, such as ``balances["USD"].free``.

    A currency that the venue knows but did not list has zero of everything; iteration, ``in`` and ``len`` are about
    what it listed. Any other raises InvalidArgument, which names it (also a ``KeyError``).

    Attributes:
        known: currencies that the venue knows; from the markets and currencies that this connection has got.
        timestamp: when it was so, in ms UTC; None: the venue did not say.
        account_id: the venue's account; None: the key's own.
        unread: rows that could not be read exactly, told where ``params={"partial": True}`` was asked for.
        info: the raw payload; not part of equality.
    """

    by_currency: Mapping[str, Balance]
    timestamp: int | None = None
    account_id: str | None = None
    unread: tuple[UnreadRow, ...] = ()
    known: frozenset[str] = dataclass_field(default=frozenset(), compare=False, repr=False)
    info: Any = dataclass_field(default_factory=dict, compare=False, repr=False)

    def __getitem__(self, currency: str) -> Balance:
        if currency in self.by_currency:
            return self.by_currency[currency]
        if currency in self.known and not self.unread:
            return _NOTHING
        if self.unread:
            raise UnknownCurrency(f"no balance of {currency!r} could be read; {len(self.unread)} rows could not be")
        more = "" if self.known else "; load_markets tells which currencies the venue knows"
        if currency in _OF_CCXT:
            more = f": as ccxt has it that is to_ccxt()[{currency!r}], here it is balances['USD'].{currency}"
        raise UnknownCurrency(f"no balance of {currency!r} was listed, and it is not known here{more}")

    def __contains__(self, currency: object) -> bool:
        return currency in self.by_currency

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_currency)

    def __len__(self) -> int:
        return len(self.by_currency)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return dataclass_replace(self, **changes)

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified balance dict; ``number`` makes each number from its Decimal."""
        return balances_to_ccxt(self, number)


class TradingFee(VenueRecord, frozen=True, kw_only=True):
    """What trading one market costs, as fractions: 0.001 is a tenth of a percent. None: the venue did not say."""

    symbol: str | None
    maker: Decimal | None
    taker: Decimal | None
    venue_symbol: str | None = None
    info: Any = field(default_factory=dict)

    def to_ccxt(self, number: Any = float) -> dict[str, Any]:
        """Return ccxt's unified trading fee dict; ``number`` makes each number from its Decimal."""
        return trading_fee_to_ccxt(self, number)


class Account(VenueRecord, frozen=True, kw_only=True):
    """One of the accounts that a key can see. ``type`` is ccxt's word where it has one, else the venue's."""

    id: str
    type: str | None = None
    name: str | None = None
    info: Any = field(default_factory=dict)

    def to_ccxt(self) -> dict[str, Any]:
        """Return ccxt's unified account dict."""
        return {"id": self.id, "type": self.type, "code": None, "info": self.info}


class KeyInfo(VenueRecord, frozen=True, kw_only=True):
    """What the venue tells about the key in use. None means that it did not say.

    Attributes:
        account_type: ``master`` or ``sub``, or the venue's own word.
        permissions: what the key may do, in the venue's words.
    """

    account_type: str | None = None
    permissions: tuple[str, ...] | None = None
    info: Any = field(default_factory=dict)
