"""What both facades show of their connection, without sending anything."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NoReturn, cast

from hk_adapter.errors import NotSupported
from hk_adapter.model import Market, Markets
from hk_adapter.venue.api import Number
from hk_adapter.venue.connection import Connection
from hk_adapter.venue.watch import Streams

if TYPE_CHECKING:
    from hk_adapter.simulator import SimulatorControl

Rounding = Literal["down", "up", "nearest"]


class VenueInfo:
    """One opened connection. Nothing here sends a request."""

    def __init__(
        self, connection: Connection, streams: Streams | None = None, market_streams: Streams | None = None
    ) -> None:
        self._connection = connection
        self._calls = connection.calls
        self._streams = streams
        self._market_streams = market_streams

    def _stream_of(self, call: str) -> Streams:
        """Return where the venue's stream lives. Raises NotSupported where it has none."""
        return self._having(call, self._streams)

    def _market_stream_of(self, call: str) -> Streams:
        """Return where the venue's public stream lives. Raises NotSupported where it has none."""
        return self._having(call, self._market_streams)

    def _having(self, call: str, streams: Streams | None) -> Streams:
        key = "".join(part.capitalize() if place else part for place, part in enumerate(call.split("_")))
        if streams is None or not self.has.get(key):
            raise NotSupported(f"{call}: the venue's plugin has no stream for it", venue=self.venue_id, operation=call)
        return streams

    @property
    def venue_id(self) -> str:
        """The id that the venue was opened by."""
        return self._calls.venue_id

    @property
    def has(self) -> Mapping[str, bool | str]:
        """Which calls work, by ccxt's keys such as ``cancelOrder``: True, ``"partial"``, ``"emulated"`` or False."""
        return self._connection.has

    @property
    def markets(self) -> Markets | None:
        """The markets that ``load_markets`` got, by symbol; None before."""
        return self._calls.markets.by_symbol

    @property
    def simulator(self) -> SimulatorControl:
        """The handle that arranges the simulated venue's state: HashKey's, or what another venue's simulator has.

        Raises NotSupported unless the connection's environment is ``simulator``, in process.
        """
        if self._connection.simulator is None:
            raise NotSupported(
                "only environment='simulator' without a base_url has a simulator in process; a served one has its own"
                " control",
                venue=self.venue_id,
            )
        return cast("SimulatorControl", self._connection.simulator.control)

    def market(self, symbol: str) -> Market:
        """Return a loaded market. Raises InvalidArgument before ``load_markets``, and for a symbol that is none."""
        return self._calls.market(symbol)

    def amount_to_precision(self, symbol: str, amount: Number, *, rounding: Rounding = "down") -> Decimal:
        """Round an amount down to the market's step, in base currency, or another way: ``down``, ``up``, ``nearest``.

        Raises as ``market``, and where 0 is left.
        """
        return self._calls.rounded("amount", symbol, amount, rounding)

    def price_to_precision(self, symbol: str, price: Number, *, rounding: Rounding = "nearest") -> Decimal:
        """Round a price to the market's nearest step, in quote currency, or another way: ``down``, ``up``, ``nearest``.

        Raises as ``amount_to_precision``.
        """
        return self._calls.rounded("price", symbol, price, rounding)

    def cost_to_precision(self, symbol: str, cost: Number, *, rounding: Rounding = "down") -> Decimal:
        """Round a cost down to the market's step, in quote currency, or another way: ``down``, ``up``, ``nearest``.

        Raises as ``amount_to_precision``.
        """
        return self._calls.rounded("cost", symbol, cost, rounding)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds keys and connections: open one in each process")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.venue_id}>"
