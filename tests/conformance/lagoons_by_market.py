"""Venues that count their orders by market, and know none without it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import hk_adapter as hk
from hk_adapter.testing.conformance import Asked
from tests.conformance.lagoon import Lagoon, LagoonScript

_PLACE = "/of/"


class ByMarket(Lagoon):
    """Names the market of each order, and refuses what does not."""

    def path(self, request: Any) -> str:
        """Name an order and its market."""
        if request.symbol is None:
            raise hk.InvalidArgument("symbol: orders are counted by market")
        return super().path(request) + self.of_market(request.symbol)

    def of_market(self, symbol: str) -> str:
        """Write the end of a path."""
        return _PLACE + symbol.replace("/", "-")

    @hk.hookimpl
    async def cancel_orders(self, request: Any) -> hk.CancelOrdersAnswer:
        """Ask once, of one market."""
        if request.symbol is None:
            raise hk.NotSupported("several orders are canceled in one market at a time")
        ids, path = list(request.order_ids), "/orders/cancel" + self.of_market(request.symbol)
        call = hk.HttpCall("POST", path, json=ids, signed=True, group="orders", lane=hk.Lane.CANCEL, weight=len(ids))
        return self.refused(await call, ids)


class OneMarket(ByMarket):
    """Asks for every order in the same market."""

    def of_market(self, symbol: str) -> str:
        """Write it."""
        return super().of_market("ETH/USD")


class ByMarketScript(LagoonScript):
    """Reads the market."""

    def read(self, request: hk.HttpRequest) -> Asked:
        """Read what is asked, and of which market."""
        path = urlsplit(request.url).path
        named, _, market = path.partition(_PLACE)
        if not market:
            return super().read(request)
        plain = request.replace(url=request.url.replace(path, named))
        return super().read(plain).replace(symbol=market.replace("-", "/"))


class NamedByMarket(Lagoon):
    """Gives ids with the market in them, as the venue knows them."""

    def order(self, row: dict[str, Any]) -> hk.Order:
        """Read a row."""
        order = super().order(row)
        if not order.id.startswith(row["pair"] + ":"):
            raise ValueError("no id of this market")
        return order


class NamedByMarketScript(LagoonScript):
    """Writes them."""

    def order_id(self, number: int) -> str:
        """Write one of the script's market."""
        return self.order_id_in(self.symbol, number)

    def order_id_in(self, symbol: str, number: int) -> str:
        """Write one of any."""
        return f"{symbol.replace('/', '-')}:{number}"
