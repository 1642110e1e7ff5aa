"""What the endpoints work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hk_adapter.simulator.access.listen_keys import ListenKeys
from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.accounts import Register
from hk_adapter.simulator.exchange.book import Book
from hk_adapter.simulator.exchange.ledger import DayEnds, Transfers
from hk_adapter.simulator.exchange.markets import Market
from hk_adapter.simulator.exchange.order_intake import OrderIntake

Parameters = Mapping[str, str]
Answer = dict[str, object] | list[dict[str, object]] | list[list[object]]


@dataclass(frozen=True, slots=True)
class VenueState:
    """Hold the venue's parts together."""

    dialect: Dialect
    markets: Mapping[str, Market]
    book: Book
    intake: OrderIntake
    listen_keys: ListenKeys
    register: Register = field(default_factory=Register)
    transfers: Transfers = field(default_factory=Transfers)
    day_ends: DayEnds = field(default_factory=DayEnds)
