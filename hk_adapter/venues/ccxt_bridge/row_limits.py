"""How many rows an answer may have, by what was asked for: a longer one is not read.

Where no limit was asked for, or an exchange keeps to none, these are far above what any of them gives.
"""

from __future__ import annotations

OF_AN_ORDER_CALL = 1000
"""A cancel's and a create's: an order, its fills, or a batch."""
OF_A_LIST = 5000
OF_A_CATALOGUE = 20_000
"""Markets, currencies, tickers, candles, public trades."""
OF_A_BOOK = 100_000


def of_a_list(limit: int | None) -> int:
    """Return how many rows a list may have: some exchanges count a limit for each market, or by pages."""
    return max(OF_A_LIST, 2 * (limit or 0))
