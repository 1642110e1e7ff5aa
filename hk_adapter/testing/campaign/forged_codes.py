"""Forged answers that carry codes and statuses: refusals instead of acting, and codes that leave the outcome open."""

from __future__ import annotations

from hk_adapter.model import CancelOutcome
from hk_adapter.parsing import Meaning
from hk_adapter.simulator import SimResponse
from hk_adapter.simulator.refusals import refuse
from hk_adapter.testing.campaign.faults import ORDERS, Fault, Forged, ForgeryContext, Point, Purpose
from hk_adapter.testing.campaign.truth import Word
from hk_adapter.venues.hashkey.error_table import ROWS

_FAMILIES = {
    Meaning.BAD_REQUEST: CancelOutcome.BAD_REQUEST,
    Meaning.AUTHENTICATION: CancelOutcome.AUTH,
    Meaning.PERMISSION: CancelOutcome.AUTH,
    Meaning.RATE_LIMITED: CancelOutcome.RATE_LIMITED,
    Meaning.CLOCK_SKEW: CancelOutcome.CLOCK_SKEW,
    Meaning.UNAVAILABLE: CancelOutcome.VENUE_DOWN,
    Meaning.NOT_FOUND: CancelOutcome.REJECTED,
    Meaning.FINISHED_OR_NOT_FOUND: CancelOutcome.REJECTED,
    Meaning.CANCEL_REFUSED: CancelOutcome.REJECTED,
    Meaning.LOCKED: CancelOutcome.REJECTED,
}
"""What a refused cancel amounts to; REJECTED stands for every refusal of the order itself."""

_FAMILY_OF = {row.code: _FAMILIES[row.meaning] for row in ROWS if row.meaning in _FAMILIES}
_FINISHED = {row.code for row in ROWS if row.meaning is Meaning.FINISHED}
_NOT_FOUND = {row.code for row in ROWS if row.meaning in {Meaning.NOT_FOUND, Meaning.FINISHED_OR_NOT_FOUND}}
_FINISHED_OR_NOT_FOUND = {row.code for row in ROWS if row.meaning is Meaning.FINISHED_OR_NOT_FOUND}
_UNAVAILABLE = {row.code for row in ROWS if row.meaning is Meaning.UNAVAILABLE}
_CODES = tuple(row.code for row in ROWS if row.meaning is not Meaning.OK and row.code not in _FINISHED)
_OPEN_CODES = tuple(code for code in _CODES if code not in _FAMILY_OF)
_REFUSING = tuple(code for code in _CODES if code in _FAMILY_OF)
_DURING_MAINTENANCE = tuple(sorted(_UNAVAILABLE))


def family_of(code: str) -> CancelOutcome | None:
    """Return what a refusal of the venue's own amounts to; None for a code that leaves the outcome open."""
    return CancelOutcome.REJECTED if code in _FINISHED else _FAMILY_OF.get(code)


def says_ended(code: str) -> bool:
    """Whether a code says of an order that it has ended, or that it has ended or never was."""
    return code in _FINISHED or code in _FINISHED_OR_NOT_FOUND


def _answer(ground: ForgeryContext, code: str, status: int, headers: dict[str, str] | None = None) -> Forged | None:
    """Judge and build the answer of a code; None where it would say what only the venue itself may say."""
    whole = refuse(code, msg="forged", status=status)
    response = SimResponse(status, {**whole.headers, **(headers or {})}, whole.body)
    if status >= 500 and code not in _UNAVAILABLE:
        return Forged(response)
    if ground.purpose is Purpose.QUERY and code in _NOT_FOUND:
        return None
    family = _FAMILY_OF.get(code)
    if family is None and status in {418, 429} and code not in _OPEN_CODES:
        family = CancelOutcome.RATE_LIMITED
    return Forged(response) if family is None else Forged(response, Word.REFUSED, family)


def _refusal(ground: ForgeryContext, status: int) -> Forged | None:
    return _answer(ground, ground.rng.choice(_REFUSING), status)


def _open_code(ground: ForgeryContext, status: int) -> Forged | None:
    return _answer(ground, ground.rng.choice(_OPEN_CODES), status)


def _any_code_at_500(ground: ForgeryContext) -> Forged | None:
    code = ground.rng.choice(_CODES)
    return None if code in _UNAVAILABLE else _answer(ground, code, ground.rng.choice((500, 502, 503)))


