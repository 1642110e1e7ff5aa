"""Which of an account's orders a list or a mass cancel is about, and how the request says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from hk_adapter.simulator.endpoints.parameters import whole_number
from hk_adapter.simulator.exchange.orders import Order
from hk_adapter.simulator.exchange.state import Parameters, VenueState
from hk_adapter.simulator.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Selection:
    """Hold the filters of a request; None selects all. `limit` is how many orders at most."""

    symbol: str | None
    side: str | None
    limit: int

    def pick(self, orders: Iterable[Order]) -> Iterator[Order]:
        """Yield those selected, in the order given, up to the limit."""
        return islice(filter(self._selects, orders), self.limit)

    def _selects(self, order: Order) -> bool:
        terms = order.terms
        return self.symbol in (None, terms.market.symbol) and self.side in (None, terms.side)


def read_selection(venue: VenueState, parameters: Parameters, *, limit: int, most: int) -> Selection:
    """Read `symbol`, `side` and `limit` (its default and its most: greater values act as that)."""
    symbol, side = parameters.get("symbol") or None, parameters.get("side") or None
    if symbol is not None and symbol not in venue.markets:
        raise Refusal("0201", "symbol")
    if side not in (None, "BUY", "SELL"):
        raise Refusal("-1117", "side")
    given = whole_number(parameters, "limit")
    if given == 0:
        raise Refusal("-1130", "limit")
    return Selection(symbol, side, min(limit if given is None else given, most))


def cursor(venue: VenueState, parameters: Parameters) -> int | None:
    """Read the id from which a list goes on, under the dialect's name for it."""
    name = venue.dialect.cursor_name
    if name == "either":
        name = "fromOrderId" if parameters.get("fromOrderId") else "orderId"
    return whole_number(parameters, name)
