"""Names under which several hooks are declared absent at once."""

from __future__ import annotations

from collections.abc import Mapping

ABSENT_GROUPS: Mapping[str, tuple[str, ...]] = {
    "streams": ("open_stream", "renew_stream", "close_stream", "open_market_stream"),
    "market_data": ("fetch_order_book", "fetch_trades", "fetch_tickers"),
}


def reasons_of(absent: Mapping[str, str]) -> Mapping[str, str]:
    """Return the reason of each absence by its own name."""
    return {hook: why for name, why in absent.items() for hook in ABSENT_GROUPS.get(name, (name,))}
