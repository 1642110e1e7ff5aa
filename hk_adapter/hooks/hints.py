"""The contract of a venue whose library listens by itself: what it hears only says where to ask at once."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from hk_adapter.flow.effects import Flow
from hk_adapter.record import Record

T = TypeVar("T")


class About(StrEnum):
    """What a hint is about."""

    ORDERS = "orders"
    FILLS = "fills"
    BALANCE = "balance"


class Hint(Record, frozen=True, kw_only=True):
    """That something may have changed. Nothing is told by it: the venue is asked.

    Attributes:
        about: what may have changed.
        order_id: the venue's id of the order; None where that is not known.
        symbol: the unified symbol of the order; None where that is not known.
    """

    about: About
    order_id: str | None = None
    symbol: str | None = None


class Wanted(Record, frozen=True, kw_only=True):
    """What is watched now.

    Attributes:
        orders: unified symbols, or None alone for all of them; empty where nobody watches orders.
        fills: the same of fills.
        balance: whether anybody watches balances.
    """

    orders: frozenset[str | None] = frozenset()
    fills: frozenset[str | None] = frozenset()
    balance: bool = False

    @property
    def of_all(self) -> frozenset[tuple[About, str | None]]:
        """Each by itself, with its symbol."""
        told = {(About.ORDERS, symbol) for symbol in self.orders} | {(About.FILLS, symbol) for symbol in self.fills}
        return frozenset(told | ({(About.BALANCE, None)} if self.balance else set()))


class Ways(Protocol):
    """How a library reaches its venue: there is no other way for it. Used in one asyncio loop."""

    async def ask(self, flow: Flow[T]) -> T:
        """Run a flow of the plugin's that asks the venue, by the connection's budget, in its normal lane."""

    async def open_socket(self, url: str, **options: Any) -> Any:
        """Open a WebSocket at one of its ``stream_hosts``, as ``aiohttp.ClientSession.ws_connect`` would.

        ``options`` may be ``headers``, ``compress``, ``autoping`` and ``autoclose``; the rest is the connection's.
        Raises NotSent where it is not open in time, PluginError for a URL that is not allowed.
        """


class Hints(Protocol):
    """A library that listens, while anything is watched."""

    @property
    def stream_hosts(self) -> frozenset[str]:
        """The origins where it may open sockets, such as ``wss://stream.example``; plain ``ws`` is for loopback."""

    def want(self, wanted: Wanted) -> None:
        """Record what is wanted from now on; hints at anything else are of no use, and do no harm."""

    async def listen(self, tell: Callable[[Hint], None]) -> None:
        """Listen until this is canceled, and call ``tell``, from the loop, for whatever may be news.

        It may end, or raise, at any time: then nothing is heard, and nothing else happens. When it is canceled it
        leaves nothing behind: no task, no timer.
        """
