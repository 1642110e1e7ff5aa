"""Bends an answer: a value is missing, null, said twice, or a word nobody knows; a status says what no word does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from hk_adapter.flow.http import Response

REFUSING = (400, 403, 404, 409, 410)
"""Statuses that refuse by themselves, whatever the answer says."""

_Change = Callable[[dict[str, Any], str], None]


def with_gaps(answer: Response) -> Iterator[tuple[str, Response]]:
    """Return the answer without each of its named values, and with null in its place; none of what is no JSON."""
    payload = _payload(answer)
    for path in _paths(payload):
        name = str(path[-1])
        yield f"without {name}", _response(answer, json.dumps(_changed(payload, path, _drop)))
        yield f"with null as {name}", _response(answer, json.dumps(_changed(payload, path, _null)))


def said_twice(first: Response, second: Response) -> Iterator[tuple[str, Response, Response]]:
    """Return, for each value in which two answers of one form differ, the first answer with both.

    Once the other's value comes before its own, and once after it.
    """
    payload, other = _payload(first), _payload(second)
    for path in _paths(payload):
        own, others = _at(payload, path), _at(other, path)
        if isinstance(own, dict | list) or isinstance(others, dict | list) or others in (own, None):
            continue
        name = str(path[-1])
        twice = [_written(payload, path, pair) for pair in ((others, own), (own, others))]
        yield name, _response(first, twice[0]), _response(first, twice[1])


def in_nobodys_words(first: Response, second: Response) -> Response | None:
    """Return the first answer with an unknown word for each text in which the two differ.

    None where they differ in other values than texts, or in none: then no word says what they differ in.
    """
    payload, other = _payload(first), _payload(second)
    differing = [path for path in _paths(payload) if _at(payload, path) != _at(other, path)]
    differing = [path for path in differing if not isinstance(_at(payload, path), dict | list)]
    if not differing or not all(isinstance(_at(payload, path), str) for path in differing):
        return None
    for path in differing:
        payload = _changed(payload, path, _unknown)
    return _response(first, json.dumps(payload))


def says_the_same(first: Response, second: Response) -> bool:
    """Whether two answers in JSON are the same, however they are written."""
    return bool(_payload(first) == _payload(second))


def _payload(answer: Response) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def _response(answer: Response, text: str) -> Response:
    return Response(answer.status, answer.headers, text.encode())


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        if isinstance(value, dict):
            yield (*before, key)
        yield from _paths(part, (*before, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            return None
    return value


def _changed(payload: Any, path: tuple[Any, ...], change: _Change) -> Any:
    copied = json.loads(json.dumps(payload))
    change(_at(copied, path[:-1]), path[-1])
    return copied


def _drop(owner: dict[str, Any], name: str) -> None:
    del owner[name]


def _null(owner: dict[str, Any], name: str) -> None:
    owner[name] = None


def _unknown(owner: dict[str, Any], name: str) -> None:
    owner[name] = "zz_nobody_knows"


def _written(value: Any, path: tuple[Any, ...], twice: tuple[Any, Any]) -> str:
    """Write JSON in which the value at a path is said twice."""
    if isinstance(value, list):
        return f"[{', '.join(_part(at, part, path, twice) for at, part in enumerate(value))}]"
    parts = []
    for key, part in value.items():
        values = twice if path == (key,) else (None,)
        for said in values:
            text = json.dumps(said) if path == (key,) else _part(key, part, path, twice)
            parts.append(f"{json.dumps(key)}: {text}")
    return f"{{{', '.join(parts)}}}"


def _part(key: Any, part: Any, path: tuple[Any, ...], twice: tuple[Any, Any]) -> str:
    return _written(part, path[1:], twice) if key == path[0] and len(path) > 1 else json.dumps(part)
