"""What the endpoints work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hk_adapter.simulator.book import Book
from hk_adapter.simulator.catalogue import Market
from hk_adapter.simulator.desk import Desk
from hk_adapter.simulator.dialect import Dialect

Parameters = Mapping[str, str]
Answer = dict[str, object] | list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Venue:
    """Hold the venue's parts together."""

    dialect: Dialect
    markets: Mapping[str, Market]
    book: Book
    desk: Desk
