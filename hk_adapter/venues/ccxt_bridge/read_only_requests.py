"""Which requests of a create only ask for something: where ccxt came no further, no order was sent.

Not every GET is one: there are exchanges that take orders by it. So a question is a GET to an address that the code of
ccxt's questions names, and the code of its orders does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType
from urllib.parse import urlsplit

_QUESTIONS = re.compile(r"(fetch|load)_\w+")


def asks_only(kind: type, method: str, url: str) -> bool:
    """Whether a request of an exchange's class can only ask, as far as ccxt's code tells."""
    path = urlsplit(url).path
    if method != "GET" or not any(_is_end(path, end) for end in _paths(kind, questions=True)):
        return False
    return not any(_is_end(path, end) for end in _paths(kind, questions=False))


@cache
def _paths(kind: type, *, questions: bool) -> frozenset[str]:
    """Return the paths that the code of an exchange's questions asks by GET, or that any other code of its sends."""
    names = {name for code in _codes(kind, questions=questions) for name in code.co_names}
    found = {path for name in names for path in _endpoints(kind, name)}
    return frozenset(path for path in found if "{" not in path)


def _endpoints(kind: type, name: str) -> Iterator[str]:
    """Return the path of an endpoint of ccxt's table; its classes put functions over some when they are used."""
    entries = (vars(base).get(name) for base in kind.__mro__)
    yield from (path for entry in entries if isinstance(path := getattr(entry, "path", None), str))


def _codes(kind: type, *, questions: bool) -> Iterator[CodeType]:
    for base in kind.__mro__:
        if not base.__module__.startswith("ccxt.") or ".base." in base.__module__:
            continue
        codes = [method.__code__ for method in vars(base).values() if isinstance(method, FunctionType)]
        # By their own names: ccxt gives each method another one, once a class is used.
        yield from (code for code in codes if bool(_QUESTIONS.fullmatch(code.co_name)) is questions)


def _is_end(path: str, end: str) -> bool:
    return path.endswith(f"/{end.strip('/')}")
