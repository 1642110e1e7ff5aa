"""Many cases of one rule in one test, where a case needs nothing fresh and a test of its own would cost more."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest

_Parameters = type(pytest.param())


def each(names: str | tuple[str, ...], values: Iterable[Any], ids: Any = None) -> Callable[..., Any]:
    """Run a test with each of some values, as ``pytest.mark.parametrize`` but in one test; what fails names its case.

    ``ids`` as there: the values' names, or a function that names one. Decorators above each other are combined.
    """
    keys = tuple(names.replace(" ", "").split(",")) if isinstance(names, str) else names
    given = list(values)
    assert given, "no case at all"
    cases = [_arguments(keys, value) for value in given]
    named = [(value.id if isinstance(value, _Parameters) else None) or value for value in given]
    if ids is not None:
        named = [ids(value) for value in given] if callable(ids) else list(ids)

    def decorate(test: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(test)
        def through(**fixtures: Any) -> None:
            for case, name in zip(cases, named, strict=True):
                with _told(keys, name):
                    test(**fixtures, **case)

        @wraps(test)
        async def through_awaited(**fixtures: Any) -> None:
            for case, name in zip(cases, named, strict=True):
                with _told(keys, name):
                    await test(**fixtures, **case)

        chosen: Any = through_awaited if inspect.iscoroutinefunction(test) else through
        signature = inspect.signature(test)
        assert set(keys) <= set(signature.parameters), f"{test.__name__} does not take {keys}"
        kept = [parameter for name, parameter in signature.parameters.items() if name not in keys]
        chosen.__signature__ = signature.replace(parameters=kept)
        return chosen  # type: ignore[no-any-return]

    return decorate


def _arguments(keys: tuple[str, ...], value: Any) -> dict[str, Any]:
    if isinstance(value, _Parameters):
        return dict(zip(keys, value.values, strict=True))
    return dict(zip(keys, (value,) if len(keys) == 1 else value, strict=True))


@contextmanager
def _told(keys: tuple[str, ...], name: Any) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        error.add_note(f"in the case {', '.join(keys)} = {name!r}")
        raise
