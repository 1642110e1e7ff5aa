"""What an HTTP answer may be taken for: its code first, then its status, and a doubt in every other case."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hk_adapter.errors import (
    AdapterError,
    CancelRejected,
    ClockSkew,
    OrderNotFound,
    OutcomeUnknown,
    RateLimited,
    RequestState,
    UnexpectedPayload,
    VenueError,
    VenueUnavailable,
)
from hk_adapter.flow.http import Response
from hk_adapter.model import Order
from hk_adapter.venues.hashkey.error_codes import TABLE
from hk_adapter.venues.hashkey.parse import ACKNOWLEDGED, STATUSES, parse_order
from hk_adapter.venues.hashkey.responses import read_object
from tests.cases import each

ORDER = (
    b'{"accountId":"1464567707961719552","symbol":"ETHUSD","clientOrderId":"99999888912",'
    b'"orderId":"1563291927536863744","transactTime":"1701094920045","price":"1900","origQty":"1","executedQty":"0",'
    b'"status":"NEW","timeInForce":"GTC","type":"LIMIT","side":"BUY"}'
)
HTML = b"<html><body><h1>403 Forbidden</h1></body></html>"
JSON_TYPE = {"content-type": "application/json"}
OPERATIONS = ["cancel_order", "create_order", "fetch_order"]
NO_OBJECTS = {
    "empty": b"",
    "HTML": HTML,
    "truncated": ORDER[:-20],
    "deeply nested": b'{"a":' * 100_000,
    "deeply nested and whole": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "invalid UTF-8": b'{"orderId":"\xff\xfe"}',
    "a lone surrogate": b'{"orderId":"\\ud800"}',
    "two objects": ORDER + ORDER,
    "a list": b"[" + ORDER + b"]",
    "null": b"null",
    "a number": b"1",
    "a number beyond any decimal": b'{"price":1e99999999999999999999}',
    "an endless number": b'{"orderId":' + b"9" * 5000 + b"}",
    "NaN": b'{"price":NaN}',
    "UTF-16": ORDER.decode().encode("utf-16"),
}


def read(
    body: bytes, status: int = 200, operation: str = "cancel_order", headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Read an answer."""
    return read_object(Response(status, JSON_TYPE | (headers or {}), body), operation)


def refusal(
    body: bytes | dict[str, Any],
    status: int = 400,
    operation: str = "cancel_order",
    headers: dict[str, str] | None = None,
) -> AdapterError:
    """Give the error that an answer is read as; every one tells where it comes from."""
    with pytest.raises(AdapterError) as caught:
        read(body if isinstance(body, bytes) else json.dumps(body).encode(), status, operation, headers)
    error = caught.value
    assert (error.venue, error.operation, error.http_status) == ("hashkey", operation, status)
    return error


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_bare_object_at_200_is_success(operation: str) -> None:
    """A single order's answer has no code: it is the order."""
    assert read(ORDER, operation=operation)["orderId"] == "1563291927536863744"


@each("code", [0, "0", "0000", 200, "200", None])
def test_a_success_code_at_200_is_success(code: object) -> None:
    """Each documented way of saying success is one."""
    assert read(json.dumps({"code": code, "serverTime": 1}).encode())["serverTime"] == 1


@each("status", [200, 201, 302, 400, 401, 403, 404, 409])
def test_the_code_speaks_first_at_every_status(status: int) -> None:
    """An error body is an error even under HTTP 200, and whatever other status it comes with."""
    error = refusal({"code": "-1139", "msg": "Order already filled"}, status)
    assert isinstance(error, CancelRejected)
    assert error.code == "-1139"


@each("status", [200, 400, 403])
@each(("code", "kind"), [("0211", OrderNotFound), ("-1021", ClockSkew), ("0003", RateLimited)])
def test_an_error_beside_an_order_is_a_doubt(code: str, kind: type[AdapterError], status: int) -> None:
    """A code next to all the fields of an order says yes and no; it is not overlooked, and refuses nothing."""
    error = refusal(json.loads(ORDER) | {"code": code}, status)
    assert (type(error), type(error.__cause__)) == (UnexpectedPayload, kind)
    assert code in str(error)


