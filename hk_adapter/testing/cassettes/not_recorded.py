"""The error for a request that a recording does not have: what it asks, what was recorded instead, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from vcr.errors import CannotOverwriteExistingCassetteException
from vcr.matchers import requests_match
from vcr.request import Request

_MOST = 5
"""Requests, or parameters, that are named at the most."""
_ANEW = "Where the bot or its test has changed, record anew with --record-mode=rewrite"
_FIRST = "Record it with --record-mode=once"


class NotRecorded(CannotOverwriteExistingCassetteException):  # type: ignore[misc]  # VCR.py has no types
    """A request that is not in the recording that is played, or that changes something and was played already.

    Nothing is shown but what a recording shows: no key, no signature, no account.
    """

    def __init__(self, *, cassette: Any, failed_request: Request) -> None:
        self.cassette = cassette
        self.failed_request = cassette.filter_request(failed_request)
        self.similar_requests: list[Any] = []
        self.reason = "no_match"
        remedy = _ANEW if Path(cassette._path).exists() else _FIRST
        Exception.__init__(self, f"{_told(cassette, self.failed_request)}. {remedy}")


def _told(cassette: Any, asked: Request) -> str:
    what, file = _named(asked), cassette._path
    if not Path(file).exists():
        return f"{what} was asked, and nothing is recorded in {file}"
    if not cassette.requests:
        return f"{what} is not in {file}: nothing was asked when it was recorded"
    if any(requests_match(asked, one, cassette._match_on) for one in cassette.requests):
        return f"{what} is asked more often than in {file}; what changes something is never played once more"
    alike = [(place, one) for place, one in enumerate(cassette.requests) if _named(one) == what]
    if alike:
        differs = [(bool(cassette.play_counts[place]), _differences(asked, one)) for place, one in alike]
        return (
            f"{what} is in {file} with other terms: {_listed(min(differs, key=lambda one: (one[0], len(one[1])))[1])}"
        )
    left = [one for place, one in enumerate(cassette.requests) if not cassette.play_counts[place]]
    recorded = list(dict.fromkeys(map(_named, left or cassette.requests)))
    return f"{what} is not in {file}; recorded{', and not asked for yet,' if left else ''} is {_listed(recorded)}"


def _listed(texts: list[str]) -> str:
    return ", ".join(texts[:_MOST]) + (f", and {len(texts) - _MOST} more" if len(texts) > _MOST else "")


def _named(request: Request) -> str:
    return f"{request.method} {urlsplit(request.uri).path}"


def _differences(asked: Request, stored: Request) -> list[str]:
    now, then = dict(_terms(asked)), dict(_terms(stored))
    names = [name for name in {**now, **then} if now.get(name) != then.get(name)]
    differing = [f"{name} {now.get(name, 'is not sent')} ({then.get(name, 'none')} recorded)" for name in names]
    return differing or ["its form"]


def _terms(request: Request) -> Iterator[tuple[str, str]]:
    place = urlsplit(request.uri)
    yield "host", f"{place.scheme}://{place.netloc}"
    yield from parse_qsl(place.query, keep_blank_values=True)
    body = request.body.decode("utf-8", "replace") if isinstance(request.body, bytes) else str(request.body or "")
    try:
        content = json.loads(body)
    except ValueError:
        yield from parse_qsl(body, keep_blank_values=True)
        return
    for name, value in content.items() if isinstance(content, Mapping) else [("body", content)]:
        yield name, value if isinstance(value, str) else json.dumps(value)
