"""Whether an answer says anything of an order: ccxt makes a whole one of an empty answer and of what was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from hk_adapter.model.decimals import without_zeros
from hk_adapter.venues.ccxt_bridge.status_words import venue_word

_FACTS = ("id", "clientOrderId", "amount", "filled", "remaining", "cost", "price", "average", "timestamp")
_ORDER_ID = re.compile(r"(order|ord|o)_?-?(id|no|number|uuid|guid|hash)|digest", re.IGNORECASE)
"""How raw answers name the id of an order, where that is all that the name can mean."""
_SOME_ID = re.compile(r"(id|no|num|number|uuid|guid|hash|digest)$|^(order|ord|o|i|result|data)$", re.IGNORECASE)
_RECEIPT = re.compile(r"((tx|transaction)_?-?)?hash|(tx|transaction)_?-?id", re.IGNORECASE)
"""How a chain's answers name what it took, which has no order's id yet."""
_OF_OTHERS = re.compile(
    r"parent|orig|prev|next|repl|amend|link|ref|source|relat|conting|client|user|account|^cl_?o|^c_?oid|trade|deal",
    re.IGNORECASE,
)
"""How fields are called that have an id, and those that have another order's, or another thing's."""
_OF_A_CANCEL = re.compile(r"cancel_?-?(request_?-?)?id", re.IGNORECASE)
_ORDER_STATE = re.compile(
    r"new|open|live|active|placed|accepted|resting|closed|done|expired|triggered|(part(ial(ly)?)?[_ -]?)?cancell?ed"
    r"|(part(ial(ly)?)?|fully)?[_ -]?fill(ed)?|pending([_ -]?(new|cancel))?|cancell?ing",
    re.IGNORECASE,
)
"""Words for how an order stands that no envelope says of itself beside an id."""
_NO_ID = frozenset({"", "0", "-1", "none", "null", "undefined", "00000000-0000-0000-0000-000000000000"})
_OF_ENVELOPES = frozenset({"ok", "success", "successful", "succeeded", "error", "fail", "failed", "failure", "done"})
"""Words that an answer says of itself, under the names of an order's status."""
_DEPTH = 6
"""Levels of a raw answer that are looked into."""


def shows_an_order(row: Mapping[str, Any], asked: set[str | None]) -> bool:
    """Whether ccxt's dict has a fact of an order that stands in the raw answer, and not only in the question.

    ``asked`` are the ids that were asked for. Zero is no fact: it is what ccxt and envelopes say of anything.
    """
    info = row.get("info")
    if not isinstance(info, Mapping | list):
        return False  # some of ccxt's parsers take a bare text for the new order's id
    if row.get("status") is not None and _shows_a_state(info):
        return True
    raw = set(_plain_texts(info, _DEPTH))
    facts = (_plain(row.get(name)) for name in _FACTS)
    return any(fact in raw and fact not in asked for fact in facts if fact is not None)


def _shows_a_state(info: Any) -> bool:
    """Whether a raw row has a word for how an order stands; one that envelopes have, too, only beside an order's id."""
    word = venue_word(info)
    if word is None or word.lower() not in _OF_ENVELOPES:
        return word is not None
    return any(_is_id(key, value) for key, value in info.items())


def names_another(payload: Any, asked: str) -> bool:
    """Whether a raw order, or an answer, has the id of an order, and nowhere for one the id that was asked for.

    Some of ccxt's methods write the id that they were given over the one of the answer. That of a parent, of an order
    that was replaced, or a client's own is not the order's.
    """
    if not isinstance(payload, Mapping | list) or asked in set(_own_ids(payload, _DEPTH)):
        return False
    shown = {str(one) for one in _ids(payload, _DEPTH) if one not in ("", 0, "0")}
    return bool(shown) and not any(_is_part(one, asked) for one in shown)


def goes_by_the_clients(row: Mapping[str, Any], asked: str) -> bool:
    """Whether ccxt knows an order by its client order id alone: then the exchange's own number stands beside that."""
    is_both = row.get("id") == asked and row.get("clientOrderId") == asked
    return is_both and isinstance(row.get("info"), Mapping | list) and stands_in(row["info"], asked)


def is_the_cancels(payload: Any, shown: Any) -> bool:
    """Whether a raw answer to a cancel names an id as that of the cancel, and nowhere else."""
    names = [str(key) for key, one in _pairs(payload, _DEPTH) if shown and str(one) == str(shown)]
    return bool(names) and all(_OF_A_CANCEL.fullmatch(name) for name in names)


