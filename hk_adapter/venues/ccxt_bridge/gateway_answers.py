"""Answers of what stands before an exchange, which ccxt takes for the exchange's: a page, a status without words."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus


def check_answer(
    exchange_id: str, status: int, text: str, by_words: Callable[[], object], by_status: Callable[[], object]
) -> None:
    """Run ccxt's checks of an answer. Raises what they raise; ccxt's ExchangeError for nobody's answer.

    ``by_words`` is the exchange's own check, ``by_status`` the one that looks at nothing but the HTTP status.
    """
    import ccxt  # noqa: PLC0415 - here it is imported already

    nobodys = ccxt.ExchangeError(f"{exchange_id} answered with HTTP status {status} and no API's answer")
    is_gateways = text.lstrip().startswith("<") or status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED
    is_worded = True
    try:
        by_words()
        is_worded = False
        by_status()
    except (ccxt.DDoSProtection, ccxt.RateLimitExceeded):
        raise  # who counts requests stands before the exchange, and may say so by a page
    except ccxt.BaseError as error:
        # Of an order no status says anything by itself: a gateway that knows no such path has a 404 of its own.
        is_of_an_order = isinstance(error, ccxt.InvalidOrder | ccxt.InsufficientFunds)
        if is_gateways or (is_of_an_order and not is_worded):
            raise nobodys from None
        raise
    if not 200 <= status < 300 or is_gateways:
        # ccxt lets a gateway's page of HTTP status 200 pass for an answer, and some cancels read nothing of theirs.
        raise nobodys
