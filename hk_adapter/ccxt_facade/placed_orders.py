"""What ccxt's own code places for a bot, told to the core: a cancel of it takes no view that lags for a word on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import ccxt

from hk_adapter.ccxt_facade.connections import connection_of
from hk_adapter.errors import AdapterError
from hk_adapter.flow.real_time import monotonic
from hk_adapter.model import Order, OrderSide
from hk_adapter.venue.connection import Connection

_UNREADABLE = (AdapterError, AttributeError, LookupError, TypeError, ValueError)
"""What an answer of ccxt's that is no order, or has terms that no order of ours can have, ends in when it is read."""
_MAY_HAVE_PLACED = (ccxt.ExchangeError, ccxt.DuplicateOrderId)
"""These alone, not what extends them. The first is ccxt's for what it cannot read, and for "execution unknown" (-1006);
the second may answer the later of two deliveries of one create."""
_STEPS = 3
"""Requests that a create of ccxt's may make, each of which may take the timeout: of markets, and the create's own."""


@contextmanager
def placing(exchange: Any, *asked: Any) -> Iterator[list[Any]]:
    """Record, within a ``with`` block, that a bot places orders; the block puts ccxt's answers into the list.

    ``asked`` are the params of each. Whatever ends the block but a refusal leaves orders that may exist; so does the
    refusal of several, which may be of one of them.
    """
    answers: list[Any] = []
    connection = _connection_of(exchange)
    if connection is None:
        yield answers
        return
    known, begun, refusal = connection.shared.looks.known, monotonic(), None
    with known.placing(_client_ids(asked), begun, begun + _STEPS * connection.calls.timeout):
        try:
            yield answers
        except ccxt.BaseError as error:
            if isinstance(error, ccxt.OperationFailed) or type(error) in _MAY_HAVE_PLACED or len(asked) > 1:
                raise
            refusal = error
        for answer in answers:
            with suppress(*_UNREADABLE):  # the order is placed: whatever ccxt's words for it, the bot is told of it
                _note(connection, answer, begun)
    if refusal is not None:
        raise refusal


def _connection_of(exchange: Any) -> Connection | None:
    try:
        return connection_of(exchange)
    except (AdapterError, ccxt.BaseError):  # with such settings nothing can be canceled; a create is ccxt's to refuse
        return None


def _client_ids(asked: Iterable[Any]) -> list[str]:
    told = [params for params in asked if isinstance(params, Mapping)]
    named = (params.get(name) for params in told for name in ("clientOrderId", "newClientOrderId"))
    return [one for one in named if isinstance(one, str)]


def _note(connection: Connection, answer: Mapping[str, Any], begun: float) -> None:
    known = connection.shared.looks.known
    own, symbol, side = (answer.get(name) for name in ("clientOrderId", "symbol", "side"))
    order = Order(id=answer["id"], client_order_id=own, symbol=symbol, side=None if side is None else OrderSide(side))
    known.note_placed(order.id, own, begun, symbol, answer.get("timestamp"))
    if ":" not in str(symbol):  # a contract is in a book of its own, of which our connection knows nothing
        known.note_opened(order, monotonic(), market_type=connection.market_type)