def leaves_open_which(payload: Any, row: Any, asked: str) -> bool:
    """Whether a raw answer, in which the id that was asked for stands nowhere, does not tell whose row was read.

    That is one with an id that is neither text nor a number, and one in which the row stands beside others.
    """
    if not isinstance(payload, Mapping | list) or asked in set(_own_ids(payload, _DEPTH)):
        return False
    if any(_names_an_id(key, _DEPTH) and _is_unreadable(one) for key, one in _pairs(payload, _DEPTH)):
        return True
    return any(len(one) > 1 and row in one for one in _lists(payload, _DEPTH))


def stands_in(payload: Any, named: str) -> bool:
    """Whether an answer, as it came, has an id anywhere."""
    if isinstance(payload, Mapping | list):
        return any(named in {str(key), str(one)} for key, one in _pairs(payload, _DEPTH))
    return named in str(payload)


def has_a_receipt(payload: Any) -> bool:
    """Whether a raw answer has an order's id or a transaction's, of whatever form, anywhere."""
    return any(_is_id(key, one) or _is_receipt(key, one) for key, one in _pairs(payload, _DEPTH))


def refuses_beside_an_order(payload: Any, *, new: bool) -> bool:
    """Whether a raw refusal shows an order all the same: a row with its id and state; of a ``new`` one the id alone.

    The id of a cancel's order is an echo of what was asked.
    """
    if new and any(_is_id(key, one) for key, one in _pairs(payload, _DEPTH)):
        return True
    return any(_is_row(one) for one in _mappings(payload, _DEPTH))


def names_itself(row: Mapping[Any, Any]) -> bool:
    """Whether a raw row has an id of its own, or its order's."""
    return any(_is_id(key, one) or (key == "id" and _is_something(one)) for key, one in row.items())


def _is_row(value: Mapping[Any, Any]) -> bool:
    word = venue_word(value)
    return names_itself(value) and word is not None and _ORDER_STATE.fullmatch(word) is not None


def is_no_id(named: Any) -> bool:
    """Whether a text stands where an id does and names no order: a zero, or a word for nothing."""
    return str(named).lower() in _NO_ID


def _is_id(key: Any, value: Any) -> bool:
    return isinstance(key, str) and _ORDER_ID.fullmatch(key) is not None and _is_something(value)


def _is_receipt(key: Any, value: Any) -> bool:
    return isinstance(key, str) and _RECEIPT.fullmatch(key) is not None and _is_something(value)


def _is_something(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and str(value).lower() not in _NO_ID


def _lists(value: Any, depth: int) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for _, one in _inner(value, depth):
        yield from _lists(one, depth - 1)


def _names_an_id(key: Any, depth: int) -> bool:
    return isinstance(key, str) and (bool(_ORDER_ID.fullmatch(key)) or (depth == _DEPTH and key in {"id", "uuid"}))


def _is_unreadable(value: Any) -> bool:
    return value is not None and (isinstance(value, bool) or not isinstance(value, str | int))


def _pairs(value: Any, depth: int) -> Iterator[tuple[Any, Any]]:
    for key, one in _inner(value, depth):
        yield key, one
        yield from _pairs(one, depth - 1)


def _mappings(value: Any, depth: int) -> Iterator[Mapping[Any, Any]]:
    if isinstance(value, Mapping):
        yield value
    for _, one in _inner(value, depth):
        yield from _mappings(one, depth - 1)


def _is_part(shown: str, asked: str) -> bool:
    """Whether one id is made of the other and something more, as ccxt makes a few; a number is not made of another."""
    return not (shown.isdigit() and asked.isdigit()) and (shown in asked or asked in shown)


def _ids(value: Any, depth: int) -> Iterator[Any]:
    for key, one in _inner(value, depth):
        if _names_an_id(key, depth) and isinstance(one, str | int):
            yield one
        yield from _ids(one, depth - 1)


def _own_ids(value: Any, depth: int) -> Iterator[str]:
    for key, one in _inner(value, depth):
        name = str(key)
        yield name  # lists of some exchanges are mappings by ids
        if _OF_OTHERS.search(name):
            continue
        if isinstance(one, Mapping | list):
            yield from _own_ids(one, depth - 1)
        elif isinstance(key, int) or _SOME_ID.search(name):
            yield str(one)


def _inner(value: Any, depth: int) -> Iterable[tuple[Any, Any]]:
    if depth and isinstance(value, Mapping | list):
        return value.items() if isinstance(value, Mapping) else enumerate(value)
    return ()


def _plain_texts(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, Mapping | list | tuple):
        inner = value.values() if isinstance(value, Mapping) else value
        for one in inner if depth else ():
            yield from _plain_texts(one, depth - 1)
    elif (plain := _plain(value)) is not None:
        yield plain


def _plain(value: Any) -> str | None:
    """Write a value so that the same number is the same text, however it was written; None for nothing and zero."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number.is_finite() or number == 0:
        return None
    return str(without_zeros(number))
