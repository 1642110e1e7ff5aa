"""How updates of orders are shown: a JSON object a line, a line of words each, or a table on a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

import click

from hk_adapter.cli.show import one_line, plain
from hk_adapter.model import Order, OrderUpdate

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table

MOST_ENDED = 10
"""Ended orders that stay in the table, the latest ones."""
DRAWN_A_SECOND = 4
COLUMNS = ("updated", "order", "symbol", "side", "amount", "price", "filled", "status", "")


class Shows(Protocol):
    """Shows updates, one after the other."""

    def show(self, update: OrderUpdate) -> None:
        """Show one."""


class JsonLines:
    """A JSON object for each update, on a line of its own that leaves at once."""

    def show(self, update: OrderUpdate) -> None:
        """As Shows.show."""
        click.echo(json.dumps(update_data(update)))


class Lines:
    """A line of words for each update."""

    def show(self, update: OrderUpdate) -> None:
        """As Shows.show."""
        cells = [cell for cell in _cells(update) if cell]
        click.echo(one_line("  ".join(cells)))


class Screen:
    """A table on a terminal: the open orders and the latest ended ones, drawn anew a few times a second.

    Args:
        venue_id: for its title.
        is_live: whether what happens now is told as it happens.
    """

    def __init__(self, venue_id: str, is_live: Callable[[], bool]) -> None:
        from rich.live import Live  # noqa: PLC0415 - only for terminals

        self._venue_id = venue_id
        self._is_live = is_live
        self._open: dict[str | None, OrderUpdate] = {}
        self._ended: dict[str | None, OrderUpdate] = {}
        self._rows: tuple[OrderUpdate, ...] = ()
        self._live = Live(self, refresh_per_second=DRAWN_A_SECOND)

    def __enter__(self) -> Screen:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def show(self, update: OrderUpdate) -> None:
        """As Shows.show."""
        order = update.order
        self._open.pop(order.id, None)
        self._ended.pop(order.id, None)
        if order.status is not None and order.status.final:
            self._ended[order.id] = update
            if len(self._ended) > MOST_ENDED:
                del self._ended[next(iter(self._ended))]
        else:
            self._open[order.id] = update
        self._rows = (*reversed(self._open.values()), *reversed(self._ended.values()))  # at once, for whoever draws

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it, no longer than the terminal is high."""
        yield self._table(self._rows, max(1, console.height - 6))

    def _table(self, rows: tuple[OrderUpdate, ...], most: int) -> Table:
        from rich.table import Table  # noqa: PLC0415 - only for terminals
        from rich.text import Text  # noqa: PLC0415 - as above

        number = sum(not _has_ended(row.order) for row in rows)
        state = "live" if self._is_live() else "not live: what happens now is told later"
        left_out = f"; {len(rows) - most} more are not shown" if len(rows) > most else ""
        table = Table(
            title=Text(f"{self._venue_id}: {number} open, {state}"), caption=Text(f"Ctrl-C ends it{left_out}")
        )
        for name in COLUMNS:
            table.add_column(name, justify="right" if name in {"amount", "price", "filled"} else "left", no_wrap=True)
        for row in rows[:most]:
            cells = [Text(one_line(cell)) for cell in _cells(row)]
            table.add_row(*cells, style="dim" if _has_ended(row.order) else None)
        return table


def update_data(update: OrderUpdate) -> dict[str, Any]:
    """Return an update as JSON takes it; the keys are a promise, see the reference of the command."""
    return {
        "live": update.live,
        "evidence": str(update.evidence),
        "folded": update.folded,
        "dropped": update.dropped,
        "order": plain(update.order),
    }


def _cells(update: OrderUpdate) -> list[str]:
    order = update.order
    lost = f"{update.folded + update.dropped} updates were left out" if update.folded + update.dropped else ""
    told = (
        _time(order),
        order.id,
        order.symbol or order.venue_symbol,
        order.side,
        plain(order.amount),
        plain(order.price),
        plain(order.filled),
        order.status,
        ", ".join(part for part in ("live" if update.live else "found", lost) if part),
    )
    return ["" if one is None else str(one) for one in told]


def _time(order: Order) -> str:
    at = order.last_update_timestamp or order.timestamp
    return "" if at is None else f"{datetime.fromtimestamp(at / 1000, UTC):%H:%M:%S}"


def _has_ended(order: Order) -> bool:
    return order.status is not None and order.status.final
