"""How long an answer asks to be left alone is heeded in each form that it comes in."""

from __future__ import annotations

from hk_adapter.parsing import retry_after
from tests.cases import each

DATE = "Fri, 28 Nov 2025 06:00:00 GMT"


@each(
    ("said", "date", "seconds"),
    [
        ("7", None, 7.0),
        ("1.5", None, 1.5),
        ("999999999", None, 999999999.0),
        ("999999999999", None, 1e9),
        ("9" * 500, None, 1e9),
        ("Fri, 28 Nov 2025 06:00:30 GMT", DATE, 30.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DATE, 1e9),
        ("Friday, 28-Nov-25 06:00:30 GMT", DATE, 30.0),
        ("Fri, 28 Nov 2025 05:00:00 GMT", DATE, None),
        ("Fri, 28 Nov 2025 06:00:30 GMT", None, None),
        ("0", None, None),
        ("-1", None, None),
        ("soon", DATE, None),
        ("nan", DATE, None),
        ("1e9", DATE, None),
        ("", DATE, None),
    ],
)
def test_retry_after(said, date, seconds):
    """Whole seconds, a fraction, or an HTTP date against the answer's own; anything else names no time.

    Thirty years stand for whatever is longer.
    """
    headers = {"retry-after": said} | ({} if date is None else {"date": date})
    assert retry_after(headers) == seconds
