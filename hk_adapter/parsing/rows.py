"""Lists, read row by row: what cannot be read is left out, and told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from hk_adapter.errors import AdapterError, InvalidArgument, UnexpectedPayload
from hk_adapter.model import Order, OrderPage, ReadRows, UnreadRow
from hk_adapter.model.order import order_of
from hk_adapter.parsing.fields import is_id
from hk_adapter.parsing.json_body import SaidTwice

T = TypeVar("T")
Asked = TypeVar("Asked")


def read_rows(rows: Iterable[Any], read: Callable[[Any], T], named_by: str | int) -> ReadRows[T]:
    """Read rows one by one; those for which ``read`` raises UnexpectedPayload are in ``unread`` of what is returned.

    ``named_by`` is the field, or the place in a list or pair, that names a row that cannot be read.

    Raises InvalidArgument where ``rows`` are no list, such as an object or a text that stands in its place.
    """
    _check_list(rows)
    found: list[T] = []
    unread: list[UnreadRow] = []
    for row in rows:
        try:
            found.append(read(row))
        except UnexpectedPayload as error:
            unread.append(UnreadRow(reason=str(error), about=name_of(row, named_by)))
    return ReadRows(found, unread)


def by_position(rows: Sequence[Any], asked: Sequence[Asked], read: Callable[[Asked, Any], T]) -> list[T | AdapterError]:
    """Read rows that stand for what was asked for, in that order: for each, what ``read`` makes of the two.

    What ``read`` raises, a refusal or a doubt, stands in that row's place, and concerns no other.

    Raises InvalidArgument where there are fewer rows or more, or no list: nobody knows which is whose.
    """
    _check_list(rows)
    if len(rows) != len(asked):
        raise InvalidArgument(f"{len(rows)} entries for {len(asked)} that were asked for")
    found: list[T | AdapterError] = []
    for one, row in zip(asked, rows, strict=True):
        try:
            found.append(read(one, row))
        except AdapterError as error:
            found.append(error)
    return found


def _check_list(rows: object) -> None:
    """Refuse an object, a text and nothing at all: read one by one, each would be rows of something, or none."""
    if isinstance(rows, Mapping | str | bytes | SaidTwice) or not isinstance(rows, Iterable):
        raise InvalidArgument(f"no list of rows, but {type(rows).__name__}")


def name_of(row: Any, named_by: str | int) -> str | None:
    """Read what a row is about, where the rest of it may be unreadable; None where it does not say."""
    fields = row.certain if isinstance(row, SaidTwice) else row
    if isinstance(fields, list | tuple):
        value = fields[named_by] if isinstance(named_by, int) and len(fields) > named_by else None
    else:
        value = fields.get(str(named_by)) if isinstance(fields, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, str | int) or not is_id(str(value)):
        return None
    return str(value)


def order_page(
    rows: Sequence[Any],
    read: Callable[[Any], Order],
    *,
    full: bool,
    cursor: str | None = None,
    symbol: str | None = None,
    only_open: bool = False,
) -> OrderPage:
    """Read one page of a list of orders. A row that cannot be read is left out, and the page is not complete.

    So is a row of another symbol than ``symbol``, the caller's, and in a list of ``only_open`` orders one that has
    ended: it is not what was asked for.

    Args:
        rows: newest first.
        read: from a row to its order; raises UnexpectedPayload, whose ``order`` names the one that the row is about.
        full: whether there may be a next page.
        cursor: ``before_id`` of the next page; None is the id of the last order that this one tells of.
        symbol: unified; None for every one.
        only_open: whether orders on the book were asked for.

    Raises InvalidArgument where ``rows`` are no list: what stands in its place is no empty page.
    """
    _check_list(rows)
    orders: list[Order] = []
    unread: list[UnreadRow] = []
    last = None
    for row in rows:
        try:
            order = read(row)
        except UnexpectedPayload as error:
            named = order_of(error)
            told = named if named is not None and named.id is not None else None
            unread.append(UnreadRow(reason=str(error), order=told))
        else:
            told = order
            if symbol not in (None, order.symbol):
                unread.append(UnreadRow(reason=f"it is of {order.symbol or order.venue_symbol}", order=order))
            elif only_open and order.status is not None and order.status.final:
                unread.append(UnreadRow(reason=f"it is {order.venue_status}, and not open", order=order))
            else:
                orders.append(order)
        last = last if told is None else told.id
    next_before_id = (cursor or last) if full else None
    return OrderPage(
        orders=tuple(orders),
        complete=not unread and not full,
        next_before_id=next_before_id,
        cut_off=full and next_before_id is None,
        left_out=len(unread),
        unread=tuple(unread),
    )
