"""What HashKey's error codes may be taken for, and what they must never be taken for."""

from __future__ import annotations

import pickle
from collections.abc import Iterable

import pytest

from hk_adapter.errors import (
    AdapterError,
    AuthenticationError,
    BadRequest,
    CancelRejected,
    CancelRejectReason,
    ClockSkew,
    DuplicateClientOrderId,
    InsufficientFunds,
    OrderNotFound,
    OrderRejected,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    RequestState,
    UnexpectedPayload,
    VenueUnavailable,
)
from hk_adapter.parsing import Meaning
from hk_adapter.venues.hashkey.error_codes import TABLE, error_for, normalise
from hk_adapter.venues.hashkey.error_table import ROWS
from tests.cases import each

OPERATIONS = (
    *("cancel_order", "cancel_orders", "cancel_all_orders", "create_order", "create_orders"),
    *("fetch_order", "fetch_open_orders", "fetch_my_trades", "fetch_balance", "fetch_time", "load_markets"),
    *("watch_orders", "edit_order"),
)
CANCELS = tuple(name for name in OPERATIONS if name.startswith("cancel_"))
CREATES = tuple(name for name in OPERATIONS if name.startswith("create_"))
OTHERS = tuple(name for name in OPERATIONS if not name.startswith(("cancel_", "create_")))

# Typed from the documentation's error table (Sept 2026) and its named neighbours, not from ours.
DOCUMENTED_TRADING = """
    200 0000 0001 0003 0102 0103 0104 0201 0202 0206 0207 0209 0210 0211 0212 0401 -1000 -1001 -1002 -1004 -1005
    -1006 -1007 -1014 -1015 -1020 -1021 -1024 -1101 -1102 -1115 -1117 -1123 -1124 -1126 -1129 -1130 -1132 -1133
    -1135 -1136 -1137 -1139 -1140 -1141 -1142 -1143 -1144 -1145 -1146 -1147 -1148 -1149 -1150 -1151 -1152 -1153
    -1154 -1155 -1156 -1160 -1186 -1193 -1194 -1200 -1201 -1202 -1203 -1205 -1206 -1215 -2010 -2011 -2017 -2020
    -2021 -2022 -2023 -2026 -2027 -2028 -2029 -2030 -3117 -3143 -3145 -5030 -5035 -5036
"""
DOCUMENTED_ELSEWHERE = """
    -1161 -1162 -1163 -1164 -1165 -1166 -1167 -1168 -1169 -1170 -1171 -1172 -1173 -1174 -1175 -1176 -1177 -1182
    -1204 -1207 -1208 -1209 -1210 -1211 -1212 -1213 -1214 -1218 -1300 -1301 -1302 -1303 -1304 -1305 -2016 -2018
    -2019 -2024 -2025 -3144 -4000 -4001 -4002 -4003 -4004 -4005 -4006 -4007 -4008 -4009 -4010 -4011 -4012 -4013
    -4014 -4016 -4017 -4018 -4019 -4020 -5000 -5001 -5002 -5003 -5004 -5005 -5006 -5011 -5012 -5013 -5021 -5022
    -5023 -5024 -5025 -5026 -5027 -5031 -5032 -5033 -5034 -6000 -6001 -6002 -6003 -6004 -6011 -6012 -6013 -6014
    -6015 -6016 -6017 -6018 -6019 -6020 -6021 -6022 -6023 -6025 -6100 -6101
"""
OTHER_SOURCES = """
    0002 0402 -1138 -2013 -100002 -10009 -100010 -100011 -100012 -100013 -10004 -10001 404 -1181 -1195 -1196 -2001
    -2002 -2032 -2033 -2034 -2035 -2036 -2037 -2040 -2041 -2042 -2045 -2046 -2048 -2051 -2052 -2053 -1157 -1158
    -1159 -1178 -1179 -2003 -2004 -2005 -2031 -2038 -2039 -2043 -2044 -2049 -2050 -2054 -2055 -2056 -2057
"""
KNOWN = tuple(f"{DOCUMENTED_TRADING} {DOCUMENTED_ELSEWHERE} {OTHER_SOURCES}".split())

