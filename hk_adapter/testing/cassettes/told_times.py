"""When a recording was made that does not say so: its first create tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_MS = re.compile(r"(?<![\d.])1[4-9]\d{11}(?![\d.])")
"""A time in ms UTC, from 2014 to 2033."""
AHEAD = 500
"""Milliseconds by which it is later than the first order: a replay takes less time than the recording, and no answer of
it shall be of the future."""


def told_beginning(content: object) -> int | None:
    """Guess when a recording began, in ms UTC: by the newest time in the answer to its first POST.

    None where no answer tells any: then nothing is known.
    """
    for request, answer in _exchanges(content):
        if str(request.get("method")).upper() == "POST" and (times := _MS.findall(_text(answer))):
            return max(map(int, times)) + AHEAD
    return None


def _exchanges(content: object) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    interactions = content.get("interactions") if isinstance(content, Mapping) else None
    for one in interactions if isinstance(interactions, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("request"), Mapping):
            yield one["request"], one.get("response") or {}


def _text(answer: Mapping[str, Any]) -> str:
    body = answer.get("body")
    text = body.get("string") if isinstance(body, Mapping) else None
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text or "")
