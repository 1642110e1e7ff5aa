"""What stands before a venue answers in its stead: pages, and JSON that has nothing of the venue's own form."""

from __future__ import annotations

from hk_adapter.flow.http import Response

_HTML = {"content-type": "text/html"}
_JSON = {"content-type": "application/json"}

PAGES = (
    Response(502, _HTML, b"<html><body>Bad Gateway</body></html>"),
    Response(200, _HTML, b"<html><body>Welcome</body></html>"),
    Response(504, _JSON, b'{"message":"Endpoint request timed out"}'),
    Response(403, _JSON, b'{"message":"zz_nobody_knows"}'),
    Response(404, _JSON, b'{"message":"zz_nobody_knows"}'),
    Response(500, _JSON, b"{}"),
)
"""None of them says whether a request ran: the venue may have it, and what it did with it was not heard."""
