"""What of a JSON text a venue's library shall not read by itself: a field said twice; too many rows, levels or digits.

A library's arithmetic writes 1e99999999 out, digit by digit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from hk_adapter.parsing.json_body import object_of, said_twice

MOST_DIGITS = 100
"""Digits of a number, and zeros that its exponent adds: far above any venue's, and cheap to compute with."""
DEEPEST = 32
"""Levels of nesting that a library's reader is given."""

LONGEST_TEXT = 4096
"""Letters of one text: where it stands in place of a list, a library's reader takes each of them for a row."""

_LONGEST_NAME = 40
_CONTAINERS = frozenset({dict, list})
_CATALOGUE = 20_000
"""Rows from which on they may have many rows of their own, as markets have filters; orders have few fills each."""
_NUMBER = re.compile(r"[\s\d._+-]*(?:[eE]([\s\d_+-]*))?")
_DIGIT = re.compile(r"\d")
_NAMES_AN_ID = re.compile(
    r"(?:.*[_a-z.-])?(?:Id|ID|Uuid|UUID|Oid|OID|Hash)"
    r"|(?:.*[_.-])?(?i:id|uuid|oid|cid|uid|txid|hash|label|tag|text|ref|userref|memo|note|remark|identifier)"
    r"|(?i:order|client|clientorder|trade|exec|deal|user|account|ord|req|request)id"
)


class Numeral(str):
    """A JSON number, as it was written; no text is the same."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"Numeral({str(self)!r})"


_NUMERALS = msgspec.json.Decoder(float_hook=Numeral)


def fault_of(text: str, rows: int) -> str | None:
    """Return what of a JSON text a library shall not read by itself; None where nothing is, and for what is no JSON.

    That is a field that an object says twice, and not the same, at any depth, and more than an answer of so many
    ``rows`` needs: rows within lists, levels, digits of a number, letters of a text.
    """
    try:
        payload = _NUMERALS.decode(text)
    except (msgspec.MsgspecError, RecursionError):  # Python's own reader takes some that this one refuses: NaN
        payload = None
    if isinstance(payload, dict | list):
        if (fault := _beyond(payload, rows)) is not None:
            return fault
        if text.count(":") == _fields_in(payload):
            return None
    try:
        strict = json.loads(text, object_pairs_hook=object_of, parse_float=Numeral, parse_int=Numeral)
        doubled = next((one.name for one in said_twice(strict)), None)
    except RecursionError:
        return "the answer is nested too deep"
    except ValueError:
        return None
    if doubled is not None:
        name = doubled if doubled.isidentifier() and len(doubled) < _LONGEST_NAME else "a field"
        return f"the answer says {name} twice, and not the same"
    return _beyond(strict, rows) if isinstance(strict, dict | list) else None


def _beyond(payload: Any, rows: int) -> str | None:
    """Return what of a payload, read with ``Numeral``, no library shall be given; None where it may have all of it."""
    level, inside = [payload], 0
    most_inside = rows * (2 if rows < _CATALOGUE else 10)
    for _ in range(DEEPEST + 1):
        below: list[Any] = []
        for container in level:
            if (fault := _fault_in(container, rows)) is not None:
                return fault
            found = [value for value in _values(container) if isinstance(value, dict | list)]
            inside += len(found) if isinstance(container, list) else 0
            below += found
        if inside > most_inside:
            return f"the answer has {inside} rows within lists, for at most {rows}"
        level = below
        if not level:
            return None
    return f"the answer is nested more than {DEEPEST} levels deep"


def _fault_in(container: Any, rows: int) -> str | None:
    """Return what of one object or list is too much, what is within its parts aside."""
    if len(container) > rows:
        return f"the answer has a list of {len(container)} rows, for at most {rows}"
    named = isinstance(container, dict)
    texts = container.items() if named else (("", value) for value in container)
    for name, text in texts:
        if (isinstance(text, str) and _is_beyond(text, name)) or _is_beyond(name, ""):
            return f"the answer has a number of over {MOST_DIGITS} digits"
        if isinstance(text, str) and len(text) > max(rows, LONGEST_TEXT):
            return f"the answer has a text of {len(text)} letters"
    return None


def _values(container: Any) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def _is_beyond(text: str, name: str) -> bool:
    """Whether a text reads as a number that is too long written out, by any reader's rules.

    A hexadecimal id may read as one (507e1911...), so that a text is let pass where it is named as an id.
    """
    if len(text) <= MOST_DIGITS and "e" not in text and "E" not in text:
        return False
    number = _NUMBER.fullmatch(text)
    if number is None or not _DIGIT.search(text):
        return False
    exponent = "".join(_DIGIT.findall(number[1] or ""))
    if len(text) <= MOST_DIGITS and (len(exponent) <= 2 or int(exponent) <= MOST_DIGITS):
        return False
    return len(text) > MOST_DIGITS or type(text) is Numeral or _NAMES_AN_ID.fullmatch(name) is None


def _fields_in(value: Any) -> int:
    own = len(value) if type(value) is dict else 0
    return own + sum(_fields_in(part) for part in _containers_in(value))


def _containers_in(value: Any) -> list[Any]:
    parts = value.values() if type(value) is dict else value if type(value) is list else ()
    return [part for part in parts if type(part) in _CONTAINERS]
