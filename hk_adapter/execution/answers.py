"""Hold what a hook gave or raised to the contract, where it is not enough that it is of our own types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import NoneType
from typing import TypeVar

from msgspec.structs import replace

from hk_adapter import model
from hk_adapter.errors import AdapterError, PluginError
from hk_adapter.execution.exact_types import exact_error
from hk_adapter.execution.rate_limits import is_block, is_limit
from hk_adapter.model import CancelOrdersAnswer, CreateOrdersAnswer, Order, OrderPage, TradePage, UnreadRow

T = TypeVar("T")

_MODEL = model.__name__
LONGEST_WAIT = 1e9
"""Seconds; a plugin that names a longer wait, thirty years, is broken."""
MOST_LEFT_OUT = 1_000_000
"""Rows; each is told of by itself."""


def fault_of_error(error: AdapterError) -> str | None:
    """Return what is unusable of an error that a hook raised; None where nothing is."""
    if not _is_usable(error):
        return "without a usable retry_after"
    try:
        exact_error(error)
    except PluginError as fault:
        return f"that cannot be used: {fault}"
    return None


def is_of_the_model(error: AdapterError) -> bool:
    """Whether a record of ours raised it: what a plugin put into it, as it read an answer, contradicts itself."""
    link, module = error.__traceback__, ""
    while link is not None:
        module, link = link.tb_frame.f_globals.get("__name__", ""), link.tb_next
    return module.startswith(_MODEL)


def fault_of_answer(answer: object, request: object) -> str | None:
    """Return why an answer can be none to what was asked; None where it can."""
    if isinstance(answer, CancelOrdersAnswer | CreateOrdersAnswer):
        return _fault_of_rows(answer, request)
    return _fault_of_page(answer) if isinstance(answer, OrderPage | TradePage) else None


def _fault_of_rows(answer: CancelOrdersAnswer | CreateOrdersAnswer, request: object) -> str | None:
    """Return why an answer about several orders can be none to what was asked; None where it can."""
    if isinstance(answer, CreateOrdersAnswer):
        results: object = answer.results
        if not isinstance(results, tuple | list):
            return f"gave results of {type(results).__name__}"
        usable = all(_is_usable(one) for one in results if isinstance(one, AdapterError))
        return None if usable else "refused an order with an error that names no usable retry_after"
    refused: object = answer.refused
    if not isinstance(refused, Mapping) or not set(refused) <= set(getattr(request, "order_ids", ())):
        return "refused something else than orders that were asked for"
    if not all(isinstance(error, AdapterError) and _is_usable(error) for error in refused.values()):
        return "refused an order with something that is no error of ours, or names no usable retry_after"
    return None


def _fault_of_page(page: OrderPage | TradePage) -> str | None:
    """Return what of a page is of no kind that it can be; None where nothing is. Its rows are looked at one by one."""
    rows: object = page.orders if isinstance(page, OrderPage) else page.trades
    kinds = (
        ("rows", rows, (tuple, list)),
        ("complete", page.complete, (bool,)),
        ("next_before_id", page.next_before_id, (str, NoneType)),
        ("left_out", page.left_out, (int,)),
        ("unread", page.unread, (tuple, list)),
        ("cut_off", page.cut_off, (bool, NoneType)),
    )
    for name, value, wanted in kinds:
        if type(value) not in wanted:
            return f"gave a page whose {name} is of {type(value).__name__}"
    if not 0 <= page.left_out <= MOST_LEFT_OUT:
        return "gave a page that leaves out so many rows as no page has"
    told = all(type(row) is UnreadRow and type(row.order) in (Order, NoneType) for row in page.unread)
    return None if told else "gave a page whose unread rows are no UnreadRow"


def as_it_stands(answer: T) -> T:
    """Return an answer; of a page, one that its plugin cannot change any more, and that counts what it tells as unread.

    A list of rows may be used again for the next page.
    """
    if isinstance(answer, OrderPage):
        answer = replace(answer, orders=tuple(answer.orders))
    elif isinstance(answer, TradePage):
        answer = replace(answer, trades=tuple(answer.trades))
    else:
        return answer
    return replace(answer, unread=tuple(answer.unread), left_out=max(answer.left_out, len(answer.unread)))


def longest_limit(answer: CancelOrdersAnswer | CreateOrdersAnswer) -> AdapterError | None:
    """Return the most demanding rate limit that an answer about several orders tells; None where it tells none."""
    rows = answer.results if isinstance(answer, CreateOrdersAnswer) else answer.refused.values()
    limits = [one for one in rows if isinstance(one, AdapterError) and (is_limit(one) or is_block(one))]
    return max(limits, key=lambda error: (is_block(error), error.retry_after or 0.0), default=None)


def _is_usable(error: AdapterError) -> bool:
    """Whether what a plugin made says how long to wait as AdapterError does: None, or seconds from 0 up."""
    wait = getattr(error, "retry_after", math.nan)
    return wait is None or (isinstance(wait, int | float) and 0 <= wait <= LONGEST_WAIT)
