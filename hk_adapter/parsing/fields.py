"""One JSON object, read field by field: exactly, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from hk_adapter.errors import InvalidArgument, UnexpectedPayload
from hk_adapter.model.decimals import FIRST_MOMENT, MAX_DIGITS, exact_product, plain_number, to_decimal
from hk_adapter.parsing.json_body import SaidTwice

T = TypeVar("T")

_LONGEST_ID = 255
_LAST_MOMENT = 253_402_300_799_999
"""The end of the year 9999 in ms UTC."""
_DIGITS_NOW = 13
"""Those of a time of our days in ms UTC."""
_MS = Decimal(1000)


class reading:  # noqa: N801 - used as a context manager is; no generator: there is one for each row
    """Turn what cannot be read, or contradicts itself, into UnexpectedPayload; ``what`` names it: ``a fill``.

    That is what ``Fields`` and the records refuse, and what Python raises for a word that a table lacks, a place that a
    list lacks, or text that is no number. A TypeError or AttributeError is the plugin's own fault, and stays one.
    """

    __slots__ = ("_venue", "_what")

    def __init__(self, what: str, venue: str) -> None:
        self._what = what
        self._venue = venue

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ValueError | LookupError | ArithmeticError):
            told = error if isinstance(error, InvalidArgument) else type(error).__name__
            raise UnexpectedPayload(f"{self._venue}: not {self._what}: {told}", venue=self._venue) from error


def is_id(text: str) -> bool:
    """Whether a text can be an id."""
    return text.isascii() and text.isprintable() and bool(text.strip()) and len(text) <= _LONGEST_ID


class Fields:
    """The fields of one object. Null and empty text count as absent, as venues write them.

    A reader named after a kind raises InvalidArgument where the field is absent or of another kind; its twin
    ``maybe_...`` gives None where it is absent. Use it inside ``reading``, which makes a doubt of that.

    Raises InvalidArgument for what is no JSON object, and for one that says a field twice, and not the same.

    Attributes:
        payload: the object.
    """

    __slots__ = ("payload",)

    def __init__(self, payload: Any) -> None:
        if isinstance(payload, SaidTwice):
            raise InvalidArgument(f"it says {payload.name} twice, and not the same")
        if type(payload) is not dict and not isinstance(payload, Mapping):
            raise InvalidArgument("no JSON object")
        self.payload: Mapping[str, Any] = payload

    def has(self, name: str) -> bool:
        """Whether the field says anything."""
        value = self.payload.get(name)
        return value is not None and value != ""

    def number(self, name: str) -> Decimal:
        """An exact number, written as JSON number or as text."""
        return _number(name, self.payload.get(name) or self._needed(name))

    def maybe_number(self, name: str) -> Decimal | None:
        """As ``number``."""
        value = self.payload.get(name)
        return None if value is None or value == "" else _number(name, value)

    def amount(self, name: str) -> Decimal:
        """As ``number``; not negative."""
        return _amount(name, self.payload.get(name) or self._needed(name))

    def maybe_amount(self, name: str) -> Decimal | None:
        """As ``amount``."""
        value = self.payload.get(name)
        return None if value is None or value == "" else _amount(name, value)

    def above_zero(self, name: str) -> Decimal | None:
        """As ``maybe_amount``; None also for 0, where the venue's 0 stands for "none"."""
        value = self.payload.get(name)
        return None if value is None or value == "" else _amount(name, value) or None

    def whole(self, name: str) -> int:
        """A whole number, written as a JSON number: a count, or how many decimals there are."""
        value = self._needed(name)
        if type(value) is not int:
            raise InvalidArgument(f"{name} is no whole number")
        return value

    def text(self, name: str) -> str:
        """Any text."""
        value = self.payload.get(name)
        return value if type(value) is str and value else _text(name, self._needed(name))

    def maybe_text(self, name: str) -> str | None:
        """As ``text``."""
        value = self.payload.get(name)
        if type(value) is str:
            return value or None
        return None if value is None else _text(name, value)

    def id(self, name: str) -> str:
        """An id, as text. Tables say LONG where samples show strings: both are taken."""
        return _id(name, self.payload.get(name) or self._needed(name))

    def maybe_id(self, name: str) -> str | None:
        """As ``id``."""
        value = self.payload.get(name)
        return None if value is None or value == "" else _id(name, value)

    def code(self, name: str) -> str:
        """A currency's code, in upper case; a slash or colon in it would make symbols ambiguous."""
        text = self.text(name)
        if not text.isascii() or not text.isalnum():
            raise InvalidArgument(f"{name} is no currency code: {text[:40]!r}")
        return text.upper()

    def time(self, name: str) -> int:
        """A time in ms UTC."""
        return _time(name, self.payload.get(name) or self._needed(name))

    def maybe_time(self, name: str) -> int | None:
        """As ``time``."""
        value = self._said(name)
        return None if value is None else _time(name, value)

    def maybe_moment(self, name: str) -> int | None:
        """As ``maybe_time``; None also for one that no order can have, such as 0, or seconds where ms are due."""
        value = self.payload.get(name)
        if value is None or value == "":
            return None
        moment = _time(name, value)
        return None if moment < FIRST_MOMENT else moment

    def seconds(self, name: str) -> int:
        """A time in seconds, with a fraction or without, in ms UTC; what is below a ms is dropped."""
        return _of_seconds(name, self._needed(name))

    def maybe_seconds(self, name: str) -> int | None:
        """As ``seconds``; None also for 0, as venues write "not yet"."""
        value = self._said(name)
        return None if value is None else _of_seconds(name, value) or None

    def word(self, name: str, words: Mapping[str, T]) -> T:
        """What a word of the venue's means, by a table that has them all; of one that is a number, by its digits."""
        word = self.payload.get(name)
        if type(word) is not str or not word:
            value = self._needed(name)
            word = str(value) if type(value) is int else self.text(name)
        if word not in words:
            raise InvalidArgument(f"unknown {name} {word[:40]!r}")
        return words[word]

    def flag(self, name: str) -> bool:
        """True or false."""
        value = self._needed(name)
        if not isinstance(value, bool):
            raise InvalidArgument(f"{name} is neither true nor false")
        return value

    def maybe_flag(self, name: str) -> bool | None:
        """As ``flag``."""
        value = self.payload.get(name)
        if value is None or value is True or value is False:
            return value
        return self.flag(name) if self.has(name) else None

    def rows(self, name: str) -> list[Any]:
        """A list; an empty one is one."""
        value = self._needed(name)
        if not isinstance(value, list):
            raise InvalidArgument(f"{name} is no list")
        return value

    def maybe_rows(self, name: str) -> list[Any]:
        """As ``rows``; an empty one where it is absent."""
        return self.rows(name) if self.has(name) else []

    def object(self, name: str) -> Fields:
        """An object, to be read as this one."""
        return Fields(self._needed(name))

    def maybe_object(self, name: str) -> Fields:
        """As ``object``; one without fields where it is absent."""
        return self.object(name) if self.has(name) else Fields({})

    def _said(self, name: str) -> Any:
        value = self.payload.get(name)
        return None if value == "" else value

    def _needed(self, name: str) -> Any:
        value = self.payload.get(name)
        if value is None or value == "":
            raise InvalidArgument(f"{name} is missing")
        return value


