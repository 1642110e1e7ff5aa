"""The rows of the table, one kind a file; each gives its rows when asked to measure with a number of rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from benchmarks.rows.asyncio_cancels import asyncio_final, in_flight, one_by_one
from benchmarks.rows.blocking_cancels import blocking_ack, blocking_final
from benchmarks.rows.ccxt_class import ccxt_class
from benchmarks.rows.cold_start import cold_start
from benchmarks.rows.cost_per_order import cancel_many, list_many
from benchmarks.rows.imports import imports
from benchmarks.rows.journalled import journalled
from benchmarks.rows.own_code import own_code
from benchmarks.rows.parsing import parsing
from benchmarks.rows.rushed import rushed
from benchmarks.rows.signing import signing
from benchmarks.rows.thousand_orders import thousand_orders
from benchmarks.rows.watching import events, watched
from benchmarks.rows.watching_many import watch_many
from benchmarks.table import Row

ROWS: Mapping[str, Callable[[int], Sequence[Row]]] = MappingProxyType(
    {
        "own-code": own_code,
        "blocking-ack": blocking_ack,
        "asyncio-ack": one_by_one,
        "in-flight": in_flight,
        "blocking-final": blocking_final,
        "asyncio-final": asyncio_final,
        "parse": parsing,
        "sign": signing,
        "import": imports,
        "cold-start": cold_start,
        "thousand": thousand_orders,
        "list-many": list_many,
        "cancel-many": cancel_many,
        "ccxt-class": ccxt_class,
        "journal": journalled,
        "rush": rushed,
        "event": watched,
        "events": events,
        "watch-many": watch_many,
    }
)
"""What can be measured, by the name that the command line takes."""
