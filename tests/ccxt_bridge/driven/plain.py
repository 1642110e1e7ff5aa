"""What plain ccxt sends for a call, with the same keys, market and clock as the bridge, and no chance in it."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import ccxt.async_support as ccxt

from hk_adapter.flow.http import HttpRequest
from hk_adapter.venues.ccxt_bridge.market_orders import flat, sent_fields
from tests.ccxt_bridge.by_hand import NOW, SECRET
from tests.ccxt_bridge.driven.exchanges import prepare
from tests.ccxt_bridge.market_order_table import equip

CHANCE = re.compile(
    r"nonce|timestamp|sign|^ts$|^time$|expir|salt|uuid|request_?id|^cl\w*id$|tonce|recv|^id$",
    re.IGNORECASE,
)
"""Fields that tell when, by whom and in which request, under which client order id, and nothing else of the order."""
Sent = tuple[str, str, tuple[tuple[str, str], ...]]


def plain(member: str) -> Any:
    """Make an exchange of ccxt's own class that notes what it would send, and is answered by ``answer``."""
    kind: Any = getattr(ccxt, member)
    exchange = type(member, (_Noting, kind), {})({})
    exchange.requests = []
    exchange.answer = {}
    exchange.apiKey, exchange.secret = "an-api-key", SECRET
    equip(exchange, member)
    prepare(exchange, member)
    return exchange


def sent_by(exchange: Any, method: str, *arguments: Any) -> tuple[list[HttpRequest], Any]:
    """Run one method; give what it would send and what came of it."""
    exchange.requests = []
    try:
        with asyncio.Runner() as runner:
            return exchange.requests, runner.run(getattr(exchange, method)(*arguments))
    except Exception as error:  # noqa: BLE001 - the caller compares it
        return exchange.requests, error


def told(requests: list[HttpRequest], hidden: tuple[str, ...] = ()) -> list[Sent]:
    """Give method, address and fields of requests that may change something; what is chance and what is hidden not."""
    return [_told(one, hidden) for one in requests]


def fields_of(request: HttpRequest) -> Iterator[tuple[str, Any]]:
    """Give the fields of a request; one exchange writes them in base64, and one as JSON within a field."""
    try:
        decoded = json.loads(base64.b64decode(request.body or b"", validate=True))
    except (binascii.Error, ValueError):
        for name, value in sent_fields(request):
            is_json = isinstance(value, str) and value.startswith("{")
            yield from flat(name, json.loads(value)) if is_json else [(name, value)]
    else:
        yield from flat("", decoded)


def opened(request: HttpRequest) -> HttpRequest:
    """Write a request's fields, those within a field too, as a body of JSON."""
    return HttpRequest(request.method, request.url.partition("?")[0], {}, json.dumps(dict(fields_of(request))).encode())


def _told(request: HttpRequest, hidden: tuple[str, ...]) -> Sent:
    parts = urlsplit(request.url)
    fields = [
        (name, _plain(value))
        for name, value in fields_of(request)
        if not any(CHANCE.search(part) for part in name.split(".")) and not any(one in str(value) for one in hidden)
    ]
    return request.method, f"{parts.netloc}{parts.path}", tuple(sorted(fields))


def _plain(value: Any) -> str:
    """Write a value so that 13.570, "13.57" and 13.57 are one, and what is signed or encrypted is none."""
    text = str(value)
    try:
        return repr(float(text)) if not isinstance(value, bool) else text
    except ValueError:
        return "(long)" if len(text) > 60 else text


def _form(body: Any) -> bytes | None:
    """Write a body of fields as ccxt's asyncio class does."""
    if not isinstance(body, dict):
        return body  # type: ignore[no-any-return]
    form = aiohttp.FormData()
    for name, value in body.items():
        form.add_field(name, value)
    written: Any = form()
    return bytes(written._value)


class _Noting:
    requests: list[HttpRequest]
    answer: Any

    async def fetch(self, url: str, method: str = "GET", headers: Any = None, body: Any = None) -> Any:
        data = body.encode() if isinstance(body, str) else _form(body)
        self.requests.append(HttpRequest(method, url, {}, data or None))
        exchange: Any = self
        answer = self.answer(self.requests[-1]) if callable(self.answer) else self.answer
        text = json.dumps(answer)
        exchange.last_http_response = text
        exchange.handle_errors(200, "OK", url, method, {}, text, answer, headers, body)
        return answer

    async def throttle(self, cost: Any = None) -> None:
        """Wait for nothing."""

    async def load_markets(self, reload: bool = False, params: Any = None) -> Any:
        return self.markets  # type: ignore[attr-defined]

    def milliseconds(self) -> int:
        return NOW

    def seconds(self) -> int:
        return NOW // 1000

    def microseconds(self) -> int:
        return NOW * 1000
