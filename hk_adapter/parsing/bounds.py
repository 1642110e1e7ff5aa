"""How much an answer may say, before anything is read of it: bytes, values, rows, levels, and digits of a number.

Bytes and values are counted without reading. What a venue's library reads by itself is looked through as a whole: its
arithmetic writes 1e99999999 out, digit by digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

MOST_DIGITS = 100
"""Digits of a number, and zeros that its exponent adds: far above any venue's, and cheap to compute with."""
DEEPEST = 32
"""Levels of nesting that a library's reader is given."""

LONGEST_TEXT = 4096
"""Letters of one text: where it stands in place of a list, a library's reader takes each of them for a row."""

_CATALOGUE = 20_000
"""Rows from which on they may have many rows of their own, as markets have filters; orders have few fills each."""
_ROOM = 256 * 1024
"""Bytes of an answer beside its rows."""
_BYTES_A_ROW = 2048
_VALUES_BESIDE = 20_000
_VALUES_A_ROW = 100
_BEGINS_A_VALUE = (b",", b"{", b"[")
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


def beyond(payload: Any, rows: int) -> str | None:
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
