"""Shows one order three ways, side by side: the venue's answer, the model, the ccxt dict. rich is imported late."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from hk_adapter.model import Order

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

WIDTH = 100

Fields = Sequence[tuple[str, tuple[str, ...], str | None]]
"""The venue's field, the model's fields that it becomes, and ccxt's key; None where only ``info`` has it."""

ANSWER_FIELDS: Fields = (
    ("accountId", ("account_id",), None),
    ("symbol", ("symbol", "venue_symbol"), "symbol"),
    ("clientOrderId", ("client_order_id",), "clientOrderId"),
    ("orderId", ("id",), "id"),
    ("transactTime", ("timestamp",), "timestamp"),
    ("price", ("price",), "price"),
    ("origQty", ("amount",), "amount"),
    ("executedQty", ("filled",), "filled"),
    ("status", ("status", "venue_status"), "status"),
    ("timeInForce", ("time_in_force",), "timeInForce"),
    ("type", ("type",), "type"),
    ("side", ("side",), "side"),
)
"""The twelve fields of a cancel's answer at the simulated venue."""

QUERY_FIELDS: Fields = (
    ("orderId", ("id",), "id"),
    ("origQty", ("amount",), "amount"),
    ("executedQty", ("filled",), "filled"),
    ("status", ("status", "venue_status"), "status"),
)
"""The fields of a query's answer that tell an order's end."""


def open_console() -> Console:
    """Open stdout for 100 columns at most; without colour unless it is a terminal."""
    from rich.console import Console  # noqa: PLC0415 - rich comes with the extra, and is slow to import

    if not sys.stdout.isatty():
        return Console(width=WIDTH, force_terminal=False, color_system=None, highlight=False, markup=False)
    console = Console(highlight=False, markup=False)
    console.width = min(WIDTH, console.width)
    return console


def compare(rows: Fields, order: Order) -> Table:
    """Build a table of an order's raw payload, model and ccxt dict, one venue field a row."""
    from rich import box  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title in ("the venue's answer", "the model", "the ccxt dict"):
        table.add_column(title, overflow="fold")
    ccxt = order.to_ccxt()
    for field, names, key in rows:
        raw = f'"{field}": {json.dumps(order.info.get(field))}'
        model = "\n".join(f"{name}={_shown(getattr(order, name))}" for name in names)
        unified = "(in info only)" if key is None else f"{key!r}: {ccxt[key]!r}"
        table.add_row(*(Text(cell) for cell in (raw, model, unified)))
    return table


def _shown(value: Any) -> str:
    return repr(str(value)) if isinstance(value, str) else repr(value)
