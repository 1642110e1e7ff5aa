"""What every record of ours is: values that nobody changes, quick to make, to copy changed, and to define."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

if TYPE_CHECKING:
    import dataclasses
    from typing import Self


class _OfTwin:
    """Reads an attribute that a record has for those who take it for a dataclass, off a dataclass of the same fields.

    They are ``dataclasses.replace``, ``fields`` and ``asdict``, and ``pprint``. That dataclass is slow to make, and few
    ask.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, record: object, kind: type[Record]) -> Any:
        return getattr(_twin(kind), self._name)


class _AsPrinted:
    """What ``rich`` asks a record for: msgspec's own answer is all fields, those too that a record never prints.

    A class with a ``__repr__`` of its own has no other answer than that.
    """

    def __get__(self, record: msgspec.Struct | None, kind: type[Record]) -> Any:
        if record is None or kind.__repr__ is not msgspec.Struct.__repr__:
            raise AttributeError("__rich_repr__")
        return partial(msgspec.Struct.__rich_repr__, record)


@cache
def _twin(kind: type[Record]) -> Any:
    import dataclasses  # noqa: PLC0415 - slow to import

    names, defaults = kind.__struct_fields__, kind.__struct_defaults__
    missing = (msgspec.NODEFAULT,) * (len(names) - len(defaults))
    types = ChainMap(*(vars(one).get("__annotations__", {}) for one in kind.__mro__))
    aside = getattr(kind, "aside", ())
    rows: list[tuple[str, Any, Any]] = []
    for name, default in zip(names, (*missing, *defaults), strict=True):
        options: dict[str, Any] = dict.fromkeys(("compare", "repr"), name not in aside)
        if hasattr(default, "factory"):
            options["default_factory"] = default.factory
        elif default is not msgspec.NODEFAULT:
            options["default"] = default
        rows.append((name, types[name], dataclasses.field(**options)))
    return dataclasses.make_dataclass(kind.__name__, rows, kw_only=True, frozen=True)


class Record(msgspec.Struct, frozen=True):
    """A record. Equal to another of its class whose fields are equal, hashable where they are.

    To the functions of ``dataclasses`` it is a dataclass. Assigning to a field raises AttributeError.

    Attributes:
        comes_to: the names of the properties that stand beside its fields where it is written as plain data.
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
        comes_to: ClassVar[tuple[str, ...]]
    else:
        comes_to = ()
        __dataclass_fields__ = _OfTwin("__dataclass_fields__")
        __dataclass_params__ = _OfTwin("__dataclass_params__")
        __rich_repr__ = _AsPrinted()

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, checked as a new one is."""
        return msgspec.structs.replace(self, **changes)


class VenueRecord(Record, frozen=True, gc=False):
    """A record of what a venue told: its raw payload, ``info``, is part neither of equality nor of what is printed.

    Attributes:
        aside: the names of the fields of which that holds.
    """

    aside: ClassVar[frozenset[str]] = frozenset({"info"})

    def _counting(self) -> tuple[tuple[str, Any], ...]:
        return tuple((name, getattr(self, name)) for name in self.__struct_fields__ if name not in self.aside)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._counting() == other._counting()

    def __hash__(self) -> int:
        return hash((type(self), self._counting()))

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return list(self._counting())

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in self._counting())})"


def field_names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of a record's fields, or of a dataclass's; none of any other class."""
    names = getattr(kind, "__struct_fields__", None)
    return tuple(getattr(kind, "__dataclass_fields__", ()) if names is None else names)


@cache
def own_field_names(kind: type[Any]) -> tuple[str, ...]:
    """Return the names of the fields of a record of ours; none of any other class."""
    return field_names(kind) if kind.__module__.startswith("hk_adapter.") else ()


def changed(record: Any, changes: Mapping[str, Any]) -> Any:
    """Return a copy of a record, or of a dataclass, with some fields changed."""
    if isinstance(record, msgspec.Struct):
        return msgspec.structs.replace(record, **changes)
    import dataclasses  # noqa: PLC0415 - as above

    return dataclasses.replace(record, **changes)


def set_once(record: Any, name: str, value: Any) -> None:
    """Write a field of a record, or of a frozen dataclass, that nobody has seen yet."""
    if isinstance(record, msgspec.Struct):
        msgspec.structs.force_setattr(record, name, value)
    else:
        object.__setattr__(record, name, value)
