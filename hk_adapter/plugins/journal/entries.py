"""One journalled call in memory: the orders it is about, and what its end says about each of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from msgspec import field
from msgspec.structs import replace

from hk_adapter.errors import AdapterError, Mismatch, RequestState
from hk_adapter.model import (
    CancelAllRequest,
    CancelManyRequest,
    CancelOutcome,
    CancelReport,
    CancelRequest,
    CreateOrderRequest,
    CreateOrdersRequest,
    CreateReport,
    Operation,
    Order,
    OrderPage,
    RecoveredOperation,
    Wait,
)
from hk_adapter.model.cut_off import is_cut_off
from hk_adapter.model.order import order_of
from hk_adapter.plugins.journal.clock import now
from hk_adapter.plugins.journal.kept_params import keep
from hk_adapter.record import Record


class Row(Record, frozen=True, kw_only=True):
    """One order of a call, or the scope of a ``cancel_all_orders``: as it was asked for, in text."""

    id: str
    order_id: str | None = None
    client_order_id: str | None = None
    symbol: str | None = None
    terms: dict[str, str | None] = field(default_factory=dict)
    fresh_id: bool = False
    """Whether the client order id was made for this call, so that no earlier order can have it."""
    params: Mapping[str, Any] = field(default_factory=dict)
    """Those of the call's ``params`` that are kept."""
    params_left_out: bool = False


class Ending(Record, frozen=True, kw_only=True):
    """What is known of one row when its call, or its recovery, has ended."""

    settled: bool
    outcome: str
    evidence: str | None = None
    error: str | None = None
    order: Order | None = None


class ReadClock(Record, frozen=True):
    """How far the venue's clock was ahead of this machine's, as far as it was known, in ms; None: nobody asked.

    ``behind`` is by how much more it may have been ahead, and ``ahead`` by how much less.
    """

    offset: int | None = None
    behind: int | None = None
    ahead: int | None = None


