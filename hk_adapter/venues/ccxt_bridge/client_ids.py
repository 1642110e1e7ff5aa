"""What an exchange was told of a client order id, and what it may then be known by.

Some of ccxt's methods send the id as it is, some with a prefix, some another one or none at all. What left says so.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hk_adapter.errors import UnexpectedPayload
from hk_adapter.flow.http import HttpRequest
from hk_adapter.model import CreateOrderRequest
from hk_adapter.venues.ccxt_bridge.market_orders import flat, sent_fields

PREFIXES: Mapping[str, str] = {"gate": "t-", "gateio": "t-", "gateeu": "t-"}
"""What an exchange's own client order ids begin with: ccxt puts it before one that does not, in look-ups too."""
_LONGEST_PREFIX = 40
_ORIGINAL = re.compile(r"orig(inal)?_?-?cl(ient)?_?-?(ord(er)?)?_?-?o?id", re.IGNORECASE)
"""How an answer to a cancel names the order's client id where the cancel has one of its own: FIX's OrigClOrdID."""


def carried(requests: Iterable[HttpRequest], own: str) -> str | None:
    """Return the client order id that requests carried: as given, or with something about it; None where none did."""
    longer = None
    for request in requests:
        for value in _texts(request):
            if value == own:
                return own
            if own in value and len(value) <= len(own) + _LONGEST_PREFIX and value.replace("-", "").isalnum():
                longer = longer or value
    return longer


def with_client_id(answer: Any, request: CreateOrderRequest, sent: Iterable[HttpRequest]) -> Any:
    """Put into the answer to a create the client order id that the exchange knows, where there is one.

    Raises UnexpectedPayload for an answer that names another one than the exchange was told: it is another order's.
    """
    if not isinstance(answer, Mapping):
        return answer
    told, shown = carried(sent, request.client_order_id), answer.get("clientOrderId") or None
    if told is not None and shown is not None and shown not in {told, request.client_order_id}:
        raise UnexpectedPayload("the answer to a create names another client order id")
    return {**answer, "clientOrderId": shown or told}


def original_id(raw: Any) -> str | None:
    """Return the client order id by which an answer to a cancel names its order, beside an id of the cancel's own.

    None where it has no such name: then its client order id is the order's.
    """
    rows = raw if isinstance(raw, list) else [raw]
    named = (value for row in rows if isinstance(row, Mapping) for key, value in row.items() if _is_original(key))
    return next((str(value) for value in named if value not in (None, "")), None)


def own_id_within(info: Any) -> str | None:
    """Return a raw order's client order id by the name that means nothing else; ccxt does not read Bitvavo's."""
    named = info.get("clientOrderId") if isinstance(info, Mapping) else None
    return named if isinstance(named, str) and named.strip("0") else None


def _is_original(key: Any) -> bool:
    return _ORIGINAL.fullmatch(str(key)) is not None


def known_as(answer: Any, own: str, exchange_id: str) -> Any:
    """Accept the exchange's form of a client order id that was looked up for the one that was given."""
    prefix = PREFIXES.get(exchange_id)
    if own and prefix and isinstance(answer, Mapping) and answer.get("clientOrderId") == prefix + own:
        return {**answer, "clientOrderId": own}
    return answer


def _within(text: str) -> Iterator[str]:
    try:
        told = json.loads(text)
    except ValueError:
        return
    yield from (str(value) for _, value in flat("", told))


def _texts(request: HttpRequest) -> Iterator[str]:
    """Return what a request tells: its query and body, JSON within them, and what some are told in a header."""
    for _, value in sent_fields(request):
        yield str(value)
        if isinstance(value, str) and value.startswith("{"):
            yield from _within(value)
    for header in request.headers.values():
        try:
            told = json.loads(base64.b64decode(header, validate=True))
        except (binascii.Error, ValueError):
            continue
        yield from (str(value) for _, value in flat("", told))
