"""Of which type of market an exchange's lists without a symbol have the orders, where it has several."""

from __future__ import annotations

import pytest

from tests.ccxt_bridge.by_hand import opened


@pytest.mark.parametrize(
    ("member", "options", "told"),
    [
        ("binance", {}, "spot"),
        ("binance", {"options": {"defaultType": "swap"}}, "swap"),
        ("binanceusdm", {}, "swap"),
        ("kraken", {}, "spot"),
        ("upbit", {}, None),
    ],
)
def test_it_says_so(member: str, options: dict[str, object], told: str | None) -> None:
    """By ccxt's own choice of a type; None of an exchange that has no other."""
    assert opened(member, **options).market_type == told
