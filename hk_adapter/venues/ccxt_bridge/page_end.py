"""What a list's own requests and answers say of its next page: ccxt caps a limit before, and filters rows after."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hk_adapter.errors import NotSupported
from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import UnreadRow
from hk_adapter.venues.ccxt_bridge.order_in_answer import names_itself

Page = tuple[HttpRequest, Any]
"""A request that was answered well, and its answer, parsed."""

SMALLEST_PAGE = 10
"""Rows below which a list is whole though nobody knows the exchange's page."""

_DROPPED = UnreadRow(reason="ccxt leaves it out, since it does not know its market")
_DEPTH = 5
_LONGEST_COUNT = 10
_LIMIT = re.compile(r"(max|page)?(limit|count|size|length)|max(rows|results|pagesize)|perpage|take|sz|rows|len|num")
_MORE = frozenset(
    {
        "hasmore",
        "hasnext",
        "hasnextpage",
        "istruncated",
        "next",
        "nextcursor",
        "nextflag",
        "nextkey",
        "nextpage",
        "nextpagetoken",
        "nexttimestamp",
        "nexttoken",
        "truncated",
    }
)
"""Where an answer names its next page, or says that there is one. Bybit's ``nextPageCursor`` is on the last, too."""
_NO_MORE = frozenset({"", "0", "-1", "false", "none", "null", "lte="})
_LAST = frozenset({"islast", "islastpage", "last", "lastpage"})
_PAGES = re.compile(r"(total|num(ber)?(of)?)pages?|pages|page(s?count|total)|lastpage")
_TOTAL = re.compile(
    r"total(count|size|elements|rows|records|results|items|orders|num(ber)?)?|(record|row|item)s?(total|count)"
)
_PAGE_WORDS = re.compile(
    r"(current|max)?page(no|num(ber)?|index|size|length|limit)?|((record|item|row)s)?perpage|limit|offset|skip|size"
)
"""How an answer counts its pages and its rows, and what stands beside such a count: its page, or the list."""


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
    shown = sum(_rows(answer) for _, answer in pages)
    limits = [limit for request, _ in pages for limit in _limits(request)]
    rows = max([rows, *(_rows(answer) for _, answer in pages)])
    if any(_names_more(answer, max(rows, shown)) for _, answer in pages):
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


def dropped(symbol: str | None, markets: Sequence[str | None], rows: int) -> list[UnreadRow]:
    """Return the rows that ccxt left out though it does not know their market, as it does those of other markets.

    Where no market is asked for it gives them, and leaves rows out for their age, their number or how they stand.

    Args:
        symbol: the market that is asked for; None asks for all.
        markets: of the rows that it read.
        rows: how many it gave.
    """
    if symbol is None:
        return []
    return [_DROPPED] * min(max(len(markets) - rows, 0), markets.count(None))


def check_bound(exchange_id: str, moments: Sequence[int | None], until: int | None) -> None:
    """Refuse a history whose rows are all newer than was asked for: the exchange did not heed the bound.

    What is older is not shown then, and would seem not to be. Raises NotSupported.
    """
    if until is not None and moments and all(moment is not None and moment > until for moment in moments):
        told = "showed newer rows only; ask for those from since on, a limited number at a time"
        raise NotSupported(f"{exchange_id} {told}")


def has_rows(pages: Iterable[Page]) -> bool:
    """Whether any answer has a list of rows that name an order or a fill, wherever it stands.

    Where ccxt looks for the list in another place, or for a mapping, it reads none of them.
    """
    return any(_shows_a_row(answer, _DEPTH) for _, answer in pages)


def _shows_a_row(answer: Any, depth: int) -> bool:
    if isinstance(answer, list) and any(isinstance(row, Mapping) and names_itself(row) for row in answer):
        return True
    inner = answer.values() if isinstance(answer, Mapping) else answer if isinstance(answer, list) else ()
    return depth > 0 and any(_shows_a_row(value, depth - 1) for value in inner)


def _may_hold_a_list(answer: Any) -> bool:
    if isinstance(answer, Mapping):
        return any(value in (None, "") or isinstance(value, Mapping | list) for value in answer.values())
    return isinstance(answer, list)


def _limits(request: HttpRequest) -> Iterator[int]:
    for key, value in _params_of(request):
        if _LIMIT.fullmatch(_plain(key)) and re.fullmatch(r"[1-9]\d{0,6}", str(value)):
            yield int(str(value))


def _params_of(request: HttpRequest) -> Iterator[tuple[str, Any]]:
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


def _names_more(answer: Any, rows: int, depth: int = 2) -> bool:
    """Whether an answer of so many rows says that there are further ones."""
    if not isinstance(answer, Mapping):
        return False
    said = [(_plain(str(key)), value) for key, value in answer.items()]
    if any(_says_more(key, value) or (_PAGES.fullmatch(key) and _whole(value) > 1) for key, value in said):
        return True
    counted = any(isinstance(value, list) or _PAGE_WORDS.fullmatch(key) for key, value in said)
    if counted and any(_TOTAL.fullmatch(key) and _whole(value) > rows for key, value in said):
        return True
    return depth > 0 and any(_names_more(value, rows, depth - 1) for value in answer.values())


def _says_more(key: str, value: Any) -> bool:
    if key in _LAST:
        return value is False
    return key in _MORE and bool(value) and str(value).lower() not in _NO_MORE


def _whole(value: Any) -> int:
    """Return a count; 0 for what is none."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < _LONGEST_COUNT else 0


def _plain(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()
