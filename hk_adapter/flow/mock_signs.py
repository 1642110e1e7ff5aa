"""By what a mock in a function's place is known: a test that believes itself offline must not trade."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def name_of(found: object) -> tuple[str | None, str | None]:
    """Return which function or class it is, or which one it says that it wraps, as tracers do."""
    module, name = getattr(found, "__module__", None), getattr(found, "__qualname__", None)
    return (module, name) if isinstance(module, str) and isinstance(name, str) else (None, None)


def is_of(found: object, library: str) -> bool:
    """Whether a function or a class is a library's own, by the package that it says to be from."""
    module, _ = name_of(found)
    return module is not None and module.partition(".")[0] == library


def is_mock(found: object) -> bool:
    """Whether it is one of the standard library's mocks, or a function that one speaks through."""
    mock = sys.modules.get("unittest.mock")
    return mock is not None and (isinstance(found, mock.NonCallableMock) or hasattr(found, "mock"))


def in_a_test() -> bool:
    """Whether pytest has been loaded: a program of every day replaces functions for other reasons."""
    return "pytest" in sys.modules


def replaced_in(kind: type, names: Iterable[str], library: str) -> str | None:
    """Name the method of a library's classes that a mock stands for in a class or its ancestors; None: there is none.

    What a class of the caller's own overrides is his.
    """
    for base in kind.__mro__:
        methods = vars(base)
        for name in names:
            found = methods.get(name)
            if found is None or not is_of(base, library):
                continue
            if is_mock(found) or (in_a_test() and not is_of(found, library)):
                return f"{base.__name__}.{name}"
    return None
