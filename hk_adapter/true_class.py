"""Of what class a value is, whatever it says: mocks and proxies pass themselves off as another, and some raise."""

from __future__ import annotations

from types import UnionType

_NAME = vars(type)["__name__"]


def is_a(value: object, kind: type | UnionType) -> bool:
    """Whether a value is of a class, and does not only say so."""
    return issubclass(type(value), kind)


def class_name(value: object) -> str:
    """Return what a value's class is called."""
    return str(_NAME.__get__(type(value)))


def says_another(value: object) -> bool:
    """Whether a value says that it is of another class than it is, or raises where it is asked."""
    try:
        return value.__class__ is not type(value)
    except Exception:  # noqa: BLE001 - an object of the caller's raises what it will
        return True
