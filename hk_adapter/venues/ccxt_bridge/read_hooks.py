"""What the hooks that only read go by: one exchange, and how it is asked through ccxt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hk_adapter.errors import NotSupported
from hk_adapter.flow.effects import Flow
from hk_adapter.model import ListTradesRequest, MarketRequest, ReadRows, SymbolsRequest
from hk_adapter.model.frozen import thawed
from hk_adapter.venues.ccxt_bridge import capabilities, row_limits
from hk_adapter.venues.ccxt_bridge.calling import ErrorTranslator, ask_ccxt
from hk_adapter.venues.ccxt_bridge.error_table import Purpose
from hk_adapter.venues.ccxt_bridge.terms import check_params

_CATALOGUES = ("fetchCurrencies", "fetchTickers", "fetchTicker", "fetchTrades", "fetchOHLCV", "fetchTradingFees")
_MOST_ROWS = dict.fromkeys(_CATALOGUES, row_limits.OF_A_CATALOGUE) | {"fetchOrderBook": row_limits.OF_A_BOOK}

Flows = Callable[..., Flow[Any]]
"""A method of ccxt's, or what stands around one."""


class ReadHooks:
    """One exchange, asked for what changes nothing."""

    def __init__(self, exchange: Any, translator: ErrorTranslator) -> None:
        self._exchange = exchange
        self._translator = translator

    async def _call(
        self, ability: str, method: str | Flows, *arguments: Any, params: Mapping[str, Any] | None = None
    ) -> Any:
        if not capabilities.has(self._exchange, ability):
            raise NotSupported(f"ccxt has no {ability} for {self._exchange.id}")
        check_params(params or {})
        rows = _MOST_ROWS.get(ability, row_limits.OF_A_LIST)
        asked = getattr(self._exchange, method) if isinstance(method, str) else method
        return await self._ask(asked, *arguments, params=thawed(params or {}), most_rows=rows)

    async def _ask(self, method: Flows, *arguments: Any, **keywords: Any) -> Any:
        return await ask_ccxt(self._translator, Purpose.READ, method, *arguments, **keywords)

    def _one_symbol(self, request: SymbolsRequest) -> str:
        if request.symbols is None or len(request.symbols) != 1:
            raise NotSupported(f"{self._exchange.id} tells this of one symbol at a time")
        return request.symbols[0]


def with_until(request: ListTradesRequest | MarketRequest) -> Mapping[str, Any]:
    """Return the params of a request with its bound in time, as ccxt takes it."""
    return request.params if request.until is None else {**request.params, "until": request.until}


def of_symbols(found: ReadRows[Any], symbols: tuple[str, ...] | None) -> ReadRows[Any]:
    """Keep those of a few symbols; None keeps all."""
    if symbols is None:
        return found
    unread = (row for row in found.unread if row.about is None or row.about in symbols)
    return ReadRows((one for one in found if one.symbol in symbols), unread)
