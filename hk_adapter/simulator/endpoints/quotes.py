"""How market data is asked for, and refused in a way of its own: integers as codes.

Source: public calls seen live in Sept 2026. Their HTTP status is not on record: 400 as for all other codes. Nor is what
a limit below 1 does: it counts as 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from hk_adapter.simulator.dialect import Dialect
from hk_adapter.simulator.exchange.markets import DEFAULT_SITE, SITES, Market
from hk_adapter.simulator.exchange.state import Parameters, VenueState
from hk_adapter.simulator.http import SimResponse, json_response

WRONG_TYPE = -100002
BAD_INTERVAL = -10009
SYMBOL_MISSING = -100012

_MESSAGES: Mapping[int, str] = MappingProxyType(
    {
        WRONG_TYPE: "A parameter is of the wrong type",
        BAD_INTERVAL: "Invalid interval",
        -100010: "Invalid symbols",
        -100011: "Unsupported symbols",
        SYMBOL_MISSING: "A symbol is required",
    }
)
_WHOLE = re.compile(r"-?[0-9]{1,19}")


class QuoteRefusal(Exception):
    """Carry market data's error code out of its rooms; `detail` names the parameter at fault."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


def refuse_quote(refusal: QuoteRefusal) -> SimResponse:
    """Build the error answer, whose code is a bare number."""
    text = _MESSAGES[refusal.code]
    return json_response({"code": refusal.code, "msg": f"{text}: {refusal.detail}" if refusal.detail else text}, 400)


def one_market(venue: VenueState, parameters: Parameters) -> Market:
    """Return the pair that a request must name."""
    if not parameters.get("symbol"):
        raise QuoteRefusal(SYMBOL_MISSING)
    return markets_asked_for(venue, parameters)[0]


def markets_asked_for(venue: VenueState, parameters: Parameters) -> list[Market]:
    """Return the pair that a request names, or all that the site lists when it names none."""
    site = _site(venue.dialect, parameters)
    symbol = parameters.get("symbol")
    if not symbol:
        return [market for market in venue.markets.values() if site in market.sites]
    market = venue.markets.get(symbol)
    if market is None or site not in market.sites:
        raise QuoteRefusal(venue.dialect.quoted_unknown, symbol)
    return [market]


def limit_asked_for(parameters: Parameters, most: int, default: int | None = None) -> int:
    """Read how many rows are wanted: all there may be when nobody says, and never more than that."""
    given = integer(parameters, "limit")
    if given is None:
        return most if default is None else min(default, most)
    return min(max(given, 1), most)


def integer(parameters: Parameters, name: str) -> int | None:
    """Read a whole number; None when it is not given."""
    text = parameters.get(name)
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise QuoteRefusal(WRONG_TYPE, name)
    return int(text)


def _site(dialect: Dialect, parameters: Parameters) -> str:
    given = parameters.get("site", DEFAULT_SITE).upper()
    if given in SITES:
        return given
    if dialect.unknown_site == "refused":
        raise QuoteRefusal(WRONG_TYPE, "site")
    return DEFAULT_SITE
