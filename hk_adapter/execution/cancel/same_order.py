"""Cancels of one call that turn out to be about one order, named by its id and by its client id. Pure: no I/O."""

from __future__ import annotations

from collections.abc import Sequence

from hk_adapter.execution.agreement import is_of_another_symbol
from hk_adapter.execution.cancel.state import CancelCase
from hk_adapter.model import Order


def tell_each_other(cases: Sequence[CancelCase]) -> None:
    """Record in cases of one call that are about the same order each other's sends."""
    if all(case.request.order_id is not None for case in cases):
        return  # the ids of one call differ
    _show_rows(cases)
    by_id: dict[str, list[CancelCase]] = {}
    for case in cases:
        if case.order_id is not None:
            by_id.setdefault(case.order_id, []).append(case)
    for same in by_id.values():
        for case in same if len(same) > 1 else ():
            for other in same:
                if other is not case and _may_be_one(case, other):
                    case.learn_beside(other)
    _suspect_each_other(cases)


def _suspect_each_other(cases: Sequence[CancelCase]) -> None:
    """Record the doubt that a case in question casts on those that may be about the same order."""
    by_id = [case for case in cases if case.order_id is not None and _client_id_of(case) is None]
    by_client_id = [case for case in cases if case.order_id is None]
    for some, others in ((by_id, by_client_id), (by_client_id, by_id)):
        sent = [other for other in others if other.accepted or other.doubts > 0]
        for case in some:
            case.maybe_beside = any(_may_be_one(case, other) for other in sent)
    for case in cases:
        if case.order_id is not None and _client_id_of(case) is not None:
            case.maybe_beside = False


def _may_be_one(case: CancelCase, other: CancelCase) -> bool:
    """Whether two cancels of an id may be of one order: not where they name two symbols, for some count ids by it."""
    return case.symbol is None or other.symbol in {None, case.symbol}


def _client_id_of(case: CancelCase) -> str | None:
    seen = case.last_seen
    return case.request.client_order_id or (None if seen is None else seen.client_order_id)


def _show_rows(cases: Sequence[CancelCase]) -> None:
    """Record the order that was asked for by its id with those that are named by its client id."""
    seen = [case.last_seen for case in cases if case.request.order_id is not None]
    by_client_id: dict[str, list[Order]] = {}
    for order in seen:
        if order is not None and order.client_order_id:
            by_client_id.setdefault(order.client_order_id, []).append(order)
    for case in cases:
        if case.request.order_id is None and case.last_seen is None:
            for order in by_client_id.get(case.request.client_order_id or "", ()):
                if not is_of_another_symbol(order, case.request):
                    case.learn_row(order)
