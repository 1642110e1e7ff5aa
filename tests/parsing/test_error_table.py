"""A code refuses only where the table has it and it fits the call: everything else is a doubt."""

from __future__ import annotations

import pytest

import hk_adapter as hk
from hk_adapter.parsing import ErrorRow, ErrorTable, Meaning
from tests.cases import each

TABLE = ErrorTable(
    "lagoon",
    [
        ErrorRow("gone", Meaning.FINISHED, "finished already"),
        ErrorRow("none", Meaning.NOT_FOUND, "no such order"),
        ErrorRow("iceberg", Meaning.CANCEL_REFUSED, "not this kind", hk.CancelRejectReason.VENUE_OPTION),
        ErrorRow("no", Meaning.CANCEL_REFUSED, "no"),
        ErrorRow("poor", Meaning.INSUFFICIENT_FUNDS, "balance too small"),
        ErrorRow("key", Meaning.AUTHENTICATION, "key not accepted"),
        ErrorRow("ebb", Meaning.UNAVAILABLE, "closed until the tide"),
        ErrorRow("span", Meaning.QUERY_REFUSED, "too long a time"),
        ErrorRow("storm", Meaning.UNKNOWN, "anything may have happened"),
    ],
)
CALLS = ("cancel_order", "create_order", "fetch_order", "fetch_open_orders", "something_else")


def answer(code, operation="cancel_order", status=200, **said):
    """Give the error of one answer."""
    return TABLE.error(code, http_status=status, operation=operation, **said)


@each(
    ("code", "kinds"),
    [
        ("gone", (hk.CancelRejected, None, None, None, None)),
        ("none", (hk.OrderNotFound, None, hk.OrderNotFound, None, None)),
        ("poor", (None, hk.InsufficientFunds, None, None, None)),
        ("key", (hk.AuthenticationError,) * 5),
        ("ebb", (hk.VenueUnavailable,) * 5),
        ("span", (None, None, hk.BadRequest, hk.BadRequest, None)),
        ("storm", (None,) * 5),
        ("nobody knows", (None,) * 5),
    ],
)
def test_what_a_code_means_for_a_call(code, kinds):
    """It is the error that its meaning has for the call, and a doubt where it has none."""
    assert [type(answer(code, call)) for call in CALLS] == [kind or hk.OutcomeUnknown for kind in kinds]


def test_why_a_cancel_is_refused():
    """The reason follows from the meaning, or stands in the row."""
    reasons = [answer(code).reason for code in ("gone", "iceberg", "no")]
    assert reasons == [
        hk.CancelRejectReason.TOO_LATE,
        hk.CancelRejectReason.VENUE_OPTION,
        hk.CancelRejectReason.OTHER,
    ]


@each("code", [*TABLE.rows, "nobody knows"])
def test_a_server_error_refuses_nothing(code):
    """Beside a 5xx only the venue's word that it is closed holds."""
    expected = hk.VenueUnavailable if code == "ebb" else hk.OutcomeUnknown
    assert type(answer(code, status=503)) is expected


def test_a_code_nobody_knows_beside_429():
    """The status speaks for itself; beside a code that leaves it open it does not."""
    assert type(answer("nobody knows", status=429)) is hk.RateLimited
    assert type(answer("storm", status=429)) is hk.OutcomeUnknown


def test_a_code_with_more_in_it():
    """The table's code decides, and the venue's own stays in the error."""
    error = answer("none: 4711", read_as="none")
    assert type(error) is hk.OrderNotFound
    assert error.code == "none: 4711"
    assert str(error) == "lagoon: cancel_order was refused: no such order (code none: 4711, HTTP 200)"


def test_a_secret_in_the_venues_words():
    """What is as long as a key is cut out of message and code, and no line can be forged."""
    secret = "c1e6d3a9" * 8
    error = answer(f"bad\n{secret}", message=f"sign {secret}\n2026 INFO all is well")
    told = f"{error!r} {error} {error.code}"
    assert "c1e6d3a9" not in told
    assert "\n" not in told.replace("\\n", "\n")


def test_a_table_says_a_code_once():
    """A second row of a code cannot replace the first."""
    with pytest.raises(hk.InvalidArgument, match="the table of lagoon says 'a' twice"):
        ErrorTable("lagoon", [ErrorRow("a", Meaning.UNKNOWN, "one"), ErrorRow("a", Meaning.NOT_FOUND, "other")])


