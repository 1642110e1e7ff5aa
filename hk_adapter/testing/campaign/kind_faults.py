"""The faults of kinds beyond the usual: a second answer, another request's, an earlier one, keys that are doubled."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from hk_adapter.simulator import SimResponse
from hk_adapter.testing.campaign.faults import Fault, Point, Purpose
from hk_adapter.testing.campaign.kinds import Kind
from hk_adapter.testing.campaign.other_terms import OTHER_TERMS

SECOND_ANSWER = Fault(
    "delivered twice, the second answer", Point.IN_THE_QUEUE, frozenset({Purpose.CANCEL, Purpose.CREATE})
)
SHIFTED = Fault("an answer to something else", Point.EITHER, frozenset({Purpose.CANCEL, Purpose.QUERY}))
DOUBLED = Fault("doubled key", Point.MID_RESPONSE, frozenset({Purpose.CANCEL, Purpose.QUERY}))

OF_KIND = {
    Kind.SECOND_ANSWER: (SECOND_ANSWER, 0.5),
    Kind.SHIFTED_ANSWERS: (SHIFTED, 0.7),
    Kind.DOUBLED_KEYS: (DOUBLED, 0.4),
    Kind.OTHER_TERMS: (OTHER_TERMS, 0.4),
}
"""What strikes in a scenario of a kind, and how many of the exchanges that it can strike."""

_TIME = SimResponse(200, body=b'{"serverTime":1760000000000}')
_DOUBLES: dict[str, tuple[str, ...]] = {
    "status": ("NEW", "CANCELED", "FILLED", "PARTIALLY_CANCELED", "PENDING_NEW"),
    "executedQty": ("0", "0.0001", "0.01"),
    "orderId": ("1900000000000000001",),
    "code": ("0000", "-1142", "-1139", "0211"),
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """An answer that came before: what it was, and the moment that it showed."""

    response: SimResponse
    shows: float | None

    @property
    def is_list(self) -> bool:
        """Whether it is a list of orders."""
        return self.response.body.lstrip()[:1] == b"["

    def is_about(self, order_id: str | None) -> bool:
        """Whether it shows an order."""
        return order_id is not None and f'"{order_id}"'.encode() in self.response.body


def shifted(
    earlier: Sequence[Earlier], purpose: Purpose, order_id: str | None, rng: Random
) -> tuple[SimResponse, float | None]:
    """Choose an answer for a request that it does not belong to, and the moment that it shows of the order asked for.

    Never one that could be its own and is not true: no list for a list, for a cancel no row of its order, and no code.
    """
    fair = [one for one in earlier if _is_fair(one, purpose, order_id)]
    if not fair:
        return _TIME, None
    chosen = rng.choice(fair)
    return chosen.response, chosen.shows if chosen.is_about(order_id) else None


def _is_fair(one: Earlier, purpose: Purpose, order_id: str | None) -> bool:
    if one.response.status != 200 or b'"code"' in one.response.body or (order_id is None and one.is_list):
        return False
    if purpose is Purpose.CANCEL:
        return order_id is not None and not one.is_about(order_id)
    return True


def doubled(answer: SimResponse, rng: Random) -> SimResponse | None:
    """Let a row of an answer say a key twice, differently; None where there is nothing to double."""
    if answer.status in {418, 429}:
        return None
    whole: Any = json.loads(answer.body)
    rows = whole if isinstance(whole, list) else [whole]
    if not rows or not isinstance(rows[0], dict):
        return None
    number = rng.randrange(len(rows))
    texts = [json.dumps(row) for row in rows]
    found = _say_twice(rows[number], texts[number], rng)
    if found is None:
        return None
    texts[number] = found
    text = f"[{', '.join(texts)}]" if isinstance(whole, list) else texts[0]
    return SimResponse(answer.status, answer.headers, text.encode())


def _say_twice(row: dict[str, object], text: str, rng: Random) -> str | None:
    keys = [key for key in _DOUBLES if key in row and (key != "code" or "status" not in row)]
    if not keys:
        return None
    key = rng.choice(keys)
    others = [one for one in _DOUBLES[key] if one != row[key]]
    again = f"{json.dumps(key)}: {json.dumps(rng.choice(others))}"
    return f"{{{again}, {text[1:]}" if rng.random() < 0.5 else f"{text[:-1]}, {again}}}"