@pytest.mark.parametrize("code", [-1139, "-1139"])
def test_a_code_may_be_text_or_a_number(code: object) -> None:
    """Both forms are documented, and mean the same."""
    assert refusal({"code": code, "msg": ""}).code == "-1139"


@pytest.mark.parametrize("key", ["msg", "message"])
def test_the_venues_words_are_shown_from_either_key(key: str) -> None:
    """The text is under msg in general, and under message in single places."""
    assert "Order is locked" in str(refusal({"code": "-1144", key: "Order is locked"}))


@each("message", [1, None, [], {"a": 1}, True])
def test_a_message_that_is_no_text_does_no_harm(message: object) -> None:
    """The code alone decides."""
    assert refusal({"code": "-1144", "msg": message}).code == "-1144"


@each("code", [1.5, True, False, [], {}, "", "x" * 33, "a\nb", 10**40, [0]])
@each("status", [200, 400, 403, 500, 503])
def test_a_code_of_an_odd_kind_is_a_doubt(code: object, status: int) -> None:
    """What is no code is neither success nor a refusal."""
    assert type(refusal({"code": code, "msg": "?"}, status)) is UnexpectedPayload


@each("code", [1.5, True, [], {}, "", "x" * 33])
@each("status", [429, 418])
def test_a_rate_status_speaks_beside_an_odd_code(code: object, status: int) -> None:
    """HTTP 429 and 418 are documented by themselves: with an unreadable body one must still be silent."""
    error = refusal({"code": code}, status)
    assert type(error) is RateLimited
    assert error.retry_after == 60.0


@each("body", NO_OBJECTS.values(), ids=NO_OBJECTS)
@each("operation", OPERATIONS)
def test_a_200_that_is_no_object_is_a_doubt(body: bytes, operation: str) -> None:
    """HTML under JSON's name, a cut or empty body, broken text: the request may have run, nothing else is known."""
    assert type(refusal(body, 200, operation)) is UnexpectedPayload


@each("body", NO_OBJECTS.values(), ids=NO_OBJECTS)
@each("status", [201, 204, 301, 400, 401, 403, 404, 408, 500, 502, 503, 504, 520])
def test_no_other_status_settles_anything_by_itself(body: bytes, status: int) -> None:
    """Without a code that says so, no 3xx, 4xx or 5xx is taken for a refusal."""
    error = refusal(body, status)
    assert type(error) is OutcomeUnknown
    assert error.code is None


@each("status", [201, 400, 404, 500, 503])
@each("body", [ORDER, b"{}", b'{"code":"0000"}', b'{"code":0,"msg":"success"}'])
def test_success_words_under_another_status_are_a_doubt(body: bytes, status: int) -> None:
    """An order, or a success code, under an error's status proves nothing."""
    assert type(refusal(body, status)) is OutcomeUnknown


@each("body", [b"", HTML, b"{}", b'{"msg":"slow down"}', ORDER])
@each("status", [429, 418])
@each("operation", ["cancel_order", "create_order"])
def test_a_rate_status_without_a_code_is_a_rate_limit(body: bytes, status: int, operation: str) -> None:
    """Whatever the body, but for an order: refused for asking too often, and the documented minute."""
    error = refusal(body, status, operation)
    kind = UnexpectedPayload if body == ORDER else RateLimited
    assert (type(error), error.retry_after) == (kind, 60.0)


@pytest.mark.parametrize("status", [429, 418])
def test_a_query_limit_names_no_wait(status: int) -> None:
    """For queries no wait is documented, so none is claimed."""
    assert refusal(b"", status, "fetch_order").retry_after is None


@each("body", [b"", b'{"code":"0003","msg":"Too many requests"}'])
@each("status", [429, 418])
@each("operation", OPERATIONS)
def test_retry_after_is_heeded(body: bytes, status: int, operation: str) -> None:
    """What the venue says is taken instead of the documented minute."""
    assert refusal(body, status, operation, {"retry-after": "7"}).retry_after == 7.0


@each(
    "text",
    ["", "soon", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "\u0661", "\u00b2", "0x5", "1e3", "nan", "inf"],
)
def test_a_retry_after_that_is_no_time_is_no_word(text: str) -> None:
    """Nor is a date beside which the answer names no time of its own: the minute stands."""
    assert refusal(b"", 429, headers={"retry-after": text}).retry_after == 60.0


