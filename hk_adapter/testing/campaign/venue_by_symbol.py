"""HashKey's plugin for a venue like it that counts order ids by symbol: it names the symbol wherever it names an id."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from msgspec.structs import replace

from hk_adapter.errors import NotSupported
from hk_adapter.flow.effects import Flow, HttpCall
from hk_adapter.hooks import VenueSettings, hookimpl
from hk_adapter.model import CancelOrdersAnswer, CancelOrdersRequest, CancelRequest, FetchOrderRequest, Order
from hk_adapter.venues.hashkey.options import Options
from hk_adapter.venues.hashkey.plugin import HashKeyVenue
from hk_adapter.venues.hashkey.sites import site_named


class VenueBySymbol(HashKeyVenue):
    """One opened site. Who names no symbol is asked about whichever order has the id."""

    tells_symbols = True
    """Whether its answers about one order name the symbol."""

    @hookimpl
    async def cancel_order(self, request: CancelRequest) -> Order:
        """Cancel by id and symbol."""
        return self._told(await _Naming(super().cancel_order(request), self._word(request.symbol)), request.symbol)

    @hookimpl
    async def cancel_orders(self, request: CancelOrdersRequest) -> CancelOrdersAnswer:
        """Cancel several of one symbol."""
        if request.symbol is None:
            raise NotSupported("several orders are canceled of one symbol at a time")
        answer: CancelOrdersAnswer = await _Naming(super().cancel_orders(request), self._word(request.symbol))
        return answer

    @hookimpl
    async def fetch_order(self, request: FetchOrderRequest) -> Order:
        """Look one order up by id and symbol."""
        return self._told(await _Naming(super().fetch_order(request), self._word(request.symbol)), request.symbol)

    def _word(self, symbol: str | None) -> str | None:
        return None if symbol is None else self._names.word(symbol)

    def _told(self, order: Order, asked: str | None) -> Order:
        return order if self.tells_symbols else replace(order, symbol=asked, venue_symbol=None)


class TerseBySymbol(VenueBySymbol):
    """One whose answers about one order leave its symbol out: it is the one that was asked for, if any."""

    tells_symbols = False


def open_by_symbol(settings: VenueSettings, *, told: bool) -> VenueBySymbol:
    """Open a site; ``told`` says whether answers about one order name the symbol."""
    site = Options().applied_to(site_named(settings.site))
    return (VenueBySymbol if told else TerseBySymbol)(site, site.origin(settings.environment))


class _Naming:
    """A call of a hook whose requests name the symbol, too."""

    def __init__(self, flow: Flow[Any], symbol: str | None) -> None:
        self._flow = flow
        self._symbol = symbol

    def __await__(self) -> Generator[Any, Any, Any]:
        flow = self._flow
        try:
            wanted = flow.send(None)
            while True:
                try:
                    answer = yield self._named(wanted)
                except GeneratorExit:
                    flow.close()
                    raise
                except BaseException as error:  # noqa: BLE001 - the flow's to handle
                    wanted = flow.throw(error)
                else:
                    wanted = flow.send(answer)
        except StopIteration as end:
            return end.value

    def _named(self, wanted: Any) -> Any:
        if self._symbol is None or not isinstance(wanted, HttpCall):
            return wanted
        return replace(wanted, params={**wanted.params, "symbol": self._symbol})
