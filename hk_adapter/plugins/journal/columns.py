"""The columns of one row, each held to what this package writes there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hk_adapter.errors import InvalidArgument
from hk_adapter.model import OrderSide, Place
from hk_adapter.model.decimals import to_decimal
from hk_adapter.plugins.journal.kept_params import keep
from hk_adapter.plugins.journal.written import LATEST_TIME, LONGEST_TEXT

NOWHERE = Place(venue_id="", environment="", origin="", account=None)
"""The place of an entry that does not say where its call went."""


class UnreadableError(Exception):
    """Says what is wrong with a row."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A row, of which nothing is believed that this package would not have written; else UnreadableError."""

    values: dict[str, Any]

    def text(self, name: str) -> str | None:
        """Return a text, None where there is none."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not value.isprintable() or len(value) > LONGEST_TEXT:
            raise UnreadableError(f"{name} is no text of ours")
        return value

    def needed(self, name: str) -> str:
        """Return a text that must be there."""
        value = self.text(name)
        if not value:
            raise UnreadableError(f"{name} is missing")
        return value

    def number(self, name: str, *, default: int | None = None) -> int:
        """Return a number from 0 up; ``default`` where there is none."""
        value = self.values.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, int) or not 0 <= value <= 2 * LATEST_TIME:
            raise UnreadableError(f"{name} is no number of ours")
        return value

    def offset(self) -> int:
        """Return by how many ms the venue's clock was ahead; 0 where nobody wrote it."""
        value = self.values.get("clock_offset") or 0
        if not isinstance(value, int):
            raise UnreadableError("clock_offset is no number of ours")
        return value

    def params(self) -> dict[str, Any]:
        """Return what is kept of the call's ``params``."""
        try:
            found = json.loads(self.text("params") or "{}")
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or keep(found) != (found, False):
            raise UnreadableError("params are none of ours")
        return found

    def terms(self) -> dict[str, Any]:
        """Return what a create asked for."""
        told: dict[str, Any] = {"type": self.text("type"), "side": self.side()}
        told |= {name: self.decimal(name) for name in ("amount", "price")}
        return {name: value for name, value in told.items() if value is not None}

    def decimal(self, name: str) -> Decimal | None:
        """Return a number that was written as text."""
        try:
            return None if (value := self.text(name)) is None else to_decimal(name, value)
        except InvalidArgument:
            raise UnreadableError(f"{name} is no number of ours") from None

    def side(self) -> OrderSide | None:
        """Return a side."""
        value = self.text("side")
        if value not in {None, *OrderSide}:
            raise UnreadableError("side is none")
        return None if value is None else OrderSide(value)

    def exact_place(self) -> Place:
        """Return where the call went."""
        return Place(
            venue_id=self.text("venue_id") or "",
            environment=self.text("environment") or "",
            origin=self.text("origin") or "",
            account=self.text("account"),
            view=self.text("view"),
        )

    def place(self) -> Place:
        """Return where the call went, or ``NOWHERE`` for what cannot be read."""
        try:
            return self.exact_place()
        except UnreadableError:
            return NOWHERE

    def id_or(self, other: str) -> str:
        """Return the row's id, or another text."""
        try:
            return self.text("id") or other
        except UnreadableError:
            return other