# Codes that may settle what became of an order. Nothing may join these lists unnoticed.
TOO_LATE = {"-1138", "-1139", "-1142"}
NOT_FOUND = {"0211", "-1143", "-2013"}
CLOSED = {"-1101", "-2001"}
EXECUTION_UNKNOWN = ("-1000", "-1001", "-1006", "-1007", "-1024", "-1146", "-1147", "-1181", "-2040", "-5035", "-5036")
REFUSED_BEFORE_EXECUTION: dict[str, type[AdapterError]] = {
    **dict.fromkeys(("0001", "0201", "-1004", "-1102", "-1123", "-1130", "-5030", "404"), BadRequest),
    **dict.fromkeys(("0002", "0102", "0103", "-1002", "-1152", "-1160"), AuthenticationError),
    **dict.fromkeys(("-1205", "-1215", "-2023"), AuthenticationError),
    **dict.fromkeys(("0104", "0202", "-1005", "-1020", "-1186", "-3117"), PermissionDenied),
    **dict.fromkeys(("0003", "-1015", "-3145"), RateLimited),
    "-1021": ClockSkew,
}
OF_A_CANCEL = TOO_LATE | NOT_FOUND | {"0212", "-1144", "-1145", "-1150", "-2011"}
NEW_ORDER_WORDS = """
    0206 0207 0209 0210 0401 -1014 -1115 -1117 -1124 -1126 -1129 -1132 -1133 -1135 -1136 -1137 -1140 -1141 -1148
    -1149 -1151 -1153 -1155 -1156 -1193 -1194 -1195 -1196 -1200 -1201 -1202 -1203 -1206 -2002 -2010 -2017 -2020
    -2021 -2022 -2030 -2033 -2034 -2045 -2046 -3143
"""
QUERY_WORDS = """
    -2026 -2027 -2028 -2029 -2036 -10001 -10004 -10009 -100002 -100010 -100011 -100012 -100013
"""
OF_A_CREATE = set(NEW_ORDER_WORDS.split())
OF_A_QUERY = set(QUERY_WORDS.split())


def answer(code: str, operation: str = "cancel_order", message: str = "", http_status: int = 400) -> AdapterError:
    """Return the error of one answer, the common case by default."""
    return error_for(code, message, http_status, operation)


def by_operation(code: str, operations: Iterable[str], http_status: int = 400) -> dict[str, type[AdapterError]]:
    """Return the kind of error that a code gives for each operation."""
    return {operation: type(answer(code, operation, http_status=http_status)) for operation in operations}


def codes_that_give(kind: type[AdapterError], operation: str) -> set[str]:
    """Return the codes whose error for the operation is of exactly this kind."""
    return {code for code in TABLE.rows if type(answer(code, operation)) is kind}


def test_every_documented_code_is_in_the_table() -> None:
    """The table misses none of the documented codes, and holds none that no source names."""
    assert set(TABLE.rows) == set(KNOWN)


def test_no_code_is_listed_twice() -> None:
    """A second row cannot quietly replace the first."""
    assert len(ROWS) == len({row.code for row in ROWS}) == len(KNOWN)


def test_every_row_says_something() -> None:
    """Each code has a few plain words, short enough for one line of a log."""
    assert [row.code for row in ROWS if not 0 < len(row.words) <= 60] == []


@each("success", [None, 0, "0", "0000", 200, "200"])
def test_success_markers_are_no_code(success: object) -> None:
    """Every documented way of saying success, and an absent code, read as no error."""
    assert normalise(success) is None


@each("code", ["0001", "0211", "-1139", "-100011", "00", "00000", "-0", "a word"])
def test_a_code_stays_as_the_venue_wrote_it(code: str) -> None:
    """Leading zeros and the sign are part of the code."""
    assert normalise(code) == code


@each(("number", "text"), [(-1139, "-1139"), (211, "211"), (-100011, "-100011"), (404, "404")])
def test_a_number_becomes_its_text(number: int, text: str) -> None:
    """An integer code is compared as text; no zeros are invented."""
    assert normalise(number) == text


@each("odd", [True, False, 0.0, 200.0, -1139.0, "", " " * 33, "0001\n", b"0001", ["0001"], {}, 10**50])
def test_a_code_of_another_kind_is_no_success(odd: object) -> None:
    """What is neither text nor a whole number is an unknown payload: neither success nor a refusal."""
    with pytest.raises(UnexpectedPayload) as caught:
        normalise(odd)
    assert caught.value.request_state is RequestState.UNKNOWN
    assert caught.value.venue == "hashkey"


