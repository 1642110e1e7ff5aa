"""What a list's own requests and answers say of its next page: ccxt caps a limit before, and filters rows after."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hk_adapter.flow.http import HttpRequest

Page = tuple[HttpRequest, Any]
"""A request that was answered well, and its answer, parsed."""

SMALLEST_PAGE = 10
"""Rows below which a list is whole though nobody knows the exchange's page."""

_DEPTH = 5
_LIMIT = re.compile(r"(max|page)?(limit|count|size|length)|max(rows|results|pagesize)|perpage|take|sz|rows|len|num")
_MORE = frozenset({"nextcursor", "hasnext", "hasmore"})


def is_whole(pages: Iterable[Page], rows: int, asked: int | None, page: int | None, *, known: bool) -> bool:
    """Whether a list of so many rows has no next page.

    Args:
        pages: what was sent for it.
        rows: how many ccxt made of that.
        asked: the limit given to ccxt; None: none.
        page: the most rows that ccxt's ``features`` say; None: they name no limit.
        known: whether they say anything of this list.
    """
    pages = list(pages)
    limits = [limit for request, _ in pages for limit in _limits(request)]
    rows = max([rows, *(_rows(answer) for _, answer in pages)])
    if any(_names_more(answer) for _, answer in pages):
        return False
    if limits or (asked is not None and rows >= asked):
        return rows < min([*limits, *(limit for limit in (asked, page) if limit is not None)])
    # No request named a limit: where ccxt knows of one, the exchange has a page of its own that nobody asked for.
    return rows < SMALLEST_PAGE or (known and page is None)


def has_a_list(pages: Iterable[Page]) -> bool:
    """Whether any answer has a list in it, or says that there is none: ccxt makes an empty list of anything else.

    A mapping or a null may stand for it; words and numbers alone may not.
    """
    return any(_may_hold_a_list(answer) for _, answer in pages)


def _may_hold_a_list(answer: Any) -> bool:
    if isinstance(answer, Mapping):
        return any(value in (None, "") or isinstance(value, Mapping | list) for value in answer.values())
    return isinstance(answer, list)


def _limits(request: HttpRequest) -> Iterator[int]:
    for key, value in _given(request):
        if _LIMIT.fullmatch(_plain(key)) and re.fullmatch(r"[1-9]\d{0,6}", str(value)):
            yield int(str(value))


def _given(request: HttpRequest) -> Iterator[tuple[str, Any]]:
    yield from parse_qsl(urlsplit(request.url).query)
    body = (request.body or b"").decode("utf-8", "replace")
    try:
        parsed = json.loads(body)
    except ValueError:
        yield from parse_qsl(body)
        return
    for level in (parsed, parsed.get("params") if isinstance(parsed, Mapping) else None):
        if isinstance(level, Mapping):
            yield from level.items()


def _rows(answer: Any, depth: int = _DEPTH) -> int:
    """Return the length of the longest list in an answer; a mapping of mappings is one too."""
    inner = list(answer.values() if isinstance(answer, Mapping) else answer if isinstance(answer, list) else ())
    is_list = isinstance(answer, list) or all(isinstance(value, Mapping) for value in inner)
    deeper = [_rows(value, depth - 1) for value in inner] if depth else []
    return max([len(inner) if is_list else 0, *deeper])


def _names_more(answer: Any, depth: int = 2) -> bool:
    if not isinstance(answer, Mapping):
        return False
    said = any(_plain(str(key)) in _MORE and value not in (None, "", False) for key, value in answer.items())
    return said or (depth > 0 and any(_names_more(value, depth - 1) for value in answer.values()))


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()
