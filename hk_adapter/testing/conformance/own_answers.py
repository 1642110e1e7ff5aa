"""What a script itself may write in answer to a request: bytes that equal one of these are no garbage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from hk_adapter.flow.http import Response
from hk_adapter.testing.conformance.further_script import (
    WritesBalances,
    WritesBatches,
    WritesBooks,
    WritesFills,
    WritesHistory,
    WritesMarkets,
    WritesTickers,
    WritesTrades,
)
from hk_adapter.testing.conformance.script import Asked, BatchRow, Refusal, Request, Script
from hk_adapter.testing.conformance.scripted_data import ScriptedBookOrders, ScriptedOrder
from hk_adapter.testing.conformance.scripted_desk import DATA, STREAMS
from hk_adapter.testing.conformance.written import has_words_for, refusal_of

_KIND = 100
"""HTTP statuses of one hundred say the same of an answer that has no other words."""


def own_answers(script: Script, asked: Asked, orders: Sequence[ScriptedOrder]) -> Iterator[Response]:
    """Write what would answer a request: each refusal, an acceptance, the order or an empty list.

    ``orders`` are those that the request is about, as they are; where there are none, one of its id stands in.
    """
    for refusal in Refusal:
        if has_words_for(script, refusal):
            yield refusal_of(script, asked, refusal)
    order_id = asked.order_id or script.order_id(1)
    named = ScriptedOrder(id=order_id, client_order_id=asked.client_order_id, symbol=script.symbol)
    for order in orders or [named]:
        for kind, write in ((Request.CANCEL, script.accepted), (Request.QUERY, script.order)):
            if asked.kind is kind:
                yield write(order)
    yield from _of_several(script, asked)


def _of_several(script: Script, asked: Asked) -> Iterator[Response]:
    """Write what takes all of a batch, and a list that is empty."""
    match asked.kind:
        case Request.CANCEL_MANY:
            rows = [BatchRow(order=ScriptedOrder(id=order_id, symbol=script.symbol)) for order_id in asked.order_ids]
            yield cast("WritesBatches", script).batch(rows)
        case Request.OPEN_ORDERS:
            yield script.page([], is_last=True)
        case Request.ENDED_ORDERS | Request.ALL_ORDERS:
            yield cast("WritesHistory", script).history([], is_last=True)
        case Request.FILLS:
            yield cast("WritesFills", script).fills([], is_last=True)
        case kind if kind in DATA - STREAMS:
            yield empty(script, kind)


def empty(script: Script, kind: Request) -> Response:
    """Write that there is nothing of what was asked for."""
    match kind:
        case Request.BALANCES:
            return cast("WritesBalances", script).balances([])
        case Request.MARKETS:
            return cast("WritesMarkets", script).markets([])
        case Request.BOOK:
            return cast("WritesBooks", script).book(ScriptedBookOrders(symbol=script.symbol))
        case Request.TRADES:
            return cast("WritesTrades", script).trades([])
        case _:
            return cast("WritesTickers", script).tickers([])


def is_among(status: int, body: bytes, answers: Iterable[Response]) -> bool:
    """Whether bytes that come with a status say what one of these answers says."""
    return any((status // _KIND, body.strip()) == (answer.status // _KIND, answer.body.strip()) for answer in answers)