@pytest.mark.parametrize(("text", "seconds"), [("1.5", 1.5), (" 5", 5.0), ("1" * 400, 1e9)])
def test_a_retry_after_in_seconds(text: str, seconds: float) -> None:
    """Fractions count, and blanks do not; what no clock can wait for is the longest wait, capped when it is heeded."""
    assert refusal(b"", 429, headers={"retry-after": text}).retry_after == seconds


def test_a_byte_order_mark_is_skipped() -> None:
    """It says nothing of the object behind it."""
    marked = Response(200, {}, b"\xef\xbb\xbf" + ORDER)
    assert outcome(marked, "fetch_order") == outcome(Response(200, {}, ORDER), "fetch_order")


@each("operation", OPERATIONS)
@each("status", [500, 502, 503, 504, 599])
def test_a_server_error_is_never_a_refusal(status: int, operation: str) -> None:
    """Documented: a 5xx must not be read as failure. Only an allow-listed code may say closed."""
    for code in [*TABLE.rows, "-9999"]:
        if code not in {"0000", "200"}:
            error = refusal({"code": code, "msg": ""}, status, operation)
            closed = isinstance(error, VenueUnavailable) and code in {"-1101", "-2001"}
            assert closed or error.request_state is RequestState.UNKNOWN, code


def test_an_echoed_signature_stays_out_of_the_error() -> None:
    """A body that repeats the signed parameters does not carry them into the error's text."""
    signature = "85e80827637571c5702ab7e3d28edc7ff970b315e054c81dd70d1faf7c0db841"
    error = refusal({"code": "0001", "msg": f"orderId=1&signature={signature}"})
    assert signature not in str(error) + repr(error)
    assert signature not in str(refusal(signature.encode(), 500))


def outcome(response: Response, operation: str) -> Order | AdapterError:
    """Read an answer the way the plugin's hooks do; only our own errors are caught."""
    statuses = ACKNOWLEDGED if operation == "cancel_order" else STATUSES
    try:
        return parse_order(read_object(response, operation), operation=operation, statuses=statuses)
    except AdapterError as error:
        return error


words = st.text(max_size=12) | st.sampled_from([*TABLE.rows, "NEW", "FILLED", "sNaN", "1e999", "BUY", "LIMIT"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from([*json.loads(ORDER), "code", "msg", "message", "cumulativeQuoteQty", "avgPrice", "time"])
objects = st.dictionaries(fields, values, max_size=8)
bodies = st.one_of(
    st.binary(max_size=60),
    values.map(lambda value: json.dumps(value).encode()),
    objects.map(lambda changes: json.dumps(changes).encode()),
    objects.map(lambda changes: json.dumps(json.loads(ORDER) | changes).encode()),
    st.builds(lambda cut: ORDER[:cut], st.integers(0, len(ORDER))),
    st.builds(lambda at, junk: ORDER[:at] + junk + ORDER[at:], st.integers(0, len(ORDER)), st.binary(max_size=5)),
)
statuses = st.sampled_from([200, 201, 302, 400, 401, 403, 404, 418, 429, 500, 502, 503]) | st.integers(100, 999)
headers = st.dictionaries(st.sampled_from(["retry-after", "content-type", "x"]), st.text(max_size=8), max_size=3)


@pytest.mark.parametrize("operation", OPERATIONS)
@given(bodies, statuses, headers)
@example(b'{"code":1e99999999999999999999}', 400, {})
@example(b'{"code":"-1101"}', 500, {})
def test_any_answer_is_an_order_or_one_of_our_errors(
    operation: str, body: bytes, status: int, given_headers: dict[str, str]
) -> None:
    """For any bytes, status and headers nothing else comes out, and a 5xx refuses nothing."""
    result = outcome(Response(status, given_headers, body), operation)
    if isinstance(result, Order):
        assert status == 200
        assert result.status is not None
        return
    assert (result.venue, result.operation) == ("hashkey", operation)
    if status >= 500 and isinstance(result, VenueError):
        assert isinstance(result, VenueUnavailable)
        assert result.code in {"-1101", "-2001"}
