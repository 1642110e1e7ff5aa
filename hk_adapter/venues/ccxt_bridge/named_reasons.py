"""Why an exchange says that it placed no order, where ccxt reads another field of its answer and knows no kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_FIELDS = {"coinbase": ("error_response", ("new_order_failure_reason", "preview_failure_reason", "error"))}
"""Where they stand, the surest first. ccxt (4.5.90) reads Coinbase's second one alone, and calls the others an
ExchangeError. Source: Coinbase's documentation of an order's creation, and the answers that ccxt's code shows."""
_REASON = re.compile(
    r"(?!UNKNOWN)(?!.*(DUPLICATE|ALREADY|EXISTS|PENDING|UNAVAILABLE|SERVER|TIME_?OUT))[A-Z]+(_[A-Z]+)+", re.ASCII
)
"""A word of the exchange's own list. The one for reasons that it does not know is none, nor is one by which the order
may be there: placed by an earlier delivery of the same request, or later on."""


def check_with_reason(exchange: Any, answer: Any, check: Callable[[], Any]) -> Any:
    """Run ccxt's check of an answer; a reason that it passed over makes its ExchangeError what that reason means.

    Raises what ccxt knows the reason as, and else ccxt's InvalidOrder.
    """
    import ccxt  # noqa: PLC0415 - here it is imported already

    try:
        return check()
    except ccxt.ExchangeError as raised:
        reason = _reason_in(exchange.id, answer)
        if type(raised) is not ccxt.ExchangeError or reason is None:
            raise
        words = str(raised)
    exchange.throw_exactly_matched_exception(exchange.exceptions.get("exact", {}), reason, words)
    raise ccxt.InvalidOrder(words)


def _reason_in(exchange_id: str, answer: Any) -> str | None:
    within, names = _FIELDS.get(exchange_id, ("", ()))
    told = answer.get(within) if isinstance(answer, Mapping) and answer.get("success") is False else None
    words = [told.get(name) for name in names] if isinstance(told, Mapping) else []
    return next((word for word in words if isinstance(word, str) and _REASON.fullmatch(word)), None)