@each("operation", OPERATIONS)
def test_unknown_and_unrelated_codes_are_doubts_everywhere(operation: str) -> None:
    """A code that leaves the execution open, or belongs to another product, refuses no operation."""
    doubtful = [row.code for row in ROWS if row.meaning in {Meaning.UNKNOWN, Meaning.UNRELATED}]
    assert set(EXECUTION_UNKNOWN) | set(DOCUMENTED_ELSEWHERE.split()) <= set(doubtful)
    assert [code for code in doubtful if type(answer(code, operation)) is not OutcomeUnknown] == []


@each("operation", OPERATIONS)
def test_execution_unknown_is_never_a_refusal(operation: str) -> None:
    """The documented "may have run" codes say so for every operation, reads included."""
    states = {code: answer(code, operation).request_state for code in EXECUTION_UNKNOWN}
    assert states == dict.fromkeys(EXECUTION_UNKNOWN, RequestState.UNKNOWN)


@each("code", ["-9999", "0213", "211", "1139", "-0211", "success", "\uff10\uff12\uff11\uff11"])
def test_a_code_nobody_knows_is_a_doubt(code: str) -> None:
    """A code outside the table, even one like a known one, is a doubt that keeps the code, for every operation."""
    assert by_operation(code, OPERATIONS) == dict.fromkeys(OPERATIONS, OutcomeUnknown)
    assert {operation: answer(code, operation).code for operation in OPERATIONS} == dict.fromkeys(OPERATIONS, code)


@pytest.mark.parametrize("code", ["0", "0000", "200"])
def test_a_success_code_is_no_refusal(code: str) -> None:
    """Asked for the error of a success marker, the answer is a doubt."""
    assert by_operation(code, OPERATIONS) == dict.fromkeys(OPERATIONS, OutcomeUnknown)


@each("operation", OPERATIONS)
def test_nothing_refuses_that_is_not_listed(operation: str) -> None:
    """For each operation the codes that may refuse it are exactly these; all others are doubts."""
    own = OF_A_CANCEL if operation in CANCELS else OF_A_CREATE if operation in CREATES else OF_A_QUERY
    own = set() if operation == "edit_order" else own | NOT_FOUND if operation == "fetch_order" else own
    refusing = {code for code in TABLE.rows if answer(code, operation).request_state is not RequestState.UNKNOWN}
    assert refusing == set(REFUSED_BEFORE_EXECUTION) | CLOSED | own


@pytest.mark.parametrize("operation", CANCELS)
def test_only_three_codes_mean_too_late(operation: str) -> None:
    """Filled, canceled and partially canceled before: nothing else is the venue's word for off the book."""
    too_late = {
        code
        for code in codes_that_give(CancelRejected, operation)
        if getattr(answer(code, operation), "reason", None) is CancelRejectReason.TOO_LATE
    }
    assert too_late == TOO_LATE


@each(
    ("code", "reason"),
    [
        ("0212", CancelRejectReason.TOO_LATE_OR_UNKNOWN),
        ("-1144", CancelRejectReason.BUSY),
        ("-1145", CancelRejectReason.VENUE_OPTION),
        ("-1150", CancelRejectReason.OTHER),
        ("-2011", CancelRejectReason.OTHER),
    ],
)
def test_a_refused_cancel_says_why(code: str, reason: CancelRejectReason) -> None:
    """The reason tells finished-or-unknown, busy, and will-not from each other."""
    error = answer(code)
    assert isinstance(error, CancelRejected)
    assert error.reason is reason


@pytest.mark.parametrize("operation", CANCELS)
def test_a_cancel_has_no_other_rejections(operation: str) -> None:
    """The codes that refuse a cancel for the order's sake are these, and no more."""
    assert codes_that_give(CancelRejected, operation) == TOO_LATE | {"0212", "-1144", "-1145", "-1150", "-2011"}


@each("operation", [*CANCELS, "fetch_order"])
def test_not_found_is_three_codes(operation: str) -> None:
    """0211, -1143 and -2013 mean not found; 0212 does not."""
    assert codes_that_give(OrderNotFound, operation) == NOT_FOUND


