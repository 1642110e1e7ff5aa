"""Spoils a row of a script's answer, which stays a row."""

from __future__ import annotations

from hk_adapter.flow.http import Response
from hk_adapter.testing.conformance.promises import require

UNREADABLE = "a_row_that_cannot_be_read"
"""What is declared absent by a script that does not write amounts as plain digits."""
ROW = "7.31940052"
"""The amount of the row that is spoilt, in base currency: no other number has these digits."""


def spoilt(answer: Response) -> Response:
    """Return an answer in which that amount is no number."""
    body = answer.body.replace(ROW.encode(), b"NaN")
    require(
        body != answer.body,
        f"the script does not write the amount {ROW} with these digits; if the venue does not, declare"
        f" {UNREADABLE!r} absent",
    )
    return Response(answer.status, answer.headers, body)
