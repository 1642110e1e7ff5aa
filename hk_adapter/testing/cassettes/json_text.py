"""Rewrites values of a JSON text where they stand: digits, blanks and keys that are said twice stay as they were."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

_TOKEN = re.compile(
    r'"(?:[^"\\\x00-\x1f]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}\[\],:]|[ \t\r\n]+', re.DOTALL
)
_BLANKS = " \t\r\n"
_OBJECT, _NEXT = frozenset("{"), frozenset(",")

Rewrite = Callable[[str, str], str]
"""Gives the token that stands in the place of one, under the name that the second argument is."""


@dataclass(slots=True)
class _Level:
    is_object: bool
    name: str
    key: str = ""
    expects_key: bool = False

    @property
    def named(self) -> str:
        return self.key if self.is_object else self.name


def rewritten(text: str, value: Rewrite, key: Rewrite) -> str:
    """Return a JSON text with other values and keys.

    ``value`` is asked with each number's and string's token and the name of its field, which the elements of a list
    have too; ``key`` with each key and the name of the field in which its object stands, "" at the top.
    Raises ValueError for what is no JSON.
    """
    json.loads(text, parse_constant=_no_constant)
    levels = [_Level(is_object=False, name="")]
    parts: list[str] = []
    for token in _TOKEN.findall(text):
        level = levels[-1]
        if token[0] in _BLANKS or token in {"true", "false", "null"}:
            parts.append(token)
        elif token in {"{", "["}:
            opens = token in _OBJECT
            levels.append(_Level(opens, level.named, expects_key=opens))
            parts.append(token)
        elif token in {"}", "]"}:
            levels.pop()
            parts.append(token)
        elif token in {",", ":"}:
            level.expects_key = token in _NEXT and level.is_object
            parts.append(token)
        elif level.expects_key:
            level.key, level.expects_key = json.loads(token), False
            parts.append(key(token, level.name))
        else:
            parts.append(value(token, level.named))
    return "".join(parts)


def text_of(token: str) -> str:
    """Read a token: a string's text, or a number as it is written."""
    return str(json.loads(token)) if token.startswith('"') else token


def like(token: str, text: str) -> str:
    """Write a text as a token was written: with quotes, or as the number that it is."""
    return json.dumps(text) if token.startswith('"') else text


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
