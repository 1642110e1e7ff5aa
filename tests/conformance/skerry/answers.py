"""What Skerry's answers say: its envelope, its words, its orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import hk_adapter as hk
from hk_adapter.parsing import (
    ErrorRow,
    ErrorTable,
    Fields,
    Meaning,
    by_position,
    name_of,
    order_page,
    read_json,
    read_rows,
    reading,
)

A = TypeVar("A")
T = TypeVar("T")

VENUE = "skerry"
_STATES = {
    "resting": hk.OrderStatus.OPEN,
    "executed": hk.OrderStatus.CLOSED,
    "withdrawn": hk.OrderStatus.CANCELED,
}
_WORDS = ErrorTable(
    VENUE,
    [
        ErrorRow("order.unknown", Meaning.NOT_FOUND, "no such order"),
        ErrorRow("order.ended", Meaning.FINISHED, "the order has ended"),
        ErrorRow("key.invalid", Meaning.AUTHENTICATION, "the key is not valid"),
        ErrorRow("nonce.stale", Meaning.CLOCK_SKEW, "the nonce is not above the last one"),
        ErrorRow("points.exhausted", Meaning.RATE_LIMITED, "no points are left"),
        ErrorRow("funds.short", Meaning.INSUFFICIENT_FUNDS, "not enough funds"),
        ErrorRow("name.used", Meaning.DUPLICATE_CLIENT_ORDER_ID, "an order has this client order id"),
        ErrorRow("venue.closed", Meaning.UNAVAILABLE, "closed for maintenance"),
    ],
)


def result_of(response: hk.Response, operation: str) -> Fields:
    """Read the result of an answer, or raise what it refuses: a doubt, if one of its words is any."""
    if (not_its_own := _WORDS.error_of_status(response, operation)) is not None:
        raise not_its_own
    with reading("an answer of the venue's", VENUE):
        envelope = Fields(read_json(response.body))
        refusals = [_refusal(word, operation) for word in envelope.rows("errors")]
        if refusals:
            raise min(refusals, key=lambda error: isinstance(error, hk.VenueError))
        return envelope.object("result")


def each(result: Fields, asked: Sequence[A], read: Callable[[A, Fields], T], operation: str) -> list[Any]:
    """Read what stands for each that was asked for: what ``read`` makes of it, or its error."""

    def read_one(one: A, row: Any) -> T:
        with reading("a row", VENUE):
            fields = Fields(row)
            if fields.has("error"):
                raise _refusal(fields.payload["error"], operation)
            return read(one, fields)

    with reading("an answer about as many orders", VENUE):
        return by_position(result.rows("orders"), asked, read_one)


def require_pending(row: Fields) -> None:
    """Read the acceptance of a cancel, which says nothing else."""
    with reading("the acceptance of a cancel", VENUE):
        if not row.flag("pending"):
            raise ValueError("neither refused nor pending")


def created(request: hk.CreateOrderRequest, row: Fields) -> hk.Order:
    """Read the answer to a create: a number."""
    with reading("a new order", VENUE):
        return request.acknowledged(row.id("number"), info=row.payload)


def order(row: Any) -> hk.Order:
    """Read an order; one that cannot be read is named, if its number can."""
    try:
        return _order(row)
    except hk.UnexpectedPayload as error:
        number = name_of(row, "number")
        error.order = None if number is None else hk.Order(id=number)
        raise


def _order(row: Any) -> hk.Order:
    with reading("an order", VENUE):
        fields = Fields(row)
        return hk.Order(
            id=fields.id("number"),
            client_order_id=fields.maybe_text("reference"),
            symbol=fields.text("pair").replace(".", "/"),
            type=hk.OrderType.LIMIT,
            side=hk.OrderSide(fields.text("side")),
            price=fields.amount("price"),
            amount=fields.amount("volume"),
            filled=fields.amount("executed"),
            status=fields.word("state", _STATES),
            venue_status=fields.text("state"),
            timestamp=fields.seconds("opened"),
            last_update_timestamp=fields.seconds("touched"),
            info=row,
        )


def page(result: Fields, symbol: str | None, *, only_open: bool) -> hk.OrderPage:
    """Read one page of orders, and the cursor of the next."""
    with reading("a page of orders", VENUE):
        cursor = result.maybe_text("cursor")
        rows = [row for row in result.rows("orders") if symbol is None or _is_of(row, symbol)]
        return order_page(rows, order, full=cursor is not None, cursor=cursor, symbol=symbol, only_open=only_open)


def _is_of(row: Any, symbol: str) -> bool:
    """Whether a row may be of a market: Skerry lists all of them."""
    return not isinstance(row, dict) or row.get("pair") in {None, symbol.replace("/", ".")}


def fills(result: Fields, symbol: str | None) -> hk.TradePage:
    """Read one page of fills, and the cursor of the next."""
    with reading("a page of fills", VENUE):
        cursor = result.maybe_text("cursor")
        rows = [row for row in result.rows("fills") if symbol is None or _is_of(row, symbol)]
        found = read_rows(rows, _fill, "fill")
        whole = cursor is None and not found.unread
        return hk.TradePage(
            trades=tuple(found),
            complete=whole,
            next_before_id=cursor,
            left_out=len(found.unread),
            unread=tuple(found.unread),
        )


def _fill(row: Any) -> hk.Trade:
    with reading("a fill", VENUE):
        fields = Fields(row)
        return hk.Trade(
            id=fields.id("fill"),
            order_id=fields.id("number"),
            symbol=fields.text("pair").replace(".", "/"),
            side=hk.OrderSide(fields.text("side")),
            price=fields.amount("price"),
            amount=fields.amount("volume"),
            fees=(hk.Fee(currency="USD", cost=fields.number("fee")),),
            timestamp=fields.seconds("at"),
            info=row,
        )


def _refusal(word: Any, operation: str) -> hk.AdapterError:
    if not isinstance(word, str):
        raise ValueError("a word that is no text")  # noqa: TRY004 - it is the answer's fault, not ours
    if word == "key.suspended":
        return hk.RateLimited("skerry: the key is suspended for a minute", code=word, blocks=True, retry_after=60.0)
    return _WORDS.error(word, http_status=200, operation=operation)
