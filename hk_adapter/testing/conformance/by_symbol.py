"""Calls that name the symbol of each order, for venues at which an id alone says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from msgspec.structs import replace

from hk_adapter.model import CancelManyRequest, CancelRequest, FetchOrderRequest, Operation, Wait
from hk_adapter.venue.api import Calls

ID_ALONE = "an_id_alone"
"""What is declared absent where the venue counts its orders by market, or asks for the market of each."""
_NAMED = CancelRequest | FetchOrderRequest


@dataclass(frozen=True, slots=True)
class CallsBySymbol(Calls):
    """The calls of one connection, with the symbol of each order whose caller does not name it."""

    symbol_of: Callable[[CancelRequest | FetchOrderRequest], str] | None = None

    def private(self, name: str, request: Any, timeout: float | None = None, wait: Wait = Wait.FINAL) -> Operation:
        """Make an operation that names the symbol."""
        if isinstance(request, CancelManyRequest):
            request = CancelManyRequest(orders=tuple(self._with_symbol(one) for one in request.orders))
        return Calls.private(self, name, self._with_symbol(request), timeout, wait)

    def _with_symbol(self, request: Any) -> Any:
        if isinstance(request, _NAMED) and request.symbol is None and self.symbol_of is not None:
            return replace(request, symbol=self.symbol_of(request))
        return request


def by_symbol(calls: Calls, symbol_of: Callable[[CancelRequest | FetchOrderRequest], str]) -> CallsBySymbol:
    """Return the same calls, which name the symbol that ``symbol_of`` knows."""
    return CallsBySymbol(**{one.name: getattr(calls, one.name) for one in fields(calls)}, symbol_of=symbol_of)
