"""How updates of orders are shown: a JSON object a line, a line of words each, or a table on a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import click

from hk_adapter.cli.show import one_line
from hk_adapter.model import Order, OrderUpdate, plain

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.table import Table
    from rich.text import Text

MOST_ENDED = 10
"""Ended orders that stay in the table, the latest ones."""
DRAWN_A_SECOND = 4
COLUMNS = ("updated", "order", "symbol", "side", "amount", "price", "filled", "status", "")
FIRST = ("order", "status", "filled", "side", "symbol", "amount", "price", "updated", "")
"""Which columns there are room for, where the terminal is too narrow for all: none is shown in part."""
_ORDER = COLUMNS.index("order")
_FRAME, _BESIDE_A_CELL = 4, 3
"""Lines of a table beside its rows, and signs beside each cell; and one more in each line."""


class Shows(Protocol):
    """Shows updates, one after the other."""

    def show(self, update: OrderUpdate) -> None:
        """Show one."""


class JsonLines:
    """A JSON object for each update, on a line of its own that leaves at once."""

    def show(self, update: OrderUpdate) -> None:
        """As Shows.show."""
        click.echo(json.dumps(plain(update)))


class Lines:
    """A line of words for each update."""

    def show(self, update: OrderUpdate) -> None:
        """As Shows.show."""
        cells = [cell for cell in _cells(update) if cell]
        click.echo(one_line(" ".join(cells)))


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
        """Draw it, no wider than the terminal is, and no longer than it is high. An order's id is there as a whole."""
        from rich.cells import cell_len  # noqa: PLC0415 - only for terminals
        from rich.text import Text  # noqa: PLC0415 - as above

        rows, width = self._rows, options.max_width
        cells = [[one_line(cell) for cell in _cells(row)] for row in rows[: console.height]]
        widths = [max([len(name), *(cell_len(line[at]) for line in cells)]) for at, name in enumerate(COLUMNS)]
        shown = _columns_within(width, widths)
        number = sum(not _has_ended(row.order) for row in rows)
        state = "live" if self._is_live() else "not live: what happens now is told later"
        title = Text(f"{self._venue_id}: {number} open, {state}")
        lines_a_row = -(-widths[_ORDER] // max(1, width - _BESIDE_A_CELL - 1))
        caption = Text(_caption(len(rows), len(COLUMNS) - len(shown)))
        own_width = min(width, 1 + sum(widths[at] + _BESIDE_A_CELL for at in shown))
        beside = _FRAME + sum(len(text.wrap(console, own_width)) for text in (title, caption))
        most = max(1, (console.height - beside) // max(1, lines_a_row))
        caption = Text(_caption(len(rows) - most, len(COLUMNS) - len(shown)))
        yield self._table(title, caption, [(row, line) for row, line in zip(rows[:most], cells, strict=False)], shown)

    def _table(self, title: Text, caption: Text, rows: list[tuple[OrderUpdate, list[str]]], shown: list[int]) -> Table:
        from rich.table import Table  # noqa: PLC0415 - only for terminals
        from rich.text import Text  # noqa: PLC0415 - as above

        table = Table(title=title, caption=caption)
        for name in (COLUMNS[at] for at in shown):
            is_number = name in {"amount", "price", "filled"}
            table.add_column(name, justify="right" if is_number else "left", no_wrap=name != "order", overflow="fold")
        for row, cells in rows:
            style = "dim" if _has_ended(row.order) else None
            table.add_row(*(Text(cells[at]) for at in shown), style=style)
        return table


def _columns_within(width: int, widths: list[int]) -> list[int]:
    """Return which columns are shown, each as a whole; the order's id even where there is not room for it."""
    shown, room = [_ORDER], width - 1 - widths[_ORDER] - _BESIDE_A_CELL
    for at in map(COLUMNS.index, FIRST[1:]):
        room -= widths[at] + _BESIDE_A_CELL
        if room < 0:
            break
        shown.append(at)
    return sorted(shown)


def _caption(rows: int, columns: int) -> str:
    left_out = [
        f"{number} more {what} not shown" for number, what in ((rows, "are"), (columns, "columns are")) if number > 0
    ]
    return "; ".join(["Ctrl-C ends it", *left_out])


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
