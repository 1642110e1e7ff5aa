"""What ccxt's own code places for a bot, told to the core: a cancel of it takes no view that lags for a word on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ccxt

from hk_adapter.ccxt_facade.connections import connection_of
from hk_adapter.execution.known_orders import KnownOrders
from hk_adapter.flow.real_time import monotonic


@contextmanager
def placing(exchange: Any, *asked: Any) -> Iterator[list[Any]]:
    """Record, within a ``with`` block, that a bot places orders; the block puts ccxt's answers into the list.

    ``asked`` are the params of each. Whatever ends the block but a refusal leaves orders that may exist.
    """
    answers: list[Any] = []
    known = _known_to(exchange)
    if known is None:
        yield answers
        return
    begun, refusal = monotonic(), None
    with known.placing(_client_ids(asked), begun):
        try:
            yield answers
        except ccxt.BaseError as error:
            if isinstance(error, ccxt.OperationFailed):
                raise
            refusal = error
        for order in filter(_is_an_order, answers):
            made = order.get("timestamp")
            known.note_placed(order["id"], order.get("clientOrderId"), begun, order.get("symbol"), made)
    if refusal is not None:
        raise refusal


def _known_to(exchange: Any) -> KnownOrders | None:
    try:
        return connection_of(exchange).shared.looks.known
    except Exception:  # noqa: BLE001 - with such settings nothing can be canceled either, and a create is ccxt's to refuse
        return None


def _client_ids(asked: Iterable[Any]) -> list[str]:
    told = [params for params in asked if isinstance(params, Mapping)]
    named = (params.get(name) for params in told for name in ("clientOrderId", "newClientOrderId"))
    return [one for one in named if isinstance(one, str)]


def _is_an_order(answer: Any) -> bool:
    return isinstance(answer, Mapping) and isinstance(answer.get("id"), str)