@dataclass(slots=True, weakref_slot=True, eq=False)
class Call:
    """One call under way.

    Attributes:
        names_one: whether it is about one order that its own arguments name.
        attempts: requests that it has begun.
        noted: what became of them, as far as that is not written yet: number, when in ms UTC, what is known, error.
        on_disk: how many of ``rows``, which only grow, are known to be written.
        listed: open orders that it has seen, as far as a ``cancel_all_orders`` may cancel them.
        is_listed: whether it has seen them to the last page, and there is none that nothing names.
        has_unread: whether there were rows among them that cannot be read, and may be orders that it cancels.
        troubled: whether the journal failed it; nothing that it writes is waited for any more.
        clock: the venue's; not read where no times are needed to tell its orders from others.
        left_out: why orders of a cancel got no entry.
    """

    operation: Operation
    id: str
    rows: list[Row]
    names_one: bool
    attempts: int = 0
    noted: list[tuple[int, int, str, str | None]] = attribute(default_factory=list)
    on_disk: int = 0
    listed: list[Order] = attribute(default_factory=list)
    is_listed: bool = False
    has_unread: bool = False
    troubled: bool = False
    clock: ReadClock = attribute(default_factory=ReadClock)
    left_out: list[AdapterError] = attribute(default_factory=list)

    @property
    def is_cancel(self) -> bool:
        """Whether it must go out even without a journal."""
        return self.operation.name.startswith("cancel")

    @property
    def names_all(self) -> bool:
        """Whether a ``cancel_all_orders`` has a row for each order that it is about."""
        named = {row.order_id for row in self.rows[1:]}
        is_known = self.is_listed and not self.has_unread
        return is_known and bool(named) and all(order.id in named for order in self.listed)

    @property
    def is_told_by_times(self) -> bool:
        """Whether an order is found by more than the venue's id, so that an earlier or later one may be found."""
        return any(row.order_id is None or row.client_order_id is not None for row in self.rows)

    def begin_attempt(self) -> int:
        """Count a request, and return its number; the first one of a ``cancel_all_orders`` gives its orders rows."""
        if not self.attempts:
            asked = self.operation.request
            self.rows += [_new_row(asked, order_id=order.id, symbol=order.symbol) for order in self.listed]
        self.attempts += 1
        return self.attempts

    def note_attempt(self, number: int, known: str, error: str | None = None) -> None:
        """Record what became of a request, for the call's next write: until then it is one that may have run."""
        self.noted.append((number, now(), known, error))

    def take_noted(self) -> list[tuple[int, int, str, str | None]]:
        """Return what became of requests, for whoever writes it now."""
        noted, self.noted = self.noted, []
        return noted

    def rows_of(self, request: Any) -> list[Row]:
        """Return the rows that one of its requests is about; those that it had not named before are added."""
        if self.names_one:
            return self.rows
        found = []
        for row in _named_by(request):
            known = next((one for one in self.rows if _is_same(one, row)), None)
            if known is None:
                known = self._as_listed(row)
                self.rows.append(known)
            found.append(known)
        return found or self.rows

    def _as_listed(self, row: Row) -> Row:
        """Return the row of an order with the symbol that a list showed; a request for several names none."""
        symbol = next((one.symbol for one in self.listed if one.id == row.order_id), None)
        return replace(row, symbol=row.symbol or symbol)

    def learn_listed(self, page: OrderPage) -> None:
        """Record a page of open orders that a ``cancel_all_orders`` has listed, as far as it is about them."""
        asked = self.operation.request
        if isinstance(asked, CancelAllRequest):
            self.listed += [order for order in page.orders if _is_in_scope(order, asked)]
            self.has_unread = self.has_unread or page.left_out > 0 or bool(page.unread)
            self.is_listed = self.is_listed or not (page.next_before_id is not None or is_cut_off(page))

    def endings(self, result: Any) -> list[tuple[str, Ending]]:
        """Return what a result tells of each row."""
        if isinstance(result, CancelReport):
            return [(row.id, _ending_of_report(result)) for row in self.rows]
        if isinstance(result, list):
            return self._endings_of_reports(result)
        order = result if isinstance(result, Order) else None
        return [(row.id, Ending(settled=True, outcome="done", order=order)) for row in self.rows]

    def endings_by_error(self, error: AdapterError) -> list[tuple[str, Ending]]:
        """Return what an error that the call ended in tells of each row."""
        state = RequestState.NOT_SENT if self.attempts == 0 else error.request_state
        ending = Ending(
            settled=state is not RequestState.UNKNOWN, outcome=str(state), error=name_of(error), order=order_of(error)
        )
        return [(row.id, ending) for row in self.rows]

    def _endings_of_reports(self, reports: list[Any]) -> list[tuple[str, Ending]]:
        ended: list[tuple[str, Ending]] = []
        if isinstance(self.operation.request, CancelAllRequest):
            named, others = [], self.rows[1:]
            ended.append((self.rows[0].id, Ending(settled=True, outcome="done")))
        else:
            named, others = self.rows[: len(reports)], self.rows[len(reports) :]
        ended += [(row.id, _ending_of_report(report)) for row, report in zip(named, reports, strict=False)]
        found = _reports_by_row(others, reports)
        ended += [(row.id, _ending_of_report(found[row.id])) for row in others if row.id in found]
        return ended


def _reports_by_row(rows: list[Row], reports: list[CancelReport]) -> dict[str, CancelReport]:
    """Find the report of each row by its id, and by its symbol where several rows have one id: else it stays open."""
    by_id: dict[str | None, CancelReport] = {}
    by_symbol: dict[tuple[str | None, str | None], CancelReport] = {}
    for report in reports:
        if report.order is not None:
            by_id[report.order.id] = by_symbol[report.order.id, report.order.symbol] = report
    symbols: dict[str | None, set[str | None]] = {}
    for row in rows:
        symbols.setdefault(row.order_id, set()).add(row.symbol)
    found: dict[str, CancelReport] = {}
    for row in rows:
        is_told_by_id = len(symbols[row.order_id]) == 1
        report_of = by_id.get(row.order_id) if is_told_by_id else by_symbol.get((row.order_id, row.symbol))
        if report_of is not None:
            found[row.id] = report_of
    return found