@each(
    ("status", "kind", "wait"),
    [
        (200, None, None),
        (201, hk.OutcomeUnknown, None),
        (404, hk.OutcomeUnknown, None),
        (502, hk.OutcomeUnknown, None),
        (429, hk.RateLimited, 7.0),
        (418, hk.RateLimited, 7.0),
    ],
)
def test_what_a_status_says_alone(status, kind, wait):
    """A rate limit by its status, with the time that it names; success; and doubt for all the rest."""
    error = TABLE.error_of_status(hk.Response(status, {"retry-after": "7"}, b""), "cancel_order")
    assert (None if error is None else type(error)) is kind
    assert (None if error is None else error.retry_after) == wait


def test_another_status_of_success():
    """A venue that answers a create with 201 says so."""
    created = hk.Response(201, {}, b"")
    assert TABLE.error_of_status(created, "create_order", success={200, 201}) is None


@each("code", [404, None, "", True])
def test_a_row_whose_code_is_no_text(code):
    """It is refused when it is made: no code of an answer would ever be it."""
    with pytest.raises(hk.InvalidArgument, match="code of a row"):
        ErrorRow(code, Meaning.NOT_FOUND, "no such order")


def test_a_row_whose_meaning_is_no_meaning():
    """It is refused when it is made."""
    with pytest.raises(hk.InvalidArgument, match="meaning of a row"):
        ErrorRow("404", "missing", "no such order")


@each("code", [404, None, ["x"]])
def test_a_code_that_is_no_text_says_how_to_read_it(code):
    """It is the plugin's fault, in words."""
    with pytest.raises(TypeError, match=r"read a number by Fields\.id"):
        answer(code)


@each("operation", ["cancel", "", "Cancel_order", None, 5])
def test_an_operation_that_is_no_hook(operation):
    """Each refusal would be a doubt there, so it is refused."""
    with pytest.raises(TypeError, match="operation is the name of a hook"):
        answer("1001", operation=operation)


@each("message", [None, 5, ["x"]])
def test_a_message_that_is_no_text_says_nothing(message):
    """The error is what it is without one."""
    assert str(TABLE.error("1001", message, http_status=400, operation="cancel_order")) == str(
        TABLE.error("1001", http_status=400, operation="cancel_order")
    )


@each(
    "secret",
    [
        "7f3a9c1e5b2d4860",
        "9a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "vmPUZE6mv9SD5VNH",
        "kQH5HW8p1uGOVjbgWA7FunAm==",
        "QwErTyUiOpAsDfGhJkLzXcVb",
        "d290c5e2-4d5a-4d3c-9b1f-2f6f3f0a7c55",
        "1234567890123456789012345678901234567890",
    ],
)
def test_a_key_that_an_answer_repeats_is_left_out(secret):
    """In the message, and as a code that nobody knows: of whatever length keys have."""
    error = TABLE.error(secret, f"signature for {secret} not valid ({secret})", http_status=400, operation="fetch_time")
    assert secret not in f"{error} {error!r} {error.code} {error.args} {vars(error)}"
    assert "signature for [cut] not valid" in str(error)


@each(
    "words",
    [
        "the order 2309051593514812393 has ended",
        "no such order at /api/v1.1/spot/order",
        "INSUFFICIENT_BALANCE_FOR_ORDER",
        "EGeneral:Temporary lockout till 2026-09-08T10:00:00Z",
        "1000SHIBUSDT is no symbol",
    ],
)
def test_words_and_numbers_stay(words):
    """A sentence says what it said, with its ids, codes, paths and times."""
    assert words in str(TABLE.error("nobody knows", words, http_status=400, operation="cancel_order"))


def test_a_code_of_the_table_is_told_whatever_it_looks_like():
    """It was written by the plugin, so it is no secret."""
    code = "ERR4711INSUFFICIENTBALANCE0815"
    table = ErrorTable("lagoon", [ErrorRow(code, Meaning.BAD_REQUEST, "no")])
    error = table.error(code, http_status=400, operation="cancel_order")
    assert (error.code, code in str(error)) == (code, True)


@each(("named", "seconds"), [({"retry-after": "7"}, 7.0), ({}, None)])
def test_the_time_that_an_answer_names_goes_with_its_code(named, seconds):
    """``Retry-After`` beside a code is read as it is beside a bare status; without it there is no time."""
    assert answer("slow", status=429, headers=named).retry_after == seconds
    assert answer("ebb", status=503, headers=named).retry_after == seconds