def _unknown_code(ground: ForgeryContext) -> Forged | None:
    code = ground.rng.choice(("-9999", "0777", "E1", "-114", "1139", "-01139"))
    return _answer(ground, code, ground.rng.choice((200, 400, 401)))


def _rate_limit(ground: ForgeryContext, status: int, code: str | None, retry_after: str | None) -> Forged | None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    if code is not None:
        return _answer(ground, code, status, headers)
    page = SimResponse(status, {"Content-Type": "text/html", **headers}, b"<html>slow down</html>")
    return Forged(page, Word.REFUSED, CancelOutcome.RATE_LIMITED)


def _one_of(ground: ForgeryContext, *codes: str, status: int = 400) -> Forged | None:
    return _answer(ground, ground.rng.choice(codes), status)


def _waits(ground: ForgeryContext) -> str:
    return ground.rng.choice(("0", "1", "2", "5", "120"))


REFUSALS = (
    *(
        Fault(f"refusing code at HTTP {status}", Point.INSTEAD, forge=lambda ground, at=status: _refusal(ground, at))  # type: ignore[misc]
        for status in (200, 400, 401, 403, 429)
    ),
    Fault("429 bare", Point.INSTEAD, forge=lambda ground: _rate_limit(ground, 429, None, None)),
    Fault("429 bare, Retry-After", Point.INSTEAD, forge=lambda ground: _rate_limit(ground, 429, None, _waits(ground))),
    Fault("429 with JSON", Point.INSTEAD, forge=lambda ground: _rate_limit(ground, 429, "0003", None)),
    Fault(
        "429 with JSON, Retry-After",
        Point.INSTEAD,
        forge=lambda ground: _rate_limit(ground, 429, "0003", _waits(ground)),
    ),
    Fault("429 with an odd Retry-After", Point.INSTEAD, forge=lambda ground: _rate_limit(ground, 429, "0003", "soon")),
    Fault("429 with an unknown code", Point.INSTEAD, forge=lambda ground: _rate_limit(ground, 429, "-9999", "1")),
    Fault("418 bare", Point.INSTEAD, forge=lambda ground: _rate_limit(ground, 418, None, None)),
    Fault(
        "418 with JSON",
        Point.INSTEAD,
        forge=lambda ground: _rate_limit(ground, 418, "0003", ground.rng.choice(("1", "120"))),
    ),
    Fault(
        "418 with another code",
        Point.INSTEAD,
        forge=lambda ground: _rate_limit(ground, 418, ground.rng.choice(("-1144", "-1007", "-1021", "-9999")), None),
    ),
    Fault("locked", Point.INSTEAD, ORDERS, lambda ground: _one_of(ground, "-1144")),
    Fault("cancel refused", Point.INSTEAD, ORDERS, lambda ground: _one_of(ground, "-2011", "-1150", "-1145")),
    Fault(
        "not found yet", Point.INSTEAD, frozenset({Purpose.CANCEL}), lambda ground: _one_of(ground, *sorted(_NOT_FOUND))
    ),
    Fault("timestamp refused", Point.INSTEAD, ORDERS, lambda ground: _one_of(ground, "-1021")),
    Fault("key refused", Point.INSTEAD, ORDERS, lambda ground: _one_of(ground, "0102", "0103", "0202", status=401)),
    Fault(
        "closed for maintenance",
        Point.INSTEAD,
        forge=lambda ground: _one_of(ground, *_DURING_MAINTENANCE, status=ground.rng.choice((200, 400, 503))),
    ),
)
"""Given only where the venue did not act."""

OPEN_OUTCOMES = (
    *(
        Fault(f"open code at HTTP {status}", Point.EITHER, forge=lambda ground, at=status: _open_code(ground, at))  # type: ignore[misc]
        for status in (200, 400, 401, 500)
    ),
    Fault("open code at HTTP 429", Point.INSTEAD, forge=lambda ground: _open_code(ground, 429)),
    Fault("any code at HTTP 5xx", Point.EITHER, forge=_any_code_at_500),
    Fault("execution unknown", Point.EITHER, ORDERS, lambda ground: _one_of(ground, "-1006", "-1007", "-1147")),
    Fault("unknown code", Point.EITHER, forge=_unknown_code),
)
"""Given whether the venue acted or not: their outcome is open."""
