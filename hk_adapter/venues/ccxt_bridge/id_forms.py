"""What ids look like at exchanges that do not take any text, and what of them ccxt makes numbers of.

One that is no number would leave as another, as one of ccxt's making, or not at all. Read off the code of ccxt
(4.5.90), and tried for every exchange; what a client order id may be is the exchanges' own documents' word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from uuid import UUID

from hk_adapter.errors import InvalidArgument

_NUMBERED = frozenset(
    {
        "bitfinex",
        "cex",
        "delta",
        "foxbit",
        "hibachi",
        "hyperliquid",
        "lighter",
        "mercado",
        "ndax",
        "pacifica",
        "polymarket",
        "whitebit",
    }
)
"""Exchanges whose order ids are numbers to ccxt's cancels or look-ups."""
_HEXADECIMAL = frozenset({"nado"})
_LARGEST_ID = 2**64 - 1
LARGEST_CLIENT_ID: Mapping[str, int] = {
    "backpack": 2**32 - 1,
    "bitfinex": 2**45 - 1,
    "dydx": 2**32 - 1,
    "grvt": 2**63 - 1,
    "lighter": 2**48 - 1,
    "ndax": 2**63 - 1,
}
"""Exchanges whose client order ids are whole numbers, and the largest that each takes."""


def _uuid(digits: str) -> str:
    """Write a UUID of chance: version 4, of the usual variant."""
    return str(UUID(digits, version=4))


CLIENT_ID_FORMS: Mapping[str, Callable[[str], str]] = {
    "hyperliquid": lambda digits: f"0x{digits}",
    "kraken": lambda digits: digits,
    "pacifica": _uuid,
    "polymarket": lambda digits: digits,
    "revolutx": _uuid,
}
"""How exchanges want 32 hexadecimal digits of ours that take neither the first 24 of them nor a number."""
_PLAIN = re.compile(r"[1-9][0-9]{0,19}", re.ASCII)
_BYTES = re.compile(r"(0x)?[0-9a-fA-F]{1,64}", re.ASCII)


def check_order_id_form(exchange_id: str, order_id: str) -> None:
    """Raise InvalidArgument for an order id that no order of an exchange can have, and that ccxt would make one of."""
    if exchange_id in _NUMBERED and not (_PLAIN.fullmatch(order_id) and int(order_id) <= _LARGEST_ID):
        raise InvalidArgument(f"order_id: orders of {exchange_id} have whole numbers, not {order_id[:40]!r}")
    if exchange_id in _HEXADECIMAL and not _BYTES.fullmatch(order_id):
        raise InvalidArgument(f"order_id: orders of {exchange_id} have hexadecimal numbers, not {order_id[:40]!r}")


def check_client_id_form(exchange_id: str, own: str) -> None:
    """Raise InvalidArgument for a client order id in whose place an exchange would be told another one."""
    largest = LARGEST_CLIENT_ID.get(exchange_id)
    if largest is not None and not (_PLAIN.fullmatch(own) and int(own) <= largest):
        raise InvalidArgument(f"client_order_id: {exchange_id} takes whole numbers from 1 to {largest}")
