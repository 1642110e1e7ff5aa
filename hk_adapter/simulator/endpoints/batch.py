"""Creating up to 20 orders with one request, whose body is a JSON array.

Sources: HashKey documentation 2025/2026, and answers that another client recorded. Nothing says how a body that is no
array of objects, or names two pairs, is refused: here as an illegal parameter, -1130, and -1004 when it is no JSON.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hk_adapter.simulator.endpoints.create import take_order
from hk_adapter.simulator.exchange.accounts import Account
from hk_adapter.simulator.exchange.state import Answer, Parameters, VenueState
from hk_adapter.simulator.http import BODY
from hk_adapter.simulator.refusals import MESSAGES, Refusal

BATCH_MOST = 20

_DECODER = msgspec.json.Decoder(float_hook=str)


def create_batch(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Accept orders of one pair, in their order (v1.1); each entry of the answer says what became of its own."""
    return _create(venue, account, parameters, now, alert=True)


def create_batch_v1(venue: VenueState, account: Account, parameters: Parameters, now: int) -> Answer:
    """Do the same on the older path, which differs in the answer alone."""
    return _create(venue, account, parameters, now, alert=False)


def _create(venue: VenueState, account: Account, parameters: Parameters, now: int, *, alert: bool) -> Answer:
    entries = _entries(parameters.get(BODY, ""))
    if len(entries) > BATCH_MOST:
        raise Refusal(venue.dialect.batch_too_large, "orders")
    if len({entry.get("symbol") for entry in entries}) > 1:
        raise Refusal("-1130", "symbol")
    result = [_entry(venue, account, entry, now, alert=alert) for entry in entries]
    return {"code": 0, "result": result, "concentration": ""}


def _entry(
    venue: VenueState, account: Account, entry: Mapping[str, str], now: int, *, alert: bool
) -> dict[str, object]:
    try:
        order = take_order(venue, account, entry, now, alert=alert)
    except Refusal as refusal:
        text = MESSAGES[refusal.code]
        return {"code": refusal.code, "msg": f"{text}: {refusal.detail}" if refusal.detail else text}
    del order["concentration"]
    return {"code": 0 if venue.dialect.batch_entry_code == "number" else "0000", "order": order}


def _entries(body: str) -> list[Mapping[str, str]]:
    if not body:
        raise Refusal("0001", "orders")
    try:
        read = _DECODER.decode(body)
    except msgspec.DecodeError as error:
        raise Refusal("-1004") from error
    if not isinstance(read, list) or not read:
        raise Refusal("-1130", "orders")
    return [_parameters(entry) for entry in read]


def _parameters(entry: object) -> Mapping[str, str]:
    """Read an entry as a form's parameters: numbers by what is written, null as what was not sent."""
    if not isinstance(entry, dict):
        raise Refusal("-1130", "orders")
    for name, value in entry.items():
        if isinstance(value, bool | list | dict):
            raise Refusal("-1130", name)
    return {name: str(value) for name, value in entry.items() if value is not None}
