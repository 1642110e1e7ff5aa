"""What every call of a connection needs: where it goes, how long it may take, and who may make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, TypeVar

import msgspec

from hk_adapter.errors import ConfigurationError
from hk_adapter.execution.operate import run_operation
from hk_adapter.execution.recover import Recovery
from hk_adapter.hooks import SECONDS_AN_ORDER, VenueHooks
from hk_adapter.model import Markets, Operation, Place, Wait
from hk_adapter.settings import KeyForm
from hk_adapter.venue.api import arguments
from hk_adapter.venue.api.asked_symbols import AskedSymbols
from hk_adapter.venue.api.client_ids import ByChance, ClientIdSource

T = TypeVar("T")

Number = Decimal | int | str
WaitWord = Literal["final", "ack"]


class LoadedMarkets(msgspec.Struct):
    """The catalogue that ``load_markets`` got; None before. Replaced as a whole, so that threads may share it.

    Attributes:
        currencies: codes of those that ``fetch_currencies`` got.
        asked: the symbols that watches ask the venue about, where nothing was loaded.
    """

    by_symbol: Markets | None = None
    currencies: frozenset[str] = frozenset()
    asked: AskedSymbols = msgspec.field(default_factory=AskedSymbols)

    def known_currencies(self) -> frozenset[str]:
        """Return what is traded or paid with in the markets, and what ``fetch_currencies`` told."""
        markets = (self.by_symbol or {}).values()
        return self.currencies.union(*((market.base, market.quote) for market in markets))


@dataclass(frozen=True, slots=True)
class ApiBase:
    """One connection, as its calls see it.

    Attributes:
        timeout: seconds for a whole call where the caller names none.
        has_credentials: whether private calls can be signed.
        key_form: what the venue's keys are.
        seconds_an_order: what each order adds to the time of a call of several, where the caller names none.
        place: where these calls go; None only where no connection made them.
        recovery: settles what a journal has in flight there; None without a journal.
        markets: what ``load_markets`` got.
        client_ids: makes the client order ids of orders whose caller gives none.
    """

    venue_id: str
    hooks: VenueHooks
    timeout: float
    has_credentials: bool
    key_form: KeyForm = KeyForm()  # noqa: RUF009 - frozen
    seconds_an_order: float = SECONDS_AN_ORDER
    place: Place | None = None
    recovery: Recovery | None = None
    markets: LoadedMarkets = field(default_factory=LoadedMarkets)
    client_ids: ClientIdSource = field(default_factory=ByChance)

    def operation(self, name: str, request: Any = None) -> Operation:
        """Make an operation that needs no key."""
        return self._operation(name, request, None, Wait.FINAL)

    def private(self, name: str, request: Any, timeout: float | None = None, wait: Wait = Wait.FINAL) -> Operation:
        """Make an operation that needs a key.

        Raises ConfigurationError without one, InvalidArgument for a timeout that is none.
        """
        operation = self._operation(name, request, timeout, wait)
        self.check_credentials(name)
        return operation

    def time_for(self, orders: int) -> float:
        """Return the seconds of a call of so many orders whose caller names none."""
        return self.timeout + self.seconds_an_order * orders

    def _operation(self, name: str, request: Any, timeout: float | None, wait: Wait) -> Operation:
        seconds = arguments.timeout(timeout, self.timeout)
        return Operation(name=name, request=request, timeout=seconds, wait=wait, place=self.place)

    async def run(self, operation: Operation, kind: type[T]) -> T:
        """Run an operation to its result, a ``kind``."""
        return await run_operation(self.hooks, operation, kind, self.venue_id)

    def check_credentials(self, name: str) -> None:
        """Raise ConfigurationError where a call could not be signed."""
        if not self.has_credentials:
            needed = self.key_form.needed(self.venue_id)
            raise ConfigurationError(f"{name} needs {needed}", venue=self.venue_id, operation=name)
