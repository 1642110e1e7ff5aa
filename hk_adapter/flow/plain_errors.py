"""Read an exception by what Python itself keeps of it: its class may answer each question in a way of its own."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable, Iterator
from types import GetSetDescriptorType, MemberDescriptorType, TracebackType, WrapperDescriptorType
from typing import Any

from hk_adapter.flow.caller import handled_before
from hk_adapter.true_class import class_name

_OF_ERRORS = vars(BaseException)
_OF_CLASSES = vars(type)
_ASKED = frozenset(
    {
        "__bool__",
        "__cause__",
        "__class__",
        "__context__",
        "__delattr__",
        "__dict__",
        "__getattr__",
        "__getattribute__",
        "__len__",
        "__setattr__",
        "__suppress_context__",
        "__traceback__",
        "add_note",
        "with_traceback",
    }
)
"""What is asked of an error on its way, by Python, by whoever logs it, and by us."""
_PYTHONS_OWN = (GetSetDescriptorType, MemberDescriptorType, WrapperDescriptorType)


def cause_of(error: BaseException) -> BaseException | None:
    """Return what an error came of: its cause, else its context."""
    cause: BaseException | None = _OF_ERRORS["__cause__"].__get__(error)
    context: BaseException | None = _OF_ERRORS["__context__"].__get__(error)
    return context if cause is None else cause


def traceback_of(error: BaseException) -> TracebackType | None:
    """Return where an error was raised."""
    trace: TracebackType | None = _OF_ERRORS["__traceback__"].__get__(error)
    return trace


def notes_of(error: BaseException) -> dict[str, Any]:
    """Return the attributes of an error itself, to be read or changed."""
    attributes: dict[str, Any] = _OF_ERRORS["__dict__"].__get__(error)
    return attributes


def said(error: BaseException) -> str:
    """Write an error's class and its words, whatever its class does with the question."""
    try:
        return f"{class_name(error)}: {str.__str__(str(error))}"
    except Exception:  # noqa: BLE001 - a plugin's class raises what it will; the message is ours
        return f"{class_name(error)} that cannot be written"


def answers_for_itself(error: BaseException) -> bool:
    """Whether an error's class says by itself what is asked of any error, so that nothing can be asked of it."""
    kind = type(error)
    if type(kind) is not type and type(kind) is not ABCMeta:
        return True
    bases: tuple[type, ...] = _OF_CLASSES["__mro__"].__get__(kind)
    if any(_answers(base) for base in bases[:-1]):
        return True
    return any(_writes(base) for base in bases[:-1]) and not _can_be_written(error)


def plain_cause(error: BaseException) -> BaseException | None:
    """Return an error as the cause of another; None where it answers for itself: causes are read by anybody."""
    return None if answers_for_itself(error) else error


def _answers(kind: type) -> bool:
    own = vars(kind)
    return any(name in own and not isinstance(own[name], _PYTHONS_OWN) for name in _ASKED) and kind is not BaseException


def _writes(kind: type) -> bool:
    return any(name in vars(kind) and kind.__module__ != "builtins" for name in ("__str__", "__repr__"))


def _can_be_written(error: BaseException) -> bool:
    asked: tuple[Callable[[object], object], ...] = (str, repr)
    try:
        return all(isinstance(ask(error), str) for ask in asked)
    except BaseException:  # noqa: BLE001 - of any class: it is only asked
        return False


def came_of(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came of, but for what the caller was handling already when the call began."""
    link: BaseException | None = error
    seen = {id(handled_before())}
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = cause_of(link)
