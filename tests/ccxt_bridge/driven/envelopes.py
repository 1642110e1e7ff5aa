"""Learns where in an answer ccxt looks for an order or a list of fills, and what makes it pass for a good one.

The method is run once over an answer that has everything, and tells where it was read when it reaches the parser.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.ccxt_bridge.by_hand import always, run
from tests.ccxt_bridge.driven.raw_rows import texts_of

Path = tuple[str | int, ...]
_PATH = "path of this"
_ID = re.compile(r"id$|^id|digest|uuid|^result$|^order$", re.IGNORECASE)


class Anything(dict[Any, Any]):
    """An answer that has whatever it is asked for, and knows by what path that was."""

    def __init__(self, path: Path) -> None:
        super().__init__({_PATH: path})

    def __getitem__(self, key: Any) -> Any:
        path = super().__getitem__(_PATH)
        return path if key == _PATH else Anything((*path, key))

    def get(self, key: Any, default: Any = None) -> Any:
        """Have it."""
        return self[key]

    def __iter__(self) -> Iterator[Any]:
        return iter([0])


class _Reached(Exception):
    def __init__(self, path: Path) -> None:
        self.path = path


def reached(exchange: Any, method: str, arguments: Iterable[Any]) -> tuple[Path, str | None] | None:
    """Say where a method of an exchange looks for a row, or for the id alone where it reads no more.

    The second is "id" then. None where it does not come to either.
    """
    ours = {
        "fetch": _fetch,
        "parse_order": _row,
        "parse_orders": _rows,
        "parse_trade": _row,
        "parse_trades": _rows,
        "safe_list": lambda found, key, default=None: _list(found, (key,), default, exchange),
        "safe_list_2": lambda found, one, two, default=None: _list(found, (one, two), default, exchange),
        "safe_list_n": lambda found, keys, default=None: _list(found, keys, default, exchange),
        "safe_string": lambda found, key, default=None: _string(found, (key,), default, exchange),
        "safe_string_2": lambda found, one, two, default=None: _string(found, (one, two), default, exchange),
        "safe_order": lambda found, market=None: found,
        "handle_errors": lambda *whatever: None,
    }
    token, options = exchange.token, dict(exchange.options)  # what it would sign in with, it learns of no answer here
    vars(exchange).update(ours)
    try:
        answer = run(getattr(exchange, method)(*arguments), always(200, b"{}"))
    except _Reached as told:
        return told.path, None
    except Exception:  # noqa: BLE001 - over an answer of nothing but mappings, ccxt may raise anything
        return None
    finally:
        for name in ours:
            delattr(exchange, name)
        exchange.token, exchange.options = token, options
    told_id = str(answer.get("id")) if isinstance(answer, Mapping) else ""
    return (tuple(told_id.split("|")[1:]), "id") if told_id.startswith(_PATH) else None


def put(path: Path, row: Any) -> Any:
    """Build the answer that has a row at a path."""
    for key in reversed(path):
        row = [row] if isinstance(key, int) else {key: row}
    return row


def approved(exchange: Any, answer: Any) -> Any:
    """Add to an answer what ccxt's check of errors wants to see of a good one."""
    if not isinstance(answer, Mapping) or _passes(exchange, answer):
        return answer
    known = list(dict.fromkeys(texts_of(type(exchange), "handle_errors")))
    values = (
        "0",
        0,
        "200",
        200,
        "00000",
        "200000",
        200000,
        "1000",
        "ok",
        "OK",
        "success",
        "SUCCESS",
        True,
        False,
        "",
        *known,
    )
    keys = [key for key in ("code", "status", "success", "result", "error", "retCode", *known) if key not in answer]
    keys = list(dict.fromkeys(keys))
    for key, value in itertools.product(keys, values):
        if _passes(exchange, {**answer, key: value}):
            return {**answer, key: value}
    return answer


def _passes(exchange: Any, answer: Any) -> bool:
    text = exchange.json(answer)
    try:
        exchange.handle_errors(200, "OK", "https://x.example/", "POST", {}, text, answer, {}, None)
    except Exception:  # noqa: BLE001 - an answer that is none may make ccxt raise anything
        return False
    return True


async def _fetch(*request: Any, **more: Any) -> Anything:
    return Anything(())


def _row(found: Any, market: Any = None, *more: Any) -> Any:
    raise _Reached(_path(found))


def _rows(found: Any, *more: Any, **named: Any) -> Any:
    if isinstance(found, list) and found:
        raise _Reached(_path(found[0]))
    raise _Reached((*_path(found), 0))


def _path(found: Any) -> Path:
    if isinstance(found, Mapping) and _PATH in found:
        return tuple(found[_PATH])
    raise ValueError("no row of the answer")


def _list(found: Any, keys: Iterable[Any], default: Any, exchange: Any) -> Any:
    if isinstance(found, Anything):
        return [found[next(iter(keys))][0]]
    return type(exchange).safe_list_n(exchange, found, list(keys), default)


def _string(found: Any, keys: Iterable[Any], default: Any, exchange: Any) -> Any:
    if isinstance(found, Anything):
        key = next((one for one in keys if isinstance(one, str) and _ID.search(one)), None)
        return default if key is None else "|".join((_PATH, *map(str, found[key][_PATH])))
    return type(exchange).safe_string_n(exchange, found, list(keys), default)
