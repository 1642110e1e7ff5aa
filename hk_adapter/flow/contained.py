"""Call a library, and let nothing of it stop a call but the caller's own interrupt or cancellation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from hk_adapter.errors import PluginError
from hk_adapter.flow.interrupts import disown, interrupt_of_library
from hk_adapter.flow.plain_errors import answers_for_itself, plain_cause
from hk_adapter.true_class import class_name

T = TypeVar("T")


def contained(blocking: Callable[[], T], whose: str) -> T:
    """Call it; what is neither an error nor the caller's interrupt becomes the cause of a PluginError."""
    try:
        return blocking()
    except BaseException as error:  # of any class: a library's SystemExit must not end the caller
        if issubclass(type(error), Exception) or interrupt_of_library(error) is not None:
            raise
        fault, cause = broken(whose, error), plain_cause(error)
    raise fault from cause


def plainly(blocking: Callable[[], T], whose: str) -> T:
    """As ``contained``, for a plugin's own function: an error whose class answers for itself is a PluginError, too."""
    try:
        return blocking()
    except BaseException as error:  # of any class, as above
        fault = fault_in(error, whose)
        if fault is None or fault is error:
            raise
    raise fault


def fault_in(error: BaseException, whose: str) -> Exception | None:
    """Return what a plugin's own function raised, as an error that anybody can ask; None for the caller's interrupt."""
    if not issubclass(type(error), Exception):
        if interrupt_of_library(error) is not None:
            return None
    elif not answers_for_itself(error):
        return cast("Exception", error)
    fault = broken(whose, error)
    fault.__cause__ = plain_cause(error)
    return fault


def broken(whose: str, error: BaseException) -> PluginError:
    """Return the error for what a library raised, which nobody takes for the caller's interrupt any more."""
    disown(error)
    return PluginError(f"{whose} raised {class_name(error)}")
