"""Lists without the rows that could not be read, which they tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from hk_adapter.model.requests import UnreadRow

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class ReadRows(tuple[T_co, ...]):
    """What a hook could read of a list, and what not: a tuple of the readable rows.

    Attributes:
        unread: the rows that could not be read exactly; empty where all could.
    """

    unread: tuple[UnreadRow, ...]

    def __new__(cls, rows: Iterable[T_co], unread: Iterable[UnreadRow] = ()) -> ReadRows[T_co]:
        """Keep both."""
        made = super().__new__(cls, rows)
        made.unread = tuple(unread)
        return made


class PartialList(list[T]):
    """What could be read of a list that was asked for with ``params={"partial": True}``.

    Attributes:
        unread: the rows that could not be, each with the reason and, where it has one, its name; empty where all could.
    """

    def __init__(self, rows: Iterable[T] = (), unread: Iterable[UnreadRow] = ()) -> None:
        super().__init__(rows)
        self.unread = tuple(unread)


class PartialDict(dict[str, T]):
    """As ``PartialList``, of the calls that give a dict by symbol or currency.

    Attributes:
        unread: as of ``PartialList``.
    """

    def __init__(self, rows: Mapping[str, T] | None = None, unread: Iterable[UnreadRow] = ()) -> None:
        super().__init__(rows or {})
        self.unread = tuple(unread)