@each("operation", [name for name in OPERATIONS if name not in {*CANCELS, "fetch_order"}])
def test_nothing_else_can_fail_to_find_an_order(operation: str) -> None:
    """The words "not found" answering a call that names no order is a doubt."""
    assert codes_that_give(OrderNotFound, operation) == set()


@each("code", sorted(TOO_LATE | {"0212", "-1144", "-1145", "-1150", "-2011"}))
def test_words_about_a_cancel_refuse_nothing_else(code: str) -> None:
    """The words "already filled" answering a create or a query make no sense, so they are a doubt."""
    others = [*CREATES, *OTHERS]
    assert by_operation(code, others) == dict.fromkeys(others, OutcomeUnknown)


@each("operation", [*CANCELS, *OTHERS])
def test_words_about_a_new_order_refuse_nothing_else(operation: str) -> None:
    """Codes like "quantity invalid" answering a cancel or a query are doubts."""
    for_new_orders = {"-1126", "0401", "-1141", "-1149", "-2010", "-1156", "-2017", "-2030", "-3143"}
    assert {type(answer(code, operation)) for code in for_new_orders} == {OutcomeUnknown}
    for kind in (OrderRejected, InsufficientFunds, DuplicateClientOrderId):
        assert codes_that_give(kind, operation) == set()


@each("operation", CREATES)
@each(
    ("code", "kind"),
    [
        ("-1126", OrderRejected),
        ("-1149", OrderRejected),
        ("-2010", OrderRejected),
        ("-1156", OrderRejected),
        ("-2030", OrderRejected),
        ("0401", InsufficientFunds),
        ("-1141", DuplicateClientOrderId),
    ],
)
def test_a_refused_create_says_why(code: str, kind: type[AdapterError], operation: str) -> None:
    """A documented refusal of a new order settles the create."""
    assert type(answer(code, operation)) is kind


@each("operation", CREATES)
@each("code", ["-1000", "-1001", "-1006", "-1007", "-1024", "-1146", "-2032", "-2040", "-2042"])
def test_a_create_that_may_stand_is_not_rejected(code: str, operation: str) -> None:
    """A timeout, a duplicate and a bare warning leave open whether the order exists."""
    assert type(answer(code, operation)) is OutcomeUnknown


@each("operation", OPERATIONS)
def test_a_refusal_before_execution_holds_everywhere(operation: str) -> None:
    """Key, signature, address, clock, rate and malformed requests are refused whatever was asked."""
    errors = {code: answer(code, operation) for code in REFUSED_BEFORE_EXECUTION}
    assert {code: type(error) for code, error in errors.items()} == REFUSED_BEFORE_EXECUTION
    assert {code for code, error in errors.items() if error.request_state is not RequestState.REFUSED} == set()


@each("operation", OPERATIONS)
def test_only_the_allow_list_says_closed(operation: str) -> None:
    """No code but the listed ones makes the venue unavailable."""
    assert codes_that_give(VenueUnavailable, operation) == CLOSED


@each("operation", ["fetch_open_orders", "fetch_my_trades", "load_markets"])
@each("code", ["-2027", "-2028", "-2029", "-2036", "-100012"])
def test_a_question_out_of_bounds_is_a_bad_request(code: str, operation: str) -> None:
    """A refused time span or market-data parameter is the caller's to correct."""
    assert type(answer(code, operation)) is BadRequest


@each("operation", [*CANCELS, *CREATES])
@each("code", ["-2026", "-2027", "-2028", "-2029", "-2036", "-100012", "-10001"])
def test_words_about_a_question_refuse_no_order_call(code: str, operation: str) -> None:
    """A query's limits answering a cancel or a create are a doubt."""
    assert type(answer(code, operation)) is OutcomeUnknown


@pytest.mark.parametrize(
    "message", ["Incorrect signature", "SIGNATURE for this request is not valid", "signature missing"]
)
def test_0001_with_a_signature_is_authentication(message: str) -> None:
    """The documentation lists 0001 twice; the message tells the wrong signature."""
    assert type(answer("0001", message=message)) is AuthenticationError


@pytest.mark.parametrize("message", ["", "Required field 'orderId' missing or invalid", "Sign up first"])
def test_0001_without_one_is_a_bad_request(message: str) -> None:
    """Any other 0001 is about a field."""
    assert type(answer("0001", message=message)) is BadRequest


