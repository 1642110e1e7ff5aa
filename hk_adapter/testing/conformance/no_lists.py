"""What may come where a list belongs, and is none: to read it as an empty one is to say that nothing is there."""

from __future__ import annotations

from collections.abc import Container, Iterator

from hk_adapter.flow.http import Response
from hk_adapter.testing.conformance.own_answers import is_among, own_answers
from hk_adapter.testing.conformance.script import Asked, Refusal, Request, Script
from hk_adapter.testing.conformance.written import has_words_for, refusal_of

WITHOUT_ROWS = "an_answer_without_rows"
"""What is declared absent where an answer in the venue's form that has no rows cannot be told from an empty list."""
_OK = 200
_JSON = {"content-type": "application/json"}
_PAGE = b"<html><body>Bad Gateway</body></html>"
_BODIES = (b"{}", b"[]", b"null", b'""', b"0", b'{"zz_nobody_knows":[]}', _PAGE, b"")
_STATUSES = (_OK, 502, 503)
_REFUSALS = (Refusal.BAD_KEY, Refusal.RATE_LIMITED, Refusal.CLOSED, Refusal.UNKNOWN_WORD)


def no_lists(script: Script, kind: Request, absent: Container[str]) -> Iterator[Response]:
    """Write answers to a request for a list, none of which is what the script writes for an empty one."""
    asked = Asked(kind=kind)
    refused = [refusal for refusal in _REFUSALS if refusal not in absent and has_words_for(script, refusal)]
    yield from (refusal_of(script, asked, refusal) for refusal in refused)
    own = list(own_answers(script, asked, []))
    for status in _STATUSES:
        for body in _BODIES:
            is_told = WITHOUT_ROWS not in absent or status != _OK or body == _PAGE
            if is_told and not is_among(status, body, own):
                yield Response(status, {} if body == _PAGE else _JSON, body)
