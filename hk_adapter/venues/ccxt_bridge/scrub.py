"""What of an exchange's traffic a recording keeps: the names that ccxt's class has in its code for orders and fills.

Each exchange is asked in its own words, and nobody can list what all of them call a key, a signature or an account. So
the list is one of what may be kept, read off the methods that write orders and read their answers; what ccxt signs
with stands in other methods, and is not on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import getattr_static
from types import CodeType, FunctionType
from typing import Any

from hk_adapter.hooks import Scrub
from hk_adapter.venues.ccxt_bridge.capabilities import own_code

_ASKS = re.compile(r"(create|cancel|edit|fetch_(open_|closed_|canceled_|my_)?(order|trade))\w*")
_READS = re.compile(r"(parse_(order|trade|my_trade|ticker|fee)|safe_order|handle_errors|fetch_(time|status))\w*")
_BALANCES = re.compile(r"(parse|fetch)_balance\w*")
_FETCHES = re.compile(r"fetch_\w+")
_CHANGES = re.compile(r"(create|cancel|edit|set|transfer|withdraw|add|reduce|borrow|repay)\w*")
_ORDER_CALLS = ("create_order", "cancel_order", "fetch_order", "fetch_open_orders")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
_OF_A_PERSON = re.compile(
    r"(?i)key|secret|sign|nonce|pass|token|auth|login|(?<![ug])uid|account|acct|user|member|owner|wallet|address|mail|phone|session|^ip$|vault|customer|profile|metadata"
)
"""A second net, for what ccxt reads of a fill or an order that says whose it is; a ``uuid`` is an order's id."""
_OF_A_MOMENT = re.compile(r"(?i)time(?!_?in_?force)|stamp|date|expir|recv|window|^ts$")
"""Parameters that are other ones each time; the times in answers are kept."""
_SAYS_WHICH = {
    "indodax": frozenset({"method"}),
    "mercado": frozenset({"tapi_method"}),
    "zaif": frozenset({"method"}),
}
"""Parameters by which an exchange of one address for everything is told what it is asked, at some the side as well."""
_CHANGING = {"cryptocom": frozenset({"id"})}
"""Parameters that ccxt makes of the time, though their names stand for something else in answers."""

_known: dict[type[Any], Scrub] = {}
"""By ccxt's own class: going through its code takes a millisecond."""


def scrub_of(exchange: Any) -> Scrub:
    """Return what is kept of one of ccxt's exchanges."""
    kind = next(base for base in type(exchange).__mro__ if base.__module__.startswith("ccxt."))
    if kind not in _known:
        _known[kind] = _scrub_of(kind)
    return _known[kind]


def _scrub_of(kind: type[Any]) -> Scrub:
    asked, read, balances = (frozenset(_names(kind, methods)) for methods in (_ASKS, _READS, _BALANCES))
    asked |= _written_by_helpers(kind)
    kept = frozenset(name for name in asked | read | balances if not _OF_A_PERSON.search(name))
    posted = frozenset(_posted(kind, _CHANGES))
    changing = _CHANGING.get(kind.__name__, frozenset())
    params = frozenset(name for name in (kept & asked) - changing if not _OF_A_MOMENT.search(name))
    return Scrub(
        params=params | _SAYS_WHICH.get(kind.__name__, frozenset()),
        changing=changing,
        fields=kept,
        amounts=kept & (balances - asked - read),
        reads=frozenset(path for path in _posted(kind, _FETCHES) if not any(_is_end(path, other) for other in posted)),
    )


def _names(kind: type[Any], methods: re.Pattern[str]) -> Iterator[str]:
    for code in _code_of(kind, methods):
        yield from _texts(code)


def _written_by_helpers(kind: type[Any]) -> frozenset[str]:
    """Name what the methods that an order call uses write, whatever they are called, such as ``order_request``."""
    codes = (code for method in _ORDER_CALLS for code in own_code(kind, method, set(), look_ups=True))
    return frozenset(text for code in codes for text in _texts(code))


def _posted(kind: type[Any], methods: re.Pattern[str]) -> Iterator[str]:
    """Name the paths that methods ask by POST, as ccxt's table of endpoints has them."""
    for code in _code_of(kind, methods):
        for name in code.co_names:
            endpoint = getattr_static(kind, name, None)
            path = getattr(endpoint, "path", None)
            if getattr(endpoint, "method", None) == "POST" and isinstance(path, str) and "{" not in path:
                yield path


def _is_end(path: str, other: str) -> bool:
    return f"/{other}".endswith(f"/{path}")


def _code_of(kind: type[Any], methods: re.Pattern[str]) -> Iterator[CodeType]:
    for base in kind.__mro__:
        if not base.__module__.startswith("ccxt.") or ".base." in base.__module__:
            continue  # ours, and what all exchanges have in common: that speaks ccxt's words, not the exchange's
        for name, method in vars(base).items():
            if methods.fullmatch(name) and isinstance(method, FunctionType):
                yield method.__code__


def _texts(code: CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _texts(constant)
        else:
            yield from (text for text in _flat(constant) if _NAME.fullmatch(text))


def _flat(constant: object) -> Iterator[str]:
    if isinstance(constant, str):
        yield constant
    elif isinstance(constant, tuple | frozenset):
        for one in constant:
            yield from _flat(one)
