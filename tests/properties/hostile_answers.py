"""Answers that no honest venue would give, drawn by hypothesis; many of them come close to an honest one."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from hk_adapter.flow.http import Response
from hk_adapter.venues.hashkey.error_table import ROWS

ASKED, OTHER = "1547236480115703808", "1547236480115703809"
OWN, FOREIGN = "own-1", "own-2"

_ENDS = ["FILLED", "CANCELED", "PARTIALLY_CANCELED", "REJECTED"]
_WORDS = ["NEW", "PARTIALLY_FILLED", "PENDING_NEW", "PENDING_CANCEL", "PENDING", "EXPIRED", "canceled", "CANCELLED", ""]
_AMOUNTS = ["0", "0.5", "1", "1.0", "1E0", "2", "0.00000000000000000001"]
_STRANGE: list[Any] = [
    "-1",
    "NaN",
    "sNaN",
    "Infinity",
    "1e999",
    "1_000",
    " 1",
    "\u0661",
    0,
    1,
    -1,
    10**40,
    None,
    True,
    [],
    {},
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
amounts = st.sampled_from(_AMOUNTS) | st.sampled_from(_AMOUNTS) | st.sampled_from(_STRANGE) | anything
words = st.sampled_from(_ENDS) | st.sampled_from(_ENDS) | st.sampled_from(_WORDS) | anything
codes: st.SearchStrategy[Any] = (
    st.sampled_from([row.code for row in ROWS])
    | st.sampled_from([row.code for row in ROWS]).filter(lambda code: code.lstrip("-").isdigit()).map(int)
    | st.sampled_from([0, "0", "0000", 200, "200", None, "", True, 1.5, [], "9" * 40])
    | anything
)


def rows(order_id: str = ASKED) -> st.SearchStrategy[dict[str, Any]]:
    """Draw order objects: most of their fields as they should be."""
    ids = st.sampled_from([order_id, order_id, order_id, order_id, int(order_id), float(order_id), f" {order_id}"])
    fields: dict[str, st.SearchStrategy[Any]] = {
        "orderId": ids | st.sampled_from([OTHER, int(OTHER), order_id[:-1], order_id + "0", "", None]) | anything,
        "status": words,
        "origQty": st.just("1") | amounts,
        "executedQty": amounts,
        "symbol": st.just("ETHUSD") | st.sampled_from(["BTCUSD", "ETHUSDT", "", "X", None]) | anything,
        "side": st.sampled_from(["BUY", "BUY", "SELL", "buy", "LONG", None]),
    }
    further: dict[str, st.SearchStrategy[Any]] = {
        "clientOrderId": st.sampled_from([OWN, OWN, FOREIGN, "", None]) | anything,
        "accountId": st.sampled_from(["1", 1]) | anything,
        "transactTime": st.sampled_from(["1701094949000", 1701094949000, -1, "x", 10**30]) | anything,
        "price": amounts,
        "avgPrice": amounts,
        "cumulativeQuoteQty": amounts,
        "cummulativeQuoteQty": amounts,
        "timeInForce": st.just("GTC") | anything,
        "type": st.sampled_from(["LIMIT", "LIMIT_MAKER", "MARKET", "limit", None]) | anything,
        "code": codes,
        "msg": st.text(max_size=20) | anything,
    }
    return st.fixed_dictionaries(fields, optional=further)


def honest_rows(order_id: str = ASKED) -> st.SearchStrategy[dict[str, Any]]:
    """Draw order objects that can be read, though their words and amounts may contradict each other."""
    return st.fixed_dictionaries(
        {
            "orderId": st.sampled_from([order_id, order_id, order_id, int(order_id), OTHER]),
            "clientOrderId": st.sampled_from([OWN, OWN, OWN, FOREIGN]),
            "status": st.sampled_from([*_ENDS, *_ENDS, "NEW", "PARTIALLY_FILLED", "PENDING_NEW", "PENDING_CANCEL"]),
            "origQty": st.just("1"),
            "executedQty": st.sampled_from(["0", "0", "0.5", "1"]),
            "symbol": st.just("ETHUSD"),
            "side": st.just("BUY"),
        }
    )


def _text(value: Any) -> bytes:
    return json.dumps(value).encode()


refusals = st.builds(lambda code, text: {"code": code, "msg": text}, codes, st.text(max_size=20))
batch_answers = st.fixed_dictionaries(
    {},
    optional={
        "code": st.just("0000") | codes,
        "result": st.lists(
            st.fixed_dictionaries({"orderId": st.sampled_from([ASKED, int(ASKED), OTHER, None]), "code": codes})
            | refusals
            | anything,
            max_size=3,
        )
        | anything,
    },
)
_objects = honest_rows() | honest_rows() | rows() | refusals
documents = (
    _objects
    | st.lists(_objects, max_size=3)
    | st.builds(lambda key, value: {key: value}, st.sampled_from(["data", "result", "success", "order"]), _objects)
    | batch_answers
    | st.fixed_dictionaries({"serverTime": st.integers() | anything})
    | anything
)
_written = documents.map(_text)
bodies: st.SearchStrategy[bytes] = (
    _objects.map(_text)
    | _written
    | st.builds(lambda body, size: body[:size], _written, st.integers(0, 300))
    | st.builds(lambda first, second: first + second, _written, _written)
    | st.builds(lambda first, second: first[:-1] + b"," + second[1:], _objects.map(_text), _objects.map(_text))
    | documents.map(lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    | documents.map(lambda value: b"\xef\xbb\xbf" + _text(value))
    | documents.map(lambda value: json.dumps(value).encode("utf-16"))
    | st.integers(0, 5000).map(lambda depth: b"[" * depth + b"]" * depth)
    | st.integers(0, 5000).map(lambda depth: b'{"a":' * depth)
    | st.sampled_from([b"", b"null", b"{}", b"[]", b"<html>502</html>", b"1e999999999", b'{"code":1e999999999}'])
    | st.binary(max_size=60)
)
statuses = st.sampled_from([200, 200, 200, 200, 201, 204, 302, 400, 401, 403, 404, 418, 429, 500, 502, 503, 504]) | (
    st.integers(200, 999)
)
headers = st.dictionaries(
    st.sampled_from(["retry-after", "content-type", "location"]) | st.text(max_size=10).map(str.lower),
    st.sampled_from(
        ["0", "1", "3", "60", "-1", "1.5", "999999", "9999999", "\u0663", "", "Wed, 21 Oct 2026 07:28:00 GMT"]
    )
    | st.text(max_size=20),
    max_size=2,
)
responses = st.builds(Response, statuses, headers, bodies)
plain_responses = st.builds(Response, st.just(200), st.just({}), _objects.map(_text))
refusing_responses = st.builds(
    lambda status, code: Response(status, {}, _text({"code": code, "msg": "no"})),
    st.sampled_from([200, 400]),
    st.sampled_from(["-1144", "0211", "-1139", "-1142", "0212", "-1145", "-2011", "-1021"]),
)
