"""An exchange's own countdown: what ccxt asks of it, and whether an answer says that it was taken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from hk_adapter.errors import InvalidArgument, OutcomeUnknown
from hk_adapter.venues.ccxt_bridge.call_record import current
from hk_adapter.venues.ccxt_bridge.denials import denies, mappings

_SHORTENED: Mapping[str, int] = MappingProxyType({"woo": 900_000})
"""Milliseconds beyond which ccxt asks for these in place of what it was given."""
_ANSWERS_NOTHING = frozenset({"extended"})
"""Exchanges whose answer to it is an empty body, by ccxt's word."""
_SPEAKS_OF_LIMITS = frozenset({"lighter"})
"""Exchanges whose good answers have words on the caller's limits, which would be taken for a refusal's."""
_ENDS_AT = re.compile(r"(expected)?trigger_?time", re.IGNORECASE)
"""What answers call the time at which a countdown is over; 0 of one that does not run."""


def check_span(exchange_id: str, milliseconds: int) -> None:
    """Refuse a time that ccxt would send as another one, which may be none at all. Raises InvalidArgument."""
    if milliseconds % 1000:
        raise InvalidArgument("ccxt's exchanges count whole seconds: milliseconds must be a multiple of 1000")
    most = _SHORTENED.get(exchange_id)
    if most is not None and milliseconds > most:
        raise InvalidArgument(f"milliseconds must not be above {most}: ccxt asks {exchange_id} for that then")


async def set_countdown(exchange: Any, milliseconds: int, params: dict[str, Any]) -> None:
    """Ask the exchange. Raises OutcomeUnknown for an answer that says nothing, or that it was not taken."""
    answer = await exchange.cancel_all_orders_after(milliseconds, params)
    record = current()
    raw = answer if record is None or record.text is None else exchange.parse_json(record.text) or record.text
    if raw == "" and exchange.id in _ANSWERS_NOTHING:
        return
    if not isinstance(raw, Mapping | list) or not raw:
        raise OutcomeUnknown("the answer to a countdown says nothing: it may be the old one or the new one")
    refused = denies(raw) and exchange.id not in _SPEAKS_OF_LIMITS
    if refused or (milliseconds and any(_is_off(row) for row in mappings(raw))):
        raise OutcomeUnknown("the answer to a countdown speaks of an error, or of none that runs")


def _is_off(row: Mapping[Any, Any]) -> bool:
    return any(_ENDS_AT.fullmatch(str(key)) and str(value) in {"0", "", "None"} for key, value in row.items())
