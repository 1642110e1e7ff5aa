"""Settle a ``cancel_all_orders`` that was cut off before it named its orders: by what its scope has open now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hk_adapter.errors import AdapterError
from hk_adapter.execution.attempt import OperationHooks
from hk_adapter.execution.cancel.all_open import BETWEEN, MOST_IN_VAIN
from hk_adapter.execution.cancel.scope import may_be_meant
from hk_adapter.execution.open_orders import OpenOrderPages, cut_off, list_open_orders
from hk_adapter.execution.recover_match import existed, may_have_existed
from hk_adapter.flow.effects import Flow, Now, rest
from hk_adapter.model import CancelReport, CancelRequest, JournalEntry, Order, RecoveredOperation
from hk_adapter.model.enums import ClientIds
from hk_adapter.model.frozen import frozen


class ScopeRecovery:
    """The recovery of one such entry. ``client_ids`` says what the venue makes of the client's ids."""

    def __init__(self, entry: JournalEntry, client_ids: ClientIds) -> None:
        self._entry, self._client_ids = entry, client_ids

    async def look(self, hooks: OperationHooks, deadline: float) -> RecoveredOperation:
        """Settle it where a list shows nothing that its call can have met."""
        entry = self._entry
        try:
            listed = await list_open_orders(hooks, entry.symbol, deadline, params_of(entry))
        except AdapterError as error:
            return RecoveredOperation(entry=entry, settled=False, error=error)
        return RecoveredOperation(entry=entry, settled=not self._met(listed))

    async def send_anew(
        self,
        hooks: OperationHooks,
        deadline: float,
        cancel: Callable[[tuple[CancelRequest, ...]], Flow[list[CancelReport]]],
    ) -> RecoveredOperation:
        """Cancel what its call can have met, as a list shows it; one that is cut off, page by page.

        ``cancel`` does so. Raises what the listing does.
        """
        entry, in_vain = self._entry, 0
        pages = OpenOrderPages(hooks, entry.symbol, deadline, params_of(entry))
        reports: dict[str | None, CancelReport] = {}
        while True:
            await pages.read_rest()
            met = self._met(pages.readable())
            clear = [order for order in met if existed(order, entry) and self._is_in_scope(order)]
            fresh = [order for order in clear if order.id not in reports]
            if fresh:
                told = await cancel(tuple(self._request(order) for order in fresh))
                reports |= {order.id: report for order, report in zip(fresh, told, strict=True)}
            in_vain = 0 if fresh else in_vain + 1
            is_late = (await Now()).monotonic + BETWEEN * in_vain >= deadline
            if not (pages.is_cut_off and reports) or in_vain == MOST_IN_VAIN or is_late:
                break
            await rest(BETWEEN * in_vain)
            pages.begin_again()
        settled = len(clear) == len(met) and all(report.final for report in reports.values())
        error = cut_off() if pages.is_cut_off else None
        return RecoveredOperation(entry=entry, settled=settled and error is None, error=error)

    def _met(self, listed: Iterable[Order]) -> list[Order]:
        return [order for order in listed if self._may_be_meant(order) and may_have_existed(order, self._entry)]

    def _may_be_meant(self, order: Order) -> bool:
        entry = self._entry
        prefix, sides = entry.client_id_prefix, {None, entry.side}
        on_side = entry.side is None or order.side in sides  # one that does not say its side may be on it
        return on_side and (prefix is None or may_be_meant(order, prefix, self._client_ids))

    def _is_in_scope(self, order: Order) -> bool:
        prefix, side = self._entry.client_id_prefix, self._entry.side
        return side in {None, order.side} and (prefix is None or (order.client_order_id or "").startswith(prefix))

    def _request(self, order: Order) -> CancelRequest:
        entry = self._entry
        return CancelRequest(order_id=order.id, symbol=order.symbol or entry.symbol, params=params_of(entry))


def params_of(entry: JournalEntry) -> Mapping[str, Any]:
    """Return the entry's params as no plugin can change them: the entry is the caller's, too."""
    found: Mapping[str, Any] = frozen(entry.params)
    return found
