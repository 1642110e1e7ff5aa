"""Calls that only look: asked once, and once more on a measured clock where the venue refused ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hk_adapter.errors import AdapterError, ClockSkew, Mismatch, UnexpectedPayload
from hk_adapter.execution.agreement import contradiction, is_asked_for, is_contradictory
from hk_adapter.execution.ask import Attempt, ask
from hk_adapter.execution.clock import measure_clock
from hk_adapter.execution.heed import heed
from hk_adapter.flow.effects import Flow, Now
from hk_adapter.hooks import VenueHooks
from hk_adapter.model import (
    Account,
    Balances,
    Candle,
    Currency,
    FetchOrderRequest,
    KeyInfo,
    Market,
    Operation,
    Order,
    OrderBook,
    Ticker,
    Trade,
    TradingFee,
    VenueStatus,
)

T = TypeVar("T")

READS: dict[str, tuple[type, type | None]] = {
    "fetch_balance": (Balances, None),
    "fetch_trading_fees": (tuple, TradingFee),
    "fetch_accounts": (tuple, Account),
    "check_key": (KeyInfo, None),
    "fetch_markets": (tuple, Market),
    "fetch_currencies": (tuple, Currency),
    "fetch_tickers": (tuple, Ticker),
    "fetch_order_book": (OrderBook, None),
    "fetch_trades": (tuple, Trade),
    "fetch_ohlcv": (tuple, Candle),
    "fetch_status": (VenueStatus, None),
    "fetch_time": (int, None),
}
"""The hooks whose result is the call's result: what it must be, and what a tuple must hold."""


async def read(hooks: VenueHooks, operation: Operation) -> Any:
    """Run one of READS."""
    kind, element = READS[operation.name]
    arguments = {} if operation.request is None else {"request": operation.request}
    result = await read_once(hooks, getattr(hooks, operation.name), kind, operation, **arguments)
    if element is not None and not all(isinstance(one, element) for one in result):
        raise UnexpectedPayload(f"{operation.name} gave something else than {element.__name__}s")
    return result


async def read_once(
    hooks: VenueHooks, hook: Callable[..., Flow[T]], kind: type[T], operation: Operation, **arguments: Any
) -> T:
    """Ask a hook that has no effect; after a ClockSkew once more, on a measured clock."""
    deadline = operation.end((await Now()).monotonic)
    try:
        return await _heeded(hook, kind, deadline, **arguments)
    except ClockSkew:
        await measure_clock(hooks, deadline)
        return await _heeded(hook, kind, deadline, **arguments)


async def _heeded(hook: Callable[..., Flow[T]], kind: type[T], deadline: float, **arguments: Any) -> T:
    attempt = Attempt(deadline)
    try:
        return await ask(hook, kind, attempt, **arguments)
    except AdapterError as error:
        await heed(error, attempt)
        raise


async def fetch_order(hooks: VenueHooks, operation: Operation) -> Order:
    """Run one ``fetch_order``; the answer must be about the order asked for, and not contradict itself."""
    asked: FetchOrderRequest = operation.request
    order = await read_once(hooks, hooks.fetch_order, Order, operation, request=asked)
    if not is_asked_for(order, asked):
        raise UnexpectedPayload("the venue answered about another order", order=order)
    if is_contradictory(order):
        raise UnexpectedPayload(f"the venue says {order.status}, which its amounts contradict", order=order)
    found = contradiction(order, {"symbol": asked.symbol, "client_order_id": asked.client_order_id})
    if found is not None:
        raise Mismatch(f"the order was found, but its {found}", order=order)
    return order