@pytest.mark.parametrize("code", ["-1006", "-1144", "-9999"])
def test_a_signature_in_the_message_changes_no_other_code(code: str) -> None:
    """Only 0001 is decided by its message."""
    assert not isinstance(answer(code, message="signature"), AuthenticationError)


@each("code", ["0003", "-1015", "-3145"])
@each("http_status", [400, 429, 418])
def test_an_order_limit_costs_a_minute(code: str, http_status: int) -> None:
    """After a breach of the order limit the documentation asks for one minute of silence."""
    calls = [*CANCELS, *CREATES]
    errors = {operation: answer(code, operation, http_status=http_status) for operation in calls}
    assert {operation: type(error) for operation, error in errors.items()} == dict.fromkeys(calls, RateLimited)
    assert {operation: error.retry_after for operation, error in errors.items()} == dict.fromkeys(calls, 60.0)


@each("operation", OTHERS)
def test_a_query_limit_names_no_wait(operation: str) -> None:
    """For queries no wait is documented, so none is claimed."""
    assert answer("0003", operation, http_status=429).retry_after is None


@each("operation", OPERATIONS)
@each("http_status", [429, 418])
def test_a_rate_status_speaks_for_an_unknown_code(http_status: int, operation: str) -> None:
    """HTTP 429 and 418 are documented by themselves; a code nobody knows beside them changes nothing."""
    assert type(answer("-1003", operation, http_status=http_status)) is RateLimited


@each("operation", [*CANCELS, *CREATES])
def test_a_rate_status_hides_no_doubt(operation: str) -> None:
    """An unknown execution under HTTP 429 stays a doubt, and the minute is kept."""
    error = answer("-1006", operation, http_status=429)
    assert type(error) is OutcomeUnknown
    assert error.retry_after == 60.0


@each("http_status", [500, 502, 503, 504])
@each("operation", OPERATIONS)
def test_a_server_error_refuses_nothing(http_status: int, operation: str) -> None:
    """A 5xx must not be read as failure, whatever the body says; only "closed" by an allow-listed code stands."""
    kinds = {code: type(answer(code, operation, http_status=http_status)) for code in TABLE.rows}
    assert {code for code, kind in kinds.items() if kind is not OutcomeUnknown} == CLOSED


@each("operation", OPERATIONS)
def test_every_error_tells_where_it_comes_from(operation: str) -> None:
    """Venue, operation, code with its zeros, and HTTP status are on every error."""
    for code in TABLE.rows:
        error = answer(code, operation)
        assert (error.venue, error.operation, error.code, error.http_status) == ("hashkey", operation, code, 400)
        assert code in str(error)
        assert operation in str(error)


@each("operation", OPERATIONS)
def test_every_error_survives_a_pickle(operation: str) -> None:
    """Errors cross process borders whole."""
    for code in TABLE.rows:
        error = answer(code, operation, "venue's words")
        # Our own object, made a line above.
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is type(error)
        assert str(copy) == str(error)
        assert vars(copy) == vars(error)


def test_the_venues_words_are_shown() -> None:
    """What the venue said is in the error's text."""
    assert "Order is locked" in str(answer("-1144", message="Order is locked"))


def test_the_venues_words_are_cut() -> None:
    """A long message does not flood a log: at most 200 characters of it are shown."""
    text = str(answer("-1144", message="ab " * 1000))
    assert text.count("ab ") + text.endswith("ab") <= 67
    assert "ab ab ab" in text


@each("control", ["\n", "\r\n", "\x1b[2J", "\x00", "\u202e", "\u2028", "\ud800"])
def test_the_venues_words_cannot_forge_a_log(control: str) -> None:
    """Line breaks, escape sequences and direction marks are left out."""
    text = str(answer("-1144", message=f"locked{control}canceled"))
    assert text.isprintable()
    assert "locked" in text


@each("around", ["{}", "signature={}", "url ?timestamp=1&signature={}&x=1", "'{}'", "x" * 190 + " {}"])
def test_an_echoed_secret_is_cut_out(around: str) -> None:
    """A key or signature that the venue repeats in its message does not reach the error."""
    secret = "c1e6d3a9" * 8
    error = answer("0001", message=around.format(secret))
    assert secret[:32] not in str(error) + repr(error)
    assert "c1e6d3a9" not in str(error)
