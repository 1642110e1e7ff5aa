"""Which orders a kill switch is for, and how long it may take; its arguments, checked before anything is done."""

from __future__ import annotations

from typing import Any, Literal

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.execution.cancel.scope import is_meant
from hk_adapter.model import CancelAllRequest, Order, OrderSide
from hk_adapter.record import Record
from hk_adapter.venue.api import arguments

SECONDS_AN_ACCOUNT = 120.0
"""For each account where the caller names no ``timeout``."""


class KillScope(Record, frozen=True, kw_only=True):
    """What is picked of each account; None picks by nothing.

    Attributes:
        timeout: seconds for each account.
    """

    symbol: str | None = None
    side: OrderSide | Literal["buy", "sell"] | None = None
    client_id_prefix: str | None = None
    timeout: float = SECONDS_AN_ACCOUNT

    @property
    def asked(self) -> CancelAllRequest:
        """What is asked of each account."""
        side = None if self.side is None else OrderSide(self.side)
        return CancelAllRequest(symbol=self.symbol, side=side, client_id_prefix=self.client_id_prefix)

    def covers(self, order: Order) -> bool:
        """Whether an order is meant. One that does not say what is picked by is not."""
        return is_meant(order, self.asked)


def read_scope(symbol: Any, side: Any, client_id_prefix: Any, timeout: Any) -> KillScope:
    """Check what a caller gave. Raises InvalidArgument."""
    return KillScope(
        symbol=_symbol(symbol),
        side=None if (word := arguments.optional_word("side", side, OrderSide)) is None else word.value,
        client_id_prefix=arguments.printable_text("client_id_prefix", client_id_prefix),
        timeout=arguments.timeout(timeout, SECONDS_AN_ACCOUNT),
    )


def _symbol(given: Any) -> str | None:
    """Read a unified symbol, whose form is the same at every venue."""
    symbol = arguments.printable_text("symbol", given)
    if symbol is not None and not all(symbol.partition("/")):
        raise InvalidArgument(f"symbol must be a unified symbol such as 'ETH/USD', not {shown(symbol)}")
    return symbol
