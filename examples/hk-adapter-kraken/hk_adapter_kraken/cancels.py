"""The hooks that cancel. What a cancel came to is the host's to find out."""

from __future__ import annotations

from typing import Any

import hk_adapter as hk
from hk_adapter.parsing import Fields, reading
from hk_adapter_kraken import calls
from hk_adapter_kraken.answers import VENUE, read_result
from hk_adapter_kraken.terms import check_ids, refuse_params


class CancelHooks:
    """Cancels."""

    def check_cancel(self, request: hk.CancelRequest) -> None:
        """Refuse what could not be sent. Raises InvalidArgument."""
        refuse_params(request.params)
        check_ids(request.order_id, request.client_order_id)

    @hk.hookimpl
    async def cancel_order(self, request: hk.CancelRequest) -> hk.Order:
        """Cancel by one id, the venue's where both are given. The answer counts, and shows no order."""
        self.check_cancel(request)
        if request.order_id is not None:
            params = {"txid": request.order_id}
        else:
            params = {"cl_ord_id": str(request.client_order_id)}
        result = read_result(await calls.cancel(params, request), "cancel_order")
        with reading("an answer to a cancel", VENUE):
            if _count(result) != 1:
                raise hk.InvalidArgument("it counts other than one order")
        return request.acknowledged()

    @hk.hookimpl
    async def cancel_all_orders(self, request: hk.CancelAllRequest) -> bool:
        """Ask for all orders of the account; the venue knows no narrower scope."""
        refuse_params(request.params)
        if (request.symbol, request.side, request.client_id_prefix) != (None, None, None):
            text = f"{VENUE} cancels all orders of an account at once, or one by one"
            raise hk.NotSupported(text, venue=VENUE, operation="cancel_all_orders")
        result = read_result(await calls.cancel_all(), "cancel_all_orders")
        with reading("an answer to a mass cancel", VENUE):
            _count(result)
        return True


def _count(result: Any) -> int:
    """Return how many orders a cancel took; whether they are gone already, or ``pending``, a look tells."""
    row = Fields(result)
    row.maybe_flag("pending")
    return row.whole("count")
