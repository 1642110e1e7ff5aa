"""What Skerry's answers say: its envelope, its words, its orders."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NoReturn

import hk_adapter as hk

_STATES = {
    "resting": hk.OrderStatus.OPEN,
    "executed": hk.OrderStatus.CLOSED,
    "withdrawn": hk.OrderStatus.CANCELED,
}
_REFUSALS: dict[str, Callable[..., hk.AdapterError]] = {
    "order.unknown": hk.OrderNotFound,
    "key.invalid": hk.AuthenticationError,
    "nonce.stale": hk.ClockSkew,
    "points.exhausted": hk.RateLimited,
    "funds.short": hk.InsufficientFunds,
    "venue.closed": hk.VenueUnavailable,
}
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)


@contextmanager
def reading(response: hk.Response) -> Iterator[Any]:
    """Yield the result of an answer; raise what it refuses, and UnexpectedPayload for what cannot be read."""
    try:
        envelope = json.loads(response.body, parse_float=Decimal, parse_constant=_no_number)
        refusals = [refusal(word) for word in _list(envelope["errors"])]
        if refusals:
            raise min(refusals, key=lambda error: isinstance(error, hk.VenueError))  # a doubt, if one of them is any
        yield envelope["result"]
    except hk.AdapterError:
        raise
    except _UNREADABLE as error:
        raise hk.UnexpectedPayload(
            f"skerry: HTTP {response.status}, not as documented", http_status=response.status
        ) from error


def rows(result: Any, name: str, count: int | None = None) -> list[Any]:
    """Read a list of the result: of ``count`` rows, where each stands for one that was asked for."""
    found = _list(result[name])
    if count is not None and len(found) != count:
        raise ValueError("an answer about fewer or more orders than were asked for")
    return found


def refusal(word: Any) -> hk.AdapterError:
    """Return what a word refuses; whatever nobody knows refuses nothing."""
    if not isinstance(word, str):
        raise TypeError("a word that is no text")
    if word == "order.ended":
        return hk.CancelRejected("skerry: the order has ended", code=word, reason=hk.CancelRejectReason.TOO_LATE)
    known = _REFUSALS.get(word)
    if known is None:
        return hk.OutcomeUnknown("skerry: a word that its documentation has not", code=word)
    return known(f"skerry: {word}", code=word)


def order(row: Any) -> hk.Order:
    """Read an order."""
    return hk.Order(
        id=order_id(row["number"]),
        client_order_id=row["reference"],
        symbol=_text(row["pair"]).replace(".", "/"),
        type=hk.OrderType.LIMIT,
        side=hk.OrderSide(row["side"]),
        price=_number(row["price"]),
        amount=_number(row["volume"]),
        filled=_number(row["executed"]),
        status=_STATES[row["state"]],
        venue_status=row["state"],
        timestamp=_time(row["opened"]),
        last_update_timestamp=_time(row["touched"]),
        info=row,
    )


def order_id(number: Any) -> str:
    """Read an order's number, which a float would not hold."""
    if type(number) is not int:
        raise TypeError("an order's number that is no whole one")
    return str(number)


def is_pending(row: Any) -> bool:
    """Read the acceptance of a cancel, which says nothing else."""
    if row["pending"] is not True:
        raise ValueError("a cancel that is neither refused nor pending")
    return True


def _number(value: Any) -> Decimal:
    if type(value) not in (int, Decimal):
        raise TypeError("a number that is none")
    return Decimal(value)


def _time(seconds: Any) -> int:
    return int(_number(seconds) * 1000)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text that is none")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("a list that is none")
    return value


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
