"""Exact JSON, both ways. An object that says one field twice, differently, is no object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from hk_adapter.errors import InvalidArgument, shown
from hk_adapter.model.decimals import is_plain, number_text

MOST_ROWS = 1000
"""Rows that an answer has at the most, where the venue's largest page has no other size."""
DEEPEST = 16
"""Levels of nesting taken, several times those of a venue's answers. An order's payload must print and pickle."""

_CONTAINERS = frozenset({dict, list})
_ROOM = 256 * 1024
"""Bytes of an answer beside its rows."""
_BYTES_A_ROW = 2048
_VALUES_BESIDE = 20_000
_VALUES_A_ROW = 100
_BEGINS_A_VALUE = (b",", b"{", b"[")
_DECODER = msgspec.json.Decoder(float_hook=Decimal)


class SaidTwice:
    """Stands where an object said a field twice, and not the same: which of the two holds cannot be told.

    Attributes:
        name: the field's.
        certain: the object's other fields.
    """

    def __init__(self, name: str, certain: dict[str, Any]) -> None:
        self.name = name
        self.certain = certain


def read_json(body: bytes, *, rows: int = MOST_ROWS) -> Any:
    """Read the JSON of an answer; numbers with a point are ``Decimal``. None for what is no JSON.

    ``SaidTwice`` stands in place of an object that says a field twice, and not the same, and of all around it but a
    list at the top: ``Fields`` refuses it. Raises InvalidArgument for more than so many ``rows`` could need, in bytes,
    in values, or as a list at the top.
    """
    if (fault := too_long(body, rows)) is not None:
        raise InvalidArgument(fault)
    payload = decoded(body)
    if isinstance(payload, list) and len(payload) > rows:
        raise InvalidArgument(f"the answer has {len(payload)} rows, for at most {rows}")
    return payload


def too_long(body: bytes, rows: int) -> str | None:
    """Return in which way an answer is longer than so many rows could make it; None where it is not. Reads nothing."""
    if len(body) > _ROOM + rows * _BYTES_A_ROW:
        return f"the answer has {len(body)} bytes, for at most {rows} rows"
    if len(body) <= _VALUES_BESIDE:
        return None  # a value takes a byte at least
    values = sum(body.count(mark) for mark in _BEGINS_A_VALUE)
    if values > _VALUES_BESIDE + rows * _VALUES_A_ROW:
        return f"the answer has some {values} values, for at most {rows} rows"
    return None


def decoded(body: bytes) -> Any:
    """Read JSON; None for what is none, or deeper than ``DEEPEST``.

    SaidTwice takes the place of an object, and of all around it but a list of rows, that says a field twice and not
    the same; equal words are one.
    """
    # A live 404 carries HTML under the name of JSON, so no status and no header vouches for the body.
    try:
        payload = _DECODER.decode(body.removeprefix(b"\xef\xbb\xbf"))
        if type(payload) is dict and body.find(b"{") == body.rfind(b"{") and body.find(b"[") < 0:
            fields = len(payload)  # nothing is within it, as in nearly every answer about one order
        elif (counted := _fields_up_to(payload, DEEPEST)) is None:
            return None
        else:
            fields = counted
        # The decoder takes the last of two fields of one name. Colons are at least as many as fields.
        if body.count(b":") == fields:
            return payload
        strict = json.loads(body, object_pairs_hook=object_of, parse_float=Decimal)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidOperation, ValueError):
        return None
    return [_raised(row) for row in strict] if isinstance(strict, list) else _raised(strict)


def write_json(value: Any) -> bytes:
    """Write a JSON body: ASCII, without blanks; a ``Decimal`` is a number in plain digits, never ``1E-7``.

    Raises InvalidArgument for a float, whose digits are not what was typed, and for what else is no JSON.
    """
    return _text(value).encode("ascii")


def object_of(pairs: list[tuple[str, Any]]) -> Any:
    """Return an object, made of what it says in turn; SaidTwice where it says a field twice, and not the same."""
    fields: dict[str, Any] = {}
    differing = None
    for name, value in pairs:
        if name in fields and repr(fields[name]) != repr(value):
            differing = name
        fields[name] = value
    if differing is None:
        return fields
    names = {name for name, value in pairs if repr(fields[name]) != repr(value)}
    return SaidTwice(differing, {name: value for name, value in fields.items() if name not in names})


def _raised(value: Any) -> Any:
    """Let what was said twice, however deep, stand for all of a value."""
    deepest = next(said_twice(value), None)
    if deepest is None or isinstance(value, SaidTwice):
        return value
    certain = value if isinstance(value, dict) else {}
    return SaidTwice(deepest.name, {name: one for name, one in certain.items() if not any(said_twice(one))})


def said_twice(value: Any) -> Iterator[SaidTwice]:
    """Yield what was said twice, however deep."""
    if isinstance(value, SaidTwice):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from said_twice(part)


def _fields_up_to(value: Any, levels: int) -> int | None:
    """Count the fields of all objects; None for what is nested deeper than so many levels."""
    fields, level = 0, [value] if type(value) in _CONTAINERS else []
    while level:
        if levels == 0:
            return None
        levels -= 1
        below: list[Any] = []
        for part in level:
            fields += len(part) if type(part) is dict else 0
            within = part.values() if type(part) is dict else part
            if not _CONTAINERS.isdisjoint(map(type, within)):  # as of no level of a book
                below += [one for one in within if type(one) in _CONTAINERS]
        level = below
    return fields


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return json.dumps(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal) and is_plain(value):
        return number_text(value)
    if isinstance(value, Mapping):
        return f"{{{','.join([f'{_name(name)}:{_text(part)}' for name, part in value.items()])}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join([_text(part) for part in value])}]"
    raise InvalidArgument(f"{shown(value)} cannot be written as exact JSON: give Decimal, int, str, bool or None")


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise InvalidArgument(f"the name of a JSON field is a str, not {shown(name)}")
    return json.dumps(name)
