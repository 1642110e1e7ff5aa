"""How each exchange refuses, in its own raw form: learned from ccxt's map of its errors and its check of answers.

A word of the map is put where that check reads it; what ccxt then raises is what such an answer means.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hk_adapter.flow.http import Response
from tests.ccxt_bridge.driven.raw_rows import texts_of

STATUSES = (400, 200)
_URL = "https://api.example/api/v1/private/order"
_MOST_WORDS = 12
_FIELD = re.compile(r"[a-z][\w-]*")
_LIKELY = re.compile(r"code|msg|message|^err|reason", re.IGNORECASE)
_REFUSING = ("error", "err", "fail", "failed", "false", False, "1", 1, 0, "0", "FAILURE", "ERROR")


class Refusal(NamedTuple):
    """One refusing answer."""

    word: str
    status: int
    body: str

    def response(self) -> Response:
        """Give it as it comes."""
        return Response(self.status, {"content-type": "application/json"}, self.body.encode())


def refusal(exchange: Any, kind: str, url: str = _URL) -> Refusal | None:
    """Give an answer for which ccxt raises exactly the class of this name; None where its map knows none.

    ``url`` is what it is the answer to: some exchanges' words differ by that.
    """
    known = list(words(exchange.exceptions or {}, kind))
    for making, most in ((_flat, len(known)), (_answers, _MOST_WORDS)):
        for word, status in itertools.product(known[:most], STATUSES):
            for answer in making(exchange, word):
                if raised(exchange, status, answer, url) == kind:
                    return Refusal(word, status, exchange.json(_least(exchange, status, answer, kind, url)))
    return None


def words(known: Mapping[str, Any], kind: str) -> Iterator[str]:
    """Give the words of a map of ccxt's, and of the maps within it, that stand for a class."""
    for key, value in known.items():
        if isinstance(value, Mapping):
            yield from words(value, kind)
        elif getattr(value, "__name__", None) == kind:
            yield str(key)


def raised(exchange: Any, status: int, answer: Any, url: str) -> str | None:
    """Name what ccxt raises over an answer; None where it takes it for a good one."""
    text = exchange.json(answer)
    try:
        exchange.handle_errors(status, "", url, "POST", {}, text, json.loads(text), {}, None)
        exchange.handle_http_status_code(status, "", url, "POST", text)
    except Exception as error:  # noqa: BLE001 - what it is is what is asked
        return type(error).__name__
    return None


def _keys(exchange: Any) -> list[str]:
    """Name the fields that ccxt's check may read, the likeliest last: they are kept longest."""
    known = dict.fromkeys(texts_of(type(exchange), "handle_errors"))
    named = [key for key in known if _FIELD.fullmatch(key) and key not in {"exact", "broad"}]
    return sorted(named, key=lambda key: bool(_LIKELY.search(key)))


def _flat(exchange: Any, word: str) -> Iterator[Any]:
    yield dict.fromkeys(_keys(exchange), word)


def _answers(exchange: Any, word: str) -> Iterator[Any]:
    keys = _keys(exchange)
    flat: dict[str, Any] = dict.fromkeys(keys, word)
    for one in keys:
        for inner in (flat, [flat], [word]):
            yield {**flat, one: inner}
    for one, value in itertools.product(keys, (*_REFUSING, *keys)):
        yield {**flat, one: value}
    for one, two in itertools.permutations(keys, 2):
        for inner in ({two: {"error": word}}, {two: [flat]}, {two: flat}):
            yield {one: inner}
        for value in _REFUSING:
            yield {**flat, one: value, two: flat}


def _least(exchange: Any, status: int, answer: Any, kind: str, url: str) -> Any:
    """Leave out of an answer what it does without."""
    if not isinstance(answer, Mapping):
        return answer
    kept = dict(answer)
    for key in answer:
        less = {one: value for one, value in kept.items() if one != key}
        if less and raised(exchange, status, less, url) == kind:
            kept = less
    for key, value in list(kept.items()):
        for inner in _smaller(value):
            if raised(exchange, status, {**kept, key: inner}, url) == kind:
                kept[key] = inner
                break
    return kept


def _smaller(value: Any) -> Iterable[Any]:
    inner = value[0] if isinstance(value, list) and value else value
    if not isinstance(inner, Mapping):
        return
    for key, one in inner.items():
        yield [{key: one}] if isinstance(value, list) else {key: one}