def new_call(operation: Operation) -> Call:
    """Begin to remember a call."""
    request = operation.request
    rows = _named_by(request)
    names_one = len(rows) == 1
    if not rows:
        symbol = getattr(request, "symbol", None)
        terms = _terms(request, "side", "client_id_prefix")
        rows = [_new_row(request, symbol=symbol, terms=terms)]
    return Call(operation, _new_id(), rows, names_one)


def name_of(error: AdapterError | None) -> str | None:
    """Name an error by its class and the venue's code; its message stays out, for it quotes whatever came."""
    if error is None:
        return None
    return type(error).__name__ + (f" {error.code}" if error.code is not None else "")


def ending_of(done: RecoveredOperation) -> Ending:
    """Return what a recovery tells of its entry's row."""
    if done.report is not None:
        return replace(_ending_of_report(done.report), settled=done.settled)
    outcome = "done" if done.settled else str(RequestState.UNKNOWN)
    return Ending(settled=done.settled, outcome=outcome, error=name_of(done.error), order=done.order)


def _named_by(request: Any) -> list[Row]:
    if isinstance(request, CancelManyRequest | CreateOrdersRequest):
        return [row for one in request.orders for row in _named_by(one)]
    if isinstance(request, CreateOrderRequest):
        terms = _terms(request, "type", "side", "amount", "price", "cost", "time_in_force")
        own, fresh = request.client_order_id, request.fresh_id
        return [_new_row(request, client_order_id=own, symbol=request.symbol, terms=terms, fresh_id=fresh)]
    if isinstance(request, CancelRequest):
        names = {"order_id": request.order_id, "client_order_id": request.client_order_id, "symbol": request.symbol}
        return [_new_row(request, **names)]
    return [_new_row(request, order_id=order_id) for order_id in getattr(request, "order_ids", ())]


def _new_row(request: Any, **known: Any) -> Row:
    params, left_out = keep(getattr(request, "params", {}))
    return Row(id=_new_id(), params=params, params_left_out=left_out, **known)


def _new_id() -> str:
    return os.urandom(16).hex()


def _terms(request: Any, *names: str) -> dict[str, str | None]:
    values = {name: getattr(request, name, None) for name in names}
    return {name: None if value is None else str(value) for name, value in values.items()}


def _is_same(one: Row, other: Row) -> bool:
    if one.order_id is not None and other.order_id is not None:
        return one.order_id == other.order_id
    return one.client_order_id is not None and one.client_order_id == other.client_order_id


def _is_in_scope(order: Order, asked: CancelAllRequest) -> bool:
    prefix = asked.client_id_prefix
    return asked.side in {None, order.side} and (prefix is None or (order.client_order_id or "").startswith(prefix))


def _ending_of_report(report: CancelReport | CreateReport) -> Ending:
    if isinstance(report, CreateReport):
        outcome = {True: "done", False: str(RequestState.REFUSED), None: str(RequestState.UNKNOWN)}[report.created]
        settled = report.created is not None
        return Ending(settled=settled, outcome=outcome, error=name_of(report.error), order=report.order)
    return Ending(
        settled=_is_settled(report),
        outcome=str(report.outcome),
        evidence=str(report.evidence),
        error=name_of(report.error),
        order=report.order,
    )


def _is_settled(report: CancelReport) -> bool:
    """Whether a caller got what it waited for, or the cancel provably did not run."""
    if report.outcome is CancelOutcome.PENDING:
        return report.wait is Wait.ACK and not isinstance(report.error, Mismatch)
    return report.outcome not in {CancelOutcome.UNKNOWN, CancelOutcome.OFF_BOOK}