def _number(name: str, value: Any) -> Decimal:
    if type(value) is str and len(value) <= MAX_DIGITS and (plain := plain_number(value)) is not None:
        return plain  # as nearly all are
    number = to_decimal(name, value)
    return number or number.copy_abs()  # -0 is 0


def _amount(name: str, value: Any) -> Decimal:
    if type(value) is str and len(value) <= MAX_DIGITS and (plain := plain_number(value)) is not None:
        return plain  # a plain number has no sign
    number = _number(name, value)
    if number < 0:
        raise InvalidArgument(f"{name} is negative")
    return number


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidArgument(f"{name} is no text")
    return value


def _id(name: str, value: Any) -> str:
    if type(value) is str and value.isalnum() and value.isascii() and len(value) <= _LONGEST_ID:
        return value  # as nearly all are
    text = str(value)
    if isinstance(value, bool) or not isinstance(value, str | int) or not is_id(text):
        raise InvalidArgument(f"{name} is no id")
    return text


def _time(name: str, value: Any) -> int:
    if type(value) is str and len(value) == _DIGITS_NOW and value.isascii() and value.isdigit():
        return int(value)
    text = "" if isinstance(value, bool) else str(value)
    if not text.isascii() or not text.isdigit() or len(text) > 15 or int(text) > _LAST_MOMENT:
        raise InvalidArgument(f"{name} is not a time in ms: {text[:40]!r}")
    return int(text)


def _of_seconds(name: str, value: Any) -> int:
    moment = exact_product(_amount(name, value), _MS)
    if moment > _LAST_MOMENT:
        raise InvalidArgument(f"{name} is not a time in seconds: {str(value)[:40]!r}")
    return int(moment)
