"""One INFO line for each call that changes something, and a WARNING for every doubt. Nothing secret is written.

Errors are told by their kind and the venue's code: their texts may be a venue's own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import repeat

from hk_adapter.errors import AdapterError, RequestState
from hk_adapter.flow.log_line import write
from hk_adapter.model import CancelReport, CreateReport, Operation, Order
from hk_adapter.model.reports import end_of, leaves_doubt

_LOG = logging.getLogger("hk_adapter")

CHANGING = ("cancel_order", "cancel_orders", "cancel_all_orders", "create_order", "create_orders")
"""The calls after which the book may be another."""


def note_result(operation: Operation, result: object, venue_id: str) -> None:
    """Write the lines of a call that gave a result."""
    if operation.name not in CHANGING:
        return
    reports = result if isinstance(result, list) else [result]
    informed = _LOG.isEnabledFor(logging.INFO)
    if not informed and not any(map(leaves_doubt, reports)):
        return
    told = [_words_for(report, request) for report, request in zip(reports, _requests_of(operation), strict=False)]
    for words, report in zip(told, reports, strict=True):
        if leaves_doubt(report):
            write(_LOG, logging.WARNING, "%s at %s: %s", operation.name, venue_id, words)
    if informed:
        shown = told[0] if len(told) == 1 else f"{len(told)} orders: " + ", ".join(_tally(reports))
        write(_LOG, logging.INFO, "%s at %s: %s", operation.name, venue_id, shown)


def note_error(operation: Operation, error: AdapterError, venue_id: str) -> None:
    """Write the lines of a call that raised."""
    words = f"{_error_name(error)}, {error.request_state}{_ids_of(error.order) or _ids_of(operation.request)}"
    if error.request_state is RequestState.UNKNOWN:
        write(_LOG, logging.WARNING, "%s at %s: %s", operation.name, venue_id, words)
    if operation.name in CHANGING:
        write(_LOG, logging.INFO, "%s at %s: %s", operation.name, venue_id, words)


def _requests_of(operation: Operation) -> Iterator[object]:
    """Return what was asked of each order, as far as the request names them, and then nothing for ever."""
    yield from getattr(operation.request, "orders", (operation.request,))
    yield from repeat(None)


def _tally(reports: Sequence[object]) -> Iterator[str]:
    ends = [end_of(one) for one in reports]
    for end in dict.fromkeys(ends):
        yield f"{ends.count(end)} {end}"


def _words_for(report: object, request: object) -> str:
    """Describe in words what became of an order."""
    if isinstance(report, CancelReport):
        error = "" if report.error is None else f", {_error_name(report.error)}"
        sends = f", {report.attempts} sent, {report.ambiguous_attempts} in doubt"
        asked = f"{_ids_of(report.order) or _ids_of(request)}{sends}, {report.elapsed * 1000:.0f} ms"
        return f"{report.outcome}{asked}{error}"
    if isinstance(report, CreateReport):
        error = "" if report.error is None else f", {_error_name(report.error)}"
        return f"{end_of(report)}{_ids_of(report.order)}{error}"
    if isinstance(report, Order):
        return f"{report.status or 'placed'}{_ids_of(report)}"
    return type(report).__name__


def _ids_of(order: object) -> str:
    """Name an order by the ids that it shows; also a request."""
    ids = {
        "order": getattr(order, "id", None) or getattr(order, "order_id", None),
        "client order id": getattr(order, "client_order_id", None),
    }
    return "".join(f", {name} {text!s:.80}" for name, text in ids.items() if text is not None)


def _error_name(error: AdapterError) -> str:
    return type(error).__name__ if error.code is None else f"{type(error).__name__} {error.code}"
