"""From reports to what ccxt's cancel methods return: orders in ccxt's structure, or ccxt's exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import ccxt

from hk_adapter.ccxt_facade.exceptions import exception_for, filled_first
from hk_adapter.ccxt_facade.options import raises_filled_first
from hk_adapter.errors import Mismatch
from hk_adapter.model import CancelOutcome, CancelReport, Order

_IN_DOUBT = frozenset({CancelOutcome.OFF_BOOK, CancelOutcome.PENDING, CancelOutcome.UNKNOWN})
_CANCELED = frozenset({CancelOutcome.CANCELED, CancelOutcome.PARTIALLY_CANCELED})
_NO_FEE: dict[str, Any] = {"currency": None, "cost": None}


def order_dict(exchange: Any, order: Order) -> dict[str, Any]:
    """Write an order as ccxt's HashKey class does, numbers as the instance's ``number``."""
    told = order.to_ccxt(number=exchange.number) | {"info": _as_text(order.info)}
    if told["symbol"] is None:
        told["symbol"] = exchange.safe_symbol(order.venue_symbol)
    if not order.fees:
        # Freqtrade takes no order whose fee is None; ccxt's class gives a fee without a cost for none.
        told["fee"], told["fees"] = dict(_NO_FEE), [dict(_NO_FEE)]
    return told


def _as_text(payload: Any) -> Any:
    """Write a payload's numbers as text, as ccxt does: exact, and plain JSON."""
    if isinstance(payload, str | bool | None):
        return payload
    if isinstance(payload, Mapping):
        return {key: _as_text(value) for key, value in payload.items()}
    if isinstance(payload, list | tuple):
        return [_as_text(value) for value in payload]
    if isinstance(payload, Decimal):
        return format(payload, "f")
    return str(payload) if isinstance(payload, int) else payload


def one_order(exchange: Any, report: CancelReport) -> dict[str, Any]:
    """Return the order of a final report; raise ccxt's exception for any other.

    An order that contradicts the caller's symbol or client order id is returned too: it has ended, and shows whose
    it is. Unless the option ``filledFirst`` is ``return``, an order that filled first is an OrderNotFound.
    """
    (order,) = all_orders(exchange, [report])
    return order


def all_orders(exchange: Any, reports: Sequence[CancelReport]) -> list[dict[str, Any]]:
    """Return the orders of reports that are all final.

    Otherwise raises for one that is not, those in doubt first; the exception has the ended ones as ``orders`` and
    all reports as ``reports``.
    """
    ended = [order_dict(exchange, report.order) for report in reports if report.final and report.order is not None]
    failures = [(report, failure) for report in reports if (failure := _failure(exchange, report)) is not None]
    if not failures:
        return ended
    worst: Any = min(failures, key=lambda failed: failed[0].outcome not in _IN_DOUBT)[1]
    worst.orders = ended
    worst.reports = list(reports)
    raise worst


def check_replaceable(exchange: Any, report: CancelReport) -> None:
    """Raise ccxt's exception unless the cancel took the order off the book, so that another may take its place."""
    order = one_order(exchange, report)
    if (why := _why_not_replaceable(report, order["status"])) is not None:
        error = ccxt.InvalidOrder(f"{exchange.id} editOrder: {why}; none placed")
        error.report = report
        raise error


def _why_not_replaceable(report: CancelReport, status: str) -> str | None:
    if isinstance(report.error, Mismatch):
        return str(report.error)  # of another symbol than the call's, it is none that it was to replace
    if report.outcome not in _CANCELED or report.ended_before:
        return f"the order had ended before: {status}"
    if not (report.accepted or report.ambiguous_attempts):
        # Most likely it was somebody else: a second edit, which places an order of its own, or who wanted it gone.
        return "the order is canceled, but the venue refused this cancel of it"
    return None


def _failure(exchange: Any, report: CancelReport) -> Exception | None:
    if not report.final:
        return exception_for(report, exchange.id)
    unwanted = report.outcome is CancelOutcome.TOO_LATE_FILLED and raises_filled_first(exchange.options)
    return filled_first(report, exchange.id) if unwanted else None
