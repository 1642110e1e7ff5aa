"""How a kill switch is told: a line an account while it works, a table at the end, or plain data for ``--json``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import click

from hk_adapter.cli.interruption import note
from hk_adapter.cli.show import error_line, one_line
from hk_adapter.fleet import AccountStop, KillReport, KnownBy, StoppedOrder, StopProgress
from hk_adapter.fleet.progress import telling
from hk_adapter.model import plain


class Known:
    """What is known of all accounts so far, for whoever interrupts; told from the threads of many."""

    def __init__(self, accounts: list[str], *, sends: bool) -> None:
        self._latest = {name: StopProgress(account=name) for name in accounts}
        self.sends = sends
        self._note()

    def learn(self, told: StopProgress) -> None:
        """Record how far an account is."""
        self._latest[told.account] = told
        self._note()

    def _note(self) -> None:
        latest = list(self._latest.values())
        found, final = sum(one.found for one in latest), sum(one.final for one in latest)
        over = sum(one.over for one in latest)
        if not self.sends:
            note(f"nothing was canceled; {over} of {len(latest)} accounts were listed")
            return
        sent = (
            "what else was sent is unknown, ask the venues" if any(one.sent for one in latest) else "no cancel was sent"
        )
        note(
            f"{final} of {found} orders that were found are proven off the book, {over} of {len(latest)} accounts are"
            f" done; {sent}; new orders stay blocked by the file, if there is one"
        )


@contextmanager
def shown_progress(accounts: list[str], known: Known) -> Iterator[Callable[[StopProgress], None]]:
    """Show a bar for each account where stderr is a terminal, and else a line for each that is over.

    A terminal that is stopped (Ctrl-S), or a pipe that nobody reads, keeps nothing from being canceled.
    """
    bars = _Bars(accounts) if sys.stderr.isatty() else None
    with telling(bars.show if bars else partial(_tell_by_line, sends=known.sends)) as show:

        def learn(told: StopProgress) -> None:
            known.learn(told)
            show(told)

        for name in accounts:  # a venue that cannot be reached tells nothing until its time is over
            show(StopProgress(account=name))
        yield learn
    if bars is not None:
        bars.take_away()


class _Bars:
    """A bar an account on a terminal, from the first word on."""

    def __init__(self, accounts: list[str]) -> None:
        from rich.console import Console  # noqa: PLC0415 - only for terminals
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._bars = {name: self._progress.add_task(one_line(name), total=None) for name in accounts}

    def show(self, told: StopProgress) -> None:
        self._progress.start()
        bar, total = self._bars[told.account], told.found or None
        if told.over:
            self._progress.update(
                bar, total=max(told.found, 1), completed=told.final or (told.listed and not told.found)
            )
        else:
            self._progress.update(bar, total=total, completed=told.final)

    def take_away(self) -> None:
        self._progress.stop()


def _tell_by_line(told: StopProgress, *, sends: bool) -> None:
    if told.over:
        unlisted = "" if told.listed else "its open orders could not be listed; "
        came_to = f"{told.final} of {told.found} proven off the book" if sends else f"{told.found} found open"
        click.echo(one_line(f"{told.account}: {unlisted}{came_to}"), err=True)


def kill_text(report: KillReport, *, asks: bool = False) -> str:
    """Write a report as a table, a row an account, and a line for each order that is not proven off the book.

    ``asks``: whether it is shown to somebody who is asked next.
    """
    head = ("account", "venue", "found", "late", "proven", "seconds", "")
    rows = [head, *(_row(one, dry_run=report.dry_run) for one in report.accounts)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]) for row in rows
    ]
    lines += [_order_line(stop, order, dry_run=report.dry_run) for stop in report.accounts for order in _named(stop)]
    return "\n".join([*(line.rstrip() for line in lines), _summary(report, asks=asks)])


def _named(stop: AccountStop) -> tuple[StoppedOrder, ...]:
    return stop.incomplete_orders


def _row(stop: AccountStop, *, dry_run: bool) -> tuple[str, ...]:
    final = sum(order.final for order in stop.orders)
    late = sum(order.late for order in stop.orders)
    counts = (str(len(stop.orders)), "-" if dry_run else str(late), "-" if dry_run else str(final))
    return (one_line(stop.account), stop.venue_id, *counts, f"{stop.elapsed:.1f}", _state(stop, dry_run=dry_run))


def _state(stop: AccountStop, *, dry_run: bool) -> str:
    if stop.error is not None:
        listed = "" if stop.listings else "could not be listed: "
        return f"NOT COMPLETE: {listed}{error_line(stop.error)}"
    of = "" if stop.market_type is None else f", {stop.market_type} orders alone"
    if dry_run:
        return f"listed{of}"
    return f"complete{of}" if stop.complete else f"NOT COMPLETE: {len(stop.incomplete_orders)} orders are not proven"


def _order_line(stop: AccountStop, order: StoppedOrder, *, dry_run: bool) -> str:
    shown = order.order
    terms = (
        ()
        if shown is None
        else (shown.symbol or shown.venue_symbol, shown.side, plain(shown.amount), "at", plain(shown.price))
    )
    words = " ".join(str(term) for term in terms if term is not None)
    own = "" if shown is None or shown.client_order_id is None else f" ({shown.client_order_id})"
    told = _what_would_be(order) if dry_run else _what_is_known(order)
    return one_line(f"{stop.account}: order {order.order_id or 'that tells no id'}{own} {words}: {told}")


def _what_would_be(order: StoppedOrder) -> str:
    return "would be canceled" if order.why is None else f"no cancel would be sent: {order.why}"


def _what_is_known(order: StoppedOrder) -> str:
    status = None if order.order is None else order.order.status
    state = "" if order.known_by is KnownBy.LIST else f"{status or 'of no known state'} {_BY[order.known_by]}; "
    if order.report is None:
        return f"{state}no cancel of it was sent"
    why = "" if order.report.error is None else f", {error_line(order.report.error)}"
    return f"{state}{order.report.outcome}{why}"


def _summary(report: KillReport, *, asks: bool) -> str:
    orders = [order for stop in report.accounts for order in stop.orders]
    done = sum(stop.complete for stop in report.accounts)
    if report.dry_run:
        listed = sum(stop.clean for stop in report.accounts)
        meant = sum(order.why is None for order in orders)
        left = f", {len(orders) - meant} could not be" if meant < len(orders) else ""
        told = f"{meant} orders would be canceled{left}; {listed} of {len(report.accounts)} accounts were listed"
        return told if asks else f"dry run: {told}"
    word = "complete" if report.complete else "NOT COMPLETE"
    final = sum(order.final for order in orders)
    block = "" if report.block_error is None else f"; the create block could not be put up: {report.block_error}"
    return one_line(
        f"{word}: {final} of {len(orders)} orders proven off the book, {done} of {len(report.accounts)} accounts"
        f" complete{block}"
    )


def kill_data(report: KillReport) -> dict[str, Any]:
    """Return a report as JSON takes it; an account's ``venue`` is its ``venue_id``."""
    told: dict[str, Any] = plain(report)
    return {**told, "accounts": [{**one, "venue": one["venue_id"]} for one in told["accounts"]]}


_BY = {
    KnownBy.STREAM: "by the stream",
    KnownBy.PLACED: "when it was placed here",
    KnownBy.SEEN: "when it was last listed here",
    KnownBy.JOURNAL: "by the journal",
}
